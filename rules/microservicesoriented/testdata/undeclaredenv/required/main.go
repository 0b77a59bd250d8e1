package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	catalog := os.Getenv("CATALOG_ADDR")
	if catalog == "" {
		log.Fatal("CATALOG_ADDR is not set")
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+catalog, http.StatusFound)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
