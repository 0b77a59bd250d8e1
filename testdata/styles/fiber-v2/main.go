// Area: servers
// Style: fiber v2, with groups, Route and Mount
// Read: methods and paths below groups and mounts, the address
package main

import (
	"log"
	"os"

	"github.com/gofiber/fiber/v2"
)

func main() {
	app := fiber.New()
	app.Get("/livez", ok) // want route "GET /livez health"
	api := app.Group("/api")
	api.Post("/orders", ok)                    // want route "POST /api/orders"
	api.Group("/v2").Delete("/orders/:id", ok) // want route "DELETE /api/v2/orders/:id"
	app.Route("/users", func(r fiber.Router) {
		r.Get("/me", ok) // want route "GET /users/me"
	})

	admin := fiber.New()
	admin.Get("/stats", ok) // want route "GET /admin/stats"
	app.Mount("/admin", admin)

	port := os.Getenv("PORT") // want env "PORT default 3000"
	if port == "" {
		port = "3000"
	}
	log.Fatal(app.Listen(":" + port)) // want listen "tcp :3000 from env PORT"
}

func ok(c *fiber.Ctx) error { return c.SendString("ok") }
