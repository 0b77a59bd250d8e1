package dynamicallymanaged

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// NoProbes finds serving containers whose health nothing asks for.
var NoProbes = &rule.Rule{
	Rule: finding.Rule{
		Name: "noprobes",
		Doc: `a container that serves has no readiness or liveness probe

An orchestrator knows that a process runs, not that it can work. Without a
readiness probe a container gets requests from the moment its process starts,
while it still loads or connects, and keeps getting them when it has lost its
database; a rollout goes on although the new version answers nothing. That is a
warning. Without a liveness probe an instance that hangs is never started again;
that is a note.

A container serves if a Service sends traffic to it, or if it declares ports
other than those of metrics, profiling and health checks. Where a Service sends
traffic to one of several containers of a pod, only that one is judged; a proxy
such as kube-rbac-proxy stands for the container behind it. Jobs, init containers
and sidecars are not judged, nor is a workload without ports and Services. A
startup probe puts off the others, it replaces none of them.

Sources: Kubernetes documentation, "Liveness, Readiness, and Startup Probes" and
"Pod Lifecycle".

# Fails

	containers:
	- name: web
	  image: shop/web:1.4.2
	  ports:
	  - containerPort: 8080

# Holds

	containers:
	- name: web
	  image: shop/web:1.4.2
	  ports:
	  - containerPort: 8080
	  readinessProbe:
	    httpGet: {path: /readyz, port: 8080}
	  livenessProbe:
	    httpGet: {path: /livez, port: 8080}

# How to mend it

Add a readinessProbe on an endpoint that answers well only when the service can
do its work, and a livenessProbe on one that fails only when a restart helps: it
must not ask the database, or an outage there restarts every instance.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   noProbes,
}

func noProbes(p *rule.Pass) {
	w := p.Workload
	if w.RunsToEnd || w.Platform != deploy.Kubernetes {
		return // other platforms do not have both kinds of probes
	}
	for _, c := range mainContainers(w) {
		why, ok := serving(w, c)
		if !ok {
			continue
		}
		part := fmt.Sprintf("container %s", c.Name)
		if s := subjectOf(w, part, "readiness"); c.Readiness.Set {
			p.Holds(finding.Warning, s)
		} else if w.Custom {
			p.CannotTell(finding.Warning, s, fmt.Sprintf("the controller of a %s may add probes of its own", w.Kind), c.Readiness.Position)
		} else {
			p.Fails(finding.Warning, s, finding.Finding{
				Position: c.Readiness.Position,
				Message: fmt.Sprintf("%s: container %q has no readiness probe: %s from the moment its process starts, ready or not; "+
					"add a readinessProbe on an endpoint that answers only when the service can work", w.ID(), c.Name, why.words),
				Related: why.related,
				Fixes:   probeFix(p, c, "readinessProbe", readinessNames),
			})
		}
		if s := subjectOf(w, part, "liveness"); c.Liveness.Set {
			p.Holds(finding.Note, s)
		} else if w.Custom {
			p.CannotTell(finding.Note, s, fmt.Sprintf("the controller of a %s may add probes of its own", w.Kind), c.Liveness.Position)
		} else {
			p.Fails(finding.Note, s, finding.Finding{
				Position: c.Liveness.Position,
				Message: fmt.Sprintf("%s: container %q has no liveness probe: an instance that hangs is never started again; "+
					"add a livenessProbe on an endpoint that fails only when a restart helps", w.ID(), c.Name),
				Fixes: probeFix(p, c, "livenessProbe", livenessNames),
			})
		}
	}
}

// traffic says why a container gets requests.
type traffic struct {
	words   string
	related []finding.Related
}

// serving tells whether a container gets requests, and from where.
func serving(w *deploy.Workload, c *deploy.Container) (traffic, bool) {
	known := false // a Service leads to some container of the pod
	side := map[int]bool{}
	for _, s := range w.Services {
		for _, port := range s.Ports {
			target, number := targetOf(w, port)
			if sidePort(port.Name) || sidePort(port.TargetPort) {
				side[number] = true
				continue
			}
			known = known || target != nil
			if target == c {
				return traffic{
					words:   fmt.Sprintf("%s sends it traffic", s.ID()),
					related: []finding.Related{{Position: s.Position, Message: s.ID() + " selects these pods"}},
				}, true
			}
		}
	}
	// Beside a container that a Service leads to, another one with ports helps
	// that one: a proxy, an exporter.
	if known && len(mainContainers(w)) > 1 {
		return traffic{}, false
	}
	for _, port := range c.Ports {
		if !sidePort(port.Name) && !side[port.Number] {
			return traffic{
				words:   fmt.Sprintf("it declares port %d and gets traffic", port.Number),
				related: []finding.Related{{Position: port.Position, Message: "the port that it declares"}},
			}, true
		}
	}
	return traffic{}, false
}

// targetOf is the container that a Service's port leads to, and its port there:
// the one that declares it, unless it helps another; else the only one that
// helps no other; else nil.
func targetOf(w *deploy.Workload, port deploy.EndpointPort) (*deploy.Container, int) {
	target := port.TargetPort
	if target == "" {
		target = strconv.Itoa(port.Number)
	}
	number, _ := strconv.Atoi(target)
	own := mainContainers(w)
	for _, c := range w.Containers {
		for _, have := range c.Ports {
			if have.Name != target && strconv.Itoa(have.Number) != target {
				continue
			}
			if number = have.Number; slices.Contains(own, c) {
				return c, number
			}
		}
	}
	if len(own) == 1 {
		return own[0], number
	}
	return nil, number
}

// mainContainers are those that help no other of the pod: neither sidecars nor,
// where there are others, well-known proxies.
func mainContainers(w *deploy.Workload) []*deploy.Container {
	var list, proxies []*deploy.Container
	for _, c := range w.Containers {
		switch {
		case c.Sidecar:
		case isProxy(c.Image.Value):
			proxies = append(proxies, c)
		default:
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		return proxies
	}
	return list
}

// helpers are the last parts of the names of images that run beside a service
// and pass its traffic on, or connect it to something (their own documentation).
var helpers = []string{
	"kube-rbac-proxy", "oauth2-proxy", "oauth-proxy", "proxyv2", "envoy", "linkerd-proxy", "ghostunnel",
	"cloud-sql-proxy", "gce-proxy", "cloudsql-proxy", "alloydb-auth-proxy", "prom-label-proxy", "gatekeeper",
	"livenessprobe", "consul-dataplane",
}

func isProxy(image string) bool {
	name, _, _ := strings.Cut(path.Base(image), "@")
	name, _, _ = strings.Cut(name, ":")
	return slices.Contains(helpers, name)
}

// sidePort tells by its name of a port that serves no user: nothing waits for a
// worker's metrics to become ready.
func sidePort(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	return slices.ContainsFunc(words, func(word string) bool {
		switch word {
		case "metrics", "metric", "prometheus", "prom", "telemetry", "pprof", "debug", "profiling", "monitoring",
			"health", "healthz", "healthcheck", "livez", "readyz", "liveness", "readiness":
			return true
		}
		return false
	})
}
