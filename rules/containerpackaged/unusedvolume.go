package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// UnusedVolume finds volumes that nothing in the container touches.
var UnusedVolume = &rule.Rule{
	Rule: finding.Rule{
		Name: "unusedvolume",
		Doc: `a volume is mounted where the program reads and writes nothing

A volume that nobody uses is waited for when the instance starts, ties it to a zone
or a node, and lets readers believe that the service keeps state. Most often the
program once wrote there, or writes beside it.

The rule looks at claims, emptyDirs and named volumes of pods with one container. It
fails where all paths of the program's files are known under the workload's
environment and arguments, none lies in the mounted folder, and neither arguments,
variables nor the image's start script name it.

# Fails

	volumeMounts:
	- name: data
	  mountPath: /var/lib/web     // os.WriteFile("/data/state.json", ...)

# Holds

	volumeMounts:
	- name: data
	  mountPath: /data

# How to mend it

Remove the volume, or mount it where the program writes.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      unusedVolume,
}

func unusedVolume(p *rule.Pass) {
	w := p.Workload
	if p.Service == nil || p.Container == nil || len(w.Containers)+len(w.Init) != 1 {
		return
	}
	join := p.Service.JoinOf(w, p.Container)
	if join == nil {
		return
	}
	settings := p.Service.Settings(join)
	for i := range p.Container.Mounts {
		m := &p.Container.Mounts[i]
		v := w.Volume(m.Volume)
		dir := path.Clean(m.Path)
		claimed := slices.Contains(w.Claims, m.Volume)
		if !claimed && (v == nil || v.Kind != "emptyDir" && v.Kind != "persistentVolumeClaim" && v.Kind != "volume") || service.Within("/tmp", dir) || service.Within(dir, "/tmp") || service.Within(dir, "/var/tmp") {
			continue
		}
		subject := rule.Subject(w.Object(), "container "+p.Container.Name, "uses "+m.Path)
		touched, why := touches(p, join, settings, dir)
		switch {
		case touched == image.Yes:
			p.Holds(0, subject)
		case touched == image.Unknown:
			p.CannotTell(0, subject, "whether the program uses "+m.Path+" could not be told: "+why, m.Position)
		default:
			p.Fails(0, subject, finding.Finding{
				Position: m.Position,
				Message: fmt.Sprintf("%s mounts the volume %s at %s, and %s reads and writes nothing there: it is waited for at each start for nothing; remove it, or mount it where the program writes",
					w.ID(), m.Volume, m.Path, p.Service.Name),
				Related: []finding.Related{{Position: p.Contract.At, Message: "the program"}},
			})
		}
	}
}

// fileEffects are those that touch files.
var fileEffects = []effects.EffectKind{effects.Read, effects.Write, effects.Mkdir, effects.Remove, effects.Archive, effects.NeedsFile}

// touches tells whether the program, or what starts it, uses a folder.
func touches(p *rule.Pass, join *service.WorkloadJoin, settings effects.Settings, dir string) (image.Has, string) {
	c := join.Container
	for _, text := range slices.Concat(c.Command.Value, c.Args.Value) {
		if strings.Contains(text, dir) {
			return image.Yes, ""
		}
	}
	for _, e := range c.Env {
		if strings.Contains(e.Value, dir) {
			return image.Yes, ""
		}
	}
	if w := c.WorkingDir; w.Set && service.Within(w.Value, dir) {
		return image.Yes, ""
	}
	why := ""
	for _, e := range p.Contract.Of(fileEffects...) {
		paths, whole := p.Service.PathsOf(join, settings, e.Value("path"))
		for _, at := range paths {
			if service.Within(at, dir) || service.Within(dir, strings.TrimSuffix(at, "/*")) {
				return image.Yes, ""
			}
		}
		if !whole {
			why = "a path at " + e.At.Short() + " is not known"
		}
	}
	for _, e := range p.Contract.Of(effects.Exec, effects.Unseen) {
		why = "what " + e.API + " at " + e.At.Short() + " does was not followed"
	}
	start := p.Service.StartIn(join)
	switch {
	case why != "":
	case !p.Contract.Whole || len(p.Contract.Gaps) > 0:
		why = "not all code of the program was seen"
	case start == nil:
		why = "what its container starts was not followed"
	case slices.ContainsFunc(start.Chain, func(w image.Wrapper) bool { return w.Kind != image.WrapInit && w.Kind != image.WrapExec }):
		why = "a script starts the program"
	case join.Workload.Platform != deploy.Kubernetes && join.Workload.Platform != deploy.Compose:
		why = "what the platform does with it is not known"
	default:
		if d, ok := p.Service.Image.Image.Workdir(); ok && service.Within(d, dir) {
			return image.Yes, ""
		}
		return image.No, ""
	}
	return image.Unknown, why
}
