package main

import (
	"log"
	"net/http"
)

func main() {
	log.Fatal(http.ListenAndServe(":8080", nil)) // want `^shutdown: main serves here \(http.ListenAndServe\) and nothing handles SIGTERM`
}
