package containerpackaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// Privileged finds containers with rights over their node.
var Privileged = &rule.Rule{
	Rule: finding.Rule{
		Name: "privileged",
		Doc: `a container has rights that reach beyond it

A privileged container is root on its node. Added capabilities, and processes that
may gain rights which their parent does not have, are steps on the way. Clusters that
enforce Pod Security Standards refuse such pods.

The capability NET_BIND_SERVICE is the one that the restricted standard allows to be
added.

Sources: Kubernetes documentation, "Pod Security Standards"; Docker documentation,
"Runtime privilege and Linux capabilities".

# Fails

	securityContext:
	  privileged: true

# Holds

	securityContext:
	  allowPrivilegeEscalation: false
	  capabilities: {drop: [ALL]}

# How to mend it

Leave it out. Where the program opens a low port, add NET_BIND_SERVICE alone, or
have it listen on a port above 1023.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   privileged,
}

func privileged(p *rule.Pass) {
	w := p.Workload
	for _, c := range slices.Concat(w.Containers, w.Init) {
		subject := func(what string) string { return rule.Subject(w.Object(), "container "+c.Name, what) }
		if f := c.Privileged; f.Known() && f.Value {
			p.Fails(0, subject("privileged"), finding.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("%s: container %q is privileged: it is root on its node; leave it out, and add the one capability that is needed", w.ID(), c.Name),
			})
			continue
		}
		for _, f := range c.Security.Added {
			name := strings.TrimPrefix(strings.ToUpper(f.Value), "CAP_")
			if !f.Known() || name == "NET_BIND_SERVICE" {
				continue
			}
			refused := ", and clusters that enforce a Pod Security Standard refuse it"
			if w.Platform == deploy.ECS {
				refused = "" // Fargate's refusal is a constraint of that platform
			}
			p.Fails(0, subject("capability "+name), finding.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("%s: container %q is given the capability %s: what takes the container over has it too%s; leave it out", w.ID(), c.Name, name, refused),
			})
		}
		if f := c.Security.AllowEscalation; f.Known() && f.Value {
			p.Fails(0, subject("escalation"), finding.Finding{
				Position: f.Position,
				Message:  fmt.Sprintf("%s: processes of container %q may gain rights that it does not have (allowPrivilegeEscalation: true); set it to false", w.ID(), c.Name),
				Fixes:    escalationFix(p, c),
			})
		}
	}
}

// escalationFix forbids it where that takes nothing away: the API refuses it of a
// container that is privileged or has SYS_ADMIN, and a program that is not root gets
// other capabilities only through its file, as an escalation (Kubernetes
// documentation, "Configure a Security Context"; capabilities(7)).
func escalationFix(p *rule.Pass, c *deploy.Container) []finding.Fix {
	if c.Privileged.Unknown || c.Privileged.Value || len(c.Security.Added) > 0 || p.Workload.Platform != deploy.Kubernetes {
		return nil
	}
	return rule.Mends("forbid the escalation of privileges", p.YAML.Set(c.Security.AllowEscalation.Position, "true", "false"))
}
