package containerpackaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/yamlfix"
)

// WritableRoot finds containers that could have a read-only root file system.
var WritableRoot = &rule.Rule{
	Rule: finding.Rule{
		Name: "writableroot",
		Doc: `the root file system could be read-only

Nothing that the program does needs to write to its image. Read-only, what takes the
program over cannot change it or bring tools, and state that somebody keeps by
mistake shows at once.

The rule fails only where the contract shows it: all paths that the program writes
are known and lie on mounted volumes, it starts no other programs, and none of its
code is hidden. Temporary files count as written.

# Fails

	containers:
	- name: web                 // writes nothing
	  image: example.com/web:1.4

# Holds

	  securityContext:
	    readOnlyRootFilesystem: true

# How to mend it

Set readOnlyRootFilesystem: true, and mount an emptyDir where something is written
after all.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      writableRoot,
}

func writableRoot(p *rule.Pass) {
	if p.Service == nil || p.Container == nil || p.Workload.RunsToEnd {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	setting := ""
	switch p.Workload.Platform {
	case deploy.Kubernetes, deploy.Compose:
		setting = "readOnlyRootFilesystem"
	case deploy.ECS:
		setting = "readonlyRootFilesystem"
	default:
		return // the platform has no such setting
	}
	subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, "root file system")
	if f := p.Container.ReadOnlyRoot; f.Set {
		if f.Known() && f.Value {
			p.Holds(0, subject)
			return
		}
		if f.Unknown {
			return
		}
	}
	if why, at := writesRoot(p, join); why != "" {
		if at.IsValid() {
			p.CannotTell(0, subject, why, at)
		}
		return
	}
	p.Fails(0, subject, finding.Finding{
		Position: p.Container.Position,
		Message: fmt.Sprintf("%s: the root file system of container %q is writable, and %s writes nothing there: whoever takes the program over can change it; set %s: true",
			p.Workload.ID(), p.Container.Name, p.Service.Name, setting),
		Related: []finding.Related{{Position: p.Contract.At, Message: "the program"}},
		Fixes:   readOnlyFix(p),
	})
}

// readOnlyFix says that the root file system is read-only.
func readOnlyFix(p *rule.Pass) []finding.Fix {
	c := p.Container
	const message = "make the root file system read-only"
	switch {
	case p.Workload.Platform == deploy.Kubernetes && c.ReadOnlyRoot.Set:
		return rule.Mends(message, p.YAML.Set(c.ReadOnlyRoot.Position, "false", "true"))
	case p.Workload.Platform == deploy.Kubernetes:
		return rule.Mends(message, p.YAML.Add(c.Position, 0, yamlfix.Field{
			Name: "securityContext", Fields: []yamlfix.Field{{Name: "readOnlyRootFilesystem", Scalar: "true"}},
		}))
	case p.Workload.Platform == deploy.Compose && !c.ReadOnlyRoot.Set:
		return rule.Mends(message, p.YAML.Below(p.Workload.Position, yamlfix.Field{Name: "read_only", Scalar: "true"}))
	}
	return nil
}

// writesRoot says what speaks against a read-only root; at is valid where that is
// only not known.
func writesRoot(p *rule.Pass, join *service.WorkloadJoin) (why string, at finding.Position) {
	c := p.Contract
	if !c.Whole {
		return "not all code of the program was seen", c.At
	}
	for _, e := range c.Of(effects.Exec, effects.Unseen) {
		return "what " + e.API + " does was not followed", e.At
	}
	settings := p.Service.Settings(join)
	for _, e := range c.Of(effects.Write, effects.Mkdir, effects.Archive, effects.Remove) {
		paths, whole := p.Service.PathsOf(join, settings, e.Value("path"))
		if !whole {
			return "a path that is written is not known", e.At
		}
		for _, at := range paths {
			if m := service.MountAt(p.Container, at); m == nil && !service.Within(at, "/dev") && !service.Within(at, "/proc") {
				return "it writes " + at, finding.Position{}
			}
		}
	}
	if len(c.Of(effects.Temp)) > 0 && service.MountAt(p.Container, "/tmp") == nil {
		return "it makes temporary files", finding.Position{}
	}
	start := p.Service.StartIn(join)
	if start == nil || len(start.Chain) > 0 && start.Binary == nil {
		return "what its container starts was not followed", p.Container.Position
	}
	return "", finding.Position{}
}
