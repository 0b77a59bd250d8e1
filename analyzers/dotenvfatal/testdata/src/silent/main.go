package main

import (
	"log"
	"net/http"
	"os"

	"github.com/joho/godotenv"
)

func main() {
	_ = godotenv.Load()
	if err := godotenv.Load(".env.local"); err != nil {
		log.Print("no .env.local: going on with the environment")
	}
	if os.Getenv("ENVIRONMENT") != "production" {
		if err := godotenv.Load(); err != nil {
			log.Fatal(err)
		}
	}
	http.ListenAndServe(":8080", nil)
}
