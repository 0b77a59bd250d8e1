// Package chi stands for github.com/go-chi/chi/v5.
package chi

import "net/http"

type Router interface {
	http.Handler
	Get(path string, h http.HandlerFunc)
	Post(path string, h http.HandlerFunc)
	Group(fn func(Router)) Router
	Route(path string, fn func(Router)) Router
	Mount(path string, h http.Handler)
}

type Mux struct{ Router }

func NewRouter() *Mux { return nil }

func (*Mux) Get(path string, h http.HandlerFunc)       {}
func (*Mux) Post(path string, h http.HandlerFunc)      {}
func (*Mux) Group(fn func(Router)) Router              { return nil }
func (*Mux) Route(path string, fn func(Router)) Router { return nil }
func (*Mux) Mount(path string, h http.Handler)         {}
func (*Mux) ServeHTTP(http.ResponseWriter, *http.Request) {
}
