package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// DanglingRef finds workloads that use a config map, secret, volume, claim or
// service account which is defined nowhere.
var DanglingRef = &rule.Rule{
	Rule: finding.Rule{
		Name: "danglingref",
		Doc: `what a workload refers to is defined

A pod that takes a variable from a config map, mounts a secret or a claim, or runs
as a service account, and any of them is not there, does not start: it waits in
CreateContainerConfigError or ContainerCreating, or is never made, until someone
looks. The same holds for a key that the config map does not have, and for a mount
of a volume that the pod does not declare, which the API refuses. Where a key is
mounted by subPath and is not there, the program finds an empty folder in its place.

A reference is dangling where others of its kind are defined for the same
deployment and it is not among them. Nobody can tell where the whole kind comes
from elsewhere, as secrets often do, or where an operator, a generator or a command
in a script of the repository may make it. Optional references are not judged, and
the values of secrets are never read.

Sources: Kubernetes documentation, "ConfigMaps", "Secrets", "Volumes", "Persistent
Volumes", "Configure Service Accounts for Pods".

# Fails

	env:                                     kind: ConfigMap
	  - name: LOG_LEVEL                      metadata:
	    valueFrom:                             name: web-settings
	      configMapKeyRef:                   data:
	        name: web-config                   log-level: info
	        key: log-level

# Holds

	      configMapKeyRef:
	        name: web-settings
	        key: log-level

# How to mend it

Write the name or key that is defined, add what is missing, or say optional: true
where the program can do without.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Error,
	},
	Needs: rule.Workload,
	Run:   danglingRef,
}

func danglingRef(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes {
		return // Compose refuses such files itself
	}
	refs := &references{p: p, seen: map[string]bool{}}
	for _, c := range slices.Concat(w.Init, w.Containers) {
		for _, e := range c.Env {
			if e.From == "configMap" || e.From == "secret" {
				refs.key(e.Ref, fmt.Sprintf("the variable %s of container %q", e.Name, c.Name))
			}
		}
		for _, r := range c.EnvFrom {
			refs.object(r, fmt.Sprintf("envFrom of container %q", c.Name))
		}
		for i := range c.Mounts {
			refs.mount(c, &c.Mounts[i])
			refs.file(c, &c.Mounts[i])
		}
	}
	for i := range w.Volumes {
		v := &w.Volumes[i]
		if v.Unknown {
			continue
		}
		for _, r := range v.Refs {
			what := fmt.Sprintf("the volume %q", v.Name)
			if r.Key != "" {
				refs.key(r, what)
			} else {
				refs.object(r, what)
			}
		}
	}
	if a := w.ServiceAccount; a.Known() && a.Value != "" {
		refs.object(deploy.Ref{Kind: "ServiceAccount", Name: a.Value, Position: a.Position}, "serviceAccountName")
	}
	if s := w.ServiceName; s.Known() && s.Value != "" {
		refs.object(deploy.Ref{Kind: "Service", Name: s.Value, Position: s.Position}, "serviceName")
	}
}

// references judges each thing that a workload refers to once.
type references struct {
	p    *rule.Pass
	seen map[string]bool
}

// once is the subject of a reference, ok is false for one that was judged.
func (r *references) once(ref deploy.Ref) (subject string, ok bool) {
	name := strings.TrimSpace(ref.Kind + " " + ref.Name + " " + ref.Key)
	if ref.Optional || ref.Name == "" || r.seen[name] {
		return "", false
	}
	r.seen[name] = true
	return rule.Subject(r.p.Workload.Object(), name, ""), true
}

func (r *references) object(ref deploy.Ref, what string) {
	subject, ok := r.once(ref)
	if !ok {
		return
	}
	r.answer(ref, what, subject, r.p.Index.FindRef(ref, r.p.Workload.Scope()))
}

// file judges that a file which is mounted by itself is a key of its config map or
// secret. Where it is not, an empty folder is mounted in its place.
func (r *references) file(c *deploy.Container, m *deploy.Mount) {
	v := r.p.Workload.Volume(m.Volume)
	if v == nil || m.SubPath == "" || m.SubPathExpr || v.Kind != "configMap" && v.Kind != "secret" || len(v.Refs) != 1 || v.Unknown {
		return // of items, the paths count and not the keys
	}
	ref := v.Refs[0]
	ref.Key, _, _ = strings.Cut(strings.Trim(m.SubPath, "/"), "/")
	ref.KeyPosition = m.SubPathPosition
	r.key(ref, fmt.Sprintf("the mount at %s of container %q", m.Path, c.Name))
}

func (r *references) key(ref deploy.Ref, what string) {
	if ref.Key == "" || strings.ContainsAny(ref.Key, "${}<>%*") {
		r.object(ref, what)
		return
	}
	subject, ok := r.once(ref)
	if !ok {
		return
	}
	w := r.p.Workload
	if _, l := r.p.Index.Config(ref, w.Scope()); l.Answer != deploy.Found {
		r.answer(ref, what, subject, l)
		return
	}
	_, l := r.p.Index.Key(ref, w.Scope())
	if l.Answer != deploy.Absent {
		r.answer(ref, what, subject, l)
		return
	}
	config, _ := r.p.Index.Config(ref, w.Scope())
	var names []string
	if config != nil {
		for _, k := range config.Keys {
			names = append(names, k.Name)
		}
	}
	has := "it has none"
	if len(names) > 0 {
		has = "it has " + listed(names)
	}
	at := ref.KeyPosition
	if !at.IsValid() {
		at = ref.Position
	}
	f := finding.Finding{
		Position: at,
		Message: fmt.Sprintf("%s: %s takes the key %s of %s %s, which has no such key (%s): the container does not start; write a key that there is, add it, or say optional: true",
			w.ID(), what, ref.Key, kindName(ref.Kind), ref.Name, has),
	}
	if config != nil {
		f.Related = []finding.Related{{Position: config.Position, Message: config.ID() + " is defined here"}}
	}
	r.p.Fails(0, subject, f)
}

func (r *references) answer(ref deploy.Ref, what, subject string, l deploy.Lookup) {
	w := r.p.Workload
	switch l.Answer {
	case deploy.Found:
		r.p.Holds(0, subject)
	case deploy.CannotTell:
		r.p.CannotTell(0, subject, fmt.Sprintf("%s of %s names the %s %s: %s", what, w.ID(), kindName(ref.Kind), ref.Name, l.Reason), ref.Position)
	case deploy.Absent:
		why := "its pods do not start"
		if ref.Kind == "Service" {
			why = "its pods have no stable names"
		}
		var names []string
		for _, s := range l.Siblings {
			names = append(names, s.Name)
		}
		r.p.Fails(0, subject, finding.Finding{
			Position: ref.Position,
			Message: fmt.Sprintf("%s: %s names the %s %s, which is not defined (%s): %s; write the name of one that there is, or add it",
				w.ID(), what, kindName(ref.Kind), ref.Name, "beside it there is "+listed(names), why),
			Related: []finding.Related{{Position: l.Siblings[0].Position, Message: l.Siblings[0].ID() + " is defined here"}},
		})
	}
}

// mount judges that a volume of that name is declared.
func (r *references) mount(c *deploy.Container, m *deploy.Mount) {
	w := r.p.Workload
	subject := rule.Subject(w.Object(), fmt.Sprintf("container %s mount %s", c.Name, m.Path), "")
	switch {
	case m.Volume == "" || strings.ContainsAny(m.Volume, "${}<>%"):
		return
	case w.Volume(m.Volume) != nil, slices.Contains(w.Claims, m.Volume):
		r.p.Holds(0, subject)
	case w.Custom || w.TemplateRef.Set:
		r.p.CannotTell(0, subject, "the controller of "+w.ID()+" may add the volume "+m.Volume, m.VolumePosition)
	default:
		var names []string
		for _, v := range w.Volumes {
			names = append(names, v.Name)
		}
		names = append(names, w.Claims...)
		has := "it declares none"
		if len(names) > 0 {
			has = "it declares " + listed(names)
		}
		at := m.VolumePosition
		if !at.IsValid() {
			at = m.Position
		}
		r.p.Fails(0, subject, finding.Finding{
			Position: at,
			Message: fmt.Sprintf("%s: container %q mounts the volume %s at %s, which the pod does not declare (%s): the API refuses the workload; add it to volumes",
				w.ID(), c.Name, m.Volume, m.Path, has),
		})
	}
}

// kindName is a kind as messages name it.
func kindName(kind string) string {
	switch kind {
	case "ConfigMap":
		return "config map"
	case "Secret":
		return "secret"
	case "PersistentVolumeClaim":
		return "claim"
	case "ServiceAccount":
		return "service account"
	}
	return kind
}
