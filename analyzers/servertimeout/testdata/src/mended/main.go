// Mended gives clients some seconds.
package main

import (
	"flag"
	"log"
	"net/http"
	"time"
)

func main() {
	wait := flag.Duration("read-timeout", 0, "how long a request may take")
	flag.Parse()
	go func() {
		side := &http.Server{Addr: ":9090", ReadTimeout: *wait}
		log.Print(side.ListenAndServe())
	}()
	srv := &http.Server{Addr: ":8080"}
	srv.ReadHeaderTimeout = 10 * time.Second
	log.Fatal(srv.ListenAndServe())
}
