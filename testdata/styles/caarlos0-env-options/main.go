// Area: configuration
// Style: caarlos0/env with options: a prefix and names made of fields
// Read: the variable of each field
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/caarlos0/env/v11"
)

type config struct {
	ListenAddr string        `envDefault:":8080"` // want env "SHOP_LISTEN_ADDR default :8080"
	Timeout    time.Duration `env:"TTL"`          // want env "SHOP_TTL"
}

func main() {
	var c config
	err := env.ParseWithOptions(&c, env.Options{Prefix: "SHOP_", UseFieldNameByDefault: true})
	if err != nil {
		log.Fatal(err)
	}
	log.Println("timeout", c.Timeout)
	log.Fatal(http.ListenAndServe(c.ListenAddr, http.NotFoundHandler())) // want listen "tcp :8080 from env SHOP_LISTEN_ADDR"
}
