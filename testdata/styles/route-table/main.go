// Area: servers
// Style: a table of routes, and middleware around the mux
// Read: methods and paths in the table
package main

import (
	"log"
	"net/http"
)

type route struct {
	method, path string
	handler      http.HandlerFunc
}

func routes() []route {
	return []route{
		{"GET", "/healthz", ok},
		{http.MethodPost, "/orders", ok},
	}
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Println(r.Method)
		next.ServeHTTP(w, r)
	})
}

func main() {
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.HandleFunc(r.method+" "+r.path, r.handler) // want route "GET /healthz health" route "POST /orders"
	}
	log.Fatal(http.ListenAndServe(":8080", logged(mux))) // want listen "tcp :8080"
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
