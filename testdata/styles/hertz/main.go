// Area: servers
// Style: hertz, which drains by itself
// Read: methods and paths below groups, the address that an option gives, that Spin handles SIGTERM
package main

import (
	"context"
	"os"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
)

func main() {
	port := os.Getenv("PORT") // want env "PORT default 8888"
	if port == "" {
		port = "8888"
	}
	h := server.Default(server.WithHostPorts("0.0.0.0:" + port)) // want listen "tcp 0.0.0.0:8888 from env PORT"
	h.GET("/ping", ok)                                           // want route "GET /ping health"
	v1 := h.Group("/v1")
	v1.POST("/login", ok) // want route "POST /v1/login"
	h.Spin()              // want shutdown "SIGTERM drains server.Hertz.Spin"
}

func ok(_ context.Context, c *app.RequestContext) { c.String(200, "ok") }
