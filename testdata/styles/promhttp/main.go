// Area: servers
// Style: promhttp on the default mux
// Read: the route and its role
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var requests = promauto.NewCounter(prometheus.CounterOpts{Name: "requests_total", Help: "Requests."})

func main() {
	path := os.Getenv("METRICS_PATH") // want env "METRICS_PATH default /internal/metrics"
	if path == "" {
		path = "/internal/metrics"
	}
	http.Handle(path, promhttp.Handler())                                             // want route "/internal/metrics metrics"
	http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { requests.Inc() }) // want route "/"
	log.Fatal(http.ListenAndServe(":8080", nil))                                      // want listen "tcp :8080"
}
