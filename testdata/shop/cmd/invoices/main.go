// Invoices writes an invoice for each order that it is sent, and tells the
// customer's system when it is ready.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/shop/internal/order"
	"example.com/shop/internal/store"
	"example.com/shop/internal/webhook"
)

func main() {
	addr := flag.String("addr", ":8080", "address to listen on")
	archive := flag.String("archive", "invoices", "folder for invoices")
	flag.Parse()
	if err := run(*addr, *archive); err != nil {
		slog.Error("invoices stopped", "error", err)
		os.Exit(1)
	}
}

func run(addr, archive string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	folder, err := store.Open(archive)
	if err != nil {
		return err
	}
	h := &handler{archive: folder, http: &http.Client{Timeout: 10 * time.Second}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /invoices", h.create)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	srv := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}

	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	slog.Info("invoices listens", "addr", addr)

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), 15*time.Second)
	defer cancel()
	return srv.Shutdown(drain)
}

// A handler keeps invoices and announces them.
type handler struct {
	archive *store.Folder
	http    *http.Client
}

func (h *handler) create(w http.ResponseWriter, r *http.Request) {
	var o order.Order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&o); err != nil {
		http.Error(w, "the body is no order", http.StatusBadRequest)
		return
	}
	if err := h.archive.Save(o.ID+".txt", o.Invoice()); err != nil {
		slog.Error("cannot keep the invoice", "order", o.ID, "error", err)
		http.Error(w, "the invoice could not be kept", http.StatusInternalServerError)
		return
	}
	if o.CallbackURL != "" {
		if err := webhook.Post(r.Context(), h.http, o.CallbackURL, map[string]string{"invoiced": o.ID}); err != nil {
			slog.Warn("the customer was not told", "order", o.ID, "error", err)
		}
	}
	w.WriteHeader(http.StatusCreated)
}
