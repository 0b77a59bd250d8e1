package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// NoDisruptionBudget finds replicated services without a disruption budget, and budgets that forbid all evictions.
var NoDisruptionBudget = &rule.Rule{
	Rule: finding.Rule{
		Name: "nodisruptionbudget",
		Doc: `nothing bounds how many instances are evicted at a time, or nothing may be

When nodes are drained, all instances of a service may go at once, unless a
PodDisruptionBudget says how many must stay. A budget that lets none go is as bad:
the node cannot be drained, and updates of the cluster stop (a warning).

Sources: Kubernetes documentation, "Specifying a Disruption Budget for your
Application".

# Fails

	kind: PodDisruptionBudget
	spec:
	  maxUnavailable: 0

# Holds

	kind: PodDisruptionBudget
	spec:
	  maxUnavailable: 1

# How to mend it

Add a budget that lets at least one instance go, and keeps at least one.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   noDisruptionBudget,
}

func noDisruptionBudget(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes || w.Custom || w.RunsToEnd || w.Kind == "DaemonSet" || w.Kind == "Pod" || len(w.Services) == 0 {
		return
	}
	replicas, known := replicasOf(p)
	subject := rule.Subject(w.Object(), "", "disruption budget")
	budget, unclear := budgetOf(p)
	if budget != nil {
		judgeBudget(p, budget, subject, replicas, known)
		return
	}
	switch {
	case !known || replicas < 2:
	case unclear:
		p.CannotTell(0, subject, "a budget whose selector could not be read may be its", w.Position)
	default:
		at := w.Replicas.Position
		if !w.Replicas.Set {
			at = w.Position
		}
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s has %d instances and no disruption budget: when nodes are drained all of them may go at once; add a PodDisruptionBudget with maxUnavailable: 1", w.ID(), replicas),
		})
	}
}

// replicasOf is the number of instances that there are at least.
func replicasOf(p *rule.Pass) (n int, known bool) {
	if a := scaledBy(p); a != nil {
		if !a.Min.Set {
			return 1, true
		}
		return a.Min.Value, a.Min.Known()
	}
	if !p.Workload.Replicas.Set {
		return 1, true
	}
	return p.Workload.Replicas.Value, p.Workload.Replicas.Known()
}

// budgetOf is the budget that selects a workload's pods; unclear is true where one
// may.
func budgetOf(p *rule.Pass) (budget *deploy.DisruptionBudget, unclear bool) {
	w := p.Workload
	for _, b := range p.Manifests.Budgets {
		if !b.Scope().Together(w.Scope()) || b.Namespace != "" && w.Namespace != "" && b.Namespace != w.Namespace {
			continue
		}
		switch matches, ok := b.Selector.Matches(w.Labels); {
		case matches:
			return b, false
		case !ok:
			unclear = true
		}
	}
	return nil, unclear
}

func judgeBudget(p *rule.Pass, b *deploy.DisruptionBudget, subject string, replicas int, known bool) {
	at, text := b.Position, ""
	if f := b.MaxUnavailable; f.Known() {
		if n, _, ok := deploy.ParseAmount(f.Value); ok && n == 0 {
			at, text = f.Position, "maxUnavailable: "+f.Value
		}
	}
	if f := b.MinAvailable; f.Known() {
		n, percent, ok := deploy.ParseAmount(f.Value)
		// A number of an autoscaled workload is only a floor.
		fixed := known && scaledBy(p) == nil
		if ok && (percent && n >= 100 || !percent && fixed && replicas > 0 && n >= replicas) {
			at, text = f.Position, "minAvailable: "+f.Value
		}
	}
	if text == "" {
		p.Holds(0, subject)
		return
	}
	p.Fails(finding.Warning, subject, finding.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s (%s) lets no instance of %s go: nodes that run one cannot be drained, and updates of the cluster stop; let at least one go", b.ID(), text, p.Workload.ID()),
		Related:  []finding.Related{{Position: p.Workload.Position, Message: "what it protects"}},
	})
}
