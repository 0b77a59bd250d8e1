// Package memorystate finds services that keep state of their users in memory.
//
// # Analyzer memorystate
//
// memorystate: no state that must outlive a request is kept in process memory
//
// Property: dynamically managed. Severity: warning.
//
// An instance may be stopped, moved and replicated at any time (The Twelve-Factor
// App, "Processes": "Any data that needs to persist must be stored in a stateful
// backing service"). What one request puts into a map of the process is gone with
// the instance, and the next request may come to another replica that never saw
// it: users are logged out, carts are empty, an upload's second half finds no
// first.
//
// The rule fails where code that answers requests puts something into a map, slice
// or sync.Map that is a package variable or a field of a struct made before the
// first request; the finding is at the declaration. It fails for session stores in
// memory of well-known libraries too. Rate limiters, which each replica counts for
// itself, are a note.
//
// It is silent for caches: what is filled after a lookup that missed, or is called a
// cache; for tables that requests only read; for what exists in one process only,
// such as connections, channels and locks; for metrics, sync.Pool, structs made
// while a request is answered, mains that do not serve, and tests.
//
// Fails:
//
//	type server struct {
//		sessions map[string]session
//	}
//
//	func (s *server) login(w http.ResponseWriter, r *http.Request) {
//		s.sessions[token] = session{User: r.FormValue("user")}
//	}
//
// Passes: the state goes to a store that all replicas share.
//
//	func (s *server) login(w http.ResponseWriter, r *http.Request) {
//		err := s.redis.Set(r.Context(), "session:"+token, r.FormValue("user"), 12*time.Hour).Err()
//	}
package memorystate
