// Area: configuration
// Style: urfave/cli v1, with EnvVar and Destination
// Read: flags, their variables and defaults
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/urfave/cli"
)

func main() {
	var dir string
	app := cli.NewApp()
	app.Name = "web"
	app.Flags = []cli.Flag{
		cli.StringFlag{Name: "addr, a", Value: ":8080", EnvVar: "ADDR,LISTEN_ADDR"}, // want flag "addr default :8080" env "ADDR default :8080" env "LISTEN_ADDR default :8080"
		cli.StringFlag{Name: "dir", EnvVar: "DATA_DIR", Destination: &dir},          // want flag "dir" env "DATA_DIR"
	}
	app.Action = func(c *cli.Context) error {
		http.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir(dir)))) // want route "/files/"
		return http.ListenAndServe(c.String("addr"), nil)                                   // want listen "tcp :8080 from flag --addr, env ADDR, env LISTEN_ADDR"
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err)
	}
}
