package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM) // want "stands behind http.Server.ListenAndServe, which blocks"
	srv := &http.Server{Addr: ":8080"}
	srv.ListenAndServe()
	srv.Shutdown(context.Background())
}
