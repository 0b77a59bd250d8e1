// Area: configuration
// Style: alecthomas/kong with variables in tags, plugins of structs and a bound context
// Read: flags and variables; a default that names a kong.Vars entry is left open
// Limits: defaults from kong.Vars are not known
package main

import (
	"net/http"

	"github.com/alecthomas/kong"
)

type globals struct {
	Level string `enum:"debug,info" default:"info" env:"LOG_LEVEL"` // want flag "level default info" env "LOG_LEVEL default info"
}

type cli struct {
	globals `embed:""`
	Addr    string `short:"a" default:"${addr}" env:"ADDR"` // want flag "addr" env "ADDR"
}

func (c *cli) Run() error {
	return http.ListenAndServe(c.Addr, http.NotFoundHandler()) // want listen "tcp :? from flag --addr, env ADDR"
}

func main() {
	c := &cli{}
	ctx := kong.Parse(c, kong.Vars{"addr": ":9000"})
	ctx.FatalIfErrorf(ctx.Run())
}
