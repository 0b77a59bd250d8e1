package main

import (
	_ "expvar"
	"net/http"
)

func main() {
	http.HandleFunc("/orders", orders)
	http.ListenAndServe(":8080", nil)
}

func orders(http.ResponseWriter, *http.Request) {}
