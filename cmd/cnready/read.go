package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/config"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/helm"
	"github.com/cnready/cnready/internal/deploy/manifests"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/suppression"
	"github.com/cnready/cnready/internal/tree"
)

// inputs say what a run reads.
type inputs struct {
	manifests []string
	config    string
	noConfig  bool
}

// artifacts are what was read of a directory, and how it belongs together.
type artifacts struct {
	trees     []*tree.Tree // the checked directory first
	code      *code.Code
	files     []*image.Dockerfile
	manifests *deploy.Manifests
	joined    *service.Joined
	// notAnalyzed is what was not read, of all of them.
	notAnalyzed []finding.NotAnalyzed
	// ignored are the findings that the configuration suppresses.
	ignored []*suppression.Configured
}

// read reads a directory and joins what it finds. The error is one that whoever
// gave the arguments or wrote the configuration file can mend.
func (in inputs) read(ctx context.Context, dir string) (*artifacts, error) {
	if ctx == nil {
		ctx = context.Background()
	}
	root, err := tree.Open(dir, "")
	if err != nil {
		return nil, err
	}
	conf, err := in.configuration(root, dir)
	if err != nil {
		return nil, err
	}
	table, err := conf.Table(apitable.Default())
	if err != nil {
		return nil, err
	}
	ignored, err := ignoredBy(conf)
	if err != nil {
		return nil, err
	}
	a := &artifacts{trees: []*tree.Tree{root}, ignored: ignored}
	for _, m := range in.manifests {
		if err := a.beside(m); err != nil {
			return nil, fmt.Errorf("--manifests: %w", err)
		}
	}
	for _, m := range conf.Manifests {
		if err := a.beside(conf.Resolve(m.Value)); err != nil {
			return nil, fmt.Errorf("%s: manifests: %w", m.At, err)
		}
	}
	a.notAnalyzed = append(a.notAnalyzed, exclude(root, conf)...)

	values, err := chartValues(conf, root)
	if err != nil {
		return nil, err
	}

	// The three artifacts are read side by side.
	loader := &code.Loader{Table: table}
	for _, p := range conf.FirstParty {
		loader.FirstParty = append(loader.FirstParty, p.Value)
	}
	var wg sync.WaitGroup
	var unread []finding.NotAnalyzed
	wg.Go(func() { a.code = loader.Load(ctx, root) })
	wg.Go(func() { a.files, unread = image.Read(root) })
	wg.Go(func() { a.manifests = manifests.Read(values, a.trees...) })
	wg.Wait()
	if len(conf.Exclude) > 0 {
		withoutExcluded(root, a.code)
	}

	a.joined = service.Join(service.Input{
		Tree: root, Mains: a.code.Mains, Dockerfiles: a.files, Manifests: a.manifests, Declared: declaredIn(conf),
	})
	if len(a.joined.Wrong) > 0 {
		return nil, errors.Join(a.joined.Wrong...)
	}
	for _, t := range a.trees {
		a.notAnalyzed = append(a.notAnalyzed, t.NotAnalyzed...)
	}
	a.notAnalyzed = append(a.notAnalyzed, a.code.NotAnalyzed...)
	a.notAnalyzed = append(a.notAnalyzed, unread...)
	a.notAnalyzed = append(a.notAnalyzed, a.manifests.NotAnalyzed...)
	return a, nil
}

// configuration is what the configuration file says, nothing where there is none.
func (in inputs) configuration(root *tree.Tree, dir string) (*config.Config, error) {
	file := in.config
	switch {
	case in.noConfig && file != "":
		return nil, errors.New("--config and --no-config do not go together: give one of them")
	case in.noConfig:
		return &config.Config{}, nil
	case file == "":
		var err error
		if file, err = config.Find(dir); err != nil {
			return nil, err
		}
		if file == "" {
			return &config.Config{}, nil
		}
	}
	// Reports name it relative to the checked directory.
	name := filepath.Base(file)
	if abs, err := filepath.Abs(file); err == nil {
		if rel, err := filepath.Rel(root.Root, abs); err == nil {
			name = filepath.ToSlash(rel)
		}
	}
	return config.Read(file, name)
}

