// Area: configuration
// Style: jessevdk/go-flags, with groups
// Read: flags and variables with their namespaces, defaults
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/jessevdk/go-flags"
)

type database struct {
	Host string `long:"host" env:"HOST" default:"db" description:"database host"` // want flag "db.host default db" env "DB_HOST default db"
}

type options struct {
	Port     int      `short:"p" long:"port" env:"PORT" default:"8080" description:"port"` // want flag "port default 8080" env "PORT default 8080"
	Verbose  bool     `short:"v" long:"verbose" description:"log more"`                    // want flag "verbose"
	Database database `group:"database" namespace:"db" env-namespace:"DB"`
}

func main() {
	var o options
	if _, err := flags.Parse(&o); err != nil {
		os.Exit(2)
	}
	log.Println("database", o.Database.Host)
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%d", o.Port), http.NotFoundHandler())) // want listen "tcp :8080 from flag --port, env PORT"
}
