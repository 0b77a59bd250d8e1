package dynamicallymanaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/yamlfix"
)

// NoResources finds containers that do not say what they need.
var NoResources = &rule.Rule{
	Rule: finding.Rule{
		Name: "noresources",
		Doc: `a container requests no CPU or memory, or has no memory limit

A scheduler places an instance by what it requests. One that requests nothing
fits on every node, however full; it gets the least CPU when its neighbours are
busy, and is among the first to be evicted when memory runs short. That is a
warning. Without a memory limit one leak can take the memory of everything on
the node; that is a note.

A limit without a request counts as the request, as it does for Kubernetes. What
a LimitRange of the same namespace gives, or the pod as a whole, counts too. A
missing CPU limit is no finding: it only slows a container down while the node
has CPU to spare. Init containers are not judged.

Sources: Kubernetes documentation, "Resource Management for Pods and
Containers", "Node-pressure Eviction" and "Limit Ranges".

# Fails

	containers:
	- name: web
	  image: shop/web:1.4.2

# Holds

	containers:
	- name: web
	  image: shop/web:1.4.2
	  resources:
	    requests: {cpu: 100m, memory: 64Mi}
	    limits: {memory: 128Mi}

# How to mend it

Measure what an instance uses under load, request that, and set the memory limit
to what it may need at most. Set GOMEMLIMIT somewhat below the limit.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   noResources,
}

func noResources(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes {
		return // no scheduler places it by what it requests
	}
	for _, c := range w.Containers {
		var missing, keys []string
		var by *finding.Related
		for _, r := range []struct {
			name, key                      string
			own, limit, pod, podLimit, def deploy.Field[string]
		}{
			{"CPU", "resources.requests.cpu", c.Resources.CPURequest, c.Resources.CPULimit, w.Resources.CPURequest, w.Resources.CPULimit, w.Defaults.CPURequest},
			{"memory", "resources.requests.memory", c.Resources.MemoryRequest, c.Resources.MemoryLimit, w.Resources.MemoryRequest, w.Resources.MemoryLimit, w.Defaults.MemoryRequest},
		} {
			switch {
			case r.own.Set || r.limit.Set || r.pod.Set || r.podLimit.Set:
			case r.def.Set:
				by = limitRange(r.def)
			default:
				missing, keys = append(missing, r.name), append(keys, r.key)
			}
		}
		part := fmt.Sprintf("container %s", c.Name)
		fixes := resourcesFix(p, c)
		unlimited := !c.Resources.MemoryLimit.Set && !w.Resources.MemoryLimit.Set && !w.Defaults.MemoryLimit.Set
		if w.Custom && (len(missing) > 0 || unlimited) {
			p.CannotTell(finding.Warning, subjectOf(w, part, "requests"), fmt.Sprintf("the controller of a %s may set requests and limits of its own", w.Kind), c.Resources.Position)
			continue
		}
		judgeResources(p, finding.Warning, subjectOf(w, part, "requests"), len(missing) > 0, by, finding.Finding{
			Position: c.Resources.Position,
			Message: fmt.Sprintf("%s: container %q requests no %s: the scheduler places it on any node, however full, and it is evicted early; set %s",
				w.ID(), c.Name, strings.Join(missing, " and no "), strings.Join(keys, " and ")),
			Fixes: fixes,
		})

		by = nil
		if !c.Resources.MemoryLimit.Set && !w.Resources.MemoryLimit.Set && w.Defaults.MemoryLimit.Set {
			by = limitRange(w.Defaults.MemoryLimit)
		}
		judgeResources(p, finding.Note, subjectOf(w, part, "memory limit"), unlimited, by, finding.Finding{
			Position: c.Resources.Position,
			Message: fmt.Sprintf("%s: container %q has no memory limit: one leak can take the memory of everything on the node; set resources.limits.memory",
				w.ID(), c.Name),
			Fixes: fixes,
		})
	}
}

// The requests and the limit that a fix writes, to be replaced by what was measured.
const (
	skeletonCPU    = "100m"
	skeletonMemory = "128Mi"
	skeletonLimit  = "256Mi"
)

// resourcesFix writes all that a container lacks, for both findings the same: one
// that asks for memory already would get a limit that may lie below it.
func resourcesFix(p *rule.Pass, c *deploy.Container) []finding.Fix {
	r := c.Resources
	var requests, limits []yamlfix.Field
	if !r.CPURequest.Set && !r.CPULimit.Set {
		requests = append(requests, yamlfix.Field{Name: "cpu", Scalar: skeletonCPU})
	}
	if !r.MemoryRequest.Set && !r.MemoryLimit.Set {
		requests = append(requests, yamlfix.Field{Name: "memory", Scalar: skeletonMemory})
		limits = append(limits, yamlfix.Field{Name: "memory", Scalar: skeletonLimit})
	}
	fields := yamlfix.Field{Name: "resources"}
	if len(requests) > 0 {
		fields.Fields = append(fields.Fields, yamlfix.Field{Name: "requests", Fields: requests})
	}
	if len(limits) > 0 {
		fields.Fields = append(fields.Fields, yamlfix.Field{Name: "limits", Fields: limits})
	}
	if len(fields.Fields) == 0 {
		return nil
	}
	return rule.Mends("write requests and a memory limit, to be replaced by what was measured", p.YAML.Add(c.Position, 0, fields))
}

// judgeResources reports one check. What a LimitRange supplies is a finding that
// it clears.
func judgeResources(p *rule.Pass, severity finding.Severity, subject string, fails bool, by *finding.Related, f finding.Finding) {
	switch {
	case fails:
		p.Fails(severity, subject, f)
	case by != nil:
		f.Status, f.ClearedBy = finding.Cleared, by
		p.Fails(severity, subject, f)
	default:
		p.Holds(severity, subject)
	}
}

func limitRange(f deploy.Field[string]) *finding.Related {
	return &finding.Related{Position: f.Position, Message: fmt.Sprintf("a LimitRange of the namespace gives %s", f.Value)}
}
