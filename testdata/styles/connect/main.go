// Area: servers
// Style: Connect, with generated handlers on net/http
// Read: the path that the generated constructor returns
package main

import (
	"context"
	"log"
	"net/http"

	"connectrpc.com/connect"

	"github.com/cnready/cnready/testdata/styles/connect/pingv1connect"
)

type ping struct{}

func (ping) Ping(context.Context, *connect.Request[pingv1connect.PingRequest]) (*connect.Response[pingv1connect.PingResponse], error) {
	return connect.NewResponse(&pingv1connect.PingResponse{}), nil
}

func main() {
	mux := http.NewServeMux()
	mux.Handle(pingv1connect.NewPingServiceHandler(ping{})) // want-typed route "/ping.v1.PingService/"
	path, handler := pingv1connect.NewPingServiceHandler(ping{})
	api := http.NewServeMux()
	api.Handle(path, handler)                                             // want-typed route "/ping.v1.PingService/"
	go func() { log.Print(http.ListenAndServe("127.0.0.1:9000", api)) }() // want listen "tcp 127.0.0.1:9000"
	log.Fatal(http.ListenAndServe(":8080", mux))                          // want listen "tcp :8080"
}
