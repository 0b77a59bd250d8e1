// Area: configuration
// Style: viper with AutomaticEnv, a prefix and a key replacer
// Read: the variable that each key has, with prefix and replaced characters
// Limits: keys that are made at run time and remote stores are not followed
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/spf13/viper"
)

func main() {
	viper.SetEnvPrefix("shop")
	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_", "-", "_"))
	viper.AutomaticEnv()
	viper.SetDefault("http.listen-port", 8080)

	addr := ":" + viper.GetString("http.listen-port") // want env "SHOP_HTTP_LISTEN_PORT default 8080"
	dir := viper.GetString("data.dir")                // want env "SHOP_DATA_DIR"
	log.Println("data in", dir)
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :8080 from env SHOP_HTTP_LISTEN_PORT, config http.listen-port"
}
