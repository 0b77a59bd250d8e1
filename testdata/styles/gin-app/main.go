// Area: servers
// Style: gin in a struct, routes registered by another package, behind http.Server
// Read: methods and paths below groups that are handed around, the address
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/cnready/cnready/testdata/styles/gin-app/api"
)

type app struct {
	engine *gin.Engine
	server *http.Server
}

func newApp(addr string) *app {
	a := &app{engine: gin.New()}
	a.engine.Use(gin.Recovery())
	a.engine.GET("/livez", func(c *gin.Context) { c.Status(http.StatusOK) }) // want route "GET /livez health"
	private := a.engine.Group("/private", gin.Logger())
	private.Use(gin.Recovery()).GET("/me", func(c *gin.Context) { c.Status(http.StatusOK) }) // want route "GET /private/me"
	api.Register(a.engine.Group("/api"))
	a.server = &http.Server{Addr: addr, Handler: a.engine, ReadHeaderTimeout: time.Second}
	return a
}

func main() {
	a := newApp("0.0.0.0:8080")
	log.Fatal(a.server.ListenAndServe()) // want listen "tcp 0.0.0.0:8080"
}
