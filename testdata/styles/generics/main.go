// Area: values
// Style: a generic helper for variables
// Read: the variables of each instance
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
)

// get reads a variable as the type of its default.
func get[T string | int](key string, fallback T) T {
	v, ok := os.LookupEnv(key) // want env "HOST default 127.0.0.1" env "PORT default 8080"
	if !ok {
		return fallback
	}
	var out T
	switch p := any(&out).(type) {
	case *string:
		*p = v
	case *int:
		*p, _ = strconv.Atoi(v)
	}
	return out
}

func main() {
	addr := fmt.Sprintf("%s:%d", get("HOST", "127.0.0.1"), get("PORT", 8080))
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp 127.0.0.1:8080 from env HOST, env PORT"
}
