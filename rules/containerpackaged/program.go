package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// A running is one way in which a service is run: by a workload or, where none is
// known, by its image alone.
type running struct {
	workload  *deploy.Workload  // nil for the image alone
	container *deploy.Container // never nil
	settings  effects.Settings
}

// runnings are the ways in which the pass's service is run.
func runnings(p *rule.Pass) []running {
	var out []running
	for _, j := range p.Service.Workloads {
		if j.Container != nil && !j.Workload.Imageless() {
			out = append(out, running{j.Workload, j.Container, p.Service.Settings(j)})
		}
	}
	if len(out) == 0 {
		out = append(out, imageAlone(p))
	}
	return out
}

// by names who runs the service, in messages: " as Deployment/web runs it".
func (r running) by() string {
	if r.workload == nil {
		return ""
	}
	return " as " + r.workload.ID() + " runs it"
}

// env is the value of an environment variable; set is false where nothing gives
// it one, and the value is nil where it is not known.
func (r running) env(p *rule.Pass, name string) (value *effects.Value, set bool) {
	if v, ok := r.settings.Env[name]; ok {
		return v, true
	}
	if len(r.container.EnvFrom) > 0 {
		return nil, false // it may; nobody says so
	}
	v, ok := p.Stage.Env(name)
	if !ok || v.Value == "" && v.Known {
		return nil, false
	}
	if !v.Known {
		return nil, true
	}
	return effects.Lit(v.Value, v.Position), true
}

// envPosition is where a workload or the image sets a variable.
func (r running) envPosition(p *rule.Pass, name string) finding.Position {
	for _, e := range r.container.Env {
		if e.Name == name {
			return e.Position
		}
	}
	v, _ := p.Stage.Env(name)
	return v.Position
}

// mount is the mount that is nearest to a path, or nil.
func (r running) mount(p string) *deploy.Mount {
	var m *deploy.Mount
	for i := range r.container.Mounts {
		c := &r.container.Mounts[i]
		if within(p, path.Clean(c.Path)) && (m == nil || len(path.Clean(c.Path)) > len(path.Clean(m.Path))) {
			m = c
		}
	}
	return m
}

// mountBelow is a mount below a path, or nil.
func (r running) mountBelow(p string) *deploy.Mount {
	for i := range r.container.Mounts {
		if c := &r.container.Mounts[i]; within(path.Clean(c.Path), p) {
			return c
		}
	}
	return nil
}

// user is whom the service runs as, as USER has it: the workload's number, or ""
// for the image's own user. at is where that is said.
func (r running) user(p *rule.Pass) (user string, at finding.Position) {
	if u := r.container.RunAsUser; u.Set {
		return strconv.FormatInt(u.Value, 10), u.Position
	}
	if r.workload != nil && r.workload.RunAsUser.Set {
		return strconv.FormatInt(r.workload.RunAsUser.Value, 10), r.workload.RunAsUser.Position
	}
	if u := r.container.Security.User; u.Set {
		if u.Unknown {
			return "$", u.Position
		}
		return u.Value, u.Position
	}
	return "", p.Image.User().At
}

// root tells whether the service runs as root.
func (r running) root(p *rule.Pass) image.Has {
	user, _ := r.user(p)
	switch {
	case user == "":
		u := p.Image.User()
		if u.ID == "" && u.Name != "" && u.Name != "root" && !strings.Contains(u.Name, "$") {
			return image.No // a name of its own
		}
		return u.Root()
	case strings.Contains(user, "$"):
		return image.Unknown
	case isRoot(user):
		return image.Yes
	}
	return image.No
}

// workdir is the working directory; ok is false where it cannot be told.
func (r running) workdir(p *rule.Pass) (dir string, ok bool) {
	if w := r.container.WorkingDir; w.Set {
		return w.Value, w.Known() && path.IsAbs(w.Value)
	}
	return p.Image.Workdir()
}

// paths are the paths that a value may be where nothing else is configured than
// what is known, absolute. whole is false where some of them cannot be told.
func (r running) paths(p *rule.Pass, v *effects.Value) (paths []string, whole bool) {
	whole = true
	v = v.Under(r.settings)
	var values []*effects.Value
	for _, a := range v.Alternatives() {
		if a.Kind == effects.List {
			values = append(values, a.Args...)
		}
	}
	if values == nil {
		values = []*effects.Value{v}
	}
	for _, a := range values {
		text, known := a.Default()
		if !known {
			text, known = patternOf(a)
		}
		switch {
		case !known:
			whole = false
			continue
		case text == "":
			continue
		}
		if !path.IsAbs(text) {
			dir, ok := r.workdir(p)
			if !ok {
				whole = false
				continue
			}
			text = path.Join(dir, text)
		}
		if text = path.Clean(text); !slices.Contains(paths, text) {
			paths = append(paths, text)
		}
	}
	return paths, whole
}

