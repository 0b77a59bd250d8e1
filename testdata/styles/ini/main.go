// Area: configuration
// Style: gopkg.in/ini.v1, key by key
// Read: the file, sections and keys, defaults
package main

import (
	"log"
	"net/http"

	"gopkg.in/ini.v1"
)

func main() {
	f, err := ini.Load("app.ini") // want read "app.ini"
	if err != nil {
		log.Fatal(err)
	}
	s := f.Section("server")
	host := s.Key("host").String()
	port := s.Key("port").MustString("8080")
	log.Fatal(http.ListenAndServe(host+":"+port, http.NotFoundHandler())) // want listen "tcp :8080 from config server.host, config server.port"
}
