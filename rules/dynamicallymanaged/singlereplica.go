package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// SingleReplica finds stateless services with one instance.
var SingleReplica = &rule.Rule{
	Rule: finding.Rule{
		Name: "singlereplica",
		Doc: `a stateless service has one instance

With one instance each update of a node, each eviction and each crash is an outage,
however short. A service without state of its own can have two.

The rule looks at Deployments and what is like them that run a service of this tree,
with a Service in front. It is silent where an autoscaler chooses the number, where a persistent volume is mounted,
and where the program elects a leader among its instances.

# Fails

	kind: Deployment
	spec:
	  replicas: 1

# Holds

	spec:
	  replicas: 2

# How to mend it

Run at least two instances, spread over nodes, with a disruption budget.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   singleReplica,
}

func singleReplica(p *rule.Pass) {
	w := p.Workload
	if p.Service == nil || !scalable(w) || len(w.Services) == 0 || w.Replicas.Unknown || scaledBy(p) != nil || keepsState(w) {
		return
	}
	subject := rule.Subject(w.Object(), "", "replicas")
	if w.Replicas.Set && w.Replicas.Value != 1 {
		p.Holds(0, subject)
		return
	}
	if len(p.Contract.Of(effects.Election)) > 0 {
		return
	}
	how := "one instance"
	at := w.Replicas.Position
	if !w.Replicas.Set {
		how, at = "one instance, the default", w.Position
	}
	p.Fails(0, subject, finding.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s has %s: each eviction and each crash is an outage of %s; run two or more, or let an autoscaler choose", w.ID(), how, w.Services[0].ID()),
		Related:  []finding.Related{{Position: w.Services[0].Position, Message: "sends requests to it"}},
	})
}

// scalable tells workloads whose number of equal instances is free.
func scalable(w *deploy.Workload) bool {
	if w.Platform != deploy.Kubernetes || w.Custom || w.RunsToEnd {
		return false
	}
	switch w.Kind {
	case "Deployment", "DeploymentConfig", "Rollout", "ReplicaSet", "ReplicationController":
		return true
	}
	return false
}

// keepsState tells whether a workload has a persistent volume.
func keepsState(w *deploy.Workload) bool {
	for i := range w.Volumes {
		if w.Volumes[i].Persistent || w.Volumes[i].Unknown {
			return true
		}
	}
	return len(w.Claims) > 0
}

// scaledBy is the autoscaler that chooses a workload's number of instances, or nil.
func scaledBy(p *rule.Pass) *deploy.Autoscaler {
	for _, a := range p.Manifests.Autoscalers {
		if !a.Horizontal() || a.Target.Kind != p.Workload.Kind || a.Target.Name != p.Workload.Name {
			continue
		}
		if w, _ := p.Index.Workload(a.Target.Kind, a.Target.Name, a.Scope()); w == p.Workload || w == nil && a.Scope().Together(p.Workload.Scope()) {
			return a
		}
	}
	return nil
}
