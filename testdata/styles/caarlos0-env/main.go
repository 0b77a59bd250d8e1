// Area: configuration
// Style: caarlos0/env
// Read: names of tags, prefixes of nested structs, defaults, required
package main

import (
	"log"
	"net/http"

	"github.com/caarlos0/env/v11"
)

type server struct {
	Host string `env:"HOST" envDefault:"0.0.0.0"` // want env "HTTP_HOST default 0.0.0.0"
	Port string `env:"PORT" envDefault:"3000"`    // want env "HTTP_PORT default 3000"
}

type config struct {
	Server   server `envPrefix:"HTTP_"`
	Secret   string `env:"SECRET,required"` // want env "SECRET required"
	Tenant   string `env:"TENANT,notEmpty"` // want env "TENANT required"
	Region   string `env:"REGION"`          // want env "REGION"
	Internal string
}

func main() {
	cfg, err := env.ParseAs[config]()
	if err != nil {
		log.Fatal(err)
	}
	addr := cfg.Server.Host + ":" + cfg.Server.Port
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp 0.0.0.0:3000 from env HTTP_HOST, env HTTP_PORT"
}
