// Area: configuration
// Style: viper over pflag, with BindPFlags, a prefix, Unmarshal and Get
// Read: flag, variable and key of each setting
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

type config struct {
	Host string `mapstructure:"host"`      // want env "PODINFO_HOST"
	Port string `mapstructure:"port"`      // want env "PODINFO_PORT default 9898"
	Data string `mapstructure:"data-path"` // want env "PODINFO_DATA_PATH default /data"
}

func main() {
	fs := pflag.NewFlagSet("default", pflag.ContinueOnError)
	fs.String("host", "", "host to bind to")           // want flag "host"
	fs.Int("port", 9898, "HTTP port")                  // want flag "port default 9898"
	fs.Int("port-metrics", 0, "metrics port")          // want flag "port-metrics default 0"
	fs.String("data-path", "/data", "data local path") // want flag "data-path default /data"
	if err := fs.Parse(os.Args[1:]); err != nil {
		os.Exit(2)
	}
	if err := viper.BindPFlags(fs); err != nil {
		log.Fatal(err)
	}
	viper.SetEnvPrefix("PODINFO")
	viper.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	viper.AutomaticEnv()

	if p := viper.GetInt("port-metrics"); p > 0 { // want env "PODINFO_PORT_METRICS default 0"
		go func() { log.Print(http.ListenAndServe(fmt.Sprintf(":%d", p), nil)) }() // want listen "tcp :0 from flag --port-metrics, env PODINFO_PORT_METRICS, config port-metrics"
	}
	var c config
	if err := viper.Unmarshal(&c); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(c.Data+"/lock", nil, 0o600); err != nil { // want write "/data/lock from flag --data-path, env PODINFO_DATA_PATH, config data-path durable"
		log.Print(err)
	}
	log.Fatal(http.ListenAndServe(c.Host+":"+c.Port, http.NotFoundHandler())) // want listen "tcp :9898 from flag --host, env PODINFO_HOST, config host, flag --port, env PODINFO_PORT, config port"
}
