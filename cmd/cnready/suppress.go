package main

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/config"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/suppression"
	"github.com/cnready/cnready/internal/tree"
)

// suppress silences the findings of an outcome for which there are comments, and
// adds notes on the comments themselves.
func suppress(a *artifacts, o *report.Outcome) {
	comments := &suppression.Files{Read: o.Source, Dockerfiles: map[string]bool{}, Configured: a.ignored}
	for _, f := range a.files {
		comments.Dockerfiles[f.Path] = true
	}
	for _, s := range o.Services {
		comments.Apply(s.Results)
	}
	comments.Apply(o.Loose)

	audit := suppression.Audit{Rules: ruleNames(), Judged: judged(a, o)}
	o.Loose = append(o.Loose, audit.Run(comments, commented(a.trees))...)
}

// ignoredBy are the findings that a configuration suppresses. It is an error if it
// names a rule that is not there.
func ignoredBy(conf *config.Config) ([]*suppression.Configured, error) {
	var list []*suppression.Configured
	known := ruleNames()
	for _, i := range conf.Ignore {
		c := &suppression.Configured{Position: i.At, Reason: i.Reason}
		for _, r := range i.Rules {
			name := strings.ToLower(r.Value)
			if !slices.Contains(known, name) {
				message := fmt.Sprintf("%s: ignore: there is no rule %q", r.At, r.Value)
				if near := suppression.Nearest(r.Value, known); near != "" {
					message += fmt.Sprintf("; did you mean %s?", near)
				}
				return nil, errors.New(message + "; cnready rules lists all names")
			}
			c.Rules = append(c.Rules, name)
		}
		var patterns []string
		for _, p := range i.Paths {
			patterns = append(patterns, p.Value)
		}
		c.Matches = tree.Matcher(patterns)
		list = append(list, c)
	}
	return list, nil
}

// commented are the files that may have comments, by name. JSON has none, and is
// often large.
func commented(trees []*tree.Tree) []string {
	var names []string
	for i, t := range trees {
		for _, f := range t.Files {
			goCode := strings.HasSuffix(f.Path, ".go")
			if f.Size <= maxSource && !strings.HasSuffix(f.Path, "_test.go") && path.Ext(f.Path) != ".json" && (i == 0 || !goCode) {
				names = append(names, t.Name(f.Path))
			}
		}
	}
	return names
}

// judged tells whether a rule was asked of a whole file and could tell, so that what
// it did not report is not there. That is claimed of a Go file only where all Go
// code was read and a service comes by the file; of the others where they are the
// image of a service or have a workload.
func judged(a *artifacts, o *report.Outcome) func(file, rule string) bool {
	files := map[string]bool{}
	for _, s := range a.joined.Services {
		if s.Contract == nil || !s.Contract.Whole || len(a.code.NotAnalyzed) > 0 {
			continue
		}
		files[s.Contract.At.File] = true
		for _, e := range s.Contract.Effects {
			files[e.At.File] = true
			for _, p := range e.Path {
				files[p.File] = true
			}
		}
	}
	for _, s := range a.joined.Services {
		if s.Image != nil && s.Image.Stage != nil {
			files[s.Image.File.Path] = true
		}
	}
	for _, w := range a.manifests.Workloads {
		files[w.Position.File] = true
	}
	type key struct{ file, rule string }
	untold := map[key]bool{}
	note := func(results []finding.Result) {
		for _, r := range results {
			if r.Verdict == finding.CannotTell {
				untold[key{r.Position.File, r.Rule.Name}] = true
			}
		}
	}
	for _, s := range o.Services {
		note(s.Results)
	}
	note(o.Loose)
	for _, n := range o.NotAnalyzed {
		delete(files, n.File)
	}
	return func(file, rule string) bool {
		return files[file] && !untold[key{file, rule}] && !untold[key{"", rule}]
	}
}

// maxGoMod is the largest go.mod that is read for its Go version, in bytes.
const maxGoMod = 4 << 20

// goFiles are the Go files of a tree as fixes look at them.
func goFiles(t *tree.Tree, read func(string) ([]byte, error)) *gofix.Files {
	versions := map[string]string{}
	return &gofix.Files{
		Read: read,
		Siblings: func(name string) []string {
			var names []string
			dir := path.Dir(name)
			prefix := dir + "/"
			if dir == "." {
				prefix = ""
			}
			i, _ := slices.BinarySearchFunc(t.Files, prefix, func(f tree.File, p string) int { return strings.Compare(f.Path, p) })
			for ; i < len(t.Files) && strings.HasPrefix(t.Files[i].Path, prefix); i++ {
				if p := t.Files[i].Path; path.Dir(p) == dir && strings.HasSuffix(p, ".go") {
					names = append(names, p)
				}
			}
			return names
		},
		GoVersion: func(name string) string {
			for dir := path.Dir(name); ; dir = path.Dir(dir) {
				v, known := versions[dir]
				if file := path.Join(dir, "go.mod"); !known && t.Has(file) {
					v = goVersion(t, file)
					versions[dir] = v
				}
				if v != "" || dir == "." || dir == "/" {
					return v
				}
			}
		},
	}
}

func goVersion(t *tree.Tree, file string) string {
	data, err := t.Read(file, maxGoMod)
	if err != nil {
		return ""
	}
	m, err := modfile.ParseLax(file, data, nil)
	if err != nil || m.Go == nil {
		return ""
	}
	return m.Go.Version
}
