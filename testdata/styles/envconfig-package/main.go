// Area: configuration
// Style: kelseyhightower/envconfig without a prefix, with pointers and lists, in another package
// Read: names of fields, defaults
package main

import (
	"context"
	"log"
	"net/http"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/cnready/cnready/testdata/styles/envconfig-package/config"
)

func main() {
	c := config.MustLoad()
	cache := redis.NewClient(&redis.Options{Addr: c.Cache.Addr}) // want dial "tcp redis:6379 from env CACHE_ADDR"
	log.Println(cache.Ping(context.Background()).Err(), strings.Join(c.Peers, ","))
	log.Fatal(http.ListenAndServe(c.Listen(), http.NotFoundHandler())) // want listen "tcp :8080 from env HOST, env PORT"
}