// patternOf is a path of which the beginning is known and some file name below it
// is not: "/data/*".
func patternOf(v *effects.Value) (string, bool) {
	text, known := v.Pattern()
	i := strings.IndexAny(text, "*$")
	if !known || i <= 0 || !strings.Contains(text[:i], "/") {
		return "", false
	}
	dir := text[:strings.LastIndexByte(text[:i], '/')]
	if dir == "" || dir == "." {
		return "", false
	}
	return dir + "/*", true
}

// within tells whether a path lies in a folder, or is it.
func within(p, dir string) bool {
	return p == dir || dir == "/" || strings.HasPrefix(p, dir+"/")
}

// program is the service's own program in its image, or nil where that cannot be
// told.
func program(p *rule.Pass) *image.Binary {
	var found *image.Binary
	for _, b := range p.Image.Binaries() {
		if b.Dir == "" || b.Dir != p.Service.Dir {
			continue
		}
		if found != nil {
			return nil // built twice, perhaps in two ways
		}
		found = &b
	}
	if found == nil {
		if s := p.Image.Start(); s.Binary != nil && s.Binary.Dir == "" && !s.Binary.Tool && p.Service.Image != nil && p.Service.Image.Starts {
			return s.Binary
		}
	}
	return found
}

// programLine is the line that brings the service's program into the image; it is
// not valid where that cannot be told.
func programLine(p *rule.Pass) finding.Position {
	if b := program(p); b != nil {
		if f := p.Image.File(b.Path); f.At.IsValid() {
			return f.At
		}
	}
	if s := p.Image.Start(); s.Program != "" && s.File.Has != image.No && s.File.At != p.Stage.Base.Position {
		return s.File.At
	}
	return finding.Position{}
}

// withProgramLine adds the line that brings the program, where no line of code is
// the evidence.
func withProgramLine(p *rule.Pass, related []finding.Related) []finding.Related {
	if at := programLine(p); at.IsValid() {
		related = append(related, finding.Related{Position: at, Message: "the program comes into the image here"})
	}
	return related
}

// baseName is the image on which the shipped stage builds, as messages call it.
func baseName(p *rule.Pass) string {
	b, _, _ := p.Image.Base()
	switch {
	case b.Resolved != "":
		return b.Resolved
	case b.Ref != "":
		return b.Ref
	}
	return "the base image"
}

// builderName is the name by which COPY --from takes files of the stage that
// builds the program; "builder" where there is none to be named.
func builderName(p *rule.Pass) string {
	if b := program(p); b != nil && b.Stage != nil && b.Stage != p.Stage {
		if b.Stage.Name != "" {
			return b.Stage.Name
		}
		return strconv.Itoa(b.Stage.Index)
	}
	return "builder"
}

// mendByPackage is how a package gets into the image: by its package manager, or
// from the stage that builds, by a COPY.
func mendByPackage(p *rule.Pass, name, copied string) string {
	switch p.Image.Manager() {
	case "apk":
		return "add RUN apk add --no-cache " + name
	case "apt":
		return "add RUN apt-get update && apt-get install -y --no-install-recommends " + name
	case "dnf", "microdnf", "yum":
		return "add RUN dnf install -y " + name
	}
	if copied == "" {
		return "take a base image that has it"
	}
	return fmt.Sprintf("add COPY --from=%s %s", builderName(p), copied)
}

// called names an effect's call in messages: "os.Open at store.go:12".
func called(e *effects.Instance) string { return e.API + " at " + e.At.Short() }

// related is the line of code that is the other half of the evidence.
func relatedCode(e *effects.Instance, does string) finding.Related {
	return finding.Related{Position: e.At, Message: does}
}

// imageAlone is how the image runs the service by itself.
func imageAlone(p *rule.Pass) running {
	alone := &service.WorkloadJoin{Workload: &deploy.Workload{}, Container: &deploy.Container{}}
	return running{nil, alone.Container, p.Service.Settings(alone)}
}
