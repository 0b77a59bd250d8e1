// Area: configuration
// Style: gopkg.in/alecthomas/kingpin.v2, with package variables
// Read: flags, their variables and defaults
package main

import (
	"log"
	"net/http"

	kingpin "gopkg.in/alecthomas/kingpin.v2"
)

var (
	addr  = kingpin.Flag("listen", "Address.").Default(":8080").OverrideDefaultFromEnvar("LISTEN").String() // want flag "listen default :8080" env "LISTEN default :8080"
	debug = kingpin.Flag("debug", "Log more.").Bool()                                                       // want flag "debug"
)

func main() {
	kingpin.Parse()
	if *debug {
		log.Println("listening on", *addr)
	}
	log.Fatal(http.ListenAndServe(*addr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --listen, env LISTEN"
}
