// Area: configuration
// Style: peterbourgon/ff v3, flags that variables set too
// Read: the variable of each flag
package main

import (
	"flag"
	"log"
	"net/http"
	"os"

	"github.com/peterbourgon/ff/v3"
)

func main() {
	fs := flag.NewFlagSet("notes", flag.ExitOnError)
	addr := fs.String("listen-addr", ":8080", "address") // want flag "listen-addr default :8080" env "NOTES_LISTEN_ADDR default :8080"
	store := fs.String("store", "", "folder for notes")  // want flag "store" env "NOTES_STORE"
	if err := ff.Parse(fs, os.Args[1:], ff.WithEnvVarPrefix("NOTES")); err != nil {
		log.Fatal(err)
	}
	if err := os.MkdirAll(*store, 0o700); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*addr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --listen-addr, env NOTES_LISTEN_ADDR"
}
