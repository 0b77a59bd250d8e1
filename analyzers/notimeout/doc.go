// Package notimeout finds calls of other services that may wait for ever.
//
// # Analyzer notimeout
//
// notimeout: every call of another service is bounded in time
//
// Property: microservices oriented. Severity: warning.
//
// A peer that is loosely coupled may be slow, gone, or cut off by the network at
// any time. http.DefaultClient has no timeout, and neither has an http.Client
// whose Timeout is not set: a peer that accepts the connection and does not
// answer holds the goroutine, its memory and the caller's request for ever (Go
// documentation, package net/http, "Client": "A Timeout of zero means no
// timeout"). One slow service then takes its callers with it, one after another.
//
// The rule fails for a request through http.DefaultClient (http.Get and the like)
// or through a client without Timeout whose context has no deadline; for net.Dial
// and tls.Dial, which wait as long as the system does; and, in code that answers
// requests, for calls of gRPC services and databases with context.Background() or
// context.TODO(), which throw away the deadline of the request that they serve.
//
// It is silent where the client or the context of the request has a bound, also a
// ResponseHeaderTimeout of the transport; for answers that are read as they come,
// as downloads, proxies and event streams are; for Unix sockets; for mains that do
// not serve, and for tests. Where a client or context was made by code that was not
// read, or is that of the request being served, it cannot tell.
//
// Fails:
//
//	resp, err := http.Get(ratesURL)
//
// Passes:
//
//	client := &http.Client{Timeout: 10 * time.Second}
//	resp, err := client.Get(ratesURL)
//
// Passes too, with a bound for each request:
//
//	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
//	defer cancel()
//	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ratesURL, nil)
//	if err != nil {
//		return err
//	}
//	resp, err := http.DefaultClient.Do(req)
package notimeout
