package dotenvfatal

import (
	_ "embed"
	"path"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "dotenvfatal", Doc: coderule.Doc(doc),
		Property: finding.ContainerPackaged, Severity: finding.Error,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	for _, n := range c.Of(effects.NeedsFile) {
		v := n.Value("path")
		file, known := v.Pattern()
		subject := n.API + " at " + n.At.Short()
		switch {
		case !known || len(v.Elements()) > 1:
			r.CannotTell(0, subject, "which file "+n.API+" reads could not be told", n.At)
		case n.Reach == effects.OnRequest:
			r.Holds(0, subject)
		case n.Reach != effects.Always || v.Configurable():
			r.CannotTell(0, subject, "whether "+n.API+" is reached in a container depends on the run", n.At)
		default:
			e := coderule.Evidence{Effect: n, Value: v, Noun: "path"}
			r.Fails(0, subject, finding.Finding{
				Position: n.At,
				Message: "ends the program where the file " + path.Clean(file) + " cannot be read " + e.Text() +
					": such files stay with the developers, so a container has none and never starts; go on without it, for the platform sets the variables",
				Related: e.Related(n.At),
			})
		}
	}
}
