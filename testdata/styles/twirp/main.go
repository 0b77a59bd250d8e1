// Area: servers
// Style: Twirp, with a generated server on net/http
// Read: the path that the generated server has
package main

import (
	"log"
	"net/http"

	"github.com/cnready/cnready/testdata/styles/twirp/hatspb"
)

func main() {
	server := hatspb.NewHaberdasherServer(struct{}{})
	mux := http.NewServeMux()
	mux.Handle(server.PathPrefix(), server)      // want-typed route "/twirp/hats.Haberdasher/"
	log.Fatal(http.ListenAndServe(":8080", mux)) // want listen "tcp :8080"
}
