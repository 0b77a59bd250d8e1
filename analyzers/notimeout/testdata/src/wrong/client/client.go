// Package billing calls the billing service.
package billing

import (
	"net/http"
	"strings"
)

type Client struct {
	base string
	http *http.Client
}

func New(base string) *Client {
	return &Client{base: base, http: &http.Client{Transport: &http.Transport{MaxIdleConns: 10}}} // want `notimeout: this http.Client has no Timeout, and what it is used for \(http.Client.Get\) has no deadline`
}

func (c *Client) Invoice(id string) (*http.Response, error) {
	return c.http.Get(c.base + "/invoices/" + id)
}

func (c *Client) Pay(id string) (*http.Response, error) {
	return c.http.Post(c.base+"/invoices/"+id+"/pay", "application/json", strings.NewReader("{}"))
}
