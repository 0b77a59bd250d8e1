// Package servertimeout finds HTTP servers that wait for requests without bound.
//
// # Analyzer servertimeout
//
// servertimeout: an HTTP server bounds the time in which a request must come
//
// Property: microservices oriented. Severity: note.
//
// A server without ReadHeaderTimeout and ReadTimeout waits for ever for the header
// of a request (Go documentation, package net/http, "Server"). Clients that open
// connections and send nothing, or one byte a minute, hold a goroutine and a file
// descriptor each, until the instance has none left for others.
//
// The rule fails for an http.Server that sets neither field, in its literal or
// later, and for http.ListenAndServe, http.Serve and what is built on them, such
// as gin's Run, which cannot set them. It is silent for tests, and for servers made
// by code that was not read.
//
// Fails:
//
//	log.Fatal(http.ListenAndServe(":8080", handler))
//
// Passes:
//
//	srv := &http.Server{
//		Addr:              ":8080",
//		Handler:           handler,
//		ReadHeaderTimeout: 10 * time.Second,
//	}
//	log.Fatal(srv.ListenAndServe())
package servertimeout
