package microservicesoriented

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// HardcodedIP finds workloads whose settings name what they depend on by an IP
// address.
var HardcodedIP = &rule.Rule{
	Rule: finding.Rule{
		Name: "hardcodedip",
		Doc: `a workload names what it depends on, not its IP address

The addresses of pods, of Services and of most virtual machines are given out when
they are made. A manifest with an address in it works until what stands there is
made anew: in another cluster, after a failover, after a restore. A name stays.

The rule looks at URLs and addresses in literal environment variables and arguments.
It is silent for loopback and unspecified addresses, for those of cloud metadata and
other link-local services, for address ranges, and for a workload's own DNS and
host aliases. Loopback is silent although a dependency there is wrong as well: it
may be a container of the same pod.

Sources: Kubernetes documentation, "Service", "DNS for Services and Pods"; RFC 3927,
RFC 4291.

# Fails

	env:
	  - name: DATABASE_URL
	    value: postgres://10.3.240.17:5432/orders

# Holds

	    value: postgres://orders-db:5432/orders

# How to mend it

Write the name of a Service. For something outside of the cluster, a Service of type
ExternalName, or one without a selector and with an EndpointSlice, gives it a name
in one place.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   hardcodedIP,
}

func hardcodedIP(p *rule.Pass) {
	w := p.Workload
	for _, c := range slices.Concat(w.Init, w.Containers) {
		found := false
		for _, d := range dependencies(c) {
			addr, err := netip.ParseAddr(d.host)
			if err != nil || !names4(d) || !elsewhere(addr) {
				continue
			}
			found = true
			p.Fails(0, rule.Subject(w.Object(), "container "+c.Name, "address "+d.host), finding.Finding{
				Position: d.at,
				Message: fmt.Sprintf("%s: %s of container %q names what it depends on by the IP address %s, which is another one as soon as what stands there is made anew; write a name, that of a Service for instance",
					w.ID(), d.from, c.Name, d.host),
			})
		}
		if !found && literals(c) {
			p.Holds(0, rule.Subject(w.Object(), "container "+c.Name, "addresses"))
		}
	}
}

// names4 is true of an address that is one: with a scheme or a port. A bare one
// may be anything, such as the address to be bound.
func names4(d dependency) bool { return d.scheme != "" || d.port != "" }

// elsewhere tells addresses of other machines.
func elsewhere(a netip.Addr) bool {
	return !a.IsLoopback() && !a.IsUnspecified() && !a.IsLinkLocalUnicast() && !a.IsMulticast() && a != broadcast
}

var broadcast = netip.MustParseAddr("255.255.255.255")

// literals tells whether there was anything to judge.
func literals(c *deploy.Container) bool {
	return len(c.Args.Value) > 0 || slices.ContainsFunc(c.Env, func(e deploy.Env) bool { return e.From == "" })
}
