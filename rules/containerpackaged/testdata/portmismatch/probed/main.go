package main

import (
	"flag"
	"net/http"
)

func main() {
	port := flag.String("port", "8080", "port to listen on")
	flag.Parse()
	http.ListenAndServe(":"+*port, nil)
}
