package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// Recreate finds updates that take all instances down.
var Recreate = &rule.Rule{
	Rule: finding.Rule{
		Name: "recreate",
		Doc: `an update takes all instances down before it starts new ones

With strategy Recreate, or with all instances allowed to be unavailable, each deploy
is an outage, and a version that does not start is one until somebody acts.

The rule is silent where a volume that one instance at a time may mount makes it
necessary, for jobs, and for one instance of a swarm.

# Fails

	strategy:
	  type: Recreate

# Holds

	strategy:
	  type: RollingUpdate
	  rollingUpdate: {maxUnavailable: 0, maxSurge: 1}

# How to mend it

Use a rolling update, and make two versions able to run side by side.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   recreate,
}

func recreate(p *rule.Pass) {
	w := p.Workload
	if w.RunsToEnd || w.Custom || len(w.Services) == 0 {
		return
	}
	subject := rule.Subject(w.Object(), "", "update")
	fails := func(at finding.Position, how, mend string) {
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s %s: each deploy is an outage of %s; %s", w.ID(), how, w.Services[0].ID(), mend),
		})
	}
	s, u := w.Update.Strategy, w.Update.MaxUnavailable
	switch {
	case s.Unknown || u.Unknown:
	case w.Platform == deploy.Kubernetes && s.Value == "Recreate":
		if keepsState(w) {
			return // the volume may be mounted once
		}
		fails(s.Position, "is updated by strategy Recreate", "use RollingUpdate")
	case w.Platform == deploy.Kubernetes && u.Known():
		if n, percent, ok := deploy.ParseAmount(u.Value); ok && (percent && n >= 100 || !percent && w.Replicas.Known() && w.Replicas.Value > 1 && n >= w.Replicas.Value) && w.Kind != "DaemonSet" {
			fails(u.Position, "may have all its instances unavailable while it is updated (maxUnavailable: "+u.Value+")", "let at most a quarter be unavailable")
			return
		}
		p.Holds(0, subject)
	case w.Platform == deploy.Compose && w.Swarm.Set && w.Update.Parallelism.Known() && w.Update.Parallelism.Value == 0 && w.Replicas.Value > 1:
		fails(w.Update.Parallelism.Position, "updates all its instances at a time (parallelism: 0)", "update one at a time")
	case s.Set:
		p.Holds(0, subject)
	}
}
