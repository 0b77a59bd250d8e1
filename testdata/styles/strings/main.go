// Area: values
// Style: addresses and paths put together by Sprintf, JoinHostPort, Join, a Builder and +
// Read: the parts
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	host, port := os.Getenv("HOST"), "8080" // want env "HOST"
	go serve(net.JoinHostPort(host, port))
	go func() { log.Print(http.ListenAndServe(fmt.Sprintf("%s:%d", "127.0.0.1", 8081), nil)) }()   // want listen "tcp 127.0.0.1:8081"
	go func() { log.Print(http.ListenAndServe(strings.Join([]string{host, "8082"}, ":"), nil)) }() // want listen "tcp :8082 from env HOST"

	var b strings.Builder
	b.WriteString("/var/lib/")
	b.WriteString("app")
	name := filepath.Join(b.String(), "state", "lock")
	if err := os.WriteFile(name, nil, 0o600); err != nil { // want write "/var/lib/app/state/lock durable"
		log.Fatal(err)
	}
	addr := ":"
	addr += "8083"
	log.Fatal(http.ListenAndServe(addr, nil)) // want listen "tcp :8083"
}

func serve(addr string) {
	log.Print(http.ListenAndServe(addr, nil)) // want listen "tcp :8080 from env HOST"
}
