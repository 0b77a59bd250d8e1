// Area: configuration
// Style: a secret in a file that a variable names
// Read: the variable, the file
package main

import (
	"bytes"
	"log"
	"net/http"
	"os"
)

func secret(name string) string {
	if file := os.Getenv(name + "_FILE"); file != "" { // want env "DB_PASSWORD_FILE"
		data, err := os.ReadFile(file) // want read "$DB_PASSWORD_FILE from env DB_PASSWORD_FILE"
		if err != nil {
			log.Fatal(err)
		}
		return string(bytes.TrimSpace(data))
	}
	return os.Getenv(name) // want env "DB_PASSWORD"
}

func main() {
	password := secret("DB_PASSWORD")
	http.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) { // want route "/login"
		if r.FormValue("password") != password {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil)) // want listen "tcp :8080"
}
