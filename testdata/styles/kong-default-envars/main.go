// Area: configuration
// Style: alecthomas/kong with a variable for every flag
// Read: the variable that DefaultEnvars gives each flag
package main

import (
	"net/http"

	"github.com/alecthomas/kong"
)

var cli struct {
	ListenAddr string `default:":8080"` // want flag "listen-addr default :8080" env "SHOP_LISTEN_ADDR default :8080"
	Token      string `env:"API_TOKEN"` // want flag "token" env "API_TOKEN"
	Quiet      bool   `env:"-"`         // want flag "quiet"
}

func main() {
	ctx := kong.Parse(&cli, kong.Name("shop"), kong.DefaultEnvars("SHOP"))
	ctx.FatalIfErrorf(http.ListenAndServe(cli.ListenAddr, http.NotFoundHandler())) // want listen "tcp :8080 from flag --listen-addr, env SHOP_LISTEN_ADDR"
}
