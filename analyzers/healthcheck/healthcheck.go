package healthcheck

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "healthcheck", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

const subject = "main"

func judge(c *effects.Contract, r *finding.Recorder) {
	servers := coderule.Answering(c)
	if !c.IsMain || len(servers) == 0 {
		return
	}
	var routes []string
	likely := ""
	for _, s := range coderule.Own(c) {
		switch {
		case s.Role == effects.HealthRole:
			r.Holds(0, subject)
			return
		case perhaps.MatchString(s.Path):
			likely = s.Path
		}
		if !slices.Contains(routes, s.Path) {
			routes = append(routes, s.Path)
		}
	}
	for _, s := range c.Subcommands {
		if probes.MatchString(s.Name) {
			r.Holds(0, subject) // an exec probe
			return
		}
	}
	if likely != "" {
		r.CannotTell(0, subject, likely+" may be a health check", servers[0].At)
		return
	}
	if gap, ok := coderule.HiddenRoutes(c); ok {
		r.CannotTell(0, subject, gap.What+", and may be a health check", gap.At)
		return
	}
	srv := servers[0]
	if len(routes) == 0 {
		r.CannotTell(0, subject, "none of the routes that "+srv.API+" serves was seen", srv.At)
		return
	}
	r.Fails(0, subject, finding.Finding{
		Position: srv.At,
		Message: fmt.Sprintf("main serves here (%s), %s, none of which answers a health check: the platform cannot tell an instance that hangs "+
			"or is not ready from one that works; serve %s", srv.API, list(routes), mend(srv)),
	})
}

// perhaps matches names of routes that some services answer for probes, and others
// for people.
var perhaps = lazyregexp.New(`(?i)/(status|version|info|up|heartbeat|ok|alive|ping|check|state)/?$`)

// probes match subcommands that a workload runs to ask how the service is.
var probes = lazyregexp.New(`(?i)^(health|healthz|health-?check|probe|ready|readiness|live|liveness|ping|status)$`)

const maxListed = 4

func list(routes []string) string {
	slices.Sort(routes)
	what := fmt.Sprintf("%d routes", len(routes))
	if len(routes) == 1 {
		what = "one route"
	}
	if len(routes) > maxListed {
		return what + ", " + strings.Join(routes[:maxListed], ", ") + " and others"
	}
	return what + ", " + strings.Join(routes, ", ")
}

func mend(srv *effects.Instance) string {
	if p := srv.Value("protocol"); p != nil && p.Text == "grpc" {
		return "grpc.health.v1.Health (package google.golang.org/grpc/health) and name it in the workload's probes"
	}
	return "GET /healthz and /readyz and name them in the workload's probes"
}
