package main

import (
	"net/http"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
	base := os.Getenv("RATES_URL")
	if base == "" {
		base = "https://rates.example.com"
	}
	redis.NewClient(&redis.Options{Addr: getEnv("REDIS_ADDR", "10.1.2.3:6379")})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Get(base + "/v1/today")
	})
	http.ListenAndServe(":8080", nil)
}

func getEnv(key, def string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return def
}
