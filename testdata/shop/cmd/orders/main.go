// Orders takes orders over HTTP, charges the customer and files a receipt.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"time"

	"example.com/shop/internal/httpapi"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/store"
)

func main() {
	addr := flag.String("addr", ":8080", "address to listen on")
	receipts := flag.String("receipts", "/var/lib/shop/receipts", "folder for receipts")
	flag.Parse()
	if err := run(*addr, *receipts); err != nil {
		slog.Error("orders stopped", "error", err)
		os.Exit(1)
	}
}

func run(addr, receipts string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	folder, err := store.Open(receipts)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 10 * time.Second}
	api := &httpapi.API{
		Receipts:    folder,
		Payments:    payment.NewClient(client),
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
