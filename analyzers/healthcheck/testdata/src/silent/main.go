package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc(os.Getenv("BASE")+os.Getenv("HEALTH_PATH"), orders)
	http.HandleFunc("/orders", orders)
	http.ListenAndServe(":8080", nil)
}

func orders(http.ResponseWriter, *http.Request) {}
