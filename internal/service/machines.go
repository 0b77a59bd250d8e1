package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
)

// byUnit finds the main by the program that a unit of a machine, or a bundle, starts. Where
// several mains have programs of that name, the one whose folder shares most with
// the unit's is taken, and none where that does not tell.
func (r *runner) byUnit(w *deploy.Workload, c *deploy.Container) (*code.Main, string) {
	if !c.Command.Set {
		return nil, ""
	}
	words := slices.Concat(c.Command.Value, c.Args.Value)
	if len(words) > 0 && path.Base(words[0]) == "env" {
		// Its variables come before the program (env(1)).
		words = words[1:]
		for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.Contains(words[0], "=")) {
			words = words[1:]
		}
	}
	program := firstProgram(words)
	base := path.Base(program)
	// A folder may be filled in, a name may not.
	if program == "" || strings.ContainsAny(base, "$%*{}()<>@") {
		return nil, ""
	}
	var found *code.Main
	most, several := -1, false
	for _, m := range r.mains {
		if m.Example || !slices.Contains(r.mainNames[m], base) || generic[base] {
			continue
		}
		switch shared := common(parts(w.Dir), parts(m.Dir)); {
		case shared > most:
			found, most, several = m, shared, false
		case shared == most:
			several = true
		}
	}
	if found == nil || several {
		return nil, ""
	}
	return found, fmt.Sprintf("it starts %s, the name of the program", program)
}

// placed are the workloads that a platform places and replaces: those that are no
// process of a machine, or all where there are only such. A machine keeps its
// disk, and what it does without says nothing of the others.
func (s *Service) placed() []*WorkloadJoin {
	var out []*WorkloadJoin
	for _, j := range s.Workloads {
		if !j.Workload.Machine() {
			out = append(out, j)
		}
	}
	if len(out) == 0 {
		return s.Workloads
	}
	return out
}

// StartsItself tells of a unit that starts the program by its own path, with no
// wrapper before it that may change its environment.
func (s *Service) StartsItself(j *WorkloadJoin) bool {
	c := j.Container.Command
	if !c.Set || len(c.Value) == 0 {
		return false
	}
	base := path.Base(c.Value[0])
	_, wraps := wrappers[base]
	return !wraps && !slices.Contains(shells, base)
}

// dataMount is the volume of data that a machine of the tree mounts at a path or
// above it. What lies on a machine's own disk, such as the StateDirectory of a unit,
// goes with the machine.
func (s *Service) dataMount(p string) (*deploy.Mount, deploy.Volume) {
	for _, f := range s.machineData {
		if dir := path.Clean(f.Value); f.Known() && dir != "/" && Within(p, dir) {
			return &deploy.Mount{Path: dir, Position: f.Position}, deploy.Volume{Kind: "volume", Name: dir, Persistent: true, Position: f.Position}
		}
	}
	return nil, deploy.Volume{}
}

// machineData are the paths of the volumes of data that machines mount.
func machineData(m *deploy.Manifests) []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, p := range m.Platforms {
		list = append(list, p.Data...)
	}
	return list
}

// workdirIn is the folder in which a workload starts the program, "" where it is
// not known.
func (s *Service) workdirIn(j *WorkloadJoin) string {
	switch dir := j.Container.WorkingDir; {
	case dir.Set && dir.Unknown:
		return ""
	case dir.Set:
		return dir.Value
	case j.Workload.Machine():
		return "/" // systemd.exec(5), "WorkingDirectory="
	}
	return s.workdir()
}

// anyFlag makes each flag of the program unknown that no argument sets: there are
// arguments that cannot be told.
func (s *Service) anyFlag(flags map[string]*effects.Value) map[string]*effects.Value {
	if flags == nil {
		flags = map[string]*effects.Value{}
	}
	for i := range s.Contract.Effects {
		for _, v := range s.Contract.Effects[i].Values {
			v.Walk(func(v *effects.Value) bool {
				if name, known := v.Name(); known && v.Kind == effects.Flag {
					if _, set := flags[name]; !set {
						flags[name] = nil
					}
				}
				return true
			})
		}
	}
	return flags
}
