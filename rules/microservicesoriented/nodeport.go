package microservicesoriented

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// NodePort finds services that are exposed on ports of their nodes.
var NodePort = &rule.Rule{
	Rule: finding.Rule{
		Name: "nodeport",
		Doc: `a service is exposed on a port of every node

Whoever calls it must know nodes by address, which come and go; the port lies outside
of the usual range, is the same for all, and bypasses the ingress with its
certificates and limits.

Sources: Kubernetes documentation, "Service" (type: NodePort).

# Fails

	kind: Service
	spec:
	  type: NodePort

# Holds

	kind: Service
	spec:
	  type: ClusterIP        # and an Ingress or Gateway in front

# How to mend it

Use ClusterIP behind an ingress or gateway, or LoadBalancer.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Note,
	},
	Needs: rule.Manifests,
	Run:   nodePort,
}

func nodePort(p *rule.Pass) {
	for _, e := range p.Manifests.Services {
		if e.Platform != deploy.Kubernetes || e.Implied || e.TypeField.Unknown || !e.TypeField.Set {
			continue
		}
		subject := rule.Subject(e.Object(), "", "type")
		if e.Type != "NodePort" {
			p.Holds(0, subject)
			continue
		}
		p.Fails(0, subject, finding.Finding{
			Position: e.TypeField.Position,
			Message:  fmt.Sprintf("%s is exposed on a port of every node: callers must know nodes by address, and pass the ingress by; use ClusterIP behind an ingress or gateway, or LoadBalancer", e.ID()),
		})
	}
}
