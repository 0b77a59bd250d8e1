package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// UnbackedWrite finds writes to where a workload lets the program write nothing.
var UnbackedWrite = &rule.Rule{
	Rule: finding.Rule{
		Name: "unbackedwrite",
		Doc: `the code writes to a path that is read-only or missing in this workload

A read-only root file system, a volume that is mounted read-only, a ConfigMap or a
Secret take no writes: the call fails with "read-only file system". So does a write
into a folder that neither the image nor a volume has, with "no such file or
directory". It worked on the developer's machine, and works in the workload that
does not harden its containers.

The path is evaluated under the workload's environment and arguments. The rule fails
where it is known and no writable volume is mounted there; it is a warning where the
write depends on conditions that were not followed. Whom the container runs as is
judged by unwritablepath, temporary files by missingtmp.

# Fails

	securityContext:
	  readOnlyRootFilesystem: true     // os.WriteFile("/data/state.json", ...)

# Holds

	securityContext:
	  readOnlyRootFilesystem: true
	volumeMounts:
	- name: data
	  mountPath: /data                 // os.WriteFile("/data/state.json", ...)

# How to mend it

Mount a volume at the folder: an emptyDir for what may be lost, a claim for what must
stay.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      worst(unbackedWrite),
}

// readOnlyKinds are volumes that take no writes (Kubernetes documentation,
// "Volumes": configMap, secret, downwardAPI, projected and image volumes are
// mounted read-only).
var readOnlyKinds = map[string]bool{"configMap": true, "secret": true, "downwardAPI": true, "projected": true, "image": true}

func unbackedWrite(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	settings := p.Service.Settings(join)
	made, madeKnown := madeFolders(p, join, settings)
	for _, e := range p.Contract.Of(effects.Write, effects.Mkdir, effects.Archive) {
		v := e.Value("path")
		if v == nil || e.Reach == effects.OnRequest {
			continue
		}
		paths, whole := p.Service.PathsOf(join, settings, v)
		if !whole || len(paths) != 1 || service.Within(paths[0], "/dev") || service.Within(paths[0], "/proc") || service.Within(paths[0], "/sys") {
			continue // which path it is is told by no default
		}
		judgeBacking(p, e, paths[0], made, madeKnown)
	}
}

// madeFolders are the folders that the program itself makes; known is false where
// it makes some that cannot be told.
func madeFolders(p *rule.Pass, join *service.WorkloadJoin, settings effects.Settings) (dirs []string, known bool) {
	known = true
	for _, e := range p.Contract.Of(effects.Mkdir, effects.Archive) {
		paths, whole := p.Service.PathsOf(join, settings, e.Value("path"))
		known = known && whole
		dirs = append(dirs, paths...)
	}
	return dirs, known
}

func judgeBacking(p *rule.Pass, e *effects.Instance, where string, made []string, madeKnown bool) {
	subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, "writes "+where)
	severity := finding.Error
	if e.Reach > effects.ByDefault || onError(p, e.At) != errorEnds {
		severity = finding.Warning // it may go on without, or never come there
	}
	does := "writes " + where
	if e.Kind == effects.Mkdir {
		does = "makes the folder " + where
	}
	fails := func(at finding.Position, why, mend string) {
		p.Fails(severity, subject, finding.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s %s, but %s %s (%s): the call fails with \"read-only file system\"; %s", p.Workload.ID(), why, p.Service.Name, does, called(e), mend),
			Related:  []finding.Related{relatedCode(e, does)},
		})
	}
	if m := service.MountAt(p.Container, where); m != nil {
		v := p.Workload.Volume(m.Volume)
		switch {
		case m.ReadOnly:
			at := m.ReadOnlyPosition
			if !at.IsValid() {
				at = m.Position
			}
			if p.Workload.Machine() {
				fails(at, "makes "+m.Path+" read-only", "have the program write below its StateDirectory=, or name the folder in ReadWritePaths=")
				return
			}
			fails(at, fmt.Sprintf("mounts %s read-only", m.Path), "mount it writable, or have the program write elsewhere")
		case v != nil && p.Workload.Platform == deploy.Kubernetes && readOnlyKinds[v.Kind]:
			fails(m.Position, fmt.Sprintf("mounts a %s at %s, which is read-only", v.Kind, m.Path), "have the program write elsewhere, where a writable volume is mounted")
		default:
			p.Holds(0, subject)
		}
		return
	}
	if e.Kind == effects.Mkdir && mountBelow(p.Container, where) {
		p.Holds(0, subject) // the folder is there already
		return
	}
	if ro := p.Container.ReadOnlyRoot; ro.Known() && ro.Value {
		dir := path.Dir(where)
		if e.Kind == effects.Mkdir {
			dir = where
		}
		mend := "mount a volume at " + dir
		if p.Workload.Machine() {
			mend = "name " + dir + " in StateDirectory= or ReadWritePaths="
		}
		fails(ro.Position, "has a read-only root file system", mend)
		return
	} else if ro.Unknown {
		return
	}
	if p.Workload.Function() {
		return // what a function may write at all is a constraint of its platform
	}
	if p.Workload.Machine() {
		return // what folders a machine has is not known
	}
	if e.Kind != effects.Write || p.Service.Image == nil || p.Service.Image.Image == nil || !madeKnown {
		return
	}
	dir := path.Dir(where)
	for _, m := range made {
		if service.Within(dir, m) || service.Within(m, dir) {
			return
		}
	}
	if f := p.Service.Image.Image.File(dir); f.Has != image.No || strings.Contains(dir, "*") || mountBelow(p.Container, dir) {
		return
	}
	p.Fails(severity, subject, finding.Finding{
		Position: p.Container.Position,
		Message: fmt.Sprintf("%s mounts no volume at %s, and the image has no such folder, but %s %s (%s): the call fails with \"no such file or directory\"; mount a volume there, or make the folder in the image",
			p.Workload.ID(), dir, p.Service.Name, does, called(e)),
		Related: []finding.Related{relatedCode(e, does)},
	})
}

func mountBelow(c *deploy.Container, dir string) bool {
	for i := range c.Mounts {
		if service.Within(path.Clean(c.Mounts[i].Path), dir) {
			return true
		}
	}
	return false
}
