// Catalog does not compile: the handler is nowhere defined.
package main

import (
	"log"
	"net/http"
)

func main() {
	http.Handle("/", newHandler())
	log.Fatal(http.ListenAndServe(":8080", nil))
}
