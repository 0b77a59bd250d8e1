// Area: servers
// Style: chi with resources that bring their own routers, and middleware in the chain
// Read: methods and paths of mounted routers
package main

import (
	"log"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

type users struct{}

func (u users) Routes() chi.Router {
	r := chi.NewRouter()
	r.Get("/", u.list) // want route "GET /api/users/"
	r.With(middleware.NoCache).Route("/{id}", func(r chi.Router) {
		r.Put("/", u.list) // want route "PUT /api/users/{id}/"
	})
	return r
}

func (users) list(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }

func main() {
	r := chi.NewRouter()
	r.Use(middleware.Heartbeat("/ping"))                 // want route "GET /ping health" route "HEAD /ping health"
	r.With(middleware.Logger).Get("/info", users{}.list) // want route "GET /info"
	api := chi.NewRouter()
	api.Mount("/users", users{}.Routes())
	r.Mount("/api", api)
	s := &http.Server{Handler: r}
	s.Addr = ":8080"
	log.Fatal(s.ListenAndServe()) // want listen "tcp :8080"
}
