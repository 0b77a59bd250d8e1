// Area: configuration
// Style: koanf v2, flags by posflag and Unmarshal with koanf tags
// Read: keys and flags of fields
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

type config struct {
	Server struct {
		Addr string `koanf:"addr"`
	} `koanf:"server"`
	Level string `koanf:"level"`
}

func main() {
	f := pflag.NewFlagSet("web", pflag.ExitOnError)
	f.String("server.addr", ":8080", "address") // want flag "server.addr default :8080"
	f.String("level", "info", "log level")      // want flag "level default info"
	_ = f.Parse(os.Args[1:])

	k := koanf.New(".")
	if err := k.Load(posflag.Provider(f, ".", k), nil); err != nil {
		log.Fatal(err)
	}
	var c config
	if err := k.Unmarshal("", &c); err != nil {
		log.Fatal(err)
	}
	log.Println(c.Level)
	log.Fatal(http.ListenAndServe(c.Server.Addr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --server.addr, config server.addr"
}
