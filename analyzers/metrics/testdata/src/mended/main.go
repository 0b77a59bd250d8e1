package main

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	http.HandleFunc("/orders", orders)
	http.Handle("/internal/stats", promhttp.Handler())
	http.ListenAndServe(":8080", nil)
}

func orders(http.ResponseWriter, *http.Request) {}
