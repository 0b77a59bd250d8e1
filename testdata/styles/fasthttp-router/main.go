// Area: servers
// Style: fasthttp with fasthttp/router
// Read: methods and paths below groups, the address
package main

import (
	"log"

	"github.com/fasthttp/router"
	"github.com/valyala/fasthttp"
)

func main() {
	r := router.New()
	r.GET("/hello/{name}", ok) // want route "GET /hello/{name}"
	r.ANY("/any", ok)          // want route "/any"
	g := r.Group("/api")
	g.POST("/items", ok)                                   // want route "POST /api/items"
	log.Fatal(fasthttp.ListenAndServe(":8080", r.Handler)) // want listen "tcp :8080"
}

func ok(ctx *fasthttp.RequestCtx) { ctx.SetBodyString("ok") }
