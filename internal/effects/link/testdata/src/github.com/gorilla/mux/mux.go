// Package mux stands for github.com/gorilla/mux.
package mux

import "net/http"

type (
	Router struct{ http.Handler }
	Route  struct{}
)

func NewRouter() *Router { return nil }

func (*Router) HandleFunc(path string, h http.HandlerFunc) *Route { return nil }
func (*Router) PathPrefix(path string) *Route                     { return nil }
func (*Router) Path(path string) *Route                           { return nil }

func (*Route) Path(path string) *Route               { return nil }
func (*Route) Methods(methods ...string) *Route      { return nil }
func (*Route) Handler(h http.Handler) *Route         { return nil }
func (*Route) HandlerFunc(h http.HandlerFunc) *Route { return nil }
func (*Route) Subrouter() *Router                    { return nil }
