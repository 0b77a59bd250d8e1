package main

import (
	"net/http"

	"example.org/signals"
)

func main() {
	ctx := signals.Setup()
	go http.ListenAndServe(":8080", nil)
	<-ctx.Done()
}
