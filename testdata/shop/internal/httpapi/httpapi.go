// Package httpapi is the HTTP interface for orders.
package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/store"
	"example.com/shop/internal/webhook"
)

// maxOrder is the largest order that is taken, in bytes.
const maxOrder = 1 << 20

// An API takes orders.
type API struct {
	Receipts *store.Folder
	Payments *payment.Client
	// HTTP calls the service at InvoicesURL.
	HTTP        *http.Client
	InvoicesURL string
}

// Routes are the paths that the API answers on.
func (a *API) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", a.create)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
	})
	return mux
}

func (a *API) create(w http.ResponseWriter, r *http.Request) {
	var o order.Order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxOrder)).Decode(&o); err != nil {
		http.Error(w, "the body is no order", http.StatusBadRequest)
		return
	}
	if err := o.Validate(); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	if err := a.Payments.Charge(r.Context(), o.Customer, o.ID, o.Total()); err != nil {
		slog.Error("cannot charge", "order", o.ID, "error", err)
		http.Error(w, "the payment failed", http.StatusBadGateway)
		return
	}
	receipt, err := json.Marshal(o)
	if err == nil {
		err = a.Receipts.Save(o.ID+".json", receipt)
	}
	if err != nil {
		slog.Error("cannot keep the receipt", "order", o.ID, "error", err)
		http.Error(w, "the order could not be kept", http.StatusInternalServerError)
		return
	}
	if err := webhook.Post(r.Context(), a.HTTP, a.InvoicesURL+"/invoices", o); err != nil {
		slog.Warn("no invoice yet", "order", o.ID, "error", err)
	}
	w.WriteHeader(http.StatusCreated)
}
