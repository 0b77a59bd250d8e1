package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// RWOVolume finds several instances that share a volume which one node may mount.
var RWOVolume = &rule.Rule{
	Rule: finding.Rule{
		Name: "rwovolume",
		Doc: `several instances share a volume that only one node may mount

A claim with access mode ReadWriteOnce is mounted on one node at a time. A second
instance on another node waits for it for ever; and a rolling update starts the new
instance before the old one has let go.

The rule fails where a claim of the tree with only ReadWriteOnce or ReadWriteOncePod
is mounted by a workload that has more than one instance, an autoscaler, or a rolling
update. The claims of a StatefulSet's templates are one for each instance and hold.

Sources: Kubernetes documentation, "Persistent Volumes" (access modes).

# Fails

	kind: Deployment                       kind: PersistentVolumeClaim
	spec:                                  spec:
	  replicas: 2                            accessModes: [ReadWriteOnce]

# Holds

	kind: StatefulSet
	spec:
	  volumeClaimTemplates: ...

# How to mend it

Use a StatefulSet with claim templates where each instance has its own data; a claim
with ReadWriteMany where they share it; strategy Recreate where there is one.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   rwoVolume,
}

func rwoVolume(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes || w.Custom || w.RunsToEnd || w.Kind == "Pod" {
		return
	}
	for i := range w.Volumes {
		v := &w.Volumes[i]
		if v.Kind != "persistentVolumeClaim" || v.Source == "" || v.Unknown {
			continue
		}
		claim, l := p.Index.Claim(v.Source, w.Scope())
		if l.Answer != deploy.Found || claim == nil || len(claim.AccessModes) == 0 {
			continue
		}
		subject := rule.Subject(w.Object(), "volume "+v.Name, "")
		var mode *deploy.Field[string]
		shared := false
		for j := range claim.AccessModes {
			m := &claim.AccessModes[j]
			shared = shared || !m.Known() || m.Value == "ReadWriteMany" || m.Value == "ReadOnlyMany"
			mode = m
		}
		if shared {
			p.Holds(0, subject)
			continue
		}
		how, at := sharers(p)
		if how == "" {
			p.Holds(0, subject)
			continue
		}
		if !at.IsValid() {
			at = v.Position
		}
		p.Fails(0, subject, finding.Finding{
			Position: v.SourcePosition,
			Message: fmt.Sprintf("%s %s, and the claim %s of volume %q is %s, for one node at a time: an instance on another node waits for it for ever; "+
				"use a StatefulSet with claim templates, ReadWriteMany, or strategy Recreate with one instance", w.ID(), how, v.Source, v.Name, mode.Value),
			Related: []finding.Related{{Position: mode.Position, Message: "the access mode"}, {Position: at, Message: how}},
		})
	}
}

// sharers says why a workload has more than one instance at a time, "" where it
// has not.
func sharers(p *rule.Pass) (how string, at finding.Position) {
	w := p.Workload
	if a := scaledBy(p); a != nil && (!a.Max.Known() || a.Max.Value > 1) {
		return "is scaled by " + a.ID(), a.Position
	}
	if w.Replicas.Known() && w.Replicas.Value > 1 {
		return fmt.Sprintf("has %d instances", w.Replicas.Value), w.Replicas.Position
	}
	if w.Kind == "DaemonSet" {
		return "runs on every node", w.Position
	}
	if w.Kind != "Deployment" || w.Update.Strategy.Unknown || w.Replicas.Known() && w.Replicas.Value == 0 || w.Replicas.Unknown {
		return "", at
	}
	// A surge of 0 with one unavailable stops the old instance first.
	if s := w.Update.MaxSurge; s.Set {
		if n, _, ok := deploy.ParseAmount(s.Value); !ok || n == 0 {
			return "", at
		}
	}
	if s := w.Update.Strategy; !s.Set || s.Value == "RollingUpdate" {
		return "is updated by starting the new instance before the old one ends", s.Position
	}
	return "", at
}
