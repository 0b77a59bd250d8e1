// Package ruletest runs one rule on a small tree of files and compares what it
// reports with want comments, as analysistest does for passes.
//
// A comment holds one or more quoted regular expressions:
//
//	image: web:latest # want "floats"
//
// A comment behind something speaks of its own line. A comment alone on its line
// speaks of the next line that is no comment, which is the way to write it in a
// Dockerfile.
package ruletest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
)

// Run runs the rule on every image or workload of each directory. It returns
// the results, by directory in the order given, for what comments cannot say.
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
	case rule.Image:
		files, _ := image.Read(root)
		for _, f := range files {
			stage := f.Shipped("")
			if stage == nil {
				continue
			}
			s := &service.Service{
				Name: "fixture", Contract: &effects.Contract{},
				Image: &service.ImageJoin{File: f, Stage: stage},
			}
			r.Run(&rule.Pass{Recorder: recorder, Service: s, Contract: s.Contract, File: f, Stage: stage})
		}
	case rule.Workload:
		for _, w := range kubernetes.Read(root).Workloads {
			r.Run(&rule.Pass{Recorder: recorder, Workload: w})
		}
	}
	return recorder.Results()
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
