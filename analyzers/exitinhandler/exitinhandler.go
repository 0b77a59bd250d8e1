package exitinhandler

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
		Name: "exitinhandler", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	for _, i := range c.Of(effects.Exit) {
		subject := i.API + " at " + i.At.Short()
		switch {
		case i.Handling == nil:
			// Start-up code may give up.
		case meant(i.Handling, i.Func), i.Value("what") != nil && must.MatchString(name(i.Func)):
			r.Holds(0, subject)
		default:
			r.Fails(0, subject, explain(i))
		}
	}
}

// ends matches the words in names of functions that are there to end the program.
var ends = lazyregexp.New(`(?i)panic|exit|quit|shutdown|restart|reboot|stop|kill|crash|die$|fault|terminate|fatal|upgrade|reload`)

// must matches names of functions that panic on what never happens: a template
// that does not parse, a system without randomness.
var must = lazyregexp.New(`^[mM]ust([A-Z]|$)`)

// meant tells whether the handler, or a function on the way to the exit, says by
// its name that it ends the program.
func meant(h *effects.Handling, fn string) bool {
	return slices.ContainsFunc(append([]string{h.Handler, fn}, h.Funcs...), func(id string) bool {
		return ends.MatchString(name(id))
	})
}

// name is a function's own name, of a literal that of the function around it.
func name(id string) string {
	id, _, _ = strings.Cut(id[strings.LastIndexByte(id, '/')+1:], "$")
	return id[strings.LastIndexByte(id, '.')+1:]
}

func explain(i *effects.Instance) finding.Finding {
	h := i.Handling
	what, mend := i.API+" ends the process", "return the error and answer the request with it"
	if i.Value("what") != nil {
		what = "this panic ends the process"
		if h.Goroutine {
			what += ", for it is in a goroutine of its own"
		} else {
			what += ", for " + h.Protocol + " handlers are not recovered"
		}
	}
	return finding.Finding{
		Position: i.At,
		Message: fmt.Sprintf("%s, and the %s handler %s can reach it: one request that fails cuts off all others and has the instance restarted; %s",
			what, h.Protocol, coderule.Handler(h), mend),
		Related: coderule.HandledAt(h, i.At),
	}
}
