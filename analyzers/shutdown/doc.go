// Package shutdown finds services that a platform cannot stop without cutting
// requests off.
//
// # Analyzer shutdown
//
// shutdown: a service handles SIGTERM and drains before it exits
//
// Property: dynamically managed. Severity: error.
//
// An orchestrator stops instances all the time: to roll out, to scale, to move
// them off a node. It sends SIGTERM, waits for the grace period and then kills
// (Kubernetes documentation, "Termination of Pods"). A Go program that does not
// handle SIGTERM exits at once, with every request in flight; one that handles
// it but only exits, or closes its listeners, does the same.
//
// The rule fails for a main that serves and does not handle SIGTERM, that
// handles only SIGINT or other signals, or that handles SIGTERM and never calls
// Shutdown or GracefulStop - also where that call stands behind a Serve that
// blocks, so that it is reached only after the server has failed.
//
// It is silent for mains that do not serve, and for frameworks that handle
// SIGTERM and drain by themselves (fx, kratos, controller-runtime, lambda.Start
// and others). Where code that was not read may handle signals, it cannot tell.
//
// Fails:
//
//	func main() {
//		log.Fatal(http.ListenAndServe(":8080", handler()))
//	}
//
// Passes:
//
//	func main() {
//		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
//		defer stop()
//		srv := &http.Server{Addr: ":8080", Handler: handler()}
//		go func() {
//			if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
//				log.Fatal(err)
//			}
//		}()
//		<-ctx.Done()
//		drain, cancel := context.WithTimeout(context.Background(), 20*time.Second)
//		defer cancel()
//		if err := srv.Shutdown(drain); err != nil {
//			log.Print(err)
//		}
//	}
//
// Keep the drain's timeout below the grace period of the workload.
package shutdown
