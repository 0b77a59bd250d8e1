package dynamicallymanaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// NoRestart finds services that nothing starts again.
var NoRestart = &rule.Rule{
	Rule: finding.Rule{
		Name: "norestart",
		Doc: `nothing starts the service again when it ends

A compose service without a restart policy stays down after a crash, and after the
machine starts again. A unit of systemd without Restart= stays down after a crash.

The rule looks at compose services and units that run a service of this tree. It is
silent for files and profiles for development and tests, where sources are mounted,
and where deploy sets the policy for a swarm; and for units that a timer, a socket or
the bus starts.

Sources: Compose specification, "restart"; systemd.service(5), "Restart=".

# Fails

	services:
	  web:
	    image: example.com/web:1.4

# Holds

	services:
	  web:
	    image: example.com/web:1.4
	    restart: unless-stopped

# How to mend it

Set restart: unless-stopped, or on-failure where it may end by itself. In a unit, set
Restart=on-failure or always.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   noRestart,
}

func noRestart(p *rule.Pass) {
	w := p.Workload
	if w.Machine() && p.Service != nil && !w.RunsToEnd {
		unitRestart(p)
		return
	}
	if w.Platform != deploy.Compose || p.Service == nil || w.RunsToEnd || w.ForDevelopment() || w.Swarm.Restart.Set {
		return
	}
	subject := rule.Subject(w.Object(), "", "restart")
	r := w.RestartPolicy
	switch {
	case r.Unknown:
	case r.Set && r.Value != "no" && r.Value != "Never" && r.Value != "":
		p.Holds(0, subject)
	default:
		at, how := w.Position, "has no restart policy"
		if r.Set {
			at, how = r.Position, "is not started again (restart: "+r.Value+")"
		}
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s %s: it stays down after a crash, and after the machine starts again; set restart: unless-stopped", w.ID(), how),
		})
	}
}

// unitRestart judges a unit of systemd. One that something else starts when it is
// asked for comes up with the next request.
func unitRestart(p *rule.Pass) {
	w := p.Workload
	for _, s := range w.Settings {
		if s.Name == "Service.BusName" || strings.HasPrefix(s.Name, "Socket.") {
			return
		}
	}
	subject := rule.Subject(w.Object(), "", "restart")
	r := w.RestartPolicy
	at, how := w.Position, "does not set Restart="
	switch {
	case r.Unknown:
		return
	case r.Set && r.Value != "no" && r.Value != "on-success":
		p.Holds(0, subject)
		return
	case r.Set:
		at, how = r.Position, "is not started again after a crash (Restart="+r.Value+")"
	}
	p.Fails(0, subject, finding.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s %s: after a crash %s stays down until somebody starts it; set Restart=on-failure", w.ID(), how, p.Service.Name),
	})
}
