package embeddeddb

import (
	_ "embed"
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "embeddeddb", Doc: coderule.Doc(doc),
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
	// A store that opens its file twice, to repair it for instance, is one.
	var order []string
	stores := map[string][]*effects.Instance{}
	byPath := map[string]string{}
	for _, w := range c.Of(effects.Write) {
		v := w.Value("path")
		if w.Value("database") == nil || v == nil || effects.Elsewhere(w.At.File) {
			continue
		}
		store := w.Func
		if v.Resolved() {
			if first, ok := byPath[v.Key()]; ok {
				store = first
			} else {
				byPath[v.Key()] = store
			}
		}
		if stores[store] == nil {
			order = append(order, store)
		}
		stores[store] = append(stores[store], w)
	}
	for _, fn := range order {
		judgeStore(c, r, stores[fn])
	}
}

// judgeStore judges what one function opens by the worst of it.
func judgeStore(c *effects.Contract, r *finding.Recorder, opens []*effects.Instance) {
	worst, at := unclear, opens[0]
	for _, w := range opens {
		if k := kindOf(w); k > worst || w == opens[0] {
			worst, at = k, w
		}
	}
	v := at.Value("path")
	name, _ := at.Value("database").Default()
	subject := fmt.Sprintf("%s in %s at %s", at.API, at.Func, at.At.Short())
	switch {
	case worst == unclear:
		r.CannotTell(0, subject, "whether "+at.API+" keeps its database in a file that must stay could not be told: it may be in memory or a temporary file", at.At)
	case worst == passing:
		r.Holds(0, subject)
	case !c.Whole && !certain(v):
		r.CannotTell(0, subject, "the path is configured in code that was not seen", at.At)
	case worst == onRequest:
		r.Fails(finding.Warning, subject, explain(at, v, name, true))
	default:
		r.Fails(0, subject, explain(at, v, name, false))
	}
}

// A kind is what a call opens, the worst last.
type kind int

const (
	unclear kind = iota
	passing      // in memory, or a temporary file
	onRequest
	byDefault
)

func kindOf(w *effects.Instance) kind {
	open := byDefault
	if w.Reach >= effects.Perhaps {
		open = onRequest
	}
	out, untold, told := passing, false, false
	for _, a := range w.Value("path").Alternatives() {
		text, known := a.Default()
		switch class := effects.ClassifyPath(a); {
		case a.Configurable() && known && text == "":
			out = max(out, onRequest) // nothing is opened until it is set
		case known && (text == "" || strings.Contains(text, ":memory:")), class == effects.ScratchPath:
			told = true
		case class == effects.DurablePath:
			out = max(out, open)
		default:
			untold = true
		}
	}
	switch {
	case !untold || out > passing:
		return out
	case told:
		return unclear
	}
	return open // of some file, whichever it is
}

// certain tells whether the path is a file whatever packages that were not seen
// may do.
func certain(v *effects.Value) bool {
	for _, root := range effects.PathRoots(v) {
		if root.Kind != effects.Literal {
			return false
		}
	}
	return true
}

func explain(w *effects.Instance, v *effects.Value, database string, asked bool) finding.Finding {
	e := coderule.Evidence{Effect: w, Value: v, Noun: "path"}
	what := "opens an embedded " + database + " database"
	file, known := v.Default()
	if lit := coderule.DefaultOf(v); known && !strings.HasPrefix(path.Base(file), ".") && !strings.Contains(file, ":memory:") && file != "" && (!v.Configurable() || lit != nil && len(lit.Text) > 1) {
		what += " in " + path.Clean(file)
	}
	switch {
	case asked && w.Reach == effects.Perhaps:
		what = "under a condition that was not followed, " + what
	case asked:
		what = "where configuration asks for it, " + what
	}
	return finding.Finding{
		Position: w.At,
		Message: what + " " + e.Text() + ": its file goes when the instance is replaced, and replicas cannot share it; " +
			"use a database server, or one replica with a persistent volume at the file",
		Related: e.Related(w.At),
	}
}
