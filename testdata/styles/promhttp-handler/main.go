// Area: servers
// Style: promhttp under a path that does not say what it is
// Read: the role, from the handler
package main

import (
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	registry := prometheus.NewRegistry()
	http.Handle("/stats", promhttp.HandlerFor(registry, promhttp.HandlerOpts{})) // want route "/stats metrics"
	log.Fatal(http.ListenAndServe(":8080", nil))                                 // want listen "tcp :8080"
}
