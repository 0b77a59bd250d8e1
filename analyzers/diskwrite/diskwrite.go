package diskwrite

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
		Name: "diskwrite", Doc: coderule.Doc(doc),
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
	var groups []*group
	byKey := map[string]*group{}
	logs := c.LogFiles()
	for _, w := range c.Of(effects.Write, effects.Mkdir) {
		v := w.Value("path")
		if v == nil || w.Value("database") != nil || w.Value("log") != nil || logs[v.Key()] {
			continue // other rules' matters: embeddeddb, logfile
		}
		// One file is often opened, written and renamed in one function: that
		// is one finding.
		key := w.Func + " " + path.Dir(pattern(v))
		g := byKey[key]
		if g == nil {
			g = &group{}
			byKey[key] = g
			groups = append(groups, g)
		}
		g.add(w, v)
	}
	for _, g := range groups {
		if g.onlyMkdir() && coversAnother(g, groups) {
			continue // the write below it is the finding
		}
		g.judge(c, r)
	}
}

// A group is what one function does under one directory.
type group struct {
	writes []*effects.Instance
	paths  []*effects.Value
}

func (g *group) add(w *effects.Instance, v *effects.Value) {
	g.writes = append(g.writes, w)
	g.paths = append(g.paths, v)
}

func (g *group) onlyMkdir() bool {
	for _, w := range g.writes {
		if w.Kind != effects.Mkdir {
			return false
		}
	}
	return true
}

// coversAnother tells whether another group writes below the directory that
// this one makes.
func coversAnother(g *group, all []*group) bool {
	for _, other := range all {
		if other == g || other.onlyMkdir() {
			continue
		}
		for i, v := range other.paths {
			for _, made := range g.paths {
				dir := strings.TrimSuffix(pattern(made), "/") + "/"
				if other.writes[i].Func == g.writes[0].Func || strings.HasPrefix(pattern(v), dir) || sameRoot(v, made) {
					return true
				}
			}
		}
	}
	return false
}

// sameRoot tells whether two paths begin with the same configured folder.
func sameRoot(a, b *effects.Value) bool {
	x, y := effects.PathRoot(a), effects.PathRoot(b)
	return x.Kind != effects.Unknown && x.Key() == y.Key()
}

func (g *group) judge(c *effects.Contract, r *finding.Recorder) {
	// The call that writes says more than the one that makes the directory.
	at := 0
	for i, w := range g.writes {
		if w.Kind == effects.Write {
			at = i
			break
		}
	}
	w, v := g.writes[at], g.paths[at]
	subject := fmt.Sprintf("%s in %s at %s", w.API, w.Func, w.At.Short())
	durable, unknown := false, false
	for _, p := range g.paths {
		for _, a := range p.Alternatives() {
			switch classify(a) {
			case effects.DurablePath:
				durable = true
			case effects.UnclearPath:
				unknown = true
			}
		}
	}
	switch {
	case durable && (c.Whole || certain(g.paths)):
		r.Fails(0, subject, g.explain(w, v))
	case durable || unknown:
		r.CannotTell(0, subject, fmt.Sprintf("where %s writes could not be told: the path %s", w.API, orElse(v.Reason(), "depends on the run")), w.At)
	default:
		r.Holds(0, subject)
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// certain tells whether the paths are durable whatever packages that were not
// seen may do: all that they can begin with is literal.
func certain(paths []*effects.Value) bool {
	for _, p := range paths {
		for _, root := range effects.PathRoots(p) {
			if root.Kind != effects.Literal || !path.IsAbs(root.Text) {
				return false
			}
		}
	}
	return true
}

// classify is the class of a path. A log file is another rule's matter.
func classify(v *effects.Value) effects.PathClass {
	class := effects.ClassifyPath(v)
	if class == effects.DurablePath && effects.IsLogPath(v) {
		return effects.ScratchPath
	}
	return class
}

func pattern(v *effects.Value) string {
	s, _ := v.Pattern()
	return s
}

func (g *group) explain(w *effects.Instance, v *effects.Value) finding.Finding {
	target := pattern(v)
	e := coderule.Evidence{Effect: w, Value: v, Noun: "path"}
	msg := "writes " + target
	if strings.HasPrefix(target, "*") || target == "" {
		msg = "writes a file"
	}
	if w.Kind == effects.Mkdir {
		msg = "makes the directory " + target
	}
	msg += " " + e.Text() + ": the container's file system goes when the instance is replaced, and no other replica sees it; " +
		"keep the data in a database or object store, or mount a persistent volume there"
	return finding.Finding{Position: w.At, Message: msg, Related: e.Related(w.At)}
}
