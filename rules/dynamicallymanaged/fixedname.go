package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// FixedName finds settings that prevent a second instance.
var FixedName = &rule.Rule{
	Rule: finding.Rule{
		Name: "fixedname",
		Doc: `a setting prevents a second instance

A container_name and a fixed address can be had once: docker compose up --scale, and
a second copy of the project on the same machine, fail. So do several replicas that
publish the same host port, or have one name.

Where the file itself asks for several instances, every service is judged; else those
that run a service of this tree. The rule is silent for files and profiles for
development and tests.

Sources: Compose specification, "container_name", "networks: ipv4_address", "ports".

# Fails

	services:
	  web:
	    container_name: web

# Holds

	services:
	  web:
	    image: example.com/web:1.4

# How to mend it

Leave the name and the address out: within the project the service is reached by its
own name.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   fixedName,
}

func fixedName(p *rule.Pass) {
	w := p.Workload
	several := w.Replicas.Known() && w.Replicas.Value > 1
	if w.Platform != deploy.Compose || p.Service == nil && !several || w.ForDevelopment() {
		return
	}
	if f := w.FixedName; f.Known() {
		p.Fails(0, rule.Subject(w.Object(), "", "name"), finding.Finding{
			Position: f.Position,
			Message:  fmt.Sprintf("%s has the fixed container name %s: a second instance cannot be started; leave it out, others reach it as %s", w.ID(), f.Value, w.Name),
		})
	}
	for _, f := range w.FixedAddresses {
		if f.Known() {
			p.Fails(0, rule.Subject(w.Object(), "", "address "+f.Value), finding.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("%s has the fixed address %s: a second instance cannot be started; leave it out, others reach it as %s", w.ID(), f.Value, w.Name),
			})
		}
	}
	c := p.Container
	if c == nil && len(w.Containers) == 1 {
		c = w.Containers[0]
	}
	if !several || c == nil {
		return
	}
	for i := range c.Ports {
		if port := &c.Ports[i]; port.HostPort > 0 && (!w.Swarm.Set || port.Mode == "host") {
			p.Fails(0, rule.Subject(w.Object(), "", fmt.Sprintf("host port %d", port.HostPort)), finding.Finding{
				Position: port.HostPosition,
				Message:  fmt.Sprintf("%s has %d replicas and publishes port %d of the machine: only one of them can have it; put a proxy in front, or leave the host port out", w.ID(), w.Replicas.Value, port.HostPort),
				Related:  []finding.Related{{Position: w.Replicas.Position, Message: "the replicas"}},
			})
		}
	}
}
