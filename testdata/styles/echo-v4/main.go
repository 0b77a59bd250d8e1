// Area: servers
// Style: echo v4, with groups
// Read: methods and paths below groups, the address, the drain
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"
)

func main() {
	e := echo.New()
	e.GET("/health", ok) // want route "GET /health health"
	api := e.Group("/api")
	api.POST("/orders", ok)                // want route "POST /api/orders"
	api.Group("/admin").DELETE("/:id", ok) // want route "DELETE /api/admin/:id"
	e.Any("/echo", ok)                     // want route "/echo"

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM) // want-typed shutdown "SIGINT SIGTERM drains echo.Echo.Shutdown 10s"
	defer stop()
	go func() { _ = e.Start(":1323") }() // want listen "tcp :1323"
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = e.Shutdown(ctx)
}

func ok(c echo.Context) error { return c.NoContent(http.StatusOK) }
