// Area: configuration
// Style: cleanenv, variables alone
// Read: names of tags and defaults
package main

import (
	"log"
	"net/http"

	"github.com/ilyakaznacheev/cleanenv"
)

type config struct {
	Host string `env:"HOST" env-default:"0.0.0.0"` // want env "HOST default 0.0.0.0"
	Port string `env:"PORT" env-default:"8080"`    // want env "PORT default 8080"
}

func main() {
	var c config
	if err := cleanenv.ReadEnv(&c); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(c.Host+":"+c.Port, http.NotFoundHandler())) // want listen "tcp 0.0.0.0:8080 from env HOST, env PORT"
}
