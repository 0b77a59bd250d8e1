// Area: servers
// Style: http.Server with its address in a field, from a settings struct
// Read: the address through fields and constructors
package main

import (
	"log"
	"net/http"
	"os"
	"time"
)

type config struct{ Addr string }

func load() config {
	c := config{Addr: ":8443"}
	if a := os.Getenv("ADDR"); a != "" { // want env "ADDR default :8443"
		c.Addr = a
	}
	return c
}

type app struct {
	server *http.Server
}

func newApp(c config) *app {
	return &app{server: &http.Server{Addr: c.Addr, Handler: http.NotFoundHandler(), ReadHeaderTimeout: time.Second}}
}

func (a *app) run() error {
	return a.server.ListenAndServeTLS("/tls/tls.crt", "/tls/tls.key") // want listen "tcp :8443 from env ADDR"
}

func main() { log.Fatal(newApp(load()).run()) }
