package main

import (
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM) // want "SIGTERM is handled here, but nothing drains the server"
	go http.ListenAndServe(":8080", nil)
	<-c
}
