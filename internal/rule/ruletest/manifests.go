package ruletest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/manifests"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

// RunManifests runs all those of the rules that judge workloads or manifests on a
// directory, with charts and kustomizations rendered and everything joined as the
// command joins it, and compares what they report together with the want comments. A pattern is looked for in "rule: message". It
// returns the results, of which a finding that stands in several variants is one.
func RunManifests(t *testing.T, rules []*rule.Rule, dir string) []finding.Result {
	t.Helper()
	p := load(dir, func(root *tree.Tree) *deploy.Manifests { return manifests.Read(nil, root) })
	if p.err != nil {
		t.Fatal(p.err)
	}
	root, joined, m := p.root, p.joined, p.manifests
	for _, n := range append(p.unread, m.NotAnalyzed...) {
		t.Errorf("%s: %s: %s", dir, n.File, n.Reason)
	}
	declared := rule.Pass{Services: joined.Services, Manifests: m, Index: deploy.NewIndex(m)}
	var all []finding.Result
	for _, r := range rules {
		run := func(judge func(*rule.Pass), pass rule.Pass) {
			pass.Recorder = finding.NewRecorder(&r.Rule)
			judge(&pass)
			all = append(all, pass.Results()...)
		}
		if r.Needs == rule.Manifests {
			run(r.Run, declared)
		}
		if r.Needs != rule.Workload {
			continue
		}
		for _, s := range joined.Services {
			pass := declared
			pass.Service, pass.Contract = s, s.Contract
			if r.RunService != nil {
				run(r.RunService, pass)
			}
			for _, j := range s.Workloads {
				pass.Workload, pass.Container = j.Workload, j.Container
				run(r.Run, pass)
			}
		}
		for _, w := range joined.Unowned {
			pass := declared
			pass.Workload = w
			run(r.Run, pass)
		}
		if r.RunWhole != nil {
			run(r.RunWhole, declared)
		}
	}
	all = oneOfVariants(all)
	named := slices.Clone(all)
	for i := range named {
		if f := named[i].Finding; f != nil {
			said := *f
			said.Message = f.Rule.Name + ": " + f.Message
			named[i].Finding = &said
		}
	}
	compare(t, dir, root, named)
	return all
}

// oneOfVariants leaves out findings that say what another one says at the same
// place, and orders the rest by place.
func oneOfVariants(results []finding.Result) []finding.Result {
	at := func(r finding.Result) finding.Position {
		if r.Finding != nil {
			return r.Finding.Position
		}
		return r.Position
	}
	slices.SortStableFunc(results, func(a, b finding.Result) int {
		return cmp.Or(at(a).Compare(at(b)), strings.Compare(a.Rule.Name, b.Rule.Name))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(results, func(r finding.Result) bool {
		if r.Finding == nil {
			return false
		}
		said := fmt.Sprint(r.Rule.Name, r.Finding.Position, r.Finding.Message)
		again := seen[said]
		seen[said] = true
		return again
	})
}
