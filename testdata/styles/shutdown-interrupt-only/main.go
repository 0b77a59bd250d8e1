// Area: shutdown
// Style: os.Interrupt alone
// Read: that SIGTERM is not handled
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
)

func main() {
	srv := &http.Server{Addr: ":8080", Handler: http.NotFoundHandler()}
	go func() { log.Print(srv.ListenAndServe()) }() // want listen "tcp :8080"
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt) // want shutdown "SIGINT drains http.Server.Shutdown"
	<-stop
	_ = srv.Shutdown(context.Background())
}
