// Area: servers
// Style: beego v2
// Read: methods and paths below namespaces, the address for Run
// Limits: an address in conf/app.conf is not read
package main

import (
	"github.com/beego/beego/v2/server/web"
	"github.com/beego/beego/v2/server/web/context"
)

func main() {
	web.Get("/healthz", ok) // want route "GET /healthz health"
	web.Post("/items", ok)  // want route "POST /items"
	web.Run(":8080")        // want listen "tcp :8080"
}

func ok(c *context.Context) { _ = c.Output.Body([]byte("ok")) }
