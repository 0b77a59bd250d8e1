// Package hardcodedhost finds peers whose address nothing can change.
//
// # Analyzer hardcodedhost
//
// hardcodedhost: every host that a service calls can be configured
//
// Property: microservices oriented. Severity: error.
//
// A service finds its dependencies through endpoints that the deployment names:
// a Service, an environment variable, a config key (The Twelve-Factor App,
// "Backing services"). A literal host, IP or URL that reaches a network client
// ties every environment to one peer: staging calls production, tests call the
// internet, and moving the peer means building a new image.
//
// The rule fails where all that can reach a client is literal. It is silent
// where the literal is the default of a flag, environment variable or config
// key, where only the scheme or a path is literal, for loopback addresses, for
// mains that do not serve, and for tests and examples.
//
// Fails:
//
//	resp, err := client.Get("https://billing.internal.example.com/v1/rates")
//
// Passes:
//
//	base := os.Getenv("BILLING_URL")
//	if base == "" {
//		base = "https://billing.internal.example.com"
//	}
//	resp, err := client.Get(base + "/v1/rates")
package hardcodedhost
