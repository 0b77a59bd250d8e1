// Area: configuration
// Style: a helper around os.Getenv with a default
// Read: each variable of the callers, at the helper's own call of os.Getenv
package main

import (
	"log"
	"net/http"
	"os"
	"strconv"
)

func getEnv(key, fallback string) string {
	if v := os.Getenv(key); v != "" { // want env "PORT default 8080" env "CATALOG_URL default http://catalog:3550"
		return v
	}
	return fallback
}

func getEnvInt(key string, fallback int) int {
	v, err := strconv.Atoi(os.Getenv(key)) // want env "ADMIN_PORT default 9090"
	if err != nil {
		return fallback
	}
	return v
}

func main() {
	catalog := getEnv("CATALOG_URL", "http://catalog:3550")
	http.HandleFunc("/items", func(w http.ResponseWriter, _ *http.Request) { // want route "/items"
		resp, err := http.Get(catalog + "/items") // want dial "tcp http://catalog:3550/items from env CATALOG_URL"
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		_ = resp.Body.Close()
	})
	go func() {
		admin := ":" + strconv.Itoa(getEnvInt("ADMIN_PORT", 9090))
		log.Print(http.ListenAndServe(admin, http.NotFoundHandler())) // want listen "tcp :9090 from env ADMIN_PORT"
	}()
	log.Fatal(http.ListenAndServe(":"+getEnv("PORT", "8080"), nil)) // want listen "tcp :8080 from env PORT"
}
