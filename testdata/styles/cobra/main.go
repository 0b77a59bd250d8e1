// Area: configuration
// Style: spf13/cobra, a root command with its own and persistent flags
// Read: flags of the command that serves
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

type options struct {
	port  int
	level string
}

func newCommand() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "web",
		Short: "Serve the site",
		RunE:  func(*cobra.Command, []string) error { return o.run() },
	}
	cmd.Flags().IntVarP(&o.port, "port", "p", 8080, "port to listen on")                 // want flag "port default 8080"
	cmd.PersistentFlags().StringVar(&o.level, "log-level", "info", "how much is logged") // want flag "log-level default info"
	return cmd
}

func (o *options) run() error {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, o.level) }) // want route "GET /healthz health"
	return http.ListenAndServe(fmt.Sprintf(":%d", o.port), mux)                                               // want listen "tcp :8080 from flag --port"
}

func main() {
	if err := newCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
