package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	banner := os.Getenv("BANNER_LINE")
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(banner))
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
