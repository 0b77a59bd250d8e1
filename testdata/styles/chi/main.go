// Area: servers
// Style: chi, with Route, Group and Mount
// Read: methods and paths below routers, the address
package main

import (
	"log"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func main() {
	r := chi.NewRouter()
	r.Use(middleware.Logger)
	r.Get("/", ok) // want route "GET /"
	r.Route("/articles", func(r chi.Router) {
		r.Post("/", ok) // want route "POST /articles/"
		r.Route("/{id}", func(r chi.Router) {
			r.Delete("/", ok) // want route "DELETE /articles/{id}/"
		})
	})
	r.Group(func(r chi.Router) {
		r.Get("/private", ok) // want route "GET /private"
	})
	r.Mount("/admin", admin())
	r.Method("GET", "/livez", http.HandlerFunc(ok)) // want route "GET /livez health"
	log.Fatal(http.ListenAndServe(":3333", r))      // want listen "tcp :3333"
}

func admin() http.Handler {
	r := chi.NewRouter()
	r.Get("/accounts", ok) // want route "GET /admin/accounts"
	return r
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
