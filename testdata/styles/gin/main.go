// Area: servers
// Style: gin, with groups and an address for Run
// Read: methods and paths below groups, the address
package main

import (
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	r.GET("/healthz", func(c *gin.Context) { c.Status(http.StatusOK) }) // want route "GET /healthz health"

	v1 := r.Group("/api/v1")
	v1.GET("/items/:id", show) // want route "GET /api/v1/items/:id"
	items(v1.Group("/admin"))

	port := os.Getenv("PORT") // want env "PORT default 8080"
	if port == "" {
		port = "8080"
	}
	_ = r.Run(":" + port) // want listen "tcp :8080 from env PORT"
}

func items(g *gin.RouterGroup) {
	g.POST("/items", show)             // want route "POST /api/v1/admin/items"
	g.Handle("DELETE", "/items", show) // want route "DELETE /api/v1/admin/items"
	g.Any("/any", show)                // want route "/api/v1/admin/any"
}

func show(c *gin.Context) { c.String(http.StatusOK, "ok") }
