package main

import "net/http"

func main() {
	http.HandleFunc("GET /orders", orders)
	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	http.ListenAndServe(":8080", nil)
}

func orders(http.ResponseWriter, *http.Request) {}
