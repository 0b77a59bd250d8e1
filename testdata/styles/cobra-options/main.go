// Area: configuration
// Style: cobra with options that add their own flags, as Kubernetes' commands do
// Read: flags of nested options, what completes them
package main

import (
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

type servingOptions struct {
	BindAddress net.IP
	Port        int
}

func (o *servingOptions) AddFlags(fs *pflag.FlagSet) {
	fs.IPVar(&o.BindAddress, "bind-address", o.BindAddress, "address") // want flag "bind-address default 0.0.0.0"
	fs.IntVar(&o.Port, "secure-port", o.Port, "port")                  // want flag "secure-port default 6443"
}

type options struct {
	Serving *servingOptions
	Dir     string
}

func newOptions() *options {
	return &options{Serving: &servingOptions{BindAddress: net.ParseIP("0.0.0.0"), Port: 6443}, Dir: "/var/lib/api"}
}

func (o *options) Run() error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil { // want write "/var/lib/api from flag --root-dir durable"
		return err
	}
	addr := net.JoinHostPort(o.Serving.BindAddress.String(), strconv.Itoa(o.Serving.Port))
	return http.ListenAndServe(addr, http.NotFoundHandler()) // want listen "tcp 0.0.0.0:6443 from flag --bind-address, flag --secure-port"
}

func newCommand() *cobra.Command {
	o := newOptions()
	cmd := &cobra.Command{
		Use: "apiserver",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.Run()
		},
	}
	fs := cmd.Flags()
	o.Serving.AddFlags(fs)
	fs.StringVar(&o.Dir, "root-dir", o.Dir, "folder") // want flag "root-dir default /var/lib/api"
	return cmd
}

func main() {
	if err := newCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
