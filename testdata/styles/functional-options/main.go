// Area: values
// Style: functional options
// Read: what an option sets
package main

import (
	"log"
	"net/http"
	"os"
)

type server struct {
	addr string
	dir  string
}

type option func(*server)

func withAddr(addr string) option { return func(s *server) { s.addr = addr } }

func withDir(dir string) option { return func(s *server) { s.dir = dir } }

func newServer(opts ...option) *server {
	s := &server{addr: ":8080"}
	for _, o := range opts {
		o(s)
	}
	return s
}

func (s *server) run() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil { // want write "/srv/files durable"
		return err
	}
	return http.ListenAndServe(s.addr, http.NotFoundHandler()) // want listen "tcp :9000"
}

func main() {
	log.Fatal(newServer(withAddr(":9000"), withDir("/srv/files")).run())
}
