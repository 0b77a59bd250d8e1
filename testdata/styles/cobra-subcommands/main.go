// Area: configuration
// Style: spf13/cobra with subcommands, flags read by name
// Read: the subcommand that serves; what another one does is left out
package main

import (
	"database/sql"
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

var root = &cobra.Command{Use: "shop"}

var serve = &cobra.Command{
	Use: "serve",
	RunE: func(cmd *cobra.Command, _ []string) error {
		addr, err := cmd.Flags().GetString("addr")
		if err != nil {
			return err
		}
		http.HandleFunc("/orders", http.NotFound) // want route "/orders"
		return http.ListenAndServe(addr, nil)     // want listen "tcp :8080 from flag --addr"
	},
}

var migrate = &cobra.Command{
	Use: "migrate",
	RunE: func(*cobra.Command, []string) error {
		db, err := sql.Open("postgres", os.Getenv("MIGRATE_DSN"))
		if err != nil {
			return err
		}
		if err := os.WriteFile("/var/lib/shop/version", nil, 0o600); err != nil {
			return err
		}
		return db.Close()
	},
}

func init() {
	serve.Flags().String("addr", ":8080", "address to listen on") // want flag "addr default :8080"
	root.PersistentFlags().Bool("debug", false, "log more")       // want flag "debug default false"
	root.AddCommand(serve, migrate)
}

func main() {
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
