package microservicesoriented

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// UnreachableHost finds hosts that a program calls by default and that do not
// exist where it runs.
var UnreachableHost = &rule.Rule{
	Rule: finding.Rule{
		Name: "unreachablehost",
		Doc: `the program calls a host by default that does not exist beside it

A default such as redis:6379 is right on the developer's machine, where compose has a
service of that name. Where a workload runs the program without configuring another
address, and nothing there has that name, the name does not resolve.

The rule looks at addresses of clients whose default is the bare name of a host or
that of a Service, where the workload sets neither the variable nor the flag that
would change it. It fails where Services are defined beside the workload and none of
them has the name. What may be defined elsewhere cannot be told.

# Fails

	addr := cmp.Or(os.Getenv("CATALOG"), "catalog:8080")     kind: Service
	grpc.NewClient(addr)                                     metadata: {name: shop-catalog}

# Holds

	env:
	- name: CATALOG
	  value: shop-catalog:8080

# How to mend it

Set the address in the workload, or give the Service the name that the program calls.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      unreachableHost,
}

func unreachableHost(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	settings := p.Service.Settings(join)
	seen := map[string]bool{}
	for _, e := range p.Contract.Of(effects.Dial) {
		if e.Reach == effects.OnRequest || effects.Elsewhere(e.At.File) {
			continue
		}
		for _, v := range []*effects.Value{e.Value("url"), e.Address(), e.Value("dsn")} {
			if v == nil {
				continue
			}
			for _, d := range defaultHosts(v, settings) {
				if !seen[d.host] {
					seen[d.host] = true
					judgeDefault(p, e, d)
				}
			}
		}
	}
}

// defaultHosts are the hosts of an address that the workload leaves as the code has
// it.
func defaultHosts(v *effects.Value, settings effects.Settings) []dependency {
	under := v.Under(settings)
	for _, a := range v.Sources() {
		name, known := a.Name()
		var set bool
		switch a.Kind {
		case effects.Env:
			_, set = settings.Env[name]
		case effects.Flag, effects.Config:
			_, set = settings.Flags[name]
		}
		if known && set {
			return nil // the manifest's matter
		}
	}
	text, known := under.Default()
	if !known || text == "" {
		return nil
	}
	return hosts(text, "the default", true, v.At)
}

func judgeDefault(p *rule.Pass, e *effects.Instance, d dependency) {
	w := p.Workload
	if _, err := netip.ParseAddr(d.host); err == nil || slices.Contains(words, d.host) || known(w, p.Container, d.host) {
		return
	}
	if strings.Contains(d.host, ".") && (w.Platform != deploy.Kubernetes || !inCluster(d.host)) {
		return
	}
	subject := rule.Subject(w.Object(), "container "+p.Container.Name, "calls "+d.host)
	_, l := p.Index.Service(d.host, w.Scope())
	switch l.Answer {
	case deploy.Found:
		p.Holds(0, subject)
		return
	case deploy.CannotTell:
		p.CannotTell(0, subject, fmt.Sprintf("%s calls %s by default (%s): %s", p.Service.Name, d.host, e.At.Short(), l.Reason), e.At)
		return
	}
	var names []string
	for _, s := range l.Siblings {
		names = append(names, s.Name)
	}
	p.Fails(0, subject, finding.Finding{
		Position: p.Container.Position,
		Message: fmt.Sprintf("%s leaves %s to call %s by default (%s at %s), and no Service of that name is defined (beside it there is %s): the name does not resolve; set the address here, or define the Service",
			w.ID(), p.Service.Name, d.host, e.API, e.At.Short(), listed(names)),
		Related: []finding.Related{{Position: e.At, Message: "calls " + d.host + " by default"}},
	})
}
