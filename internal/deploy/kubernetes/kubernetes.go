// Package kubernetes reads Kubernetes manifests, in YAML and JSON, into the
// model of package deploy. It renders nothing and asks no cluster: what others
// rendered of charts and overlays is given to it as text, and otherwise they are
// named as not analyzed. What build tools put into image fields is told from
// their own files.
package kubernetes

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one reading.
const (
	maxFileSize = 8 << 20
	maxBytes    = 256 << 20 // of all files that are read whole
	maxFiles    = 50_000
	maxObjects  = 20_000
	maxNotes    = 10 // per file
	// peekSize is how much of a file tells whether it can be Kubernetes where
	// the whole of it is not to be read.
	peekSize = 64 << 10
)

// Read reads every manifest of the trees. Whatever could not be read is in the
// result's NotAnalyzed; files that are no manifests are passed over. Examples
// (tree.IsExample) are left out, and so are the manifests of tests.
func Read(trees ...*tree.Tree) *deploy.Manifests { return ReadRendered(Rendered{}, trees...) }

// Rendered is what others made of a tree's charts and overlays.
type Rendered struct {
	Texts []Text
	// Charts is true where the charts of the trees were rendered, or their
	// readers have said why not.
	Charts bool
	// Built are the files, as reports show them, for which the texts stand: what
	// they hold is not read again.
	Built map[string]bool
}

// ReadRendered is Read, with what was rendered in the place of the sources that
// it was made of. Texts and files are one whole: what build tools put into image
// fields is told of both. The objects of a variant meet those of their own
// variant only.
func ReadRendered(r Rendered, trees ...*tree.Tree) *deploy.Manifests {
	m := &deploy.Manifests{}
	candidates := list(m, r, trees)
	files := leaveOutTests(m, parseAll(candidates))
	for _, f := range files {
		if r.Built[f.name] {
			f.standIn()
		}
	}
	gather(m, append(files, parseTexts(r.Texts)...))
	if len(m.Workloads) > 0 {
		for _, t := range trees {
			m.Configs = append(m.Configs, commandsIn(t)...)
		}
	}
	return m
}

// A Text is manifest text that something rendered: a chart's templates, a
// kustomization's overlay.
type Text struct {
	// File names the text where the place in the source is not known: the
	// chart's or the overlay's own file.
	File string
	// Dir is the folder of the objects' scope.
	Dir string
	// Variant is the overlay or values file that it was rendered for.
	Variant string
	Data    []byte
	// Origin maps the text's lines and columns to source files; nil where the
	// text is File's own.
	Origin yamldoc.Origin
	// Foreign is true where nobody edits the sources in this tree: a packaged
	// subchart. Its workloads are left out, its other objects are known.
	Foreign bool
}

// ReadTexts reads rendered manifests as Read does files. Those of one variant
// are deployed together: a workload meets the Services of its own variant only.
// Nothing more is rendered or replaced.
func ReadTexts(texts ...Text) *deploy.Manifests {
	return gather(&deploy.Manifests{}, parseTexts(texts))
}

// parseTexts reads rendered texts, several at a time, in their order.
func parseTexts(texts []Text) []*parsedFile {
	files := make([]*parsedFile, len(texts))
	inParallel(len(texts), func(i int) {
		t := &texts[i]
		f := &parsedFile{name: t.File, path: t.File, dir: t.Dir, variant: t.Variant, origin: t.Origin, rendered: true}
		if len(t.Data) > maxFileSize {
			f.note(fmt.Sprintf("renders to more than %d MiB", maxFileSize>>20))
		} else {
			f.read(t.Data)
		}
		if t.Foreign {
			f.workloads, f.notes = nil, nil
		}
		files[i] = f
	})
	return files
}

// standIn leaves of a file what is not an object: what it says of builds and of
// how files belong together.
func (f *parsedFile) standIn() {
	f.objects, f.workloads, f.services, f.limits, f.found = 0, nil, nil, nil, deploy.Manifests{}
	f.notes, f.more, f.template = nil, 0, false
	if f.kustomization != nil {
		f.kustomization.configs = nil
	}
}

// gather takes over what files hold, and joins it.
func gather(m *deploy.Manifests, files []*parsedFile) *deploy.Manifests {
	k := newKustomize(files)
	built := builtImages(files)
	objects := 0
	for i, f := range files {
		if objects += f.objects; objects > maxObjects {
			note(m, f.name, fmt.Sprintf("there are more than %d objects; this file and those behind it were not read", maxObjects))
			files = files[:i]
			break
		}
		m.Read.Objects += f.objects
		if f.objects > 0 {
			m.Read.Files++
		}
	}
	search := yamldoc.AllSearchBytes
	for _, f := range files {
		collect(m, f, k, built, &search)
	}
	if k.cut {
		note(m, ".", "the kustomizations lead into each other too often; not all were followed")
	}
	join(m, files, k)

	slices.SortStableFunc(m.NotAnalyzed, func(a, b finding.NotAnalyzed) int { return strings.Compare(a.File, b.File) })
	m.NotAnalyzed = slices.Compact(m.NotAnalyzed)
	return m
}

