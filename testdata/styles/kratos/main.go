// Area: servers
// Style: kratos, which drains by itself
// Read: methods and paths below routes, the address that an option gives, that Run handles SIGTERM
package main

import (
	"log"
	nethttp "net/http"
	"os"

	"github.com/go-kratos/kratos/v2"
	"github.com/go-kratos/kratos/v2/transport/http"
)

func main() {
	addr := os.Getenv("HTTP_ADDR") // want env "HTTP_ADDR default :8000"
	if addr == "" {
		addr = ":8000"
	}
	srv := http.NewServer(http.Address(addr))                                                                          // want listen "tcp :8000 from env HTTP_ADDR"
	srv.HandleFunc("/healthz", func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(nethttp.StatusOK) }) // want route "/healthz health"
	r := srv.Route("/v1")
	r.GET("/users/{name}", func(c http.Context) error { return c.String(nethttp.StatusOK, "ok") }) // want route "GET /v1/users/{name}"

	app := kratos.New(kratos.Name("users"), kratos.Server(srv))
	if err := app.Run(); err != nil { // want shutdown "SIGTERM drains kratos.App.Run"
		log.Fatal(err)
	}
}