// exclude takes out of the tree what the configuration leaves out, and says so.
func exclude(root *tree.Tree, conf *config.Config) []finding.NotAnalyzed {
	var patterns []string
	for _, p := range conf.Exclude {
		patterns = append(patterns, p.Value)
	}
	var out []finding.NotAnalyzed
	for i, n := range root.Exclude(patterns) {
		files := "1 file"
		if n > 1 {
			files = fmt.Sprintf("%d files", n)
		}
		if n > 0 {
			out = append(out, finding.NotAnalyzed{
				File: patterns[i], Reason: fmt.Sprintf("left out by %s: %s", conf.Exclude[i].At.Short(), files),
			})
		}
	}
	return out
}

// withoutExcluded drops the mains in folders without Go files that were listed,
// and what is said of files that were not: the go command lists packages by
// itself.
func withoutExcluded(root *tree.Tree, c *code.Code) {
	folders := map[string]bool{}
	for _, f := range root.Files {
		if strings.HasSuffix(f.Path, ".go") {
			folders[path.Dir(f.Path)] = true
		}
	}
	c.Mains = slices.DeleteFunc(c.Mains, func(m *code.Main) bool { return !folders[m.Dir] })
	c.NotAnalyzed = slices.DeleteFunc(c.NotAnalyzed, func(n finding.NotAnalyzed) bool {
		return strings.HasSuffix(n.File, ".go") && !root.Has(n.File)
	})
}

// declaredIn are the joins that the configuration says.
func declaredIn(conf *config.Config) []service.Declared {
	var out []service.Declared
	for main, s := range conf.Services {
		d := service.Declared{Main: main, Name: s.Name, ImageAt: s.ImageAt, AllWorkloads: s.AllWorkloads, At: s.At}
		d.Image, d.Stage, _ = strings.Cut(s.Image, "#")
		for _, w := range s.Workloads {
			d.Workloads = append(d.Workloads, service.DeclaredWorkload{ID: w.Value, At: w.At})
		}
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b service.Declared) int { return a.At.Compare(b.At) })
	return out
}

// chartValues are the values files that the configuration gives to charts. All
// must be there.
func chartValues(conf *config.Config, root *tree.Tree) ([]helm.Values, error) {
	var out []helm.Values
	var errs []error
	for _, h := range conf.Helm {
		v := helm.Values{Chart: path.Clean(h.Chart.Value), Name: h.Name, At: h.Chart.At}
		if !root.Has(path.Join(v.Chart, "Chart.yaml")) {
			errs = append(errs, fmt.Errorf("%s: helm: %s is no folder of a chart: there is no %s", h.Chart.At, h.Chart.Value, path.Join(v.Chart, "Chart.yaml")))
		}
		for _, f := range h.Values {
			if v.Files = append(v.Files, path.Clean(f.Value)); !root.Has(path.Clean(f.Value)) {
				errs = append(errs, fmt.Errorf("%s: helm: there is no file %s in the checked directory", f.At, f.Value))
			}
		}
		out = append(out, v)
	}
	return out, errors.Join(errs...)
}

// beside opens a directory of manifests; its files are named relative to the
// checked directory.
func (a *artifacts) beside(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(a.trees[0].Root, abs)
	if err != nil {
		rel = filepath.Base(abs)
	}
	t, err := tree.Open(dir, filepath.ToSlash(rel))
	if err != nil {
		return err
	}
	a.trees = append(a.trees, t)
	return nil
}

// lookedAt counts what was read.
func (a *artifacts) lookedAt() report.LookedAt {
	return report.LookedAt{Packages: a.code.Packages, Dockerfiles: len(a.files), Workloads: len(a.manifests.Workloads)}
}

// contractOf is the contract of a service as reports show it.
func contractOf(s *service.Service) report.Contract {
	c := report.ContractOf(s.Contract)
	c.EntryPoint = report.EntryPointOf(s.EntryPoint())
	return c
}
