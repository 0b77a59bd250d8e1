package main

import (
	"cmp"
	"net/http"
	"os"
)

func main() {
	http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), nil)
}
