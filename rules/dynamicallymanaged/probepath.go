package dynamicallymanaged

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// ProbePath finds probes that ask for what no handler serves.
var ProbePath = &rule.Rule{
	Rule: finding.Rule{
		Name: "probepath",
		Doc: `a probe asks for a path that no handler serves

A probe that is answered with 404 fails. A readiness probe then keeps all traffic
away, a liveness or startup probe has the container killed again and again.

The rule compares the path of httpGet probes with the routes of the code, and asks of
a grpc probe whether the program serves grpc.health.v1.Health. It fails only where all
routes are known: a path or handler that could not be followed, or a framework that
is not known, may serve anything. A handler of all paths counts as one of this path.
The port is judged by portmismatch.

# Fails

	readinessProbe:
	  httpGet:
	    path: /healthz         // mux.HandleFunc("/health", health)
	    port: 8080

# Holds

	readinessProbe:
	  httpGet:
	    path: /health
	    port: 8080

# How to mend it

Write the path that the program serves, or serve the path that is asked for.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Error,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      probePath,
}

func probePath(p *rule.Pass) {
	if p.Service == nil || p.Container == nil || !p.Contract.Whole {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	c := p.Container
	for _, probe := range []struct {
		name  string
		field deploy.Field[deploy.Probe]
	}{{"readiness", c.Readiness}, {"liveness", c.Liveness}, {"startup", c.Startup}} {
		v := probe.field.Value
		if !probe.field.Known() || v.Host != "" || strings.ContainsAny(v.Path, "${}<>") {
			continue
		}
		subject := rule.Subject(p.Workload.Object(), "container "+c.Name, probe.name+" path")
		port, numbered := portNumber(c, v.Port)
		if numbered && !p.Service.MayListen(join, port) {
			continue // the port is wrong, and another rule's matter
		}
		switch v.Kind {
		case "httpGet":
			judgePath(p, join, subject, probe.name, &v, port)
		case "grpc":
			judgeHealth(p, subject, probe.name, &v)
		}
	}
}

// portNumber is the number of a probe's port, given by number or name.
func portNumber(c *deploy.Container, port string) (int, bool) {
	if n, err := strconv.Atoi(port); err == nil {
		return n, true
	}
	for _, cp := range c.Ports {
		if cp.Name == port && port != "" && !cp.Unknown {
			return cp.Number, true
		}
	}
	return 0, false
}

func judgePath(p *rule.Pass, join *service.WorkloadJoin, subject, name string, probe *deploy.Probe, port int) {
	path := probe.Path
	if path == "" {
		path = "/"
	}
	may, at := effects.NoAnswer, finding.Position{}
	var paths []string
	var other *effects.Instance // the route for another method
	for _, e := range p.Contract.Of(effects.Route) {
		s := effects.ServedBy(e)
		if s.Protocol != "http" {
			continue
		}
		match := e.Value("match")
		answers := s.AnswersTo(path, match != nil && match.Text == "prefix")
		if answers != effects.NoAnswer && s.Method != "" && !slices.Contains(strings.FieldsFunc(s.Method, isNoLetter), "GET") {
			other = e
			continue
		}
		if e.Reach == effects.OnRequest && answers == effects.Answer {
			answers = effects.MayAnswer
		}
		if answers > may {
			may, at = answers, e.At
		}
		if !slices.Contains(paths, s.Path) {
			paths = append(paths, s.Path)
		}
	}
	servers := httpServers(p, join)
	position := probe.PathPosition
	if !position.IsValid() {
		position = probe.Position
	}
	switch {
	case may == effects.Answer && servers > 1:
		p.CannotTell(0, subject, fmt.Sprintf("%s is served, but on which of the %d servers of the program could not be told", path, servers), at)
		return
	case may == effects.Answer:
		p.Holds(0, subject)
		return
	case may == effects.MayAnswer:
		p.CannotTell(0, subject, "a route may serve "+path+", but part of it is not known", at)
		return
	}
	if gap, hidden := coderule.HiddenRoutes(p.Contract); hidden {
		p.CannotTell(0, subject, gap.What+", and may serve "+path, gap.At)
		return
	}
	if len(paths) == 0 && other == nil {
		p.CannotTell(0, subject, "no route of the program was seen", p.Contract.At)
		return
	}
	f := finding.Finding{Position: position}
	where := ""
	if port != 0 {
		where = fmt.Sprintf(" on %d", port)
	}
	if other != nil {
		f.Message = fmt.Sprintf("the %s probe of %s asks GET %s%s, and %s serves that path for %s only: the probe fails; serve it for GET, or probe another path",
			name, p.Workload.ID(), path, where, p.Service.Name, effects.ServedBy(other).Method)
		f.Related = []finding.Related{{Position: other.At, Message: "the route"}}
	} else {
		near := nearestPath(paths, path)
		f.Message = fmt.Sprintf("the %s probe of %s asks for %s%s, and no handler of %s serves that (%s): the probe fails; write the path that is served, or serve this one",
			name, p.Workload.ID(), path, where, p.Service.Name, servedList(paths, near))
		for _, e := range p.Contract.Of(effects.Route) {
			if effects.ServedBy(e).Path == near {
				f.Related = []finding.Related{{Position: e.At, Message: "serves " + near}}
				break
			}
		}
	}
	p.Fails(0, subject, f)
}

func isNoLetter(r rune) bool { return r < 'A' || r > 'Z' }

// httpServers counts the ports on which the program serves in a workload: where
// there are several, a route may be on any of them.
func httpServers(p *rule.Pass, join *service.WorkloadJoin) int {
	ports := map[string]bool{}
	for _, l := range p.Service.Listens(join) {
		if v := l.Effect.Value("protocol"); v != nil && v.Text == "grpc" {
			continue
		}
		ports[fmt.Sprint(l.Port, l.Known, l.Effect.At)] = true
	}
	return len(ports)
}

// nearestPath is the path that begins most like the one that is asked for.
func nearestPath(paths []string, want string) string {
	best, most := "", -1
	slices.Sort(paths)
	for _, p := range paths {
		n := 0
		for n < len(p) && n < len(want) && p[n] == want[n] {
			n++
		}
		if strings.Contains(strings.ToLower(p), "health") || strings.Contains(p, "ready") || strings.Contains(p, "live") {
			n += 3
		}
		if n > most {
			best, most = p, n
		}
	}
	return best
}

func servedList(paths []string, near string) string {
	switch len(paths) {
	case 0:
		return "it serves none for GET"
	case 1:
		return "it serves " + near
	}
	return fmt.Sprintf("it serves %s and %d more", near, len(paths)-1)
}

func judgeHealth(p *rule.Pass, subject, name string, probe *deploy.Probe) {
	grpc := false
	for _, e := range p.Contract.Of(effects.Route) {
		s := effects.ServedBy(e)
		if s.Protocol != "grpc" {
			continue
		}
		grpc = true
		if s.Role == effects.HealthRole {
			p.Holds(0, subject)
			return
		}
	}
	if gap, hidden := coderule.HiddenRoutes(p.Contract); hidden || !grpc {
		what, at := gap.What, gap.At
		if !hidden {
			what, at = "no gRPC service of the program was seen", p.Contract.At
		}
		p.CannotTell(0, subject, what, at)
		return
	}
	p.Fails(0, subject, finding.Finding{
		Position: probe.Position,
		Message: fmt.Sprintf("the %s probe of %s calls grpc.health.v1.Health, and %s registers no such service: the probe fails; register google.golang.org/grpc/health",
			name, p.Workload.ID(), p.Service.Name),
		Related: []finding.Related{{Position: p.Contract.At, Message: "the program"}},
	})
}
