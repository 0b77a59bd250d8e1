// Area: servers
// Style: echo v5, which drains by itself
// Read: methods and paths below groups, the address, that Start handles SIGTERM
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/labstack/echo/v5"
)

func main() {
	e := echo.New()
	e.GET("/healthz", ok) // want route "GET /healthz health"
	g := e.Group("/v1")
	g.PUT("/items/:id", ok) // want route "PUT /v1/items/:id"

	addr := os.Getenv("ADDR") // want env "ADDR default :8080"
	if addr == "" {
		addr = ":8080"
	}
	if err := e.Start(addr); err != nil { // want listen "tcp :8080 from env ADDR" shutdown "SIGTERM drains echo.Echo.Start"
		log.Fatal(err)
	}
}

func ok(c *echo.Context) error { return c.NoContent(http.StatusOK) }
