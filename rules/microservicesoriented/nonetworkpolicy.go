package microservicesoriented

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// NoNetworkPolicy finds services that everything in the cluster may call.
var NoNetworkPolicy = &rule.Rule{
	Rule: finding.Rule{
		Name: "nonetworkpolicy",
		Doc: `no network policy selects the service's pods

Without a policy every pod of the cluster may connect to it, and it to every other:
who calls whom is written down nowhere, and one service that is taken over reaches
all.

The rule looks at workloads that run a service of this tree, in trees that deploy to
Kubernetes. A policy of the same namespace that selects the pods, or all pods, holds.

Sources: Kubernetes documentation, "Network Policies".

# Fails

	kind: Deployment
	metadata: {name: web}

# Holds

	kind: NetworkPolicy
	spec:
	  podSelector: {matchLabels: {app: web}}
	  ingress: ...

# How to mend it

Add a policy that lets in those that call the service.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   noNetworkPolicy,
}

func noNetworkPolicy(p *rule.Pass) {
	w := p.Workload
	if p.Service == nil || w.Platform != deploy.Kubernetes || w.Custom || w.HostNetwork.Value || len(w.Services) == 0 {
		return
	}
	subject := rule.Subject(w.Object(), "", "network policy")
	unclear := false
	for _, policy := range p.Manifests.Policies {
		if !policy.Scope().Together(w.Scope()) || policy.Namespace != "" && w.Namespace != "" && policy.Namespace != w.Namespace {
			continue
		}
		matches, ok := policy.Selector.Matches(w.Labels)
		if matches {
			p.Holds(0, subject)
			return
		}
		unclear = unclear || !ok || policy.Opaque
	}
	if unclear {
		p.CannotTell(0, subject, "a policy that could not be read may select it", w.Position)
		return
	}
	p.Fails(0, subject, finding.Finding{
		Position: w.Position,
		Message:  fmt.Sprintf("no network policy selects %s: every pod of the cluster may connect to it; add one that lets in its callers", w.ID()),
	})
}
