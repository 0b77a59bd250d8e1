package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/analyzers/diskwrite"
	"github.com/cnready/cnready/analyzers/dotenvfatal"
	"github.com/cnready/cnready/analyzers/embeddeddb"
	"github.com/cnready/cnready/analyzers/healthcheck"
	"github.com/cnready/cnready/analyzers/loopbacklisten"
	"github.com/cnready/cnready/analyzers/memorystate"
	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/yamlfix"
	"github.com/cnready/cnready/rules"
)

// A result is what a run found.
type result struct {
	report *report.Report
	// source reads a file by the name that the report gives it.
	source func(string) ([]byte, error)
	// nothing is set where there was nothing to look at.
	nothing bool
}

// maxSource is the largest file whose lines are shown, in bytes.
const maxSource = 16 << 20

// check reads a directory, joins what it finds and judges it.
func check(ctx context.Context, dir string, in inputs) (*result, error) {
	a, err := in.read(ctx, dir)
	if err != nil {
		return nil, err
	}
	outcome := report.Outcome{
		ToolName: toolName, Version: version(), LookedAt: a.lookedAt(),
		Source: sourceOf(a.trees), NotAnalyzed: a.notAnalyzed,
	}
	files := goFiles(a.trees[0], outcome.Source)
	declared := rule.Pass{Services: a.joined.Services, Manifests: a.manifests, Index: deploy.NewIndex(a.manifests), YAML: &yamlfix.Files{Read: outcome.Source}}
	for _, s := range a.joined.Services {
		results := judge(s, declared, files)
		places := continuum.PlacesOf(continuum.Input{
			Service: s, Results: results, Manifests: a.manifests, Index: declared.Index, Alone: len(a.joined.Services) == 1,
		})
		pass := declared
		pass.Service, pass.Contract, pass.Places = s, s.Contract, places
		results = append(results, judgePlaces(pass)...)
		outcome.Services = append(outcome.Services, report.ServiceOutcome{
			Service: s, Contract: contractOf(s), Results: acrossVariants(results, a.manifests), Places: places,
		})
	}
	for _, w := range a.joined.Unowned {
		pass := declared
		pass.Workload = w
		results := judgeWorkload(&pass)
		pass.Places = continuum.PlacesOf(continuum.Input{Workload: w, Results: results, Manifests: a.manifests, Index: declared.Index})
		outcome.Loose = append(append(outcome.Loose, results...), judgePlaces(pass)...)
	}
	outcome.Graph = service.GraphOf(a.joined.Services, a.manifests, declared.Index)
	outcome.Loose = acrossVariants(append(outcome.Loose, judgeManifests(declared)...), a.manifests)
	suppress(a, &outcome)
	for _, m := range a.joined.Other {
		outcome.Mains = append(outcome.Mains, report.Main{Name: m.Name, Dir: m.Main.Dir, Main: m.Main.Path, Reason: m.Reason})
	}
	looked := outcome.LookedAt
	return &result{
		report:  report.Build(outcome),
		source:  outcome.Source,
		nothing: looked.Packages+looked.Dockerfiles+looked.Workloads+len(outcome.NotAnalyzed) == 0,
	}, nil
}

// sourceOf reads files of the trees by the names that reports give them. The
// first tree is the checked directory, which has no prefix.
func sourceOf(trees []*tree.Tree) func(string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		for _, t := range trees[1:] {
			if p, ok := strings.CutPrefix(name, t.Prefix+"/"); ok {
				return t.Read(p, maxSource)
			}
		}
		return trees[0].Read(name, maxSource)
	}
}

