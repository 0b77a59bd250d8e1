// Area: configuration
// Style: BurntSushi/toml
// Read: the file, keys of fields, defaults set before
package main

import (
	"log"
	"net/http"

	"github.com/BurntSushi/toml"
)

type config struct {
	Server struct {
		Addr string `toml:"addr"`
	} `toml:"server"`
}

func main() {
	var c config
	c.Server.Addr = ":8080"
	if _, err := toml.DecodeFile("/etc/app.toml", &c); err != nil { // want read "/etc/app.toml"
		log.Print(err)
	}
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config server.addr"
}
