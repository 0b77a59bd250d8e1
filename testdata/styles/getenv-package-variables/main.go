// Area: configuration
// Style: package variables set from the environment, in another package
// Read: variables, defaults that init sets
package main

import (
	"log"
	"net/http"

	"github.com/cnready/cnready/testdata/styles/getenv-package-variables/config"
)

func main() {
	http.HandleFunc(config.BasePath+"/ready", func(w http.ResponseWriter, _ *http.Request) { // want route "/api/ready health"
		w.WriteHeader(http.StatusOK)
	})
	log.Fatal(http.ListenAndServe(config.Addr, nil)) // want listen "tcp :7000 from env ADDR"
}
