// Area: configuration
// Style: sigs.k8s.io/yaml, which goes by json tags
// Read: keys of fields, defaults set after
package main

import (
	"log"
	"net/http"
	"os"

	"sigs.k8s.io/yaml"
)

type config struct {
	ListenAddress string `json:"listenAddress"`
}

func (c *config) complete() {
	if c.ListenAddress == "" {
		c.ListenAddress = "127.0.0.1:8080"
	}
}

func main() {
	data, err := os.ReadFile("/etc/agent/config.yaml") // want read "/etc/agent/config.yaml"
	if err != nil {
		log.Fatal(err)
	}
	var c config
	if err := yaml.UnmarshalStrict(data, &c); err != nil {
		log.Fatal(err)
	}
	c.complete()
	log.Fatal(http.ListenAndServe(c.ListenAddress, http.NotFoundHandler())) // want listen "tcp 127.0.0.1:8080 from config listenAddress"
}
