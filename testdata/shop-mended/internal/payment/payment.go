// Package payment charges customers through the payment provider.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// A Client talks to the payment provider.
type Client struct {
	http *http.Client
	base string
}

// NewClient uses an HTTP client for all requests to the provider at base.
func NewClient(client *http.Client, base string) *Client {
	return &Client{http: client, base: base}
}

// Charge takes an amount from a customer's account. The order's id keeps a
// repeated request from being charged twice.
func (c *Client) Charge(ctx context.Context, customer, orderID string, cents int64) error {
	body, err := json.Marshal(map[string]any{"customer": customer, "cents": cents})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/v1/charges", bytes.NewReader(body))
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
