// Area: servers
// Style: net/http on a TLS listener
// Read: the address, the files of key and certificate
package main

import (
	"crypto/tls"
	"flag"
	"log"
	"net/http"
)

func main() {
	cert := flag.String("tls-cert", "/tls/tls.crt", "certificate") // want flag "tls-cert default /tls/tls.crt"
	key := flag.String("tls-key", "/tls/tls.key", "key")           // want flag "tls-key default /tls/tls.key"
	flag.Parse()
	pair, err := tls.LoadX509KeyPair(*cert, *key) // want read "/tls/tls.crt from flag --tls-cert" read "/tls/tls.key from flag --tls-key"
	if err != nil {
		log.Fatal(err)
	}
	l, err := tls.Listen("tcp", ":8443", &tls.Config{Certificates: []tls.Certificate{pair}}) // want listen "tcp :8443"
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/validate", http.NotFound) // want route "/validate"
	log.Fatal(http.Serve(l, nil))
}
