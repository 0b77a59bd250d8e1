// Area: configuration
// Style: alecthomas/kong, with commands, embedded structs and prefixes
// Read: flags named by tag or field, their variables and defaults; the command that serves
package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/alecthomas/kong"
)

type database struct {
	Host string `env:"HOST" default:"db"` // want flag "db-host default db" env "DB_HOST default db"
}

type serveCmd struct {
	Port     int      `env:"PORT" default:"8080"`        // want flag "port default 8080" env "PORT default 8080"
	DataDir  string   `default:"/data"`                  // want flag "data-dir default /data"
	Bind     string   `name:"bind-host" env:"BIND,HOST"` // want flag "bind-host" env "BIND" env "HOST"
	Database database `embed:"" prefix:"db-" envprefix:"DB_"`
}

func (c *serveCmd) Run() error {
	addr := fmt.Sprintf("%s:%d", c.Bind, c.Port)
	return http.ListenAndServe(addr, http.FileServer(http.Dir(c.DataDir))) // want listen "tcp :8080 from flag --bind-host, env BIND, env HOST, flag --port, env PORT"
}

type pruneCmd struct{}

func (pruneCmd) Run() error { return os.WriteFile("/data/pruned", nil, 0o600) }

type cli struct {
	Debug bool     `help:"Log more."` // want flag "debug"
	Serve serveCmd `cmd:"" default:"1"`
	Prune pruneCmd `cmd:""`
}

func main() {
	var c cli
	ctx := kong.Parse(&c)
	ctx.FatalIfErrorf(ctx.Run())
}
