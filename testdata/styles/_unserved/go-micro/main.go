// Area: servers
// Style: go-micro v4, which drains by itself
// Read: the address that an option gives
// Limits: what Init reads of the registry and the broker is not read
package main

import (
	"log"
	"os"

	"go-micro.dev/v4"
)

func main() {
	addr := os.Getenv("ADDR") // want env "ADDR default :8080"
	if addr == "" {
		addr = ":8080"
	}
	service := micro.NewService(micro.Name("greeter"), micro.Address(addr)) // want listen "tcp :8080 from env ADDR"
	service.Init()
	if err := service.Run(); err != nil {
		log.Fatal(err)
	}
}
