package dynamicallymanaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// BarePod finds pods that no controller manages.
var BarePod = &rule.Rule{
	Rule: finding.Rule{
		Name: "barepod",
		Doc: `a pod that no controller manages

A pod by itself is not started again elsewhere when its node goes, is evicted for
good, and cannot be updated or scaled.

The rule is silent for pods that run to their end, for tests of charts and other
hooks, and for templates of pods.

# Fails

	apiVersion: v1
	kind: Pod

# Holds

	apiVersion: apps/v1
	kind: Deployment

# How to mend it

Make it a Deployment, a StatefulSet or a DaemonSet; a Job where it is to end.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Error,
	},
	Needs: rule.Workload,
	Run:   barePod,
}

func barePod(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes || w.Kind != "Pod" || w.Custom || w.Controlled || w.RunsToEnd {
		return
	}
	for name := range w.Annotations {
		if strings.HasPrefix(name, "helm.sh/hook") || strings.HasPrefix(name, "argocd.argoproj.io/hook") || strings.HasPrefix(name, "kubernetes.io/config") {
			return
		}
	}
	for _, c := range w.Containers {
		// Started by hand to look around in the cluster.
		if c.Stdin.Value || c.TTY.Value || len(c.Command.Value) > 0 && (c.Command.Value[0] == "sleep" || slices.Contains(c.Command.Value, "infinity")) {
			return
		}
	}
	p.Fails(0, rule.Subject(w.Object(), "", ""), finding.Finding{
		Position: w.Position,
		Message:  fmt.Sprintf("%s is managed by no controller: it is gone for good when it is evicted or its node goes, and cannot be updated or scaled; make it a Deployment, or a Job where it is to end", w.ID()),
	})
}
