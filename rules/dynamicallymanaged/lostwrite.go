package dynamicallymanaged

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// LostWrite finds durable data that is written to a volume which goes with the
// instance.
var LostWrite = &rule.Rule{
	Rule: finding.Rule{
		Name: "lostwrite",
		Doc: `data that must stay is written to a volume that goes with the instance

An emptyDir, a tmpfs and an anonymous volume live as long as the instance. What the
program keeps there is gone when the instance is replaced: by an update, by a node
that is drained, by an autoscaler. With several replicas a request that reads it may
come to one that never had it.

The rule evaluates the paths that the code writes under the workload's environment
and arguments, and fails where such a volume is mounted there. It is silent for
temporary files and caches, for jobs, and where another container of the pod takes
the files over. Writes to where no volume is mounted are judged by diskwrite, at the
line that writes.

# Fails

	volumeMounts:
	- name: data
	  mountPath: /data          // os.WriteFile("/data/"+id, body, 0o600)
	volumes:
	- name: data
	  emptyDir: {}

# Holds

	volumes:
	- name: data
	  persistentVolumeClaim:
	    claimName: web

# How to mend it

Keep the data in a database or an object store; or claim a persistent volume, with a
StatefulSet where each replica needs its own.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Error,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      lostWrite,
}

// scratchNames match names of volumes, folders and settings for what may be lost.
var scratchNames = regexp.MustCompile(`(?i)(^|[^a-z])(tmp|temp|temporary|cache|caches|scratch|spool|run|sockets?|logs?|buffer|work(dir|space)?|build|download|upload[-_]?tmp)($|[^a-z])`)

func lostWrite(p *rule.Pass) {
	if p.Service == nil || p.Container == nil || p.Workload.RunsToEnd {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	settings := p.Service.Settings(join)
	logs := p.Contract.LogFiles()
	judged := map[string]bool{}
	for _, e := range p.Contract.Of(effects.Write, effects.Archive) {
		v := e.Value("path")
		if v == nil || e.Reach == effects.OnRequest || e.Value("log") != nil || logs[v.Key()] || effects.IsPidPath(v) || effects.IsLogPath(v) || effects.Elsewhere(e.At.File) && e.Value("database") == nil {
			continue
		}
		if effects.ClassifyPath(v.Under(settings)) != effects.DurablePath {
			continue
		}
		paths, whole := p.Service.PathsOf(join, settings, v)
		if !whole || len(paths) != 1 {
			continue
		}
		m := service.MountAt(p.Container, paths[0])
		if m == nil || judged[m.Path] {
			continue
		}
		volume := p.Workload.Volume(m.Volume)
		if volume == nil || slices.Contains(p.Workload.Claims, m.Volume) {
			continue
		}
		judgeKeeping(p, e, paths[0], m, volume)
		judged[m.Path] = true
	}
}

func judgeKeeping(p *rule.Pass, e *effects.Instance, where string, m *deploy.Mount, v *deploy.Volume) {
	w := p.Workload
	subject := rule.Subject(w.Object(), "container "+p.Container.Name, "keeps "+m.Path)
	if v.Kind != "emptyDir" {
		if v.Persistent {
			p.Holds(0, subject)
		}
		return
	}
	if scratchNames.MatchString(v.Name) || scratchNames.MatchString(where) {
		return
	}
	for _, c := range slices.Concat(w.Containers, w.Init) {
		if c != p.Container && slices.ContainsFunc(c.Mounts, func(o deploy.Mount) bool { return o.Volume == m.Volume }) {
			p.CannotTell(0, subject, fmt.Sprintf("container %q has the volume %s too, and may take over what is written there", c.Name, v.Name), m.Position)
			return
		}
	}
	severity := finding.Error
	if e.Reach > effects.ByDefault {
		severity = finding.Warning
	}
	kind := "an emptyDir"
	if w.Platform != deploy.Kubernetes {
		kind = "a volume that goes with the container"
	} else if v.Medium.Value == "Memory" {
		kind = "an emptyDir in memory"
	}
	message := fmt.Sprintf("%s keeps %s, where %s writes %s (%s), on %s: what is written is gone when the instance is replaced",
		w.ID(), m.Path, p.Service.Name, where, e.API+" at "+e.At.Short(), kind)
	if w.Replicas.Known() && w.Replicas.Value > 1 {
		message += fmt.Sprintf(", and each of the %d replicas sees only its own", w.Replicas.Value)
	}
	p.Fails(severity, subject, finding.Finding{
		Position: v.Position,
		Message:  message + "; keep it in a database or object store, or claim a persistent volume",
		Related:  []finding.Related{{Position: e.At, Message: "written here"}, {Position: m.Position, Message: "mounted here"}},
	})
}
