package service

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

// RaiseMemory makes errors of findings on state in memory where a workload runs
// several instances of the service, or an autoscaler may: then a request surely
// comes to an instance that does not have it.
func RaiseMemory(s *Service, results []finding.Result, m *deploy.Manifests, x *deploy.Index) {
	at, how := severalInstances(s, m, x)
	if how == "" {
		return
	}
	for i := range results {
		r := &results[i]
		if r.Verdict != finding.Fails || r.Finding == nil || r.Severity != finding.Warning {
			continue
		}
		r.Severity, r.Finding.Severity = finding.Error, finding.Error
		r.Finding.Message += "; " + how
		r.Finding.Related = append(r.Finding.Related, finding.Related{Position: at, Message: how})
	}
}

// severalInstances says which workload runs the service more than once.
func severalInstances(s *Service, m *deploy.Manifests, x *deploy.Index) (at finding.Position, how string) {
	for _, j := range s.Workloads {
		if n := j.Workload.Replicas; n.Known() && n.Value > 1 && !j.Workload.RunsToEnd {
			return n.Position, fmt.Sprintf("%s runs %d replicas", j.Workload.ID(), n.Value)
		}
	}
	for _, a := range m.Autoscalers {
		if !a.Horizontal() || a.Max.Known() && a.Max.Value < 2 {
			continue
		}
		w, _ := x.Workload(a.Target.Kind, a.Target.Name, a.Scope())
		for _, j := range s.Workloads {
			if w == j.Workload {
				return a.Position, fmt.Sprintf("%s scales %s", a.ID(), w.ID())
			}
		}
	}
	return at, ""
}

// ClearLoopback clears findings on a listener that is bound to loopback where each
// workload runs another container beside the service in the same pod, which shares
// its network (Kubernetes documentation, "Pods"): a proxy that lets requests in.
func ClearLoopback(s *Service, results []finding.Result) {
	clearWhere(s, results, func(j *WorkloadJoin) (finding.Related, bool) {
		for _, c := range j.Workload.Containers {
			if c != j.Container && j.Workload.Platform == deploy.Kubernetes {
				return finding.Related{Position: c.Position, Message: fmt.Sprintf("container %q of %s shares its network and may let requests in", c.Name, j.Workload.ID())}, true
			}
		}
		return finding.Related{}, false
	})
}

// ClearHealth clears findings on a missing health endpoint where each workload asks
// for the service's health by a command of its own.
func ClearHealth(s *Service, results []finding.Result) {
	clearWhere(s, results, func(j *WorkloadJoin) (finding.Related, bool) {
		for _, f := range []deploy.Field[deploy.Probe]{j.Container.Readiness, j.Container.Liveness, j.Container.Health} {
			if f.Known() && f.Value.Kind == "exec" && !f.Value.Disabled && len(f.Value.Command) > 0 {
				return finding.Related{Position: f.Position, Message: j.Workload.ID() + " asks by a command"}, true
			}
		}
		return finding.Related{}, false
	})
}

// clearWhere clears findings where something in each workload meets them; the first
// is named.
func clearWhere(s *Service, results []finding.Result, meets func(*WorkloadJoin) (finding.Related, bool)) {
	var by finding.Related
	for i, j := range s.placed() {
		r, ok := meets(j)
		if !ok {
			return
		}
		if i == 0 {
			by = r
		}
	}
	if len(s.Workloads) == 0 {
		return
	}
	for i := range results {
		if r := &results[i]; r.Verdict == finding.Fails && r.Finding != nil {
			r.Verdict = finding.Holds
			r.Finding.Status = finding.Cleared
			r.Finding.ClearedBy = &by
		}
	}
}
