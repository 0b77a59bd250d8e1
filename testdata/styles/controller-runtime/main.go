// Area: servers
// Style: a controller-runtime manager, with probes, metrics and leader election
// Read: the addresses of Options, the checks' paths, that the manager handles SIGTERM
package main

import (
	"flag"
	"os"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

func main() {
	var metrics, probes string
	var elect bool
	flag.StringVar(&metrics, "metrics-bind-address", ":8080", "metrics")    // want flag "metrics-bind-address default :8080"
	flag.StringVar(&probes, "health-probe-bind-address", ":8081", "probes") // want flag "health-probe-bind-address default :8081"
	flag.BoolVar(&elect, "leader-elect", false, "elect a leader")           // want flag "leader-elect default false"
	flag.Parse()

	mgr, err := ctrl.NewManager(ctrl.GetConfigOrDie(), ctrl.Options{ // want listen "tcp :8081 from flag --health-probe-bind-address"
		Metrics:                metricsserver.Options{BindAddress: metrics}, // want listen "tcp :8080 from flag --metrics-bind-address" route "/metrics metrics"
		HealthProbeBindAddress: probes,
		LeaderElection:         elect,
		LeaderElectionID:       "shop.example.org",
	})
	if err != nil {
		os.Exit(1)
	}
	if err := mgr.AddHealthzCheck("healthz", healthz.Ping); err != nil { // want route "/healthz health"
		os.Exit(1)
	}
	if err := mgr.AddReadyzCheck("readyz", healthz.Ping); err != nil { // want route "/readyz health"
		os.Exit(1)
	}
	if err := mgr.Start(ctrl.SetupSignalHandler()); err != nil { // want shutdown "SIGTERM drains controller-runtime.SetupSignalHandler manager.Manager.Start"
		os.Exit(1)
	}
}
