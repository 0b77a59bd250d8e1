package dynamicallymanaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// PinnedNode finds workloads that name the machine on which they run.
var PinnedNode = &rule.Rule{
	Rule: finding.Rule{
		Name: "pinnednode",
		Doc: `a workload names the machine on which it runs

A workload that is bound to one node by name cannot go elsewhere when that node is
drained or breaks, and the node cannot be replaced by another one.

The rule looks at nodeName, at selectors and required affinities for the label
kubernetes.io/hostname, and at a swarm's constraints on node.hostname and node.id.

# Fails

	nodeName: worker-3

# Holds

	nodeSelector:
	  disktype: ssd

# How to mend it

Select nodes by what they have, not by who they are; put data on a volume that can
be mounted elsewhere.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   pinnedNode,
}

func pinnedNode(p *rule.Pass) {
	w := p.Workload
	if w.Kind == "DaemonSet" {
		return
	}
	at, how := pinnedBy(&w.Placement)
	if how == "" {
		return
	}
	p.Fails(0, rule.Subject(w.Object(), "", "placement"), finding.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s is bound to one machine (%s): it goes down with it and cannot be moved; select nodes by what they have, such as a disk or a zone", w.ID(), how),
	})
}

func pinnedBy(l *deploy.Placement) (at finding.Position, how string) {
	if l.NodeName.Known() && l.NodeName.Value != "" {
		return l.NodeName.Position, "nodeName: " + l.NodeName.Value
	}
	for _, s := range l.NodeSelector {
		if s.Name == "kubernetes.io/hostname" {
			return s.Position, "nodeSelector " + s.Name + ": " + s.Value
		}
	}
	for _, c := range l.Constraints {
		for _, field := range []string{"node.hostname", "node.id"} {
			if value, ok := strings.CutPrefix(strings.ReplaceAll(c.Value, " ", ""), field+"=="); ok {
				return c.Position, "constraint " + field + "==" + value
			}
		}
	}
	return at, ""
}
