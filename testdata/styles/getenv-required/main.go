// Area: configuration
// Style: os.Getenv, and log.Fatal where it is empty
// Read: that the variable is required
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	dsn := os.Getenv("DATABASE_URL") // want env "DATABASE_URL required"
	if dsn == "" {
		log.Fatal("DATABASE_URL is not set")
	}
	token, ok := os.LookupEnv("API_TOKEN") // want env "API_TOKEN required"
	if !ok {
		log.Println("API_TOKEN is not set")
		os.Exit(1)
	}
	db, err := sql.Open("postgres", dsn) // want dial "tcp ? from env DATABASE_URL"
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { // want route "GET /readyz health"
		if r.Header.Get("Authorization") != token || db.PingContext(r.Context()) != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
