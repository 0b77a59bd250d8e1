// Area: configuration
// Style: cobra with viper set up in OnInitialize, as cobra-cli generates it
// Read: flags, keys, variables and the file
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
)

var cfgFile string

var root = &cobra.Command{
	Use: "web",
	RunE: func(*cobra.Command, []string) error {
		return http.ListenAndServe(viper.GetString("addr"), http.NotFoundHandler()) // want listen "tcp :8080 from flag --addr, env ADDR, config addr" env "ADDR default :8080"
	},
}

func init() {
	cobra.OnInitialize(initConfig)
	root.PersistentFlags().StringVar(&cfgFile, "config", "", "config file") // want flag "config"
	root.Flags().String("addr", ":8080", "address")                         // want flag "addr default :8080"
	_ = viper.BindPFlag("addr", root.Flags().Lookup("addr"))
}

func initConfig() {
	if cfgFile != "" {
		viper.SetConfigFile(cfgFile)
	}
	viper.AutomaticEnv()
	if err := viper.ReadInConfig(); err == nil {
		fmt.Fprintln(os.Stderr, "using", viper.ConfigFileUsed())
	}
}

func main() {
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
