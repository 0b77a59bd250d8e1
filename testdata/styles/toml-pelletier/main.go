// Area: configuration
// Style: pelletier/go-toml v2
// Read: keys of fields, defaults set after
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"

	"github.com/pelletier/go-toml/v2"
)

type config struct {
	Host string `toml:"host"`
	Port string `toml:"port"`
}

func main() {
	data, err := os.ReadFile("app.toml") // want read "app.toml"
	if err != nil {
		log.Fatal(err)
	}
	var c config
	if err := toml.Unmarshal(data, &c); err != nil {
		log.Fatal(err)
	}
	addr := c.Host + ":" + cmp.Or(c.Port, "8080")
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :8080 from config host, config port"
}
