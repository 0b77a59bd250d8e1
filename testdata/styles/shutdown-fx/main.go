// Area: shutdown
// Style: fx, with lifecycle hooks
// Read: that Run handles SIGTERM, what the hooks do
package main

import (
	"context"
	"net"
	"net/http"
	"os"

	"go.uber.org/fx"
)

func newServer(lc fx.Lifecycle, mux *http.ServeMux) *http.Server {
	srv := &http.Server{Addr: ":" + os.Getenv("PORT"), Handler: mux} // want env "PORT"
	lc.Append(fx.Hook{
		OnStart: func(context.Context) error {
			l, err := net.Listen("tcp", srv.Addr) // want listen "tcp :? from env PORT"
			if err != nil {
				return err
			}
			go func() { _ = srv.Serve(l) }()
			return nil
		},
		OnStop: func(ctx context.Context) error { return srv.Shutdown(ctx) },
	})
	return srv
}

func newMux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", http.NotFound) // want route "GET /healthz health"
	return mux
}

func main() {
	fx.New(
		fx.Provide(newServer, newMux),
		fx.Invoke(func(*http.Server) {}),
	).Run() // want@-3 shutdown "SIGTERM drains fx.App.Run http.Server.Shutdown"
}
