// Area: servers
// Style: net/http on a Unix socket
// Read: the socket's path
package main

import (
	"log"
	"net"
	"net/http"
	"os"
)

func main() {
	socket := os.Getenv("SOCKET") // want env "SOCKET default /run/app/app.sock"
	if socket == "" {
		socket = "/run/app/app.sock"
	}
	_ = os.Remove(socket)
	l, err := net.Listen("unix", socket) // want listen "unix /run/app/app.sock from env SOCKET"
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, http.NotFoundHandler()))
}
