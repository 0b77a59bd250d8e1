package main

import (
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
)

func main() {
	go http.ListenAndServe("localhost:6060", nil)
	go serveMetrics()
	l, _ := net.Listen("tcp", ":0")
	go http.Serve(l, nil)
	http.ListenAndServe(os.Getenv("LISTEN"), nil)
}

func serveMetrics() { http.ListenAndServe(":9090", nil) }
