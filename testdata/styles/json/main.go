// Area: configuration
// Style: encoding/json into a struct that holds the defaults, with a variable on top
// Read: keys of fields, defaults set before, the variable that goes before the key
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
)

type config struct {
	Addr string `json:"addr"`
}

func main() {
	c := config{Addr: ":8080"}
	f, err := os.Open("/etc/app/config.json") // want read "/etc/app/config.json"
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&c); err != nil {
		log.Print(err)
	}
	if a := os.Getenv("ADDR"); a != "" { // want env "ADDR default :8080"
		c.Addr = a
	}
	log.Fatal(http.ListenAndServe(c.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from env ADDR, config addr"
}
