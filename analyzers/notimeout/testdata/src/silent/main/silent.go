// Package silent has clients of which no package alone can tell, answers that are
// streams, and what stays on the machine.
package silent

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// Given by somebody who may have bounded it.
func Given(c *http.Client, url string) (*http.Response, error) { return c.Get(url) }

// The context of the request that is being served.
func Inbound(w http.ResponseWriter, r *http.Request) {
	req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://peer.example.com", nil)
	http.DefaultClient.Do(req)
}

func Download(url, name string) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.CreateTemp("", name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	return err
}

func Watch(url string, event func(string)) error {
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		event(lines.Text())
	}
	return lines.Err()
}

func Open(url string) (io.ReadCloser, error) {
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func Local() (net.Conn, error) { return net.Dial("unix", "/run/app.sock") }

// The transport bounds the wait for the header.
var patient = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: time.Minute}}

func Patient(url string) (*http.Response, error) { return patient.Get(url) }

// Set after it is made.
func Later(url string) (*http.Response, error) {
	c := &http.Client{}
	c.Timeout = time.Second
	return c.Get(url)
}
