package main

import (
	"net/http"

	"example.com/shop/stop"
)

// The package belongs to the same program, though to another folder.
func main() {
	srv := &http.Server{Addr: ":8080"}
	go srv.ListenAndServe()
	stop.Wait(srv)
}
