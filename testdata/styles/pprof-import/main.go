// Area: servers
// Style: net/http/pprof imported for what it registers
// Read: the routes of the default mux
// Limits: one route stands for all profiles
package main

import (
	"log"
	"net/http"
	_ "net/http/pprof" // want route "/debug/pprof/ profiling"
)

func main() {
	go func() { log.Print(http.ListenAndServe("localhost:6060", nil)) }() // want listen "tcp localhost:6060"
	log.Fatal(http.ListenAndServe(":8080", http.NotFoundHandler()))       // want listen "tcp :8080"
}
