// Package payment charges customers through the payment provider.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// endpoint is the provider's interface for charges.
const endpoint = "https://api.payments.example/v1/charges"

// A Client talks to the payment provider.
type Client struct {
	http *http.Client
}

// NewClient uses an HTTP client for all requests.
func NewClient(client *http.Client) *Client { return &Client{http: client} }

// Charge takes an amount from a customer's account. The order's id keeps a
// repeated request from being charged twice.
func (c *Client) Charge(ctx context.Context, customer, orderID string, cents int64) error {
	body, err := json.Marshal(map[string]any{"customer": customer, "cents": cents})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", orderID)
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("charge %s: %w", customer, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusCreated {
		return fmt.Errorf("charge %s: the provider answers %s", customer, resp.Status)
	}
	return nil
}
