package service

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
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
		if r.Verdict != finding.Fails || r.Finding == nil {
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

// clearedBy finds, for the writes at a position, the first of the mounts that
// hold them; ok is false where a workload has none. One call may write to
// several places, where it stands in a function that is called with several
// paths: all must be held.
func clearedBy(s *Service, at finding.Position) (by finding.Related, ok bool) {
	var writes []*effects.Instance
	for _, w := range s.Contract.Of(effects.Write, effects.Mkdir) {
		if w.At == at {
			writes = append(writes, w)
		}
	}
	if len(writes) == 0 {
		return by, false
	}
	workloads := s.placed()
	for i, j := range workloads {
		settings := s.Settings(j)
		for n, w := range writes {
			m, v, ok := held(s, j, w, settings)
			if !ok {
				return by, false
			}
			if i == 0 && n == 0 {
				by = finding.Related{
					Position: m.Position,
					Message:  fmt.Sprintf("%s mounts the %s %s at %s", j.Workload.ID(), v.Kind, v.Name, m.Path),
				}
				if j.Workload.Machine() {
					by.Message = "the machine mounts a volume of its own at " + m.Path
				}
			}
		}
	}
	switch n := len(workloads) - 1; {
	case n == 1:
		by.Message += ", and so does the other workload"
	case n > 1:
		by.Message += fmt.Sprintf(", and so do the %d other workloads", n)
	}
	return by, true
}

// held finds the mount of a persistent volume that holds what a call writes in a
// workload. Where the path may be one of several, all but temporary ones must be
// held.
func held(s *Service, j *WorkloadJoin, w *effects.Instance, settings effects.Settings) (*deploy.Mount, deploy.Volume, bool) {
	var mount *deploy.Mount
	var volume deploy.Volume
	alternatives := w.Value("path").Under(settings).Alternatives()
	for _, a := range alternatives {
		if len(alternatives) > 1 && effects.ClassifyPath(a) == effects.ScratchPath {
			continue
		}
		p, known := a.Pattern()
		if !known || p == "" || p[0] == '$' || p[0] == '*' {
			return nil, volume, false
		}
		if !path.IsAbs(p) {
			dir := s.workdirIn(j)
			if dir == "" {
				return nil, volume, false
			}
			p = path.Join(dir, p)
		}
		m, v := mountOf(j, path.Clean(p), w.Kind == effects.Mkdir)
		if j.Workload.Machine() {
			m, v = s.dataMount(path.Clean(p))
		}
		if m == nil {
			return nil, volume, false
		}
		if mount == nil {
			mount, volume = m, v
		}
	}
	return mount, volume, mount != nil
}

// mountOf is the mount of a writable persistent volume that holds a path. A
// directory may also lie above one: making it keeps nothing.
func mountOf(j *WorkloadJoin, file string, isDir bool) (*deploy.Mount, deploy.Volume) {
	// The mount that is nearest to the file hides those above it.
	var m *deploy.Mount
	for i := range j.Container.Mounts {
		c := &j.Container.Mounts[i]
		if _, in := cutDir(file, path.Clean(c.Path)); in && (m == nil || len(path.Clean(c.Path)) > len(path.Clean(m.Path))) {
			m = c
		}
	}
	if m == nil && isDir {
		for i := range j.Container.Mounts {
			c := &j.Container.Mounts[i]
			if _, below := cutDir(path.Clean(c.Path), file); below && file != "/" {
				if v, ok := persistent(j.Workload, c); ok {
					return c, v
				}
			}
		}
	}
	if m == nil {
		return nil, deploy.Volume{}
	}
	if v, ok := persistent(j.Workload, m); ok {
		return m, v
	}
	return nil, deploy.Volume{}
}

// persistent is the volume of a mount, if what is written there stays.
func persistent(w *deploy.Workload, m *deploy.Mount) (deploy.Volume, bool) {
	if m.ReadOnly {
		return deploy.Volume{}, false
	}
	for _, claim := range w.Claims {
		if claim == m.Volume {
			return deploy.Volume{Name: claim, Kind: "volumeClaimTemplate", Persistent: true}, true
		}
	}
	if v := w.Volume(m.Volume); v != nil && v.Persistent && !v.ReadOnly {
		return *v, true
	}
	return deploy.Volume{}, false
}

// workdir is the working directory of the service's image, "" where it is not
// known.
func (s *Service) workdir() string {
	if s.Image == nil || s.Image.Stage == nil {
		return ""
	}
	dir := ""
	for _, step := range s.Image.Stage.AllSteps() {
		switch {
		case step.Value != "" && step.Kind == image.StepWorkdir:
			if dir = ""; step.Known {
				dir = step.Value
			}
		case dir == "" && step.Kind != image.StepWorkdir:
			dir = step.Workdir
		}
	}
	return dir
}

// Settings are the environment variables and flags that a workload and the
// service's image give to the program: the container's env over the image's ENV,
// its command and args in the place of ENTRYPOINT and CMD. What is set to
// something that is not known, by a Secret or a whole ConfigMap for instance, is
// nil.
//
// Sources: Kubernetes documentation, "Define a Command and Arguments for a
// Container" and "Define Dependent Environment Variables"; Dockerfile reference,
// "Understand how CMD and ENTRYPOINT interact".
func (s *Service) Settings(j *WorkloadJoin) effects.Settings {
	c := j.Container
	out := effects.Settings{Env: map[string]*effects.Value{}}
	var command []string
	shellForm := false
	if s.Image != nil && s.Image.Stage != nil && !j.Workload.Imageless() {
		for _, step := range s.Image.Stage.AllSteps() {
			if step.Kind != image.StepEnv {
				continue
			}
			for _, v := range step.Vars {
				out.Env[v.Name] = nil
				if v.Known {
					out.Env[v.Name] = effects.Lit(v.Value, v.Position)
				}
			}
		}
		entry, _ := s.Image.Stage.Entrypoint()
		cmd, _ := s.Image.Stage.Cmd()
		switch {
		case c.Command.Set && len(c.Command.Value) > 0:
		case entry.Shell:
			// The shell takes arguments for its own.
			command, shellForm = lastCommand(entry.Args), true
		default:
			command = append(command, entry.Args...)
			switch {
			case c.Args.Set && len(c.Args.Value) > 0:
			case cmd.Shell:
				command = append(command, lastCommand(cmd.Args)...)
			default:
				command = append(command, cmd.Args...)
			}
		}
	}
	from, whole := s.envFrom(j)
	if !whole {
		// Any variable may come from there.
		for name := range out.Env {
			out.Env[name] = nil
		}
		for i := range s.Contract.Effects {
			for _, v := range s.Contract.Effects[i].Values {
				v.Walk(func(v *effects.Value) bool {
					if name, known := v.Name(); known && v.Kind == effects.Env {
						out.Env[name] = nil
					}
					return true
				})
			}
		}
	}
	known := map[string]string{}
	for name, v := range from {
		out.Env[name] = v
		if v != nil && v.Kind == effects.Literal {
			known[name] = v.Text
		}
	}
	for _, e := range c.Env {
		out.Env[e.Name] = nil
		delete(known, e.Name)
		if value, at, ok := s.keyOf(j, e); ok {
			out.Env[e.Name], known[e.Name] = effects.Lit(value, at), value
			continue
		}
		if e.From != "" {
			continue
		}
		if value, ok := expand(e.Value, known); ok {
			out.Env[e.Name] = effects.Lit(value, e.Position)
			known[e.Name] = value
		}
	}
	command = append(command, c.Command.Value...)
	if !shellForm {
		command = append(command, c.Args.Value...)
	}
	for i, w := range command {
		command[i], _ = expand(w, known)
	}
	if script, ok := inlineScript(command); ok {
		command = lastCommand([]string{script})
	}
	out.Flags = effects.ParseArgs(command, s.isSwitch)
	for name, v := range out.Flags {
		if v != nil && v.Kind == effects.Literal && (strings.Contains(v.Text, "$(") || v.Text == "$" || strings.Contains(blank(v.Text), "$")) {
			out.Flags[name] = nil
		}
	}
	if c.Args.Unknown {
		out.Flags = s.anyFlag(out.Flags)
	}
	return out
}

// expand puts known variables into a text of a manifest: $(NAME), and $$ for a
// dollar sign. ok is false where one is not known; its reference stays.
func expand(text string, known map[string]string) (string, bool) {
	if !strings.Contains(text, "$") {
		return text, true
	}
	var b strings.Builder
	ok := true
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		switch end := strings.IndexByte(text[i:], ')'); {
		case text[i+1] == '$':
			b.WriteByte('$')
			i++
		case text[i+1] == '(' && end > 0:
			if value, found := known[text[i+2:i+end]]; found {
				b.WriteString(value)
			} else {
				b.WriteString(text[i : i+end+1])
				ok = false
			}
			i += end
		default:
			b.WriteByte('$')
		}
	}
	return b.String(), ok
}

// lastCommand are the words of the last command of a shell line: the one that
// stays. Those that are not known have a dollar sign.
func lastCommand(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	var last []string
	follow(args[0], "/", nil, func(_ string, words []string, _ map[string]string) { last = words })
	return last
}
