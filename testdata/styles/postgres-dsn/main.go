// Area: clients
// Style: database/sql with lib/pq, its DSN made by Sprintf
// Read: the variables in the DSN
package main

import (
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"

	_ "github.com/lib/pq"
)

func env(key, fallback string) string {
	if v := os.Getenv(key); v != "" { // want env "DB_HOST default db" env "DB_PORT default 5432"
		return v
	}
	return fallback
}

func main() {
	dsn := fmt.Sprintf("host=%s port=%s user=shop password=%s sslmode=disable",
		env("DB_HOST", "db"), env("DB_PORT", "5432"), os.Getenv("DB_PASSWORD")) // want env "DB_PASSWORD"
	db, err := sql.Open("postgres", dsn) // want dial "tcp host=db port=5432 user=shop password= sslmode=disable from env DB_HOST, env DB_PORT, env DB_PASSWORD"
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
