// Area: values
// Style: settings behind an interface of one's own
// Read: the variables that the implementation reads
package main

import (
	"log"
	"net/http"
	"os"
)

type settings interface {
	Addr() string
}

type fromEnv struct{ prefix string }

func (f fromEnv) Addr() string {
	if a := os.Getenv(f.prefix + "ADDR"); a != "" { // want env "APP_ADDR default :8080"
		return a
	}
	return ":8080"
}

type app struct{ settings settings }

func (a app) run() error {
	return http.ListenAndServe(a.settings.Addr(), http.NotFoundHandler()) // want listen "tcp :8080 from env APP_ADDR"
}

func main() {
	log.Fatal(app{settings: fromEnv{prefix: "APP_"}}.run())
}
