// Package peer asks other services.
package peer

import (
	"io"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 5 * time.Second}

// Get reads what a URL has to give.
func Get(url string) ([]byte, error) {
	resp, err := client.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// RatesURL is fixed. The package itself asks nobody, so the finding stands where
// somebody is asked.
func RatesURL() string { return "https://rates.example.com/v1" } // check `hardcodedhost: the host rates\.example\.com is fixed`
