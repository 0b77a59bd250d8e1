// Package fixedport finds services whose port nothing can change.
//
// # Analyzer fixedport
//
// fixedport: a service's port can be configured
//
// Property: microservices oriented. Severity: note.
//
// A service exports itself by binding to a port, and the deployment says which one
// (The Twelve-Factor App, "Port binding"). Cloud Run, Heroku, App Engine and others
// give each instance a PORT and wait for it to listen there (Cloud Run
// documentation, "Container runtime contract").
//
// The rule notes the service's own listeners whose port neither an environment
// variable nor a flag nor a config key changes. It is silent for listeners beside
// the service: profiles, metrics, administration, loopback.
//
// Fails:
//
//	http.ListenAndServe(":8080", mux)
//
// Passes:
//
//	http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), mux)
//
// To mend: read the port from PORT, with the old one as the default. Where the
// address is a literal, the finding has a fix that does so.
package fixedport
