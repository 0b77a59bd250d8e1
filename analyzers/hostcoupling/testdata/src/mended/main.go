package main

import (
	"net/http"
	"os"
)

func main() {
	_ = os.Getenv("REGION")
	http.ListenAndServe(":8080", nil)
}
