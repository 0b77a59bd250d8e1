// Area: servers
// Style: an app and, on a port of its own, metrics, probes and profiles
// Read: both addresses and all routes
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func newServer(addr string, h http.Handler) *http.Server {
	return &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
}

func main() {
	addr := flag.String("addr", ":8080", "address")              // want flag "addr default :8080"
	admin := flag.String("admin-addr", ":9090", "for operators") // want flag "admin-addr default :9090"
	flag.Parse()

	ops := http.NewServeMux()
	ops.Handle("/metrics", promhttp.Handler())   // want route "/metrics metrics"
	ops.HandleFunc("/readyz", ok)                // want route "/readyz health"
	ops.HandleFunc("/debug/pprof/", pprof.Index) // want route "/debug/pprof/ profiling"
	web := http.NewServeMux()
	web.HandleFunc("/", ok) // want route "/"

	adminServer := newServer(*admin, ops)
	go func() { log.Print(adminServer.ListenAndServe()) }() // want listen "tcp :9090 from flag --admin-addr"
	webServer := newServer(*addr, web)
	log.Fatal(webServer.ListenAndServe()) // want listen "tcp :8080 from flag --addr"
}

func ok(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }
