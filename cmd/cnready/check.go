package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/analyzers/diskwrite"
	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
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
func check(ctx context.Context, dir string, manifestDirs []string) (*result, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	root, err := tree.Open(dir, "")
	if err != nil {
		return nil, err
	}
	trees := []*tree.Tree{root}
	for _, m := range manifestDirs {
		t, err := besideTree(root, m)
		if err != nil {
			return nil, fmt.Errorf("--manifests: %w", err)
		}
		trees = append(trees, t)
	}

	// The three artifacts are read side by side.
	var (
		wg        sync.WaitGroup
		goCode    *code.Code
		files     []*image.Dockerfile
		unread    []finding.NotAnalyzed
		manifests *deploy.Manifests
	)
	wg.Go(func() { goCode = loader().Load(ctx, root) })
	wg.Go(func() { files, unread = image.Read(root) })
	wg.Go(func() { manifests = kubernetes.Read(trees...) })
	wg.Wait()

	joined := service.Join(service.Input{Tree: root, Mains: goCode.Mains, Dockerfiles: files, Manifests: manifests})
	outcome := report.Outcome{
		ToolName: "cnready", Version: version(),
		LookedAt: report.LookedAt{Packages: goCode.Packages, Dockerfiles: len(files), Workloads: len(manifests.Workloads)},
		Source:   sourceOf(trees),
	}
	for _, s := range joined.Services {
		outcome.Services = append(outcome.Services, report.ServiceOutcome{
			Service: s, Contract: report.ContractOf(s.Contract), Results: judge(s),
		})
	}
	for _, w := range joined.Unowned {
		outcome.Loose = append(outcome.Loose, judgeWorkload(&rule.Pass{Workload: w})...)
	}
	for _, m := range joined.Other {
		outcome.Mains = append(outcome.Mains, report.Main{Name: m.Name, Dir: m.Main.Dir, Main: m.Main.Path, Reason: m.Reason})
	}
	for _, t := range trees {
		outcome.NotAnalyzed = append(outcome.NotAnalyzed, t.NotAnalyzed...)
	}
	outcome.NotAnalyzed = append(outcome.NotAnalyzed, goCode.NotAnalyzed...)
	outcome.NotAnalyzed = append(outcome.NotAnalyzed, unread...)
	outcome.NotAnalyzed = append(outcome.NotAnalyzed, manifests.NotAnalyzed...)
	looked := outcome.LookedAt
	return &result{
		report:  report.Build(outcome),
		source:  outcome.Source,
		nothing: looked.Packages+looked.Dockerfiles+looked.Workloads+len(outcome.NotAnalyzed) == 0,
	}, nil
}

// besideTree opens a directory of manifests; its files are named relative to the
// checked directory.
func besideTree(root *tree.Tree, dir string) (*tree.Tree, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(root.Root, abs)
	if err != nil {
		rel = filepath.Base(abs)
	}
	return tree.Open(dir, filepath.ToSlash(rel))
}

// loader lets the go command name the export data that its cache has.
func loader() *code.Loader {
	self, err := os.Executable()
	if err != nil {
		return &code.Loader{} // types come from source
	}
	return &code.Loader{Guard: []string{self, guardCommand}}
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

// judge runs all rules on a service, its image and its workloads.
func judge(s *service.Service) []finding.Result {
	var results []finding.Result
	for _, r := range analyzers.Rules {
		rec := finding.NewRecorder(&r.Rule)
		r.Judge(s.Contract, rec)
		if r == diskwrite.Rule {
			service.ClearWrites(s, rec.Results())
		}
		results = append(results, rec.Results()...)
	}
	base := rule.Pass{Service: s, Contract: s.Contract}
	for _, r := range rules.All {
		switch r.Needs {
		case rule.Service:
			pass := base
			results = append(results, run(r, &pass)...)
		case rule.Image:
			results = append(results, judgeImage(r, s)...)
		case rule.Workload:
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
		return run(r, &rule.Pass{Service: s, Contract: s.Contract, File: s.Image.File, Stage: s.Image.Stage})
	case s.Image != nil:
		return []finding.Result{cannotTell(r, s.Image.File.Path+" does not parse", s.Image.At)}
	case s.Packaging != nil:
		return []finding.Result{cannotTell(r, "the image is built with "+s.Packaging.Kind+", not from a Dockerfile", s.Packaging.At)}
	case len(s.UnjoinedDockerfiles) > 0:
		return []finding.Result{cannotTell(r, "none of the Dockerfiles could be told to build it", finding.Position{File: s.UnjoinedDockerfiles[0]})}
	}
	return []finding.Result{cannotTell(r, "no Dockerfile that builds it was found", finding.Position{})}
}

func judgeWorkload(pass *rule.Pass) []finding.Result {
	var results []finding.Result
	for _, r := range rules.All {
		if r.Needs == rule.Workload {
			p := *pass
			results = append(results, run(r, &p)...)
		}
	}
	for i := range results {
		if f := results[i].Finding; f != nil {
			f.Workload = pass.Workload.ID()
		}
	}
	return results
}

// run is one run of a rule. A rule that breaks costs its own answer only.
func run(r *rule.Rule, pass *rule.Pass) (results []finding.Result) {
	pass.Recorder = finding.NewRecorder(&r.Rule)
	defer func() {
		if x := recover(); x != nil {
			results = []finding.Result{cannotTell(r, fmt.Sprintf("internal error, please report it: %v", x), finding.Position{})}
		}
	}()
	r.Run(pass)
	return pass.Results()
}

func cannotTell(r *rule.Rule, reason string, at finding.Position) finding.Result {
	return finding.Result{
		Rule: &r.Rule, Severity: r.Severity, Subject: "service",
		Verdict: finding.CannotTell, Reason: reason, Position: at,
	}
}
