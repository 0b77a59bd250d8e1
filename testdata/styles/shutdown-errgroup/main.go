// Area: shutdown
// Style: errgroup, one goroutine that serves and one that drains
// Read: signals, what drains
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // want shutdown "SIGINT SIGTERM drains http.Server.Shutdown 5s"
	defer stop()
	srv := &http.Server{Addr: ":8080", Handler: http.NotFoundHandler()}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) { // want listen "tcp :8080"
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		timeout, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return srv.Shutdown(timeout)
	})
	if err := g.Wait(); err != nil {
		log.Fatal(err)
	}
}
