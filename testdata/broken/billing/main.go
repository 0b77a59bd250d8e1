// Billing needs a module that is not in the module cache.
package main

import (
	"log"
	"net/http"

	"missing.example/ledger"
)

func main() {
	book, err := ledger.Open()
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /entries", book.Add)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
