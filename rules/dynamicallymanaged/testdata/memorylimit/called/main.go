package main

import (
	"net/http"
	"runtime/debug"
)

func main() {
	debug.SetMemoryLimit(200 << 20)
	http.ListenAndServe(":8080", nil)
}
