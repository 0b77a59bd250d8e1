// Area: servers
// Style: iris, which drains by itself
// Read: methods and paths below parties, the address, that Listen handles SIGTERM
package main

import "github.com/kataras/iris/v12"

func main() {
	app := iris.New()
	app.Get("/ping", ok) // want route "GET /ping health"
	api := app.Party("/api")
	api.Post("/books", ok) // want route "POST /api/books"
	api.PartyFunc("/users", func(users iris.Party) {
		users.Get("/{id:uint64}", ok) // want route "GET /api/users/{id:uint64}"
	})
	_ = app.Listen(":8080") // want listen "tcp :8080" shutdown "SIGTERM drains iris.Application.Listen"
}

func ok(ctx iris.Context) { _, _ = ctx.WriteString("ok") }
