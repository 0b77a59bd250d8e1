package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	f, err := os.OpenFile("/var/log/orders.log", os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	log.SetOutput(io.MultiWriter(os.Stdout, f)) // the platform sees it too
	out, _ := os.OpenFile("/dev/stdout", os.O_WRONLY, 0)
	log.New(out, "", 0)
	http.ListenAndServe(":8080", nil)
}
