// Package rates asks for exchange rates, with a bound each time.
package rates

import (
	"context"
	"net"
	"net/http"
	"time"
)

const url = "https://rates.example.com/v1"

var client = &http.Client{Timeout: 10 * time.Second}

func Get() (*http.Response, error) { return client.Get(url) }

func Deadline(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	return http.DefaultClient.Do(req)
}

func Until(t time.Time) (*http.Response, error) {
	ctx, cancel := context.WithDeadline(context.Background(), t)
	defer cancel()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req.WithContext(ctx))
}

func Dial() (net.Conn, error) {
	return (&net.Dialer{Timeout: time.Second}).Dial("tcp", "rates.example.com:7000")
}