// leaveOutTests drops the files in folders of tests: they deploy stand-ins, not
// the project. A folder is noted if workloads are left out with it.
func leaveOutTests(m *deploy.Manifests, files []*parsedFile) []*parsedFile {
	noted := map[string]bool{}
	return slices.DeleteFunc(files, func(f *parsedFile) bool {
		dir := testFolder(f.path)
		if dir == "" {
			return false
		}
		dir = strings.TrimSuffix(f.name, f.path) + dir
		if len(f.workloads) > 0 && !noted[dir] {
			noted[dir] = true
			note(m, dir, "manifests of tests are left out")
		}
		return true
	})
}

// testFolder is the outermost folder of tests that a file is in, or "".
func testFolder(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts[:len(parts)-1] {
		switch strings.ToLower(part) {
		case "test", "tests", "e2e", "fixtures", "testing":
			return strings.Join(parts[:i+1], "/")
		}
	}
	return ""
}

func note(m *deploy.Manifests, file, reason string) {
	m.NotAnalyzed = append(m.NotAnalyzed, finding.NotAnalyzed{File: file, Reason: reason})
}

// A candidate is a file whose name may be that of a manifest.
type candidate struct {
	tree *tree.Tree
	path string
	name string // as reports show it
	size int64
}

// list picks the candidates, and notes the charts.
func list(m *deploy.Manifests, r Rendered, trees []*tree.Tree) []candidate {
	var candidates []candidate
	var total int64
	for _, t := range trees {
		charts := chartsOf(t)
		noted := map[string]bool{}
		for _, f := range t.Files {
			if !isManifestName(f.Path) || tree.IsExample(f.Path) {
				continue
			}
			if chart := charts.of(f.Path); chart != "" {
				if !noted[chart] && !r.Charts {
					noted[chart] = true
					note(m, t.Name(path.Join(chart, "Chart.yaml")), "Helm chart: templates are not rendered")
				}
				continue
			}
			// Of a large JSON file only the start is read before it is known to
			// be a manifest.
			size := f.Size
			if size > maxFileSize || isJSON(f.Path) && size > peekSize {
				size = peekSize
			}
			if total += size; len(candidates) >= maxFiles || total > maxBytes {
				note(m, t.Name(f.Path), fmt.Sprintf("there are more than %d YAML and JSON files, or more than %d MiB of them; this one and those behind it were not read", maxFiles, maxBytes>>20))
				return candidates
			}
			candidates = append(candidates, candidate{tree: t, path: f.Path, name: t.Name(f.Path), size: f.Size})
		}
	}
	return candidates
}

func isManifestName(p string) bool {
	switch path.Ext(p) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return path.Base(p) == "Kustomization" || isTiltfile(p)
}

func isJSON(p string) bool { return path.Ext(p) == ".json" }

// charts are the folders of a tree's Helm charts.
type charts map[string]bool

func chartsOf(t *tree.Tree) charts {
	c := charts{}
	for _, f := range t.Files {
		if path.Base(f.Path) == "Chart.yaml" {
			c[path.Dir(f.Path)] = true
		}
	}
	return c
}

// of is the folder of the chart whose template a file is, or ""; "." is a
// chart at the root. A chart below another's charts folder counts as the other.
func (c charts) of(file string) string {
	if len(c) == 0 {
		return ""
	}
	found := ""
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if path.Base(dir) == "templates" && c[path.Dir(dir)] {
			found = path.Dir(dir)
		}
	}
	if found == "" {
		return ""
	}
	for dir := found; dir != "."; dir = path.Dir(dir) {
		if path.Base(dir) == "charts" && c[path.Dir(dir)] {
			found = path.Dir(dir)
		}
	}
	return found
}

// parseAll reads the candidates, several at a time; the answers are in the
// candidates' order.
func parseAll(candidates []candidate) []*parsedFile {
	files := make([]*parsedFile, len(candidates))
	inParallel(len(candidates), func(i int) { files[i] = parse(candidates[i]) })
	return files
}

