// Package library leaves its peers to its callers.
package library

import (
	"net"
	"net/http"
)

// BaseURL can be set by another package.
var BaseURL = "https://api.example.com"

// Client has an exported field, which others set.
type Client struct{ Base string }

func NewClient() *Client { return &Client{Base: "https://api.example.com"} }

func (c *Client) Get() (*http.Response, error) { return http.Get(c.Base + "/v1") }

func Get(base string) (*http.Response, error) { return http.Get(base + "/v1") }

func Global() (*http.Response, error) { return http.Get(BaseURL + "/v1") }

func Self() (net.Conn, error) { return net.Dial("udp", "8.8.8.8:80") }

func Loopback() (*http.Response, error) { return http.Get("http://localhost:2019/config/") }

const namespace = "http://www.w3.org/2000/svg"

func Namespace() string { return namespace }
