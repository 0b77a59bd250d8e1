package ruletest

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
)

// RunPrograms runs a rule on images or services on every service of a directory,
// with the contracts that its Go code really has, and compares what it reports
// with the want comments. It returns the results by the name of the service, those
// of a rule on all manifests by "".
//
// The directory holds one or more modules with main packages, Dockerfiles that
// build them and, if need be, manifests: they are joined as the command joins
// them. The programs may import the standard library, each other, and modules that
// a go.mod replaces by a folder of the directory.
func RunPrograms(t *testing.T, r *rule.Rule, dir string) map[string][]finding.Result {
	t.Helper()
	root, joined := LoadPrograms(t, dir)
	var all []finding.Result
	by := map[string][]finding.Result{}
	if r.Needs == rule.Manifests {
		m := ManifestsOf(dir)
		recorder := finding.NewRecorder(&r.Rule)
		r.Run(&rule.Pass{Recorder: recorder, Services: joined.Services, Manifests: m, Index: deploy.NewIndex(m)})
		compare(t, dir, root, recorder.Results())
		return map[string][]finding.Result{"": recorder.Results()}
	}
	for _, s := range joined.Services {
		recorder := finding.NewRecorder(&r.Rule)
		pass := &rule.Pass{Recorder: recorder, Service: s, Contract: s.Contract}
		if r.Needs == rule.Image {
			if s.Image == nil || s.Image.Stage == nil {
				t.Errorf("%s: %s has no image", dir, s.Name)
				continue
			}
			pass.File, pass.Stage, pass.Image = s.Image.File, s.Image.Stage, s.Image.Image
		}
		if r.Needs == rule.Workload {
			runWorkloads(r, pass, ManifestsOf(dir))
		} else {
			r.Run(pass)
		}
		by[s.Name] = recorder.Results()
		all = append(all, recorder.Results()...)
	}
	compare(t, dir, root, all)
	return by
}

// runWorkloads runs a rule on the workloads of a service, and on the service.
func runWorkloads(r *rule.Rule, pass *rule.Pass, m *deploy.Manifests) {
	pass.Manifests, pass.Index = m, deploy.NewIndex(m)
	if r.RunService != nil {
		p := *pass
		r.RunService(&p)
	}
	for _, j := range pass.Service.Workloads {
		p := *pass
		p.Workload, p.Container = j.Workload, j.Container
		r.Run(&p)
	}
}

// ManifestsOf are the manifests of a directory that LoadPrograms has read.
func ManifestsOf(dir string) *deploy.Manifests {
	abs, _ := filepath.Abs(dir)
	once, _ := loaded.Load(abs)
	return once.(func() *programs)().manifests
}

// LoadPrograms reads and joins a directory as RunPrograms does. What it returns is
// kept for whoever asks again in the same test run, and must not be changed.
func LoadPrograms(t testing.TB, dir string) (*tree.Tree, *service.Joined) {
	t.Helper()
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	once, _ := loaded.LoadOrStore(abs, sync.OnceValue(func() *programs { return load(abs, unrendered) }))
	p := once.(func() *programs)()
	if p.err != nil {
		t.Fatal(p.err)
	}
	for _, n := range p.unread {
		t.Errorf("%s: %s: %s", dir, n.File, n.Reason)
	}
	return p.root, p.joined
}

// loaded are the directories that were read, by their absolute names.
var loaded sync.Map

type programs struct {
	root      *tree.Tree
	joined    *service.Joined
	unread    []finding.NotAnalyzed
	manifests *deploy.Manifests
	err       error
}

func load(dir string, read func(*tree.Tree) *deploy.Manifests) *programs {
	root, err := tree.Open(dir, "")
	if err != nil {
		return &programs{err: err}
	}
	c := (&code.Loader{CacheDir: "off"}).Load(context.Background(), root)
	files, _ := image.Read(root)
	m := read(root)
	return &programs{root: root, unread: c.NotAnalyzed, manifests: m, joined: service.Join(service.Input{
		Tree: root, Mains: c.Mains, Dockerfiles: files, Manifests: m,
	})}
}
