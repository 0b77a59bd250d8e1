package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/orders", func(w http.ResponseWriter, r *http.Request) {
		if err := os.WriteFile("/data/注文.json", nil, 0o600); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
		http.Get("https://billing.internal.shop.example:8443/api/v1/accounts/lookup?customer=" + r.URL.Query().Get("customer"))
	})
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
