// Area: configuration
// Style: cmp.Or over variables and a default
// Read: variables in the order in which they are asked, and the default
package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
)

func main() {
	port := cmp.Or(
		os.Getenv("PORT"),      // want env "PORT default 8080"
		os.Getenv("HTTP_PORT"), // want env "HTTP_PORT default 8080"
		"8080",
	)
	http.HandleFunc("/", http.NotFound)                  // want route "/"
	log.Fatal(http.ListenAndServe("0.0.0.0:"+port, nil)) // want listen "tcp 0.0.0.0:8080 from env PORT, env HTTP_PORT"
}
