// Area: servers
// Style: net/http patterns with a method, and a mux of one's own that is handed around
// Read: methods and paths, subtrees behind StripPrefix, the address
package main

import (
	"log"
	"net/http"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", http.NotFound)                                          // want route "GET /items/{id}"
	mux.HandleFunc("POST /items", http.NotFound)                                              // want route "POST /items"
	mux.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir("public")))) // want route "/static/"
	register(mux)

	api := http.NewServeMux()
	api.HandleFunc("GET /users", http.NotFound) // want route "GET /api/users"
	mux.Handle("/api/", http.StripPrefix("/api", api))

	log.Fatal(http.ListenAndServe(":8080", mux)) // want listen "tcp :8080"
}

func register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }) // want route "GET /healthz health"
}
