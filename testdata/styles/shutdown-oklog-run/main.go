// Area: shutdown
// Style: an oklog/run group
// Read: signals of its handler, what drains
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/oklog/run"
)

func main() {
	l, err := net.Listen("tcp", ":8080") // want listen "tcp :8080"
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.NotFoundHandler()}
	var g run.Group
	g.Add(run.SignalHandler(context.Background(), syscall.SIGINT, syscall.SIGTERM)) // want shutdown "SIGINT SIGTERM drains http.Server.Shutdown 30s"
	g.Add(func() error { return srv.Serve(l) }, func(error) {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_ = srv.Shutdown(ctx)
	})
	log.Print(g.Run())
}