// judge runs all rules on a service, its image and its workloads. files are those
// that fixes of Go code look at, declared has the manifests.
func judge(s *service.Service, declared rule.Pass, files *gofix.Files) []finding.Result {
	var results []finding.Result
	for _, r := range analyzers.Rules {
		rec := finding.NewRecorder(&r.Rule)
		r.Judge(s.Contract, rec)
		if r == diskwrite.Rule || r == embeddeddb.Rule {
			service.ClearWrites(s, rec.Results())
		}
		switch r {
		case memorystate.Rule:
			service.RaiseMemory(s, rec.Results(), declared.Manifests, declared.Index)
		case loopbacklisten.Rule:
			service.ClearLoopback(s, rec.Results())
		case healthcheck.Rule:
			service.ClearHealth(s, rec.Results())
		}
		if r == dotenvfatal.Rule {
			service.ClearDotenv(s, rec.Results())
		}
		r.AddFixes(files, rec.Results())
		results = append(results, rec.Results()...)
	}
	base := declared
	base.Service, base.Contract = s, s.Contract
	for _, r := range rules.All {
		switch r.Needs {
		case rule.Service:
			pass := base
			results = append(results, run(r, r.Run, &pass)...)
		case rule.Image:
			results = append(results, judgeImage(r, s)...)
		case rule.Workload:
			if r.RunService != nil {
				pass := base
				results = append(results, run(r, r.RunService, &pass)...)
			}
			if len(s.Workloads) == 0 {
				results = append(results, cannotTell(r, "no workload that runs it was found", finding.Position{}))
			}
		}
	}
	for _, w := range s.Workloads {
		pass := base
		pass.Workload, pass.Container = w.Workload, w.Container
		results = append(results, judgeWorkload(&pass)...)
	}
	return results
}

// judgeImage runs an image rule, or says why there is no image to judge.
func judgeImage(r *rule.Rule, s *service.Service) []finding.Result {
	switch {
	case s.Image != nil && s.Image.Stage != nil:
		return run(r, r.Run, &rule.Pass{Service: s, Contract: s.Contract, File: s.Image.File, Stage: s.Image.Stage, Image: s.Image.Image})
	case r.Applies != nil && !r.Applies(s.Contract):
		return nil
	case s.Image != nil:
		return []finding.Result{cannotTell(r, s.Image.File.Path+" does not parse", s.Image.At)}
	case s.Packaging != nil:
		return []finding.Result{cannotTell(r, "the image is built with "+s.Packaging.Kind+", not from a Dockerfile", s.Packaging.At)}
	case len(s.UnjoinedDockerfiles) > 0:
		return []finding.Result{cannotTell(r, "none of the Dockerfiles could be told to build it", finding.Position{File: s.UnjoinedDockerfiles[0]})}
	}
	return []finding.Result{cannotTell(r, "no Dockerfile that builds it was found", finding.Position{})}
}

// judgeManifests runs the rules on what manifests declare as a whole.
func judgeManifests(declared rule.Pass) []finding.Result {
	var results []finding.Result
	for _, r := range rules.All {
		pass := declared
		switch {
		case r.Needs == rule.Manifests:
			results = append(results, run(r, r.Run, &pass)...)
		case r.RunWhole != nil:
			results = append(results, run(r, r.RunWhole, &pass)...)
		}
	}
	byVariant(results, declared.Manifests)
	return results
}

// judgePlaces runs the rules on where a service or a workload stands.
func judgePlaces(pass rule.Pass) []finding.Result {
	var results []finding.Result
	for _, r := range rules.All {
		if r.Needs == rule.Placement {
			p := pass
			results = append(results, run(r, r.Run, &p)...)
		}
	}
	return results
}

func judgeWorkload(pass *rule.Pass) []finding.Result {
	var results []finding.Result
	for _, r := range rules.All {
		if r.Needs == rule.Workload {
			p := *pass
			results = append(results, run(r, r.Run, &p)...)
		}
	}
	for i := range results {
		if f := results[i].Finding; f != nil {
			f.Workload = pass.Workload.ID()
		}
	}
	inVariant(results, pass.Workload.Variant)
	return results
}

// run is one run of a rule. A rule that breaks costs its own answer only.
func run(r *rule.Rule, judge func(*rule.Pass), pass *rule.Pass) (results []finding.Result) {
	pass.Recorder = finding.NewRecorder(&r.Rule)
	defer func() {
		if x := recover(); x != nil {
			results = []finding.Result{cannotTell(r, fmt.Sprintf("internal error, please report it: %v", x), finding.Position{})}
		}
	}()
	judge(pass)
	return pass.Results()
}

func cannotTell(r *rule.Rule, reason string, at finding.Position) finding.Result {
	return finding.Result{
		Rule: &r.Rule, Severity: r.Severity, Subject: "service",
		Verdict: finding.CannotTell, Reason: reason, Position: at,
	}
}
