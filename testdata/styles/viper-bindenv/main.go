// Area: configuration
// Style: viper with SetDefault, BindEnv and Get
// Read: keys, their variables and defaults
package main

import (
	"log"
	"net/http"

	"github.com/spf13/viper"
)

func main() {
	viper.SetDefault("server.port", "8080")
	viper.SetDefault("redis.addr", "redis:6379")
	_ = viper.BindEnv("server.port", "PORT")                    // want env "PORT default 8080"
	_ = viper.BindEnv("redis.addr", "REDIS_ADDR", "CACHE_ADDR") // want env "REDIS_ADDR default redis:6379" env "CACHE_ADDR default redis:6379"
	_ = viper.BindEnv("token")                                  // want env "TOKEN"
	log.Println("cache", viper.GetString("redis.addr"), viper.GetString("token") != "")
	http.HandleFunc("/live", http.NotFound)                                 // want route "/live health"
	log.Fatal(http.ListenAndServe(":"+viper.GetString("server.port"), nil)) // want listen "tcp :8080 from env PORT, config server.port"
}
