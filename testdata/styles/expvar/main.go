// Area: servers
// Style: expvar, which registers itself at the default mux
// Read: the route and its role
package main

import (
	"expvar" // want route "/debug/vars metrics"
	"log"
	"net/http"
)

var hits = expvar.NewInt("hits")

func main() {
	http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { hits.Add(1) }) // want route "/"
	log.Fatal(http.ListenAndServe(":8080", nil))                                   // want listen "tcp :8080"
}
