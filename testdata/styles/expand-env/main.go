// Area: configuration
// Style: os.ExpandEnv and os.Expand
// Read: the variables in the text
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	addr := os.ExpandEnv("${HOST}:8080")            // want env "HOST"
	dir := os.Expand("$ROOT/uploads", os.Getenv)    // want env "ROOT"
	if err := os.MkdirAll(dir, 0o700); err != nil { // want write "$ROOT/uploads from env ROOT durable"
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :8080 from env HOST"
}
