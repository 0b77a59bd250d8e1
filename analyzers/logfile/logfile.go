package logfile

import (
	_ "embed"
	"fmt"
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
		Name: "logfile", Doc: coderule.Doc(doc),
		Property: finding.ContainerPackaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	also := alsoElsewhere(c)
	logs := c.LogFiles()
	done := map[string]bool{}
	for _, w := range c.Of(effects.Write) {
		v := w.Value("path")
		if v == nil || w.Value("database") != nil {
			continue
		}
		if w.Value("log") == nil && !logs[v.Key()] && !effects.IsLogPath(v) {
			continue
		}
		if key := w.Func + " " + v.Key(); !done[key] {
			done[key] = true
			judgeFile(c, r, w, v, also[v.Key()] || also[w.At.String()])
		}
	}
	// Loggers that take a path open the file themselves.
	for _, l := range c.Of(effects.Log) {
		for _, a := range effects.LogTargets(l.Value("to")) {
			if a == nil || opened(c, a) {
				continue
			}
			if key := l.Func + " " + a.Key(); !done[key] {
				done[key] = true
				judgeFile(c, r, l, a, also[a.Key()])
			}
		}
	}
}

// opened tells whether the program itself opens the file.
func opened(c *effects.Contract, v *effects.Value) bool {
	for _, w := range c.Of(effects.Write, effects.Read) {
		if p := w.Value("path"); p != nil && p.Key() == v.Key() {
			return true
		}
	}
	return false
}

// alsoElsewhere are the files, by the key of the path or by the place of the
// writer's literal, beside which the same log goes to something that is no file.
func alsoElsewhere(c *effects.Contract) map[string]bool {
	out := map[string]bool{}
	for _, l := range c.Of(effects.Log) {
		targets := effects.LogTargets(l.Value("to"))
		if len(targets) < 2 {
			continue
		}
		var mark func(v *effects.Value)
		mark = func(v *effects.Value) {
			for _, a := range v.Elements() {
				switch {
				case a.Kind == effects.List:
					mark(a)
				case a.Kind == effects.Struct:
					out[a.At.String()] = true
				}
			}
		}
		mark(l.Value("to"))
		elsewhere := false
		for _, t := range targets {
			elsewhere = elsewhere || t == nil
		}
		for _, t := range targets {
			if t != nil && elsewhere {
				out[t.Key()] = true
			}
		}
	}
	return out
}

func judgeFile(c *effects.Contract, r *finding.Recorder, w *effects.Instance, v *effects.Value, also bool) {
	subject := fmt.Sprintf("%s in %s at %s", w.API, w.Func, w.At.Short())
	file, known := byDefault(v)
	switch {
	case also, w.Reach == effects.OnRequest, known && file == "":
		r.Holds(0, subject)
	case !known:
		r.CannotTell(0, subject, "which file the log goes to could not be told", w.At)
	case effects.ClassifyPath(v) != effects.DurablePath:
		r.Holds(0, subject) // a device, or a temporary file
	case w.Reach == effects.Perhaps:
		r.CannotTell(0, subject, "whether the log goes to a file by default could not be told", w.At)
	case !c.Whole && v.Configurable():
		r.CannotTell(0, subject, "the path is configured in code that was not seen", w.At)
	default:
		r.Fails(0, subject, explain(w, v, file))
	}
}

// byDefault is the file that is written where nothing is configured, "" for none.
func byDefault(v *effects.Value) (file string, known bool) {
	if text, ok := v.Default(); ok {
		return text, true
	}
	if v.Configurable() {
		// Only a part of it is: the folder, not the name.
		for _, root := range effects.PathRoots(v) {
			if d, ok := root.Default(); !ok || d == "" {
				return "", ok
			}
		}
	}
	text, ok := v.Pattern()
	return text, ok && text != "" && text[0] != '*'
}

func explain(w *effects.Instance, v *effects.Value, file string) finding.Finding {
	e := coderule.Evidence{Effect: w, Value: v, Noun: "path"}
	if strings.Contains(file, "*") {
		file = "a file"
	} else {
		file = "the file " + file
	}
	return finding.Finding{
		Position: w.At,
		Message: "logs to " + file + " by default " + e.Text() + ": the platform collects stdout and stderr, " +
			"so nobody sees this log, and it is lost with the instance; log to stdout, and to a file only when asked",
		Related: e.Related(w.At),
	}
}
