// Area: servers
// Style: gin's Run without an address
// Read: the variable PORT, which gin reads itself, and its default
package main

import "github.com/gin-gonic/gin"

func main() {
	r := gin.New()
	r.GET("/ping", func(c *gin.Context) { c.JSON(200, gin.H{"message": "pong"}) }) // want route "GET /ping health"
	_ = r.Run()                                                                    // want listen "tcp :8080 from env PORT" env "PORT default 8080 by library"
}
