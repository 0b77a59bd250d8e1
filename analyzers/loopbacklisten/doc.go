// Package loopbacklisten finds services that nobody outside their container can
// reach.
//
// # Analyzer loopbacklisten
//
// loopbacklisten: a service listens on all interfaces of its container
//
// Property: container packaged. Severity: error; warning where configuration can
// name another address.
//
// Each container has a loopback interface of its own. What listens on 127.0.0.1 or
// localhost there is reached by nobody else: not by a Service, not by a probe of
// the kubelet, not through a published port (Kubernetes documentation, "Cluster
// Networking"). A fixed address of another interface cannot be bound at all, for
// each instance gets its own.
//
// The rule fails where all of a serving main's listeners are bound so. It is silent
// where any listener is on all interfaces, so for profiles and administration
// beside the service, for Unix sockets, and for port 0. Where an address could not
// be told, neither can the answer.
//
// Fails:
//
//	http.ListenAndServe("127.0.0.1:8080", mux)
//
// Passes:
//
//	http.ListenAndServe(":8080", mux)
//
// To mend: leave out the host, or make it an option whose default is empty.
package loopbacklisten
