package stop

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func Wait(srv *http.Server) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	<-c
	srv.Shutdown(context.Background())
}
