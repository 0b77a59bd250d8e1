package dynamicallymanaged

import (
	"fmt"
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// SameProbes finds liveness probes that are the readiness probe again.
var SameProbes = &rule.Rule{
	Rule: finding.Rule{
		Name: "sameprobes",
		Doc: `readiness and liveness are the same check

A readiness probe takes an instance out of traffic, a liveness probe kills it. Where
both are the same check with the same patience, an instance that is only not ready,
for a database that is away or under load, is killed for it; all of them at once.

The rule compares handler, path, port and command. It is silent where the liveness
probe waits longer before it gives up, and where both only open a connection.

Sources: Kubernetes documentation, "Liveness, Readiness, and Startup Probes".

# Fails

	readinessProbe:
	  httpGet: {path: /healthz, port: http}
	livenessProbe:
	  httpGet: {path: /healthz, port: http}

# Holds

	readinessProbe:
	  httpGet: {path: /readyz, port: http}
	livenessProbe:
	  httpGet: {path: /healthz, port: http}

# How to mend it

Let the liveness probe ask only whether the process still answers, and the readiness
probe whether it can serve; or give the liveness probe a greater failureThreshold.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   sameProbes,
}

func sameProbes(p *rule.Pass) {
	for _, c := range p.Workload.Containers {
		r, l := c.Readiness, c.Liveness
		if !r.Known() || !l.Known() || l.Value.Kind == "tcpSocket" {
			continue
		}
		subject := rule.Subject(p.Workload.Object(), "container "+c.Name, "")
		if !sameHandler(&r.Value, &l.Value) || patience(&l.Value) > patience(&r.Value) {
			p.Holds(0, subject)
			continue
		}
		p.Fails(0, subject, finding.Finding{
			Position: l.Position,
			Message: fmt.Sprintf("%s: readiness and liveness of container %q are the same check: an instance that is only not ready is killed for it; "+
				"let the liveness probe ask less, or wait longer", p.Workload.ID(), c.Name),
			Related: []finding.Related{{Position: r.Position, Message: "the readiness probe"}},
		})
	}
}

func sameHandler(a, b *deploy.Probe) bool {
	return a.Kind == b.Kind && a.Path == b.Path && a.Port == b.Port && a.Host == b.Host && a.Scheme == b.Scheme && slices.Equal(a.Command, b.Command)
}

// patience is how long a probe may fail before something happens, in seconds; 10
// and 3 are the defaults of period and threshold.
func patience(probe *deploy.Probe) int {
	period, threshold := 10, 3
	if probe.Period.Known() {
		period = probe.Period.Value
	}
	if probe.FailureThreshold.Known() {
		threshold = probe.FailureThreshold.Value
	}
	return probe.InitialDelay.Value + period*threshold
}
