// Area: configuration
// Style: alecthomas/kingpin v2, in a chain of calls
// Read: flags, their variables and defaults
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/alecthomas/kingpin/v2"
)

func main() {
	var dir string
	app := kingpin.New("exporter", "An exporter.")
	addr := app.Flag("web.listen-address", "Address.").Short('l').Default(":9100").Envar("LISTEN_ADDRESS").String() // want flag "web.listen-address default :9100" env "LISTEN_ADDRESS default :9100"
	app.Flag("storage.path", "Folder.").Default("data/").StringVar(&dir)                                            // want flag "storage.path default data/"
	kingpin.MustParse(app.Parse(os.Args[1:]))
	if err := os.WriteFile(dir+"/lock", nil, 0o600); err != nil { // want write "data//lock from flag --storage.path durable"
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*addr, http.NotFoundHandler())) // want listen "tcp :9100 from flag --web.listen-address, env LISTEN_ADDRESS"
}
