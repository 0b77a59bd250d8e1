// Area: clients
// Style: go-redis
// Read: the address, from fields of Options and from a URL
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/redis/go-redis/v9"
)

func main() {
	addr := os.Getenv("REDIS_ADDR") // want env "REDIS_ADDR default localhost:6379"
	if addr == "" {
		addr = "localhost:6379"
	}
	cache := redis.NewClient(&redis.Options{Addr: addr}) // want dial "tcp localhost:6379 from env REDIS_ADDR"

	opts, err := redis.ParseURL(os.Getenv("QUEUE_URL")) // want env "QUEUE_URL"
	if err != nil {
		log.Fatal(err)
	}
	queue := redis.NewClient(opts) // want dial "tcp ? from env QUEUE_URL"

	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) { // want route "/ready health"
		if cache.Ping(context.Background()).Err() != nil || queue.Ping(r.Context()).Err() != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
