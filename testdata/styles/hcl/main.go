// Area: configuration
// Style: hashicorp/hcl v2, with hclsimple
// Read: the file, attributes and blocks of fields
package main

import (
	"log"
	"net/http"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

type server struct {
	Addr string `hcl:"addr,optional"`
}

type config struct {
	Server server `hcl:"server,block"`
}

func main() {
	var c config
	if err := hclsimple.DecodeFile("/etc/agent/agent.hcl", nil, &c); err != nil { // want read "/etc/agent/agent.hcl"
		log.Fatal(err)
	}
	if c.Server.Addr == "" {
		c.Server.Addr = ":8080"
	}
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from config server.addr"
}
