// Area: values
// Style: closures that capture settings
// Read: the captured values
package main

import (
	"log"
	"net/http"
	"os"
)

func runner(addr string) func() error {
	h := http.NotFoundHandler()
	return func() error { return http.ListenAndServe(addr, h) } // want listen "tcp :7070 from env ADDR"
}

func main() {
	lookup := func(key, fallback string) string {
		if v := os.Getenv(key); v != "" { // want env "ADDR default :7070"
			return v
		}
		return fallback
	}
	run := runner(lookup("ADDR", ":7070"))
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
