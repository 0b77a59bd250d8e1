// Orders takes orders over HTTP, charges the customer and hands the order on to
// be invoiced.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/shop/internal/httpapi"
	"example.com/shop/internal/payment"
)

func main() {
	addr := flag.String("addr", ":8080", "address to listen on")
	flag.Parse()
	if err := run(*addr); err != nil {
		slog.Error("orders stopped", "error", err)
		os.Exit(1)
	}
}

func run(addr string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	client := &http.Client{Timeout: 10 * time.Second}
	api := &httpapi.API{
		Payments:    payment.NewClient(client, env("PAYMENTS_URL", "https://api.payments.example")),
		HTTP:        client,
		InvoicesURL: env("INVOICES_URL", "http://invoices"),
	}
	srv := &http.Server{
		Addr:              addr,
		Handler:           api.Routes(),
		ReadHeaderTimeout: 5 * time.Second,
	}

	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	slog.Info("orders listens", "addr", addr)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return srv.Shutdown(drain)
}

func env(name, fallback string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return fallback
}
