// Area: configuration
// Style: godotenv, then os.Getenv
// Read: variables; the file that is read
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(".env.local"); err != nil { // want read ".env.local"
		log.Println(err)
	}
	port := os.Getenv("APP_PORT") // want env "APP_PORT required"
	if port == "" {
		log.Fatal("APP_PORT is not set")
	}
	log.Fatal(http.ListenAndServe(":"+port, http.NotFoundHandler())) // want listen "tcp :? from env APP_PORT"
}
