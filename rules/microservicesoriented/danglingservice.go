package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// DanglingService finds Services, autoscalers, budgets and network policies that
// choose no workload.
var DanglingService = &rule.Rule{
	Rule: finding.Rule{
		Name: "danglingservice",
		Doc: `a Service, autoscaler, budget or network policy chooses a workload

A Service finds its pods by their labels. Where no pod has them it has no
endpoints, and every connection to it is refused or times out: nothing says so
when the manifest is applied. An autoscaler that names no workload never scales, a
disruption budget that selects nothing protects nothing, and the traffic that a
network policy was written for goes on as before.

The labels are compared with those of the pod templates that are deployed
together: of the same namespace, and of the same folder, chart or kustomization,
with the labels that kustomizations add. Where the workload may come from
elsewhere nobody can tell: none is deployed beside it, an operator may make it, or
a value is filled in by something that was not read.

Sources: Kubernetes documentation, "Service", "Horizontal Pod Autoscaling",
"Specifying a Disruption Budget for your Application", "Network Policies".

# Fails

	kind: Service                  kind: Deployment
	spec:                          spec:
	  selector:                      template:
	    app: web                       metadata:
	                                     labels:
	                                       app.kubernetes.io/name: web

# Holds

	kind: Service
	spec:
	  selector:
	    app.kubernetes.io/name: web

# How to mend it

Write the labels of the pod template into the selector, or the workload's kind and
name into the autoscaler. Delete what is left of a workload that is gone.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Error,
	},
	Needs: rule.Manifests,
	Run:   danglingService,
}

func danglingService(p *rule.Pass) {
	for _, e := range p.Manifests.Services {
		if e.Platform != deploy.Kubernetes || e.Implied || e.Type == "ExternalName" || len(e.Selector) == 0 {
			continue // it has its endpoints from somewhere else
		}
		chooses(p, e.Object(), deploy.Selector{Set: true, Labels: e.Selector, Position: e.SelectorPosition},
			"no pod has the labels that it selects", "connections to it find no endpoint")
	}
	for _, b := range p.Manifests.Budgets {
		if b.Selector.Set && !b.Selector.Empty() {
			chooses(p, b.Object, b.Selector, "no pod has the labels that it selects", "it protects nothing")
		}
	}
	for _, n := range p.Manifests.Policies {
		if !n.Opaque && n.Selector.Set && !n.Selector.Empty() {
			chooses(p, n.Object, n.Selector, "no pod has the labels that it selects", "it bounds no traffic")
		}
	}
	for _, a := range p.Manifests.Autoscalers {
		targets(p, a)
	}
}

// chooses judges whether a selector finds a workload.
func chooses(p *rule.Pass, o deploy.Object, s deploy.Selector, what, why string) {
	subject := rule.Subject(o, "", "selects")
	if placeholders(s) {
		p.CannotTell(0, subject, "the labels that "+o.ID()+" selects are filled in by something that was not read", s.Position)
		return
	}
	selected, complete := p.Index.Selected(s, o.Scope(), p.Manifests)
	switch {
	case len(selected) > 0:
		p.Holds(0, subject)
		return
	case !complete:
		p.CannotTell(0, subject, "an operator may make the pods that "+o.ID()+" selects", s.Position)
		return
	}
	beside := besides(p, o.Scope())
	if len(beside) == 0 {
		p.CannotTell(0, subject, "no workload is deployed beside "+o.ID()+" that it could select", s.Position)
		return
	}
	nearest, differs := closest(s, beside)
	f := finding.Finding{Position: s.Position}
	f.Message = fmt.Sprintf("%s: %s (%s), so %s", o.ID(), what, written(s), why)
	if nearest == nil {
		f.Message += "; write the labels of a pod template that is deployed with it, or delete it"
	} else {
		f.Message += fmt.Sprintf("; the pods of %s have %s", nearest.ID(), differs)
		f.Related = []finding.Related{{Position: nearest.Position, Message: nearest.ID() + " is deployed beside it"}}
	}
	p.Fails(0, subject, f)
}

// besides are workloads that are surely deployed with what has the scope: from
// the same folder, bundle or variant.
func besides(p *rule.Pass, in deploy.Scope) []*deploy.Workload {
	var out []*deploy.Workload
	for _, w := range p.Manifests.Workloads {
		s := w.Scope()
		if !in.Together(s) || w.Namespace != in.Namespace && w.Namespace != "" && in.Namespace != "" {
			continue
		}
		bundled := slices.ContainsFunc(in.Bundles, func(b string) bool { return slices.Contains(s.Bundles, b) })
		if s.Dir == in.Dir || bundled {
			out = append(out, w)
		}
	}
	return out
}

// closest is the workload whose labels have most in common with a selector, by
// key or value, and how its labels differ; nil where none has anything.
func closest(s deploy.Selector, among []*deploy.Workload) (best *deploy.Workload, differs string) {
	most := 0
	for _, w := range among {
		common := 0
		var other []string
		for _, key := range sortedKeys(s.Labels) {
			want := s.Labels[key]
			switch have, ok := w.Labels[key]; {
			case ok && have == want:
				common += 2
			case ok:
				other = append(other, key+": "+have)
				if strings.EqualFold(have, want) || strings.Contains(have, want) || strings.Contains(want, have) {
					common++
				}
			default:
				other = append(other, "no "+key)
				for _, v := range w.Labels {
					if v == want {
						common++
						break
					}
				}
			}
		}
		if common > most {
			best, most, differs = w, common, strings.Join(other, ", ")
		}
	}
	return best, differs
}

// targets judges what an autoscaler names.
func targets(p *rule.Pass, a *deploy.Autoscaler) {
	if a.Target.Name == "" || a.Target.Kind == "" || a.Target.Name == a.Name && a.Target.Kind == a.Kind {
		return
	}
	subject := rule.Subject(a.Object, "", "target")
	_, l := p.Index.Workload(a.Target.Kind, a.Target.Name, a.Scope())
	switch l.Answer {
	case deploy.Found:
		p.Holds(0, subject)
	case deploy.CannotTell:
		p.CannotTell(0, subject, a.ID()+" scales "+a.Target.Kind+"/"+a.Target.Name+": "+l.Reason, a.Target.Position)
	case deploy.Absent:
		p.Fails(0, subject, finding.Finding{
			Position: a.Target.Position,
			Message: fmt.Sprintf("%s scales %s/%s, which is not defined: nothing is ever scaled; name a workload that is deployed with it, such as %s",
				a.ID(), a.Target.Kind, a.Target.Name, l.Siblings[0].ID()),
			Related: []finding.Related{{Position: l.Siblings[0].Position, Message: l.Siblings[0].ID() + " is deployed with it"}},
		})
	}
}

// placeholders tells whether something that was not read fills in a selector.
func placeholders(s deploy.Selector) bool {
	for key, value := range s.Labels {
		if strings.ContainsAny(key+value, "${}<>%") {
			return true
		}
	}
	return slices.ContainsFunc(s.Expressions, func(e deploy.Requirement) bool {
		return strings.ContainsAny(e.Key+strings.Join(e.Values, ""), "${}<>%")
	})
}

// written is a selector as messages show it.
func written(s deploy.Selector) string {
	var parts []string
	for _, key := range sortedKeys(s.Labels) {
		parts = append(parts, key+": "+s.Labels[key])
	}
	for _, e := range s.Expressions {
		parts = append(parts, strings.TrimSpace(e.Key+" "+e.Operator+" "+strings.Join(e.Values, ",")))
	}
	return strings.Join(parts, ", ")
}
