// Area: configuration
// Style: encoding/xml
// Read: keys of fields, defaults set before
package main

import (
	"encoding/xml"
	"log"
	"net/http"
	"os"
)

type config struct {
	Addr string `xml:"listen"`
}

func main() {
	c := config{Addr: ":8080"}
	data, err := os.ReadFile("app.xml") // want read "app.xml"
	if err != nil {
		log.Fatal(err)
	}
	if err := xml.Unmarshal(data, &c); err != nil {
		log.Print(err)
	}
	log.Fatal(http.ListenAndServe(c.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config listen"
}
