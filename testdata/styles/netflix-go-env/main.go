// Area: configuration
// Style: Netflix/go-env
// Read: names of tags, defaults, required
package main

import (
	"log"
	"net/http"

	env "github.com/Netflix/go-env"
)

type environment struct {
	Port   string `env:"PORT,default=8080"`   // want env "PORT default 8080"
	Token  string `env:"TOKEN,required=true"` // want env "TOKEN required"
	Region string `env:"REGION,AWS_REGION"`   // want env "REGION" env "AWS_REGION"
	Extras env.EnvSet
}

func main() {
	var e environment
	es, err := env.UnmarshalFromEnviron(&e)
	if err != nil {
		log.Fatal(err)
	}
	e.Extras = es
	log.Fatal(http.ListenAndServe(":"+e.Port, http.NotFoundHandler())) // want listen "tcp :8080 from env PORT"
}
