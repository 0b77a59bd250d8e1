package main

import "net/http"

func main() {
	http.HandleFunc("GET /orders", orders)
	http.HandleFunc("POST /orders", orders)
	http.HandleFunc("/", orders)
	http.ListenAndServe(":8080", nil) // want `healthcheck: main serves here \(http.ListenAndServe\), 2 routes, /, /orders, none of which answers a health check`
}

func orders(http.ResponseWriter, *http.Request) {}
