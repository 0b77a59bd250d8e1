// Package httpapi is the HTTP interface for orders.
package httpapi

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/webhook"
)

// maxOrder is the largest order that is taken, in bytes.
const maxOrder = 1 << 20

// An API takes orders.
type API struct {
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
	if err := webhook.Post(r.Context(), a.HTTP, a.InvoicesURL+"/invoices", o); err != nil {
		slog.Error("cannot invoice", "order", o.ID, "error", err)
		http.Error(w, "the order could not be kept; the same order can be sent again", http.StatusBadGateway)
		return
	}
	w.WriteHeader(http.StatusCreated)
}
