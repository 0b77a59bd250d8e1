// Area: servers
// Style: fasthttp, with a handler that compares the path itself
// Read: the compared paths, the address
package main

import (
	"flag"
	"log"

	"github.com/valyala/fasthttp"
)

func main() {
	addr := flag.String("addr", ":8080", "address") // want flag "addr default :8080"
	flag.Parse()
	s := &fasthttp.Server{Handler: handle, Name: "web"}
	if err := s.ListenAndServe(*addr); err != nil { // want listen "tcp :8080 from flag --addr"
		log.Fatal(err)
	}
}

func handle(ctx *fasthttp.RequestCtx) {
	switch string(ctx.Path()) {
	case "/healthz": // want route "/healthz health"
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	case "/items": // want route "/items"
		ctx.SetBodyString("[]")
	default:
		ctx.Error("not found", fasthttp.StatusNotFound)
	}
}
