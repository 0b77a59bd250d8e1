// Area: configuration
// Style: os.Getenv, with a default where it is empty
// Read: variables, their defaults, what they are used for
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT") // want env "PORT default 8080"
	if port == "" {
		port = "8080"
	}
	host := os.Getenv("HOST")                          // want env "HOST"
	http.HandleFunc("/healthz", health)                // want route "/healthz health"
	log.Fatal(http.ListenAndServe(host+":"+port, nil)) // want listen "tcp :8080 from env HOST, env PORT"
}

func health(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }
