// Area: configuration
// Style: viper with BindPFlag under a key of another name, below cobra
// Read: the flag that a key has
package main

import (
	"net/http"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
)

func main() {
	cmd := &cobra.Command{Use: "web", RunE: func(*cobra.Command, []string) error {
		return http.ListenAndServe(viper.GetString("http.address"), http.NotFoundHandler()) // want listen "tcp :8080 from flag --address, env WEB_ADDRESS, config http.address"
	}}
	cmd.Flags().String("address", ":8080", "address") // want flag "address default :8080"
	_ = viper.BindPFlag("http.address", cmd.Flags().Lookup("address"))
	_ = viper.BindEnv("http.address", "WEB_ADDRESS") // want env "WEB_ADDRESS default :8080"
	if err := cmd.Execute(); err != nil {
		os.Exit(1)
	}
}
