package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// HPAReplicas finds fixed numbers of instances beside an autoscaler.
var HPAReplicas = &rule.Rule{
	Rule: finding.Rule{
		Name: "hpareplicas",
		Doc: `a workload fixes the number of instances that an autoscaler chooses

Each time the manifest is applied it sets the number back: under load it takes
instances away, and the autoscaler adds them again.

Sources: Kubernetes documentation, "Horizontal Pod Autoscaling" (migrating
Deployments and StatefulSets to horizontal autoscaling).

# Fails

	kind: Deployment                kind: HorizontalPodAutoscaler
	spec:                           spec:
	  replicas: 3                     scaleTargetRef: {kind: Deployment, name: web}

# Holds

	kind: Deployment
	spec:
	  selector: ...                 # no replicas

# How to mend it

Leave replicas out of the manifest; minReplicas of the autoscaler is the floor.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   hpaReplicas,
}

func hpaReplicas(p *rule.Pass) {
	a := scaledBy(p)
	if a == nil || p.Workload.Platform != deploy.Kubernetes {
		return
	}
	w := p.Workload
	subject := rule.Subject(w.Object(), "", "replicas beside an autoscaler")
	if !w.Replicas.Set {
		p.Holds(0, subject)
		return
	}
	if w.Replicas.Known() && w.Replicas.Value == 0 {
		return // switched off
	}
	p.Fails(0, subject, finding.Finding{
		Position: w.Replicas.Position,
		Message:  fmt.Sprintf("%s fixes %d replicas, and %s chooses their number: each apply sets it back, whatever the load; leave replicas out", w.ID(), w.Replicas.Value, a.ID()),
		Related:  []finding.Related{{Position: a.Position, Message: "the autoscaler"}},
	})
}
