package servertimeout

import (
	_ "embed"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "servertimeout", Doc: coderule.Doc(doc),
		Property: finding.MicroservicesOriented, Severity: finding.Note,
	},
	Judge: judge,
	Fix:   func(s *gofix.Site, _ finding.Finding) []finding.Fix { return gofix.ServerReadHeaderTimeout(s) },
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	answered := map[finding.Position]bool{}
	for _, i := range c.Of(effects.Reader) {
		for _, a := range i.Value("server").Alternatives() {
			at := a.At
			if a.Kind != effects.Struct || !at.IsValid() {
				at = i.At
			}
			if answered[at] || effects.Elsewhere(at.File) {
				continue // one server that serves in two ways, or a library's
			}
			answered[at] = true
			one(i, a, at, r)
		}
	}
}

func one(i *effects.Instance, server *effects.Value, at finding.Position, r *finding.Recorder) {
	subject := i.API + " at " + i.At.Short()
	if at != i.At {
		subject = "server at " + at.Short()
	}
	switch {
	case server.Kind == effects.Literal:
		f := finding.Finding{Position: at, Message: i.API + " serves with an http.Server that waits for ever for the header of a request: " +
			"clients that send nothing hold a connection each until the instance has none left; " +
			"make the http.Server yourself and set its ReadHeaderTimeout"}
		r.Fails(0, subject, f)
	case server.Kind != effects.Struct || server.Text != "net/http.Server":
		r.CannotTell(0, subject, "the server of "+i.API+" "+orElse(server.Reason(), "is not followed"), i.At)
	case set(server.FieldValue("ReadHeaderTimeout")), set(server.FieldValue("ReadTimeout")):
		r.Holds(0, subject)
	case i.Value("later") != nil:
		r.CannotTell(0, subject, "the timeouts of servers are set elsewhere than where this one is made", at)
	default:
		f := finding.Finding{Position: at, Message: "this http.Server has neither ReadHeaderTimeout nor ReadTimeout, so it waits for ever for the header of a request: " +
			"clients that send nothing hold a connection each until the instance has none left; set ReadHeaderTimeout"}
		if at.Line != i.At.Line {
			f.Related = []finding.Related{{Position: i.At, Message: i.API + " serves here"}}
		}
		r.Fails(0, subject, f)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// set tells whether a duration is given, or may be by configuration.
func set(v *effects.Value) bool {
	if v == nil {
		return false
	}
	for _, a := range v.Alternatives() {
		if a.Kind != effects.Literal || strings.Trim(a.Text, "0") != "" {
			return true
		}
	}
	return false
}
