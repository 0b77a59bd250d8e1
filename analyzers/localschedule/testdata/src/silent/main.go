package main

import (
	"net/http"
	"time"
)

func main() {
	go func() {
		for range time.Tick(time.Hour) {
			refresh()
		}
	}()
	http.ListenAndServe(":8080", nil)
}

func refresh() {}
