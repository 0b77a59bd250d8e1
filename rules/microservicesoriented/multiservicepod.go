package microservicesoriented

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// MultiServicePod finds pods that run several services.
var MultiServicePod = &rule.Rule{
	Rule: finding.Rule{
		Name: "multiservicepod",
		Doc: `several services run in one pod

Containers of one pod are placed, scaled, updated and restarted together. Two services
in one pod are one service with two programs: the one that needs more instances
brings the other along, and a change of one stops both.

The rule fails where two containers of a workload run two services of this tree.
Init containers and sidecars, by their names, are not services of their own.

# Fails

	containers:
	- name: orders
	  image: example.com/orders:1
	- name: invoices
	  image: example.com/invoices:1

# Holds

	containers:
	- name: orders
	  image: example.com/orders:1
	- name: proxy
	  image: envoyproxy/envoy:v1.34

# How to mend it

Give each service a workload of its own.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs: rule.Manifests,
	Run:   multiServicePod,
}

// sidecars match names of containers that serve the one beside them.
var sidecars = regexp.MustCompile(`(?i)sidecar|proxy|agent|exporter|reload|init|sync|metrics|collector|adapter|ambassador|logger|watch|rbac|auth|helper|provider|webhook|injector`)

func multiServicePod(p *rule.Pass) {
	for _, w := range p.Manifests.Workloads {
		if w.Platform != deploy.Kubernetes || len(w.Containers) < 2 {
			continue
		}
		type running struct {
			service   *service.Service
			container *deploy.Container
		}
		var list []running
		for _, s := range p.Services {
			for _, j := range s.Workloads {
				if j.Workload == w && !j.Container.Sidecar && !sidecars.MatchString(j.Container.Name) && !sidecars.MatchString(s.Name) {
					list = append(list, running{s, j.Container})
				}
			}
		}
		if len(list) < 2 {
			continue
		}
		slices.SortStableFunc(list, func(a, b running) int {
			return slices.Index(w.Containers, a.container) - slices.Index(w.Containers, b.container)
		})
		p.Fails(0, rule.Subject(w.Object(), "", "services"), finding.Finding{
			Position: list[1].container.Position,
			Message: fmt.Sprintf("%s runs the services %s and %s in one pod: they are scaled, updated and restarted together only; give each a workload of its own",
				w.ID(), list[0].service.Name, list[1].service.Name),
			Related: []finding.Related{{Position: list[0].container.Position, Message: "runs " + list[0].service.Name}},
		})
	}
}
