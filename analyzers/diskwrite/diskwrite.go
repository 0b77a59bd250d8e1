package diskwrite

import (
	_ "embed"
	"fmt"
	"path"
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
		if effects.Elsewhere(w.At.File) || logger(w.Func) || effects.IsPidPath(v) {
			continue
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
	required := map[string]bool{}
	for _, i := range c.Of(effects.Require) {
		if name := i.Value("name"); name != nil {
			required[name.Text] = true
		}
	}
	for _, g := range groups {
		g.required = required
		if g.onlyMkdir() && coversAnother(g, groups) {
			continue // the write below it is the finding
		}
		g.judge(c, r)
	}
}

// loggers matches packages and types that write logs, which are logfile's matter.
var loggers = lazyregexp.New(`(?i)^(log|logs|logger|logging)$|Logger$`)

// logger tells functions of a package or type that writes logs.
func logger(fn string) bool {
	fn, _, _ = strings.Cut(fn[strings.LastIndexByte(fn, '/')+1:], "$")
	parts := strings.Split(fn, ".")
	return slices.ContainsFunc(parts[:len(parts)-1], loggers.MatchString)
}

// A group is what one function does under one directory.
type group struct {
	writes []*effects.Instance
	paths  []*effects.Value
	// required are the variables without which the program ends.
	required map[string]bool
}

// asked tells whether nothing is written until configuration asks for it: by a
// condition that fails where nothing is set, or by a path that has no default.
func (g *group) asked() bool {
	for i, w := range g.writes {
		if w.Reach < effects.OnRequest && !g.named(g.paths[i]) {
			return false
		}
	}
	return true
}

func (g *group) named(path *effects.Value) bool {
	if !effects.OnlyNamed(path) {
		return false
	}
	return !slices.ContainsFunc(effects.PathRoots(path), func(root *effects.Value) bool {
		name, _ := root.Name()
		return root.Kind == effects.Env && g.required[name]
	})
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
	case durable && (c.Whole || certain(g.paths)) && g.asked():
		r.Fails(finding.Warning, subject, g.explain(w, v, true))
	case durable && (c.Whole || certain(g.paths)):
		r.Fails(0, subject, g.explain(w, v, false))
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

func (g *group) explain(w *effects.Instance, v *effects.Value, asked bool) finding.Finding {
	target := pattern(v)
	e := coderule.Evidence{Effect: w, Value: v, Noun: "path"}
	msg := "writes " + target
	if strings.HasPrefix(target, "*") || target == "" {
		msg = "writes a file"
	}
	if w.Kind == effects.Mkdir {
		msg = "makes the directory " + target
	}
	if asked {
		msg = "where configuration asks for it, " + msg
	}
	msg += " " + e.Text() + ": the container's file system goes when the instance is replaced, and no other replica sees it; " +
		"keep the data in a database or object store, or mount a persistent volume there"
	return finding.Finding{Position: w.At, Message: msg, Related: e.Related(w.At)}
}
