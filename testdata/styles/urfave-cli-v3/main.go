// Area: configuration
// Style: urfave/cli v3, with Sources
// Read: flags, their variables and defaults
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/urfave/cli/v3"
)

func main() {
	var host string
	cmd := &cli.Command{
		Name: "web",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "host", Destination: &host, Sources: cli.EnvVars("HOST")},        // want flag "host" env "HOST"
			&cli.StringFlag{Name: "port", Value: "8080", Sources: cli.EnvVars("PORT", "WEB_PORT")}, // want flag "port default 8080" env "PORT default 8080" env "WEB_PORT default 8080"
		},
		Action: func(_ context.Context, c *cli.Command) error {
			return http.ListenAndServe(host+":"+c.String("port"), http.NotFoundHandler()) // want listen "tcp :8080 from flag --host, env HOST, flag --port, env PORT, env WEB_PORT"
		},
	}
	if err := cmd.Run(context.Background(), os.Args); err != nil {
		log.Fatal(err)
	}
}
