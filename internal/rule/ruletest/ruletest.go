// Package ruletest runs one rule on a small tree of files and compares what it
// reports with want comments, as analysistest does for passes.
//
// A comment holds one or more quoted regular expressions:
//
//	image: web:latest # want "floats"
//
// A comment behind something speaks of its own line. A comment alone on its line
// speaks of the next line that is no comment, which is the way to write it in a
// Dockerfile. A comment on a Go file's package clause speaks of its folder, where
// a rule reports what concerns a main as a whole:
//
//	package main // want "nothing packages this service"
package ruletest

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/compose"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/deploy/platforms"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
)

// Run runs the rule on every service, image or workload of each directory. It
// returns the results, by directory in the order given, for what comments cannot
// say. Services are those of Join; a rule on images is run on each Dockerfile, by
// itself.
func Run(t *testing.T, r *rule.Rule, dirs ...string) [][]finding.Result {
	t.Helper()
	var all [][]finding.Result
	for _, dir := range dirs {
		root, err := tree.Open(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		results := runOn(r, root)
		compare(t, dir, root, results)
		all = append(all, results)
	}
	return all
}

func runOn(r *rule.Rule, root *tree.Tree) []finding.Result {
	recorder := finding.NewRecorder(&r.Rule)
	switch r.Needs {
	case rule.Service:
		for _, s := range Join(root).Services {
			r.Run(&rule.Pass{Recorder: recorder, Service: s, Contract: s.Contract})
		}
	case rule.Image:
		files, _ := image.Read(root)
		for _, f := range files {
			stage := f.Shipped("")
			if stage == nil {
				continue
			}
			context := image.NewContext(root, path.Dir(f.Path), f.Path)
			s := &service.Service{
				Name: "fixture", Contract: &effects.Contract{},
				Image: &service.ImageJoin{File: f, Stage: stage, Image: image.Of(stage, context)},
			}
			r.Run(&rule.Pass{Recorder: recorder, Service: s, Contract: s.Contract, File: f, Stage: stage, Image: s.Image.Image})
		}
	case rule.Workload:
		m := unrendered(root)
		for _, w := range m.Workloads {
			r.Run(&rule.Pass{Recorder: recorder, Workload: w, Manifests: m, Index: deploy.NewIndex(m)})
		}
		if r.RunWhole != nil {
			r.RunWhole(&rule.Pass{Recorder: recorder, Manifests: m, Index: deploy.NewIndex(m)})
		}
	case rule.Manifests:
		m := unrendered(root)
		r.Run(&rule.Pass{Recorder: recorder, Manifests: m, Index: deploy.NewIndex(m)})
	}
	return recorder.Results()
}

// unrendered reads the manifests of a tree as they stand: a fixture of a rule need not be
// a whole chart.
func unrendered(root *tree.Tree) *deploy.Manifests {
	m := kubernetes.Read(root)
	m.Add(compose.Read(root))
	m.Add(platforms.Read(root))
	return m
}

// Join joins a tree as the command does, but for the Go code, of which only so
// much is read as tells its mains: each folder with a package main is one, and it
// serves if its files name ListenAndServe or net.Listen. The contract of a
// service says no more than that.
func Join(root *tree.Tree) *service.Joined {
	files, _ := image.Read(root)
	return service.Join(service.Input{
		Tree: root, Mains: Mains(root), Dockerfiles: files, Manifests: unrendered(root),
	})
}

// Mains are the mains of a tree as Join sees them, sorted by folder.
func Mains(root *tree.Tree) []*code.Main {
	modules := map[string]string{} // folder to path
	for _, f := range root.Files {
		if path.Base(f.Path) == "go.mod" {
			if data, err := root.Read(f.Path, 1<<20); err == nil {
				modules[path.Dir(f.Path)] = modfile.ModulePath(data)
			}
		}
	}
	byDir := map[string]*code.Main{}
	for _, f := range root.Files {
		if path.Ext(f.Path) != ".go" || strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		data, err := root.Read(f.Path, 1<<20)
		if err != nil || !packageMain.Match(data) {
			continue
		}
		dir := path.Dir(f.Path)
		m := byDir[dir]
		if m == nil {
			m = &code.Main{Dir: dir, Example: tree.IsExample(f.Path)}
			m.ModuleDir, m.Module = moduleOf(dir, modules)
			rel := strings.TrimPrefix(strings.TrimPrefix(dir, m.ModuleDir), "/")
			if m.ModuleDir == "." {
				rel = dir
			}
			m.Path = path.Join(m.Module, rel)
			m.Contract = &effects.Contract{Main: m.Path, IsMain: true, Dir: dir, Whole: true}
			byDir[dir] = m
		}
		if i := bytes.Index(data, []byte("ListenAndServe")); i >= 0 || bytes.Contains(data, []byte("net.Listen")) {
			m.Contract.Effects = append(m.Contract.Effects, effects.Instance{
				Kind: effects.Listen, At: finding.Position{File: f.Path, Line: 1 + bytes.Count(data[:max(i, 0)], []byte("\n"))},
			})
		}
	}
	var mains []*code.Main
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		mains = append(mains, byDir[dir])
	}
	return mains
}

