package main

import (
	"errors"
	"io/fs"
	"log"
	"net/http"

	"github.com/joho/godotenv"
)

func main() {
	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Fatal(err)
	}
	http.ListenAndServe(":8080", nil)
}
