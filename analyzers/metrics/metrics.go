package metrics

import (
	_ "embed"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "metrics", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Note,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

const subject = "main"

func judge(c *effects.Contract, r *finding.Recorder) {
	servers := coderule.Answering(c)
	if !c.IsMain || len(servers) == 0 || len(c.Of(effects.Serverless)) > 0 {
		return
	}
	if len(c.Of(effects.Exporter)) > 0 {
		r.Holds(0, subject)
		return
	}
	for _, i := range c.Of(effects.Route) {
		if effects.ServedBy(i).Role == effects.MetricsRole {
			r.Holds(0, subject)
			return
		}
	}
	own := len(coderule.Own(c)) > 0
	for _, s := range servers {
		own = own || s.Value("protocol").Text == "grpc"
	}
	if !own {
		r.CannotTell(0, subject, "none of the routes that "+servers[0].API+" serves was seen", servers[0].At)
		return
	}
	if gap, ok := coderule.HiddenRoutes(c); ok {
		r.CannotTell(0, subject, gap.What+", and may offer metrics", gap.At)
		return
	}
	srv := servers[0]
	r.Fails(0, subject, finding.Finding{
		Position: srv.At,
		Message: "main serves here (" + srv.API + ") and offers no metrics: no route for Prometheus and no exporter of OpenTelemetry, StatsD or the like " +
			"is set up, so nothing tells the platform how loaded an instance is; serve promhttp.Handler() at /metrics, or set up an OTLP exporter",
	})
}
