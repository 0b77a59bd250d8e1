// Area: servers
// Style: gorilla/mux, with subrouters and methods
// Read: methods and paths below subrouters, the address
package main

import (
	"log"
	"net/http"

	"github.com/gorilla/mux"
)

func main() {
	r := mux.NewRouter()
	r.HandleFunc("/product/{id}", ok).Methods(http.MethodGet)                                              // want route "GET /product/{id}"
	r.HandleFunc("/_healthz", ok)                                                                          // want route "/_healthz health"
	r.PathPrefix("/static/").Handler(http.StripPrefix("/static/", http.FileServer(http.Dir("./static/")))) // want route "/static/"
	s := r.PathPrefix("/api").Subrouter()
	s.HandleFunc("/cart", ok).Methods("POST")               // want route "POST /api/cart"
	s.Path("/cart/empty").Methods("DELETE").HandlerFunc(ok) // want route "DELETE /api/cart/empty"
	log.Fatal(http.ListenAndServe(":8080", r))              // want listen "tcp :8080"
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
