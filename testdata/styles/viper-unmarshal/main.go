// Area: configuration
// Style: viper's Unmarshal into nested structs with mapstructure tags
// Read: keys of fields; a variable where the key is known to viper by a default or binding
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/spf13/viper"
)

type server struct {
	Addr string `mapstructure:"listen-addr"` // want env "SHOP_SERVER_LISTEN_ADDR default :8080"
	Name string
}

type config struct {
	Server server
	Region string `mapstructure:"region"`
}

func main() {
	v := viper.New()
	v.SetConfigName("shop")
	v.AddConfigPath("/etc/shop") // want read "/etc/shop"
	v.SetEnvPrefix("SHOP")
	v.SetEnvKeyReplacer(strings.NewReplacer(".", "_", "-", "_"))
	v.AutomaticEnv()
	v.SetDefault("server.listen-addr", ":8080")
	_ = v.BindEnv("region", "REGION") // want env "SHOP_REGION" env "REGION"
	if err := v.ReadInConfig(); err != nil {
		log.Println(err)
	}
	var c config
	if err := v.Unmarshal(&c); err != nil {
		log.Fatal(err)
	}
	log.Println(c.Server.Name, c.Region)
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from env SHOP_SERVER_LISTEN_ADDR, config server.listen-addr"
}
