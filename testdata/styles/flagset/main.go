// Area: configuration
// Style: flag.NewFlagSet
// Read: flags of the set and their defaults
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
)

type options struct {
	host string
	port int
}

func main() {
	var o options
	fs := flag.NewFlagSet("web", flag.ContinueOnError)
	fs.StringVar(&o.host, "host", "", "host to listen on") // want flag "host"
	fs.IntVar(&o.port, "port", 8081, "port to listen on")  // want flag "port default 8081"
	if err := fs.Parse(os.Args[1:]); err != nil {
		os.Exit(2)
	}
	log.Fatal(http.ListenAndServe(fmt.Sprintf("%s:%d", o.host, o.port), http.NotFoundHandler())) // want listen "tcp :8081 from flag --host, flag --port"
}
