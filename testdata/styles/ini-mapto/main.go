// Area: configuration
// Style: gopkg.in/ini.v1 into a struct
// Read: the file, sections and keys of fields, defaults set before
package main

import (
	"log"
	"net/http"

	"gopkg.in/ini.v1"
)

type server struct {
	Addr string `ini:"addr"`
}

type config struct {
	Server server `ini:"server"`
}

func main() {
	c := config{Server: server{Addr: ":8080"}}
	if err := ini.MapTo(&c, "conf/app.ini"); err != nil { // want read "conf/app.ini"
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config server.addr"
}