// inParallel does n things, several at a time.
func inParallel(n int, do func(int)) {
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 8) {
		wait.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

// parse reads one file. It is empty for what is no manifest.
func parse(c candidate) *parsedFile {
	f := &parsedFile{name: c.name, path: c.path, dir: path.Dir(c.name)}
	limit := int64(maxFileSize)
	if c.size > limit || isJSON(c.path) && c.size > peekSize {
		start, err := peek(c)
		if err != nil || !maybeManifest(start) {
			return f
		}
		if c.size > limit {
			f.note(fmt.Sprintf("is larger than %d MiB", limit>>20))
			return f
		}
	}
	text, err := c.tree.Read(c.path, limit)
	if err != nil {
		f.note(err.Error())
		return f
	}
	f.read(text)
	return f
}

// peek reads the start of a file.
func peek(c candidate) ([]byte, error) {
	file, err := os.Open(filepath.Join(c.tree.Root, filepath.FromSlash(c.path)))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, peekSize))
}

// maybeManifest tells whether the text, or the start of one, can hold an object.
func maybeManifest(text []byte) bool {
	return bytes.Contains(text, []byte("apiVersion")) && bytes.Contains(text, []byte("kind"))
}

// collect takes over what a file holds, unless it is a patch or a template.
func collect(m *deploy.Manifests, f *parsedFile, k *kustomize, built map[string][]artifact, search *int) {
	switch {
	case f.template:
		note(m, f.name, "contains template directives")
		f.workloads, f.services, f.limits, f.found = nil, nil, nil, deploy.Manifests{}
		return
	case k.patches[f.name]:
		if len(f.workloads)+len(f.services)+len(f.found.Objects)+len(f.notes) > 0 {
			note(m, f.name, "a kustomize patch that no overlay which was built takes in")
		}
		f.workloads, f.services, f.limits, f.found = nil, nil, nil, deploy.Manifests{}
		return
	}
	for _, n := range f.notes {
		if n.d != nil {
			n.reason = n.d.Reason(n.err, search)
		}
		note(m, f.name, n.reason)
	}
	if f.more > 0 {
		note(m, f.name, fmt.Sprintf("and %d more documents that could not be read", f.more))
	}
	whole := f.workloads[:0]
	labels := k.labels(f.name)
	bundles, optional := k.bundles(f.name), f.variant == "" && k.optional(f.name)
	for _, w := range f.workloads {
		w.Labels = merge(w.Labels, labels)
		w.Variant, w.Bundles, w.Component = f.variant, bundles, optional
		for _, claim := range w.ClaimTemplates {
			claim.Dir, claim.Variant, claim.Bundles = f.dir, f.variant, bundles
		}
		if w.fragment == "" && !w.selector && len(w.Labels) == 0 && len(k.parents[f.name]) == 0 {
			w.fragment = "has neither a selector nor pod labels"
		}
		if w.fragment != "" {
			note(m, f.name, fmt.Sprintf("line %d: %s %s: a patch or a fragment, not a workload", w.Position.Line, w.ID(), w.fragment))
			continue
		}
		replaceImages(w.Workload, f.name, k, built)
		whole = append(whole, w)
		m.Workloads = append(m.Workloads, w.Workload)
	}
	f.workloads = whole
	for _, s := range f.services {
		s.Selector = merge(s.Selector, labels)
		s.Variant, s.Bundles, s.Component = f.variant, bundles, optional
	}
	m.Services = append(m.Services, f.services...)
	for _, b := range f.found.Budgets {
		b.Selector.Labels = mergeSelector(b.Selector, labels)
	}
	for _, p := range f.found.Policies {
		p.Selector.Labels = mergeSelector(p.Selector, labels)
	}
	place := func(o *deploy.Object) {
		o.Dir, o.Variant, o.Bundles, o.Component = f.dir, f.variant, bundles, optional
	}
	for _, o := range f.found.Objects {
		place(o)
	}
	// Of these the identity is a copy.
	for _, o := range f.found.Configs {
		place(&o.Object)
	}
	for _, o := range f.found.Autoscalers {
		place(&o.Object)
	}
	for _, o := range f.found.LimitRanges {
		place(&o.Object)
	}
	for _, o := range f.found.Grants {
		place(&o.Object)
	}
	m.Add(&f.found)
	if f.kustomization != nil {
		m.Configs = append(m.Configs, k.generated(f)...)
	}
}

func mergeSelector(s deploy.Selector, added map[string]string) map[string]string {
	if len(s.Labels) == 0 {
		return s.Labels // kustomize adds to the labels of selectors that have some
	}
	return merge(s.Labels, added)
}

// merge adds what a kustomization adds; it wins, as kustomize lets it.
func merge(own, added map[string]string) map[string]string {
	if len(added) == 0 {
		return own
	}
	both := maps.Clone(own)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, added)
	return both
}
