// Area: configuration
// Style: koanf v2, with defaults, a YAML file and variables
// Read: keys, and the variable that a prefix and a callback make of them
// Limits: a callback that does more than trim, lower and replace is not followed
package main

import (
	"log"
	"net/http"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

func main() {
	k := koanf.New(".")
	_ = k.Load(confmap.Provider(map[string]any{"server.addr": ":8080"}, "."), nil)
	if err := k.Load(file.Provider("config.yaml"), yaml.Parser()); err != nil { // want read "config.yaml"
		log.Println(err)
	}
	err := k.Load(env.Provider(".", env.Opt{
		Prefix: "SHOP_",
		TransformFunc: func(key, value string) (string, any) {
			return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(key, "SHOP_")), "_", "."), value
		},
	}), nil)
	if err != nil {
		log.Fatal(err)
	}
	addr := k.String("server.addr")                              // want env "SHOP_SERVER_ADDR default :8080"
	log.Fatal(http.ListenAndServe(addr, http.NotFoundHandler())) // want listen "tcp :8080 from env SHOP_SERVER_ADDR, config server.addr"
}
