// Area: values
// Style: names and defaults as constants of another package
// Read: the constants' values
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/cnready/cnready/testdata/styles/constants/config"
)

func main() {
	addr := os.Getenv(config.EnvAddr) // want env "SHOP_ADDR default :8080"
	if len(addr) == 0 {
		addr = config.DefaultAddr
	}
	http.HandleFunc(config.HealthPath, http.NotFound) // want route "/internal/health health"
	log.Fatal(http.ListenAndServe(addr, nil))         // want listen "tcp :8080 from env SHOP_ADDR"
}
