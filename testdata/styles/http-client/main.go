// Area: clients
// Style: net/http's clients and requests
// Read: URLs, from variables and literals
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

type client struct {
	base string
	http *http.Client
}

func (c *client) rates(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/rates", nil)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req) // want dial "tcp http://rates:8080/rates from env RATES_URL"
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func main() {
	base := os.Getenv("RATES_URL") // want env "RATES_URL default http://rates:8080"
	if base == "" {
		base = "http://rates:8080"
	}
	c := &client{base: base, http: &http.Client{Timeout: 3 * time.Second}}
	for range time.Tick(time.Minute) {
		if err := c.rates(context.Background()); err != nil {
			log.Print(err)
		}
		resp, err := http.Post("https://hooks.example.org/tick", "text/plain", strings.NewReader("tick")) // want dial "tcp https://hooks.example.org/tick"
		if err == nil {
			_ = resp.Body.Close()
		}
	}
}