var packageMain = regexp.MustCompile(`(?m)^package main\b`)

// moduleOf is the nearest module at or above a folder. Without one it is the
// stand-in of package code.
func moduleOf(dir string, modules map[string]string) (at, module string) {
	for at = dir; ; at = path.Dir(at) {
		if module, ok := modules[at]; ok {
			return at, module
		}
		if at == "." {
			return ".", "local.invalid"
		}
	}
}

type want struct {
	pattern *regexp.Regexp
	met     bool
}

var wantComment = regexp.MustCompile(`(?:#|//)\s*want((?:\s+"(?:[^"\\]|\\.)*")+)\s*$`)

func compare(t *testing.T, dir string, root *tree.Tree, results []finding.Result) {
	t.Helper()
	wants := map[string][]*want{}
	for _, f := range root.Files {
		data, err := root.Read(f.Path, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		collect(t, f.Path, string(data), wants)
	}
	for _, res := range results {
		if res.Verdict != finding.Fails {
			continue
		}
		at := res.Finding.Position
		key := fmt.Sprintf("%s:%d", at.File, at.Line)
		i := slices.IndexFunc(wants[key], func(w *want) bool {
			return !w.met && w.pattern.MatchString(res.Finding.Message)
		})
		if i < 0 {
			t.Errorf("%s/%s: unexpected finding: %s", dir, at, res.Finding.Message)
			continue
		}
		wants[key][i].met = true
	}
	for key, ws := range wants {
		for _, w := range ws {
			if !w.met {
				t.Errorf("%s/%s: no finding matches %q", dir, key, w.pattern)
			}
		}
	}
}

func collect(t *testing.T, file, text string, wants map[string][]*want) {
	t.Helper()
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		m := wantComment.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		target := i
		if strings.TrimSpace(line[:m[0]]) == "" {
			for target++; target < len(lines) && isComment(lines[target]); target++ {
			}
		}
		key := fmt.Sprintf("%s:%d", file, target+1)
		if target < len(lines) && path.Ext(file) == ".go" && strings.HasPrefix(lines[target], "package ") {
			key = path.Dir(file) + ":0"
		}
		rest := strings.TrimSpace(line[m[2]:m[3]])
		for rest != "" {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				t.Fatalf("%s:%d: bad want comment: %v", file, i+1, err)
			}
			text, _ := strconv.Unquote(quoted)
			pattern, err := regexp.Compile(text)
			if err != nil {
				t.Fatalf("%s:%d: bad want comment: %v", file, i+1, err)
			}
			wants[key] = append(wants[key], &want{pattern: pattern})
			rest = strings.TrimSpace(rest[len(quoted):])
		}
	}
}

func isComment(line string) bool {
	s := strings.TrimSpace(line)
	return strings.HasPrefix(s, "#") || strings.HasPrefix(s, "//")
}
