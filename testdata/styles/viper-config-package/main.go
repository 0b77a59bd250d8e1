// Area: configuration
// Style: viper in a package of its own, with defaults from a map and squashed structs
// Read: keys, variables and defaults of fields
package main

import (
	"fmt"
	"log"
	"net/http"

	"github.com/cnready/cnready/testdata/styles/viper-config-package/config"
)

func main() {
	c, err := config.Load()
	if err != nil {
		log.Fatal(err)
	}
	addr := fmt.Sprintf("%s:%d", c.HTTP.Host, c.HTTP.Port)
	log.Println("log level", c.LogLevel)
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp 0.0.0.0:8080 from env APP_HTTP_HOST, config http.host, env APP_HTTP_PORT, config http.port"
}
