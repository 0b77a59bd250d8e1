// Area: configuration
// Style: koanf with the first version of its env provider, and Unmarshal
// Read: keys of fields, the variable that a prefix and a callback make of them
// Limits: as for koanf
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/v2"
)

var k = koanf.New(".")

type config struct {
	Addr string `koanf:"addr"` // want env "NOTES_ADDR default :8080"
	DB   struct {
		Host string `koanf:"host"` // want env "NOTES_DB__HOST"
	} `koanf:"db"`
}

func main() {
	_ = k.Load(env.Provider("NOTES_", ".", func(s string) string {
		return strings.Replace(strings.ToLower(strings.TrimPrefix(s, "NOTES_")), "__", ".", -1)
	}), nil)
	c := config{Addr: ":8080"}
	if err := k.Unmarshal("", &c); err != nil {
		log.Fatal(err)
	}
	log.Println("database", c.DB.Host)
	log.Fatal(http.ListenAndServe(c.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from env NOTES_ADDR, config addr"
}
