// Package api has the routes of the API.
package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

type handler struct{}

// Register registers the routes below a group.
func Register(r gin.IRouter) {
	h := handler{}
	users := r.Group("/users")
	{
		users.GET("", h.list)        // want route "GET /api/users"
		users.DELETE("/:id", h.list) // want route "DELETE /api/users/:id"
	}
}

func (handler) list(c *gin.Context) { c.Status(http.StatusOK) }
