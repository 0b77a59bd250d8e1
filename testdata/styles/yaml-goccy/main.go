// Area: configuration
// Style: goccy/go-yaml, with a decoder
// Read: keys of fields, defaults set before
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/goccy/go-yaml"
)

type config struct {
	Addr string `yaml:"listen_addr"`
}

func main() {
	c := config{Addr: ":8080"}
	f, err := os.Open("app.yaml") // want read "app.yaml"
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if err := yaml.NewDecoder(f).Decode(&c); err != nil {
		log.Print(err)
	}
	log.Fatal(http.ListenAndServe(c.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config listen_addr"
}
