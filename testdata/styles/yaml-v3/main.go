// Area: configuration
// Style: gopkg.in/yaml.v3 into a struct that holds the defaults, from a file that a flag names
// Read: keys of fields, defaults set before, the file
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"gopkg.in/yaml.v3"
)

type config struct {
	Server struct {
		Addr string `yaml:"addr"`
	} `yaml:"server"`
	Storage struct {
		Path string
	}
}

func load(file string) (*config, error) {
	c := &config{}
	c.Server.Addr = ":8080"
	c.Storage.Path = "/var/lib/app"
	data, err := os.ReadFile(file) // want read "/etc/app/config.yaml from flag --config"
	if err != nil {
		return nil, err
	}
	return c, yaml.Unmarshal(data, c)
}

func main() {
	file := flag.String("config", "/etc/app/config.yaml", "settings") // want flag "config default /etc/app/config.yaml"
	flag.Parse()
	c, err := load(*file)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(c.Storage.Path+"/started", nil, 0o600); err != nil { // want write "/var/lib/app/started from config storage.path durable"
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config server.addr"
}
