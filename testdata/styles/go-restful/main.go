// Area: servers
// Style: go-restful
// Read: methods and paths below a web service, the address
package main

import (
	"log"
	"net/http"

	restful "github.com/emicklei/go-restful/v3"
)

func main() {
	ws := new(restful.WebService)
	ws.Path("/users").Consumes(restful.MIME_JSON).Produces(restful.MIME_JSON)
	ws.Route(ws.GET("/{id}").To(ok)) // want route "GET /users/{id}"
	ws.Route(ws.POST("").To(ok))     // want route "POST /users"
	restful.Add(ws)
	log.Fatal(http.ListenAndServe(":8080", restful.DefaultContainer)) // want listen "tcp :8080"
}

func ok(_ *restful.Request, resp *restful.Response) { resp.WriteHeader(http.StatusOK) }
