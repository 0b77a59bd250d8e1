// Area: configuration
// Style: a table of variables that a loop reads
// Read: the names in the table
package main

import (
	"log"
	"net/http"
	"os"
)

// settings are the variables and their defaults.
var settings = map[string]string{
	"LOG_LEVEL":  "info",
	"REDIS_ADDR": "redis:6379",
}

// required are variables without which the service does not start.
var required = []string{"API_KEY", "TENANT"}

func main() {
	for _, name := range required {
		if os.Getenv(name) == "" { // want env "API_KEY required" env "TENANT required"
			log.Fatalf("%s is not set", name)
		}
	}
	for name, fallback := range settings {
		if v := os.Getenv(name); v != "" { // want env "LOG_LEVEL" env "REDIS_ADDR"
			settings[name] = v
		} else {
			settings[name] = fallback
		}
	}
	log.Fatal(http.ListenAndServe(":8080", http.NotFoundHandler())) // want listen "tcp :8080"
}
