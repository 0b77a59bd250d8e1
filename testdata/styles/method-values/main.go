// Area: values
// Style: method values and functions in variables and maps
// Read: what they do when they are called
package main

import (
	"log"
	"net/http"
	"os"
)

type env struct{ lookup func(string) string }

func (e env) addr() string {
	if a := e.lookup("ADDR"); a != "" {
		return a
	}
	return ":8080"
}

type store struct{ dir string }

func (s *store) save(http.ResponseWriter, *http.Request) {
	_ = os.WriteFile(s.dir+"/orders", nil, 0o600) // want write "/var/orders/orders durable"
}

func main() {
	e := env{lookup: os.Getenv} // want@-13 env "ADDR default :8080"
	s := &store{dir: "/var/orders"}
	routes := map[string]http.HandlerFunc{"/orders": s.save, "/livez": http.NotFound}
	for path, h := range routes {
		http.HandleFunc(path, h) // want route "/orders" route "/livez health"
	}
	listen := http.ListenAndServe
	log.Fatal(listen(e.addr(), nil)) // want listen "tcp :8080 from env ADDR"
}
