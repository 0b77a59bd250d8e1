// Area: servers
// Style: julienschmidt/httprouter
// Read: methods and paths, the address
package main

import (
	"log"
	"net/http"

	"github.com/julienschmidt/httprouter"
)

func main() {
	r := httprouter.New()
	r.GET("/hello/:name", hello)                             // want route "GET /hello/:name"
	r.Handle("POST", "/hello", hello)                        // want route "POST /hello"
	r.HandlerFunc(http.MethodGet, "/healthz", http.NotFound) // want route "GET /healthz health"
	r.ServeFiles("/static/*filepath", http.Dir("public"))    // want route "GET /static/*filepath"
	log.Fatal(http.ListenAndServe("127.0.0.1:8080", r))      // want listen "tcp 127.0.0.1:8080"
}

func hello(w http.ResponseWriter, _ *http.Request, _ httprouter.Params) { w.WriteHeader(http.StatusOK) }
