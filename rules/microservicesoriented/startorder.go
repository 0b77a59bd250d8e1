package microservicesoriented

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// StartOrder finds services that rely on the order in which others start.
var StartOrder = &rule.Rule{
	Rule: finding.Rule{
		Name: "startorder",
		Doc: `a service relies on start order alone

depends_on starts the other container first, and does not wait until it serves. On a
platform that starts everything at once, and whenever the other one is restarted, the
order does not hold: the service must try again by itself.

The rule looks at compose services that run a service of this tree, where depends_on
has no condition service_healthy or service_completed_successfully. It is silent for
files and profiles for development and tests.

Sources: Compose documentation, "Control startup and shutdown order".

# Fails

	depends_on:
	- db

# Holds

	depends_on:
	  db:
	    condition: service_healthy

# How to mend it

Give the other service a healthcheck and wait for it; above all let the program try
again when a connection fails.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Note,
	},
	Needs: rule.Workload,
	Run:   startOrder,
}

func startOrder(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Compose || p.Service == nil || w.ForDevelopment() {
		return
	}
	for _, d := range w.DependsOn {
		subject := rule.Subject(w.Object(), "", "starts after "+d.Name)
		if d.Condition != "" && d.Condition != "service_started" {
			p.Holds(0, subject)
			continue
		}
		p.Fails(0, subject, finding.Finding{
			Position: d.Position,
			Message:  fmt.Sprintf("%s only waits until %s is started, not until it serves: whether it comes up depends on luck; wait for service_healthy, and try again when a connection fails", w.ID(), d.Name),
		})
	}
}
