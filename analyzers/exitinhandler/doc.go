// Package exitinhandler finds requests that can end the process that serves them.
//
// # Analyzer exitinhandler
//
// exitinhandler: no request ends the process
//
// Property: dynamically managed. Severity: warning.
//
// A failure that one request meets belongs into the answer to that request. Where
// code that answers requests calls os.Exit or log.Fatal, one bad input or one
// failed query cuts off all requests in flight, skips deferred calls and the drain,
// and has the orchestrator restart the instance, which under repeated requests
// ends in a crash loop (Kubernetes documentation, "Pod Lifecycle": "Container
// restarts"). net/http recovers the panics of its handlers; nobody recovers those
// of a goroutine that a handler starts, nor does gRPC or fasthttp (documentation
// of net/http, "Handler"; of runtime, "panic").
//
// The rule fails for os.Exit, log.Fatal and the like of well-known loggers, and for
// panic(err) where nothing recovers it, in what request handlers can reach: the
// handlers of net/http and of the routers on it, gRPC service methods, and all that
// they call. It is silent for start-up code and CLI commands, for panics with a
// text, which say that the program itself is wrong, for handlers whose names say
// that they stop the program, and for tests.
//
// Fails:
//
//	func (s *server) order(w http.ResponseWriter, r *http.Request) {
//		row, err := s.store.Find(r.Context(), r.PathValue("id"))
//		if err != nil {
//			log.Fatal(err)
//		}
//		render(w, row)
//	}
//
// Passes:
//
//	if err != nil {
//		log.Print(err)
//		http.Error(w, "cannot read the order", http.StatusInternalServerError)
//		return
//	}
package exitinhandler
