// Package rates asks for exchange rates.
package rates

import (
	"context"
	"io"
	"net"
	"net/http"
)

const url = "https://rates.example.com/v1"

func Get() (*http.Response, error) {
	return http.Get(url) // want `notimeout: http.Get uses http.DefaultClient, which has no timeout, and the request has no deadline`
}

func Do(body io.Reader) ([]byte, error) {
	req, err := http.NewRequest(http.MethodPost, url, body)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req) // want `notimeout: http.Client.Do uses http.DefaultClient`
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

func WithBackground() (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req) // want `notimeout: http.Client.Do uses http.DefaultClient`
}

func Dial() (net.Conn, error) {
	return net.Dial("tcp", "rates.example.com:7000") // want `notimeout: net.Dial has no timeout`
}
