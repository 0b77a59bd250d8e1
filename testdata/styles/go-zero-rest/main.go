// Area: servers
// Style: go-zero's rest, with a file that a flag names
// Read: host and port of RestConf, methods and paths with their prefix
package main

import (
	"flag"
	"net/http"

	"github.com/zeromicro/go-zero/core/conf"
	"github.com/zeromicro/go-zero/rest"
)

type config struct {
	rest.RestConf
	Greeting string `json:",default=hello"`
}

var file = flag.String("f", "etc/greet.yaml", "the config file") // want flag "f default etc/greet.yaml"

func main() {
	flag.Parse()
	var c config
	conf.MustLoad(*file, &c)                 // want read "etc/greet.yaml from flag --f"
	server := rest.MustNewServer(c.RestConf) // want listen "tcp 0.0.0.0:? from config Host, config Port"
	defer server.Stop()
	server.AddRoute(rest.Route{Method: http.MethodGet, Path: "/ping", Handler: ok}) // want route "GET /ping health"
	server.AddRoutes([]rest.Route{
		{Method: http.MethodGet, Path: "/from/:name", Handler: ok}, // want route "GET /v1/from/:name"
		{Method: http.MethodPost, Path: "/from", Handler: ok},      // want route "POST /v1/from"
	}, rest.WithPrefix("/v1"))
	server.Start() // want shutdown "SIGTERM drains rest.Server.Start"
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
