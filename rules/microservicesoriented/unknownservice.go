package microservicesoriented

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// UnknownService finds settings and routes that name a service which nothing in
// the repository defines.
var UnknownService = &rule.Rule{
	Rule: finding.Rule{
		Name: "unknownservice",
		Doc: `each service that a workload or route names is defined

A host without a dot is the name of a Service of the same namespace, or of a
service of the same compose project. Where no file defines it, the name does not
resolve: calls fail at run time, and an ingress answers 503 for that backend. Mostly
the Service was renamed, or is defined only in an overlay that this deployment does
not take in.

The rule looks at the URLs and addresses in literal environment variables and
arguments, at the backends of ingresses and routes with their ports, and at
depends_on in compose files. A name is
unknown where other Services are defined for the same deployment and it is not
among them. Nobody can tell where it is defined in another overlay or namespace, or
an operator may make it; names of other domains leave the repository and are not
judged.

Sources: Kubernetes documentation, "DNS for Services and Pods", "Ingress"; Docker
documentation, "Networking in Compose".

# Fails

	env:                                     kind: Service
	  - name: CART_ADDR                      metadata:
	    value: cart:7070                       name: cartservice

# Holds

	    value: cartservice:7070

# How to mend it

Write the name of the Service that is meant, or add its manifest to this
deployment. A service in another namespace is name.namespace.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs:    rule.Workload,
	Run:      unknownService,
	RunWhole: unknownBackends,
}

func unknownService(p *rule.Pass) {
	w := p.Workload
	for _, d := range w.DependsOn {
		judgeStart(p, d)
	}
	for _, c := range slices.Concat(w.Init, w.Containers) {
		seen := map[string]bool{}
		for _, d := range dependencies(c) {
			bare := d.port == "" && d.scheme == "" && !strings.Contains(d.host, "-")
			if seen[d.host] || slices.Contains(words, d.host) || bare && !strings.HasPrefix(d.from, "the variable ") {
				continue
			}
			if _, err := netip.ParseAddr(d.host); err == nil || known(w, c, d.host) {
				continue
			}
			seen[d.host] = true
			judgeHost(p, c, d)
		}
	}
}

// judgeStart judges that a service which another one waits for is defined.
func judgeStart(p *rule.Pass, d deploy.Dependency) {
	w := p.Workload
	if w.Platform != deploy.Compose || !d.Required {
		return // only Compose has the names in one project
	}
	subject := rule.Subject(w.Object(), "", "waits for "+d.Name)
	_, l := p.Index.Service(d.Name, w.Scope())
	switch l.Answer {
	case deploy.Found:
		p.Holds(0, subject)
	case deploy.CannotTell:
		p.CannotTell(0, subject, fmt.Sprintf("%s waits for the service %s: %s", w.ID(), d.Name, l.Reason), d.Position)
	case deploy.Absent:
		var names []string
		for _, s := range l.Siblings {
			names = append(names, s.Name)
		}
		p.Fails(0, subject, finding.Finding{
			Position: d.Position,
			Message: fmt.Sprintf("%s waits for the service %s, which the project does not define (it has %s): Compose refuses the file; write the name of a service that there is, or say required: false",
				w.ID(), d.Name, listed(names)),
			Related: []finding.Related{{Position: l.Siblings[0].Position, Message: l.Siblings[0].ID() + " is defined here"}},
		})
	}
}

func judgeHost(p *rule.Pass, c *deploy.Container, d dependency) {
	w := p.Workload
	subject := rule.Subject(w.Object(), "container "+c.Name, "host "+d.host)
	if strings.Contains(d.host, ".") && (w.Platform != deploy.Kubernetes || !inCluster(d.host)) {
		return // a host elsewhere
	}
	_, l := p.Index.Service(d.host, w.Scope())
	if l.Answer == deploy.Found {
		p.Holds(0, subject)
		return
	}
	if l.Answer == deploy.CannotTell {
		p.CannotTell(0, subject, fmt.Sprintf("%s of %s names the service %s: %s", d.from, w.ID(), d.host, l.Reason), d.at)
		return
	}
	var names []string
	for _, s := range l.Siblings {
		names = append(names, s.Name)
	}
	f := finding.Finding{
		Position: d.at,
		Message: fmt.Sprintf("%s: %s of container %q names the host %s, and no Service of that name is defined (beside it there is %s): the name does not resolve; write the name of a Service that there is, or add its manifest",
			w.ID(), d.from, c.Name, d.host, listed(names)),
		Related: []finding.Related{{Position: l.Siblings[0].Position, Message: l.Siblings[0].ID() + " is defined here"}},
	}
	if o := l.Optional; o != nil {
		f.Message = fmt.Sprintf("%s: %s of container %q names the host %s, and only the component %s, which is not taken in here, defines a Service of that name: the name does not resolve; set the variable in the component",
			w.ID(), d.from, c.Name, d.host, o.Dir)
		f.Related = []finding.Related{{Position: o.Position, Message: o.ID() + " is defined here"}}
	}
	p.Fails(0, subject, f)
}

// inCluster tells full names of Services (Kubernetes documentation, "DNS for
// Services and Pods").
func inCluster(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return strings.HasSuffix(host, ".svc") || strings.Contains(host, ".svc.")
}

// known tells names that resolve by other means: the pod's own, those of its
// hosts file, and, in compose, of networks that other projects share.
func known(w *deploy.Workload, c *deploy.Container, host string) bool {
	if host == w.Name || host == c.Name || host == w.Hostname.Value {
		return true
	}
	for _, a := range w.HostAliases {
		if slices.Contains(a.Names, host) {
			return true
		}
	}
	return w.NetworkMode.Set || w.HostNetwork.Value
}

// unknownBackends judges where ingresses and routes lead.
func unknownBackends(p *rule.Pass) {
	for _, r := range p.Manifests.Routes {
		seen := map[string]bool{}
		for _, b := range r.Backends {
			name := b.Name
			if name == "" {
				name = b.Host
			}
			if b.Kind != "" && b.Kind != "Service" || name == "" || seen[name+" "+b.Port] || b.Name == "" && strings.Contains(name, ".") && !inCluster(name) {
				continue
			}
			seen[name+" "+b.Port] = true
			judgeBackend(p, r, b, name)
		}
	}
}

func judgeBackend(p *rule.Pass, r *deploy.Route, b deploy.Backend, name string) {
	subject := rule.Subject(r.Object, strings.TrimSpace("backend "+name+" "+b.Port), "")
	scope := r.Scope()
	if b.Namespace != "" {
		scope.Namespace = b.Namespace
	}
	e, l := p.Index.Service(name, scope)
	switch l.Answer {
	case deploy.CannotTell:
		p.CannotTell(0, subject, fmt.Sprintf("%s leads to the Service %s: %s", r.ID(), name, l.Reason), b.Position)
		return
	case deploy.Absent:
		var names []string
		for _, s := range l.Siblings {
			names = append(names, s.Name)
		}
		p.Fails(0, subject, finding.Finding{
			Position: b.Position,
			Message: fmt.Sprintf("%s leads to the Service %s, which is not defined (beside it there is %s): requests for it are answered with an error; write the name of a Service that there is, or add its manifest",
				r.ID(), name, listed(names)),
			Related: []finding.Related{{Position: l.Siblings[0].Position, Message: l.Siblings[0].ID() + " is defined here"}},
		})
		return
	}
	if e == nil || b.Port == "" || strings.ContainsAny(b.Port, "${}<>%") || len(e.Ports) == 0 {
		p.Holds(0, subject)
		return
	}
	var ports []string
	for _, port := range e.Ports {
		if port.Name == b.Port || fmt.Sprint(port.Number) == b.Port || port.Number == 0 {
			p.Holds(0, subject)
			return
		}
		ports = append(ports, strings.TrimSpace(fmt.Sprintf("%d %s", port.Number, port.Name)))
	}
	at := b.PortPosition
	if !at.IsValid() {
		at = b.Position
	}
	p.Fails(0, subject, finding.Finding{
		Position: at,
		Message: fmt.Sprintf("%s leads to port %s of the Service %s, which has no such port (it has %s): requests for it are answered with an error; write one that there is",
			r.ID(), b.Port, name, listed(ports)),
		Related: []finding.Related{{Position: e.Position, Message: e.ID() + " is defined here"}},
	})
}
