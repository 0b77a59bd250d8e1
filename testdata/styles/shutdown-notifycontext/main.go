// Area: shutdown
// Style: signal.NotifyContext, with a timeout from a flag
// Read: signals, what drains, the timeout's default
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

func run(ctx context.Context, grace time.Duration) error {
	srv := &http.Server{Addr: ":8080", Handler: http.NotFoundHandler()}
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }() // want listen "tcp :8080"
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return srv.Shutdown(ctx)
}

func main() {
	grace := flag.Duration("grace", 20*time.Second, "time for open requests") // want flag "grace default 20s"
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM) // want shutdown "SIGTERM drains http.Server.Shutdown 20s"
	defer stop()
	if err := run(ctx, *grace); err != nil {
		log.Fatal(err)
	}
}
