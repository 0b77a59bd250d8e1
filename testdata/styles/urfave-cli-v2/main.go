// Area: configuration
// Style: urfave/cli v2, with EnvVars, Destination and commands
// Read: flags, their variables and defaults; what commands that do not serve do is left out
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/urfave/cli/v2"
)

func main() {
	var level string
	app := &cli.App{
		Name: "web",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "log-level", Value: "info", EnvVars: []string{"LOG_LEVEL"}, Destination: &level}, // want flag "log-level default info" env "LOG_LEVEL default info"
		},
		Commands: []*cli.Command{
			{
				Name: "serve",
				Flags: []cli.Flag{
					&cli.IntFlag{Name: "port", Aliases: []string{"p"}, Value: 8080, EnvVars: []string{"PORT", "HTTP_PORT"}}, // want flag "port default 8080" env "PORT default 8080" env "HTTP_PORT default 8080"
				},
				Action: serve,
			},
			{Name: "clean", Action: func(*cli.Context) error { return os.WriteFile("/var/lib/web/clean", nil, 0o600) }},
		},
	}
	if err := app.Run(os.Args); err != nil {
		log.Fatal(err, level)
	}
}

func serve(c *cli.Context) error {
	return http.ListenAndServe(fmt.Sprintf(":%d", c.Int("port")), http.NotFoundHandler()) // want listen "tcp :8080 from flag --port, env PORT, env HTTP_PORT"
}
