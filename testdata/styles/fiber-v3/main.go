// Area: servers
// Style: fiber v3, with groups, Route and a mounted app
// Read: methods and paths below groups and mounts, the address
package main

import (
	"log"

	"github.com/gofiber/fiber/v3"
)

func main() {
	app := fiber.New()
	app.Get("/readyz", ok) // want route "GET /readyz health"
	api := app.Group("/api")
	api.Post("/orders", ok) // want route "POST /api/orders"
	app.Route("/users", func(r fiber.Router) {
		r.Get("/me", ok) // want route "GET /users/me"
	})

	admin := fiber.New()
	admin.Get("/stats", ok) // want route "GET /admin/stats"
	app.Use("/admin", admin)

	log.Fatal(app.Listen(":3000", fiber.ListenConfig{DisableStartupMessage: true})) // want listen "tcp :3000"
}

func ok(c fiber.Ctx) error { return c.SendString("ok") }
