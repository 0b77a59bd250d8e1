// Area: configuration
// Style: kelseyhightower/envconfig
// Read: names made of prefix and fields, split words, nested and embedded structs, defaults, required
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/kelseyhightower/envconfig"
)

type database struct {
	Host string `default:"db"` // want env "SHOP_DATABASE_HOST default db"
	Name string // want env "SHOP_DATABASE_NAME"
}

// Common is part of the settings of every service.
type Common struct {
	LogLevel string `split_words:"true" default:"info"` // want env "SHOP_LOG_LEVEL default info"
}

type config struct {
	Common
	Port     int           `default:"8080"`                      // want env "SHOP_PORT default 8080"
	APIKey   string        `envconfig:"API_KEY" required:"true"` // want env "SHOP_API_KEY required" env "API_KEY"
	Timeout  time.Duration `default:"3s"`                        // want env "SHOP_TIMEOUT default 3s"
	Database database
	Hidden   string `ignored:"true"`
}

func main() {
	var c config
	if err := envconfig.Process("shop", &c); err != nil {
		log.Fatal(err)
	}
	log.Println(c.LogLevel, c.Database.Host, c.Timeout)
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%d", c.Port), http.NotFoundHandler())) // want listen "tcp :8080 from env SHOP_PORT"
}
