// Package kustomize builds the kustomizations of a tree, within bounds, and
// leads every field of the result back to the file that sets it: the base, the
// patch, or the kustomization.
//
// It is a builder of our own. Kustomize's library knows the file that an object
// came from, not the line that set a field; it fetches what lies elsewhere; and
// it brings the Kubernetes API's schemas into a program that is started for
// each package when it is a vet tool. What is carried out: resources, bases,
// components, patches of all kinds, generators, namespace, names, labels,
// annotations, replicas and images. What is not is noted.
package kustomize

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// A Result is what the kustomizations of the trees make.
type Result struct {
	Texts []kubernetes.Text
	// Built are the files, as reports show them, that the texts were made of.
	Built       map[string]bool
	NotAnalyzed []finding.NotAnalyzed
	// Roots and Failed count what was built, and what could not be.
	Roots, Failed int

	lock sync.Mutex
}

// Read builds the kustomizations of the trees that no other one takes in: what
// is deployed. A base that overlays take in is judged in these. Where one cannot
// be built, what it takes in is left to be read as it stands. Examples
// (tree.IsExample) and tests are left out.
func Read(trees ...*tree.Tree) *Result {
	r := &Result{Built: map[string]bool{}}
	for _, t := range trees {
		b := &builder{tree: t, docs: map[string][]*yamldoc.Document{}, used: map[string]bool{}, budget: maxNodes}
		for i, dir := range b.roots() {
			if i >= maxRoots {
				r.note(t.Name(dir), fmt.Sprintf("there are more than %d overlays; this one and those behind it were not built", maxRoots))
				break
			}
			r.build(b, dir)
		}
	}
	return r
}

func (r *Result) note(file, reason string) {
	r.NotAnalyzed = append(r.NotAnalyzed, finding.NotAnalyzed{File: file, Reason: reason})
}

// roots are the folders of the kustomizations that no other one takes in.
func (b *builder) roots() []string {
	var dirs []string
	taken := map[string]bool{}
	for _, f := range b.tree.Files {
		if !slices.Contains(names, path.Base(f.Path)) || tree.IsExample(f.Path) || inTests(path.Dir(f.Path)) || inChart(b.tree, f.Path) {
			continue
		}
		dir := path.Dir(f.Path)
		b.used = map[string]bool{}
		t, err := b.open(dir)
		if err != nil {
			dirs = append(dirs, dir)
			continue
		}
		switch t.n.get("kind").str() {
		case "", "Kustomization":
			if api := t.n.get("apiVersion").str(); api != "" && !strings.HasPrefix(api, "kustomize.config.k8s.io/") {
				continue // of Flux: it names a folder, and is an object itself
			}
			dirs = append(dirs, dir)
		case "Component":
		default:
			continue
		}
		for _, key := range []string{"resources", "bases", "components"} {
			for _, item := range t.n.get(key).list() {
				taken[path.Join(dir, item.str())] = true
			}
		}
	}
	return slices.DeleteFunc(dirs, func(dir string) bool { return taken[dir] })
}

func inTests(dir string) bool {
	for _, part := range strings.Split(dir, "/") {
		switch strings.ToLower(part) {
		case "test", "tests", "e2e", "fixtures", "testing":
			return true
		}
	}
	return false
}

// inChart tells of a file among the templates of a chart.
func inChart(t *tree.Tree, p string) bool {
	before, _, ok := strings.Cut(p, "/templates/")
	return ok && t.Has(path.Join(before, "Chart.yaml"))
}

// build builds one kustomization, and writes down what it makes.
func (r *Result) build(b *builder, dir string) {
	b.used, b.lacks, b.partial, b.budget = map[string]bool{}, nil, false, maxNodes
	file := b.kustomization(dir)
	list, err := b.safely(dir)
	name := b.tree.Name(file)
	if err != nil {
		r.Failed++
		var at *broken
		reason := "cannot be built, its files are read as they stand: " + err.Error()
		if errors.As(err, &at) {
			reason = yamldoc.Say(at.at, name, reason)
		}
		r.note(name, reason)
		return
	}
	r.Roots++
	r.NotAnalyzed = append(r.NotAnalyzed, b.lacks...)
	for p := range b.used {
		r.Built[b.tree.Name(p)] = true
	}
	w := &writer{lock: &r.lock}
	for _, o := range list {
		w.object(o.n)
	}
	if len(list) > 0 {
		r.Texts = append(r.Texts, kubernetes.Text{File: name, Dir: b.tree.Name(dir), Variant: b.tree.Name(dir), Data: w.buf, Origin: w.origin})
	}
}

func (b *builder) safely(dir string) (list []*object, err error) {
	defer func() {
		if r := recover(); r != nil {
			list, err = nil, fmt.Errorf("the builder gives up on it: %v", r)
		}
	}()
	return b.build(dir, nil, nil)
}
