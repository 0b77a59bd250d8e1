// Area: configuration
// Style: cleanenv, a YAML file and variables
// Read: the file, names of tags, prefixes, defaults, required
package main

import (
	"log"
	"net/http"

	"github.com/ilyakaznacheev/cleanenv"
)

type database struct {
	Host string `yaml:"host" env:"HOST" env-default:"db"` // want env "DB_HOST default db"
}

type config struct {
	Addr     string   `yaml:"addr" env:"ADDR" env-default:":8080"` // want env "ADDR default :8080"
	Token    string   `env:"TOKEN" env-required:"true"`            // want env "TOKEN required"
	Database database `yaml:"database" env-prefix:"DB_"`
	Title    string   `yaml:"title"`
}

func main() {
	var c config
	if err := cleanenv.ReadConfig("config.yml", &c); err != nil { // want read "config.yml"
		log.Fatal(err)
	}
	log.Println(c.Title, c.Database.Host)
	log.Fatal(http.ListenAndServe(c.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from env ADDR, config addr"
}
