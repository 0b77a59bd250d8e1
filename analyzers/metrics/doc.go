// Package metrics finds services that tell nothing about their load.
//
// # Analyzer metrics
//
// metrics: a service offers metrics
//
// Property: dynamically managed. Severity: note.
//
// What is managed dynamically is managed by what it tells: autoscalers and alerts
// go by the service's own metrics (Kubernetes documentation, "Horizontal Pod
// Autoscaling"; CNCF, "Cloud Native Trail Map", observability).
//
// The rule notes a serving main that has neither a route for metrics nor an
// exporter of metrics or traces: Prometheus, OpenTelemetry, StatsD, Datadog,
// expvar and others. Where a route or handler could not be followed, it cannot
// tell.
//
// Fails:
//
//	http.HandleFunc("GET /orders", listOrders)
//	log.Fatal(http.ListenAndServe(":8080", nil))
//
// Passes:
//
//	http.Handle("GET /metrics", promhttp.Handler())
//
// To mend: serve promhttp.Handler() at /metrics, or set up an OTLP exporter.
package metrics
