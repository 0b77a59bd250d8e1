// Area: configuration
// Style: sethvargo/go-envconfig
// Read: names of tags, prefixes, defaults, required
package main

import (
	"context"
	"log"
	"net/http"

	"github.com/sethvargo/go-envconfig"
)

type database struct {
	Host string `env:"HOST, default=db"` // want env "DB_HOST default db"
	Name string `env:"NAME, required"`   // want env "DB_NAME required"
}

type config struct {
	Port     string    `env:"PORT, default=8080"` // want env "PORT default 8080"
	Region   string    `env:"REGION"`             // want env "REGION"
	Database *database `env:", prefix=DB_"`
}

func main() {
	var c config
	if err := envconfig.Process(context.Background(), &c); err != nil {
		log.Fatal(err)
	}
	log.Println(c.Database.Host, c.Region)
	log.Fatal(http.ListenAndServe(":"+c.Port, http.NotFoundHandler())) // want listen "tcp :8080 from env PORT"
}
