// Area: configuration
// Style: flags whose default is a variable
// Read: flag, variable and the default behind both
package main

import (
	"flag"
	"log"
	"net/http"
	"os"
)

func envOr(key, fallback string) string {
	if v, ok := os.LookupEnv(key); ok { // want env "ADDR default :8080"
		return v
	}
	return fallback
}

func main() {
	addr := flag.String("addr", envOr("ADDR", ":8080"), "address")                  // want flag "addr default :8080"
	admin := flag.String("admin", os.Getenv("ADMIN_ADDR"), "address for operators") // want flag "admin" env "ADMIN_ADDR"
	flag.Parse()
	if *admin != "" {
		go func() { log.Print(http.ListenAndServe(*admin, nil)) }() // want listen "tcp :? from flag --admin, env ADMIN_ADDR"
	}
	log.Fatal(http.ListenAndServe(*addr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --addr, env ADDR"
}
