package microservicesoriented

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// ServiceCycle finds services that call each other in a circle.
var ServiceCycle = &rule.Rule{
	Rule: finding.Rule{
		Name: "servicecycle",
		Doc: `services call each other in a circle

Services that call each other cannot be deployed, scaled or started apart: each waits
for the other, a slow one holds up the requests of both, and a retry goes round.
What looks like two services is one in two processes.

The rule follows the addresses to which the code connects, as each workload
configures them, through the Services of the manifests to the workloads behind them.

# Fails

	orders    env: INVOICES_URL=http://invoices
	invoices  env: ORDERS_URL=http://orders

# Holds

	orders    env: INVOICES_URL=http://invoices
	invoices  publishes an event that orders takes

# How to mend it

Let one of them tell by an event or a queue what the other asks for, or hand over
what is needed with the request. Where the two belong together, make them one.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Note,
	},
	Needs: rule.Manifests,
	Run:   serviceCycle,
}

func serviceCycle(p *rule.Pass) {
	if len(p.Services) < 2 {
		return
	}
	for _, cycle := range service.GraphOf(p.Services, p.Manifests, p.Index).Cycles() {
		var names []string
		f := finding.Finding{}
		for _, e := range cycle {
			names = append(names, e.From)
			at, how := e.Call, e.From+" calls "+e.To
			if !at.IsValid() {
				at, how = e.Set, e.From+" is given "+e.To+" by "+e.Setting
			}
			if !f.Position.IsValid() {
				f.Position = at
			} else {
				f.Related = append(f.Related, finding.Related{Position: at, Message: how})
			}
		}
		names = append(names, cycle[0].From)
		f.Message = fmt.Sprintf("services call each other in a circle: %s: neither can be deployed, scaled or slow by itself; replace one of the calls by an event",
			strings.Join(names, " -> "))
		p.Fails(0, "cycle "+strings.Join(names, " "), f)
	}
}
