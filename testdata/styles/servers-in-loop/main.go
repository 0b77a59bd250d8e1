// Area: servers
// Style: several servers started in a loop, each with its own listener
// Read: each address that stands in the map
// Limits: a key added later is a listener whose address is not known
package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"

	"golang.org/x/sync/errgroup"
)

func main() {
	servers := map[string]http.Handler{
		":8080":          http.NotFoundHandler(),
		"127.0.0.1:8081": http.NotFoundHandler(),
	}
	if a := os.Getenv("EXTRA_ADDR"); a != "" { // want env "EXTRA_ADDR"
		servers[a] = http.NotFoundHandler()
	}
	var lc net.ListenConfig
	g, ctx := errgroup.WithContext(context.Background())
	for addr, h := range servers {
		g.Go(func() error {
			l, err := lc.Listen(ctx, "tcp", addr) // want listen "tcp :8080" listen "tcp 127.0.0.1:8081" listen "tcp :?"
			if err != nil {
				return err
			}
			return http.Serve(l, h)
		})
	}
	log.Fatal(g.Wait())
}
