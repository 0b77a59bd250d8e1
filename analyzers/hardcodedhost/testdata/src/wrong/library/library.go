// Package library calls one host, whoever calls it.
package library

import "net/http"

type Client struct{ base string }

func New() *Client { return &Client{base: "https://payments.example.com"} } // want "the host payments.example.com is fixed"

func (c *Client) Charge() (*http.Response, error) { return http.Get(c.base + "/charge") }
