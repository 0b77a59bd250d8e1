package main

import (
	"cmp"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	catalog := cmp.Or(os.Getenv("CATALOG_URL"), "http://catalog:8080")
	client := &http.Client{Timeout: time.Second}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		resp, err := client.Get(catalog + "/items")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		resp.Body.Close()
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
