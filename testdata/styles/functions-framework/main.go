// Area: servers
// Style: the functions framework for Go, which adds the host to the port
// Read: the port, registered functions, the variable that the library reads
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/GoogleCloudPlatform/functions-framework-go/funcframework"
)

func main() {
	if err := funcframework.RegisterHTTPFunctionContext(context.Background(), "/", hello); err != nil { // want route "/"
		log.Fatal(err)
	}
	port := "8080"
	if p := os.Getenv("PORT"); p != "" { // want env "PORT default 8080"
		port = p
	}
	if err := funcframework.Start(port); err != nil { // want listen "tcp :8080 from env PORT" env "FUNCTION_TARGET by library"
		log.Fatal(err)
	}
}

func hello(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
