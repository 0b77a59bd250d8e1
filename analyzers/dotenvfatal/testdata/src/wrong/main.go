package main

import (
	"log"
	"net/http"

	"github.com/joho/godotenv"
)

func main() {
	err := godotenv.Load() // want `dotenvfatal: ends the program where the file .env cannot be read \(godotenv.Load\): such files stay with the developers`
	if err != nil {
		log.Fatal("Error loading .env file")
	}
	http.ListenAndServe(":8080", nil)
}
