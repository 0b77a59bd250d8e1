package service

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// ClearWrites clears findings on durable writes where every workload that runs
// the service mounts a persistent volume at the path, as the workload's own
// arguments and environment make it. A cleared finding is kept, with what
// cleared it.
func ClearWrites(s *Service, results []finding.Result) {
	if len(s.Workloads) == 0 {
		return
	}
	for i := range results {
		r := &results[i]
		if r.Verdict != finding.Fails {
			continue
		}
		by, ok := clearedBy(s, r.Finding.Position)
		if !ok {
			continue
		}
		r.Verdict = finding.Holds
		r.Finding.Status = finding.Cleared
		r.Finding.ClearedBy = &by
	}
}

// clearedBy finds, for a write at a position, the first of the mounts that hold
// it; ok is false where a workload has none.
func clearedBy(s *Service, at finding.Position) (by finding.Related, ok bool) {
	var target *effects.Value
	for _, w := range s.Contract.Of(effects.Write, effects.Mkdir) {
		if w.At == at {
			target = w.Value("path")
		}
	}
	if target == nil {
		return by, false
	}
	for i, w := range s.Workloads {
		p, known := target.Under(settings(w.Container)).Pattern()
		if !known || !path.IsAbs(p) {
			return by, false
		}
		m, v := mountOf(w, p)
		if m == nil {
			return by, false
		}
		if i == 0 {
			by = finding.Related{
				Position: m.Position,
				Message:  fmt.Sprintf("%s mounts the %s %s at %s", w.Workload.ID(), v.Kind, v.Name, m.Path),
			}
		}
	}
	if n := len(s.Workloads); n > 1 {
		by.Message += fmt.Sprintf(", and so do the %d other workloads", n-1)
	}
	return by, true
}

// mountOf is the mount of a writable persistent volume that holds a path.
func mountOf(w *WorkloadJoin, file string) (*deploy.Mount, deploy.Volume) {
	for i := range w.Container.Mounts {
		m := &w.Container.Mounts[i]
		dir := strings.TrimSuffix(m.Path, "/") + "/"
		if m.ReadOnly || file != m.Path && !strings.HasPrefix(file, dir) {
			continue
		}
		if v := w.Workload.Volume(m.Volume); v != nil && v.Persistent && !v.ReadOnly {
			return m, *v
		}
		for _, claim := range w.Workload.Claims {
			if claim == m.Volume {
				return m, deploy.Volume{Name: claim, Kind: "volumeClaimTemplate", Persistent: true}
			}
		}
	}
	return nil, deploy.Volume{}
}

// settings are what a container sets for the program that it runs.
func settings(c *deploy.Container) effects.Settings {
	s := effects.Settings{Env: map[string]*effects.Value{}}
	for _, e := range c.Env {
		if e.From == "" && !strings.Contains(e.Value, "$(") {
			s.Env[e.Name] = effects.Lit(e.Value, finding.Position{})
		} else {
			s.Env[e.Name] = nil
		}
	}
	s.Flags = effects.ParseArgs(append(append([]string{}, c.Command.Value...), c.Args.Value...))
	return s
}
