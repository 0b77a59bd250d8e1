// Package healthcheck finds services that cannot be asked how they are.
//
// # Analyzer healthcheck
//
// healthcheck: a service answers health checks
//
// Property: dynamically managed. Severity: warning.
//
// An orchestrator restarts an instance that hangs and sends no requests to one that
// is not ready - if it can ask (Kubernetes documentation, "Configure Liveness,
// Readiness and Startup Probes"). Without a health endpoint it sees only whether
// the process runs.
//
// The rule fails for a main that serves HTTP or gRPC and offers no route that is
// named like a health check (/healthz, /readyz, /livez, /health, /ping and the
// like), no gRPC health service, and no subcommand that a probe can run. Handlers
// for all paths serve such requests and say nothing of the service's health: they
// do not count. Where a route or handler could not be followed, it cannot tell.
//
// Fails:
//
//	http.HandleFunc("GET /orders", listOrders)
//	log.Fatal(http.ListenAndServe(":8080", nil))
//
// Passes:
//
//	http.HandleFunc("GET /orders", listOrders)
//	http.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
//		w.WriteHeader(http.StatusNoContent)
//	})
//
// To mend: add a route for liveness that asks nothing of others, one for readiness
// that does, and name both in the workload's probes.
package healthcheck
