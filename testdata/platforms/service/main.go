// Shop serves its shelves.
package main

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {})
	mux.HandleFunc("GET /shelves", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("[]")) })
	port := cmp.Or(os.Getenv("FUNCTIONS_CUSTOMHANDLER_PORT"), os.Getenv("PORT"), "8080")
	server := &http.Server{Addr: ":" + port, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		server.Shutdown(last)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		slog.Error("serving ended", "error", err)
		os.Exit(1)
	}
}
