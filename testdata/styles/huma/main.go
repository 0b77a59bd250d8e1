// Area: servers
// Style: huma on net/http, its own documentation turned off
// Read: methods and paths of operations, the address
package main

import (
	"context"
	"log"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

type output struct {
	Body string
}

func main() {
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig("greetings", "1.0.0")
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	api := humago.New(mux, cfg)
	huma.Get(api, "/greeting/{name}", greet)                                             // want route "GET /greeting/{name}"
	huma.Register(api, huma.Operation{Method: http.MethodPost, Path: "/reviews"}, greet) // want route "POST /reviews"
	log.Fatal(http.ListenAndServe(":8888", mux))                                         // want listen "tcp :8888"
}

func greet(context.Context, *struct{}) (*output, error) { return &output{Body: "hi"}, nil }
