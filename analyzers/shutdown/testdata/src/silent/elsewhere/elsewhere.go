package main

import (
	"net/http"

	"silent/elsewhere/stop"
)

// What another package of the program does is not seen here.
func main() {
	srv := &http.Server{Addr: ":8080"}
	go srv.ListenAndServe()
	stop.Wait(srv)
}
