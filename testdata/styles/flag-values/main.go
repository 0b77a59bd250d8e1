// Area: configuration
// Style: flags with values of their own: flag.Var and flag.Func
// Read: flags, what the function of a flag sets
package main

import (
	"flag"
	"log"
	"net/http"
	"strings"
)

type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

func main() {
	var peers list
	addr := ":8080"
	flag.Var(&peers, "peer", "a peer, may be repeated") // want flag "peer"
	flag.Func("addr", "address", func(s string) error { // want flag "addr"
		addr = s
		return nil
	})
	flag.Parse()
	log.Println("peers:", peers.String())
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --addr"
}
