// Package helm renders the Helm charts of a tree for each of their values files,
// within bounds, and leads every line of the result back to the template that
// wrote it.
//
// The engine is text/template with the functions of sprig and Helm's own, in our
// words: Helm's package engine brings the Kubernetes client in, which costs 20
// milliseconds of every start, and this program is started for each package when
// it is a vet tool. Nothing is fetched and no cluster is asked.
package helm

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one reading.
const (
	maxCharts   = 300
	maxVariants = 16 // of one chart
	maxRendered = 64 << 20
)

// Values are files of values that the configuration names for a chart. Together
// they make one variant: the later file wins.
type Values struct {
	// Chart is the chart's folder in the tree.
	Chart string
	// Name is what reports call the variant; the last file where it is "".
	Name  string
	Files []string
	// At is where the configuration says so.
	At finding.Position
}

// A Result is what the charts of the trees became.
type Result struct {
	// Texts are the rendered manifests.
	Texts       []kubernetes.Text
	NotAnalyzed []finding.NotAnalyzed
	// Charts and Renderings count what was rendered.
	Charts, Renderings int

	variants map[string]*variant
	sources  map[string][]*source // by file
}

// A variant is a chart with the values that it is rendered with.
type variant struct {
	name  string
	chart *chart
	files []*valuesFile // the later wins
}

// Read renders the charts of the trees: with their own values, which is the
// variant of their values.yaml, and with each of the other values files that are
// found beside them or named.
func Read(named []Values, trees ...*tree.Tree) *Result {
	r := &Result{variants: map[string]*variant{}, sources: map[string][]*source{}}
	rendered := 0
	for i, t := range trees {
		dirs := chartsOf(t)
		var said []Values
		if i == 0 {
			said = append(slices.Clone(named), declared(t, dirs)...)
		}
		for n, dir := range dirs {
			if n >= maxCharts || rendered > maxRendered {
				r.note(t.Name(path.Join(dir, "Chart.yaml")), fmt.Sprintf("there are more than %d charts, or more than %d MiB of what they render; this one and those behind it were not rendered", maxCharts, maxRendered>>20))
				break
			}
			rendered += r.chart(t, dir, said)
		}
	}
	return r
}

func (r *Result) note(file, reason string) {
	r.NotAnalyzed = append(r.NotAnalyzed, finding.NotAnalyzed{File: file, Reason: reason})
}

// chartsOf are the folders of the charts that stand for themselves: not those
// within another's folder of subcharts, in examples or in tests.
func chartsOf(t *tree.Tree) []string {
	all := map[string]bool{}
	for _, f := range t.Files {
		if path.Base(f.Path) == "Chart.yaml" && !tree.IsExample(f.Path) {
			all[path.Dir(f.Path)] = true
		}
	}
	var dirs []string
	for _, dir := range sorted(all) {
		sub := false
		for up := dir; up != "."; up = path.Dir(up) {
			if path.Base(path.Dir(up)) == "charts" && all[path.Dir(path.Dir(up))] {
				sub = true
			}
		}
		if !sub && !inTests(dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
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

// chart renders one chart, and returns how much it became.
func (r *Result) chart(t *tree.Tree, dir string, said []Values) int {
	file := t.Name(path.Join(dir, "Chart.yaml"))
	l := &loader{tree: t}
	c, err := l.load(dir, nil)
	if err != nil {
		r.note(file, "the chart was not rendered: "+err.Error())
		return 0
	}
	if c.meta.Type == "library" || len(c.sources)+len(c.subs) == 0 {
		return 0
	}
	r.Charts++
	e := newEngine(c)
	files := map[string]*source{}
	var all []named
	gatherSources(c, c.meta.Name, &all)
	for _, n := range all {
		files[n.name] = n.source
		r.sources[n.source.file] = append(r.sources[n.source.file], n.source)
	}
	r.missing(file, c)
	size := 0
	failed := map[finding.NotAnalyzed]bool{}
	for _, v := range r.variantsOf(l, c, dir, said) {
		given := map[string]any{}
		for _, f := range slices.Backward(v.files) {
			if f != c.values {
				fill(given, f.values)
			}
		}
		r.Renderings++
		r.variants[v.name] = v
		for _, out := range e.render(c, given, releaseOf(c.meta.Name)) {
			if out.err != nil {
				at, reason := e.reason(out.err, out.source, files)
				reason = "the template was not rendered: " + reason
				if at.File != out.source.file {
					reason += " (" + at.Short() + ")"
					at = finding.Position{File: out.source.file}
				}
				n := finding.NotAnalyzed{File: out.source.file, Reason: yamldoc.Say(at, out.source.file, reason)}
				if !failed[n] {
					failed[n] = true
					r.NotAnalyzed = append(r.NotAnalyzed, n)
				}
				continue
			}
			size += len(out.out.buf)
			if size > maxRendered || testHook.MatchString(out.source.text) || len(bytes.TrimSpace(out.out.buf)) == 0 {
				continue
			}
			o := out.out
			text := kubernetes.Text{
				File: out.source.file, Dir: t.Name(dir), Variant: v.name, Data: withoutNamespace(o.buf),
				Origin: o.position, Foreign: out.source.archived,
			}
			r.Texts = append(r.Texts, text)
		}
	}
	return size
}

// missing notes the dependencies that do not lie in the tree, of those that the
// chart's own values switch on.
func (r *Result) missing(file string, c *chart) {
	values := c.compose(map[string]any{})
	tags, _ := values["tags"].(map[string]any)
	var names []string
	for _, d := range c.missing {
		if d.enabled(values, tags) && !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	switch len(names) {
	case 0:
	case 1:
		r.note(file, "the chart's dependency "+names[0]+" does not lie in this tree, and was not rendered")
	default:
		r.note(file, "the chart's dependencies "+strings.Join(names, ", ")+" do not lie in this tree, and were not rendered")
	}
}

var (
	testHook  = regexp.MustCompile(`helm\.sh/hook["']?:\s*["']?test`)
	namespace = regexp.MustCompile(`(?m)^( *namespace: )("?` + releaseNamespace + `"?)([ \t\r]*)$`)
)

// withoutNamespace takes the release's namespace out of the objects: they lie
// where the chart is installed, as do those that name none.
func withoutNamespace(text []byte) []byte {
	return namespace.ReplaceAllFunc(text, func(line []byte) []byte {
		m := namespace.FindSubmatch(line)
		blank := append([]byte(nil), m[1]...)
		blank = append(blank, '~')
		return append(blank, bytes.Repeat([]byte(" "), len(line)-len(m[1])-1)...)
	})
}

// variantsOf are the values that a chart is rendered with: its own, and with each
// further file those over its own.
func (r *Result) variantsOf(l *loader, c *chart, dir string, said []Values) []*variant {
	own := &variant{name: l.tree.Name(path.Join(dir, "values.yaml")), chart: c}
	if c.values != nil {
		own.files = []*valuesFile{c.values}
	}
	list := []*variant{own}
	add := func(name string, files ...string) {
		if slices.ContainsFunc(list, func(v *variant) bool { return v.name == name }) {
			return
		}
		if len(list) >= maxVariants {
			r.note(l.tree.Name(files[0]), fmt.Sprintf("the chart has more than %d values files; it was not rendered with this one", maxVariants))
			return
		}
		v := &variant{name: name, chart: c, files: slices.Clone(own.files)}
		for _, p := range files {
			if l.tree.Name(p) == own.name {
				continue
			}
			f, err := l.valuesFile(p)
			if err != nil {
				r.note(l.tree.Name(p), "the chart was not rendered with these values: "+err.Error())
				return
			}
			v.files = append(v.files, f)
		}
		if len(v.files) > len(own.files) {
			list = append(list, v)
		}
	}
	for _, s := range said {
		if s.Chart != dir || len(s.Files) == 0 {
			continue
		}
		name := s.Name
		if name == "" {
			name = l.tree.Name(s.Files[len(s.Files)-1])
		}
		add(name, s.Files...)
	}
	for _, f := range below(l.tree, dir) {
		if name := relative(f.Path, dir); isValuesFile(name) {
			add(l.tree.Name(f.Path), f.Path)
		}
	}
	return list
}

var valuesName = regexp.MustCompile(`^(?:values[-_.].+|.+[-_.]values)\.ya?ml$`)

// isValuesFile tells of a file in a chart's folder that it is meant to be given
// to it. Those below ci are what chart-testing installs, and schemas and samples
// are none.
func isValuesFile(name string) bool {
	dir, base := path.Split(name)
	if dir != "" && dir != "values/" {
		return false
	}
	if strings.Contains(base, "schema") || strings.Contains(base, "example") || strings.Contains(base, "sample") || strings.Contains(base, "test") {
		return false
	}
	if dir == "values/" {
		return path.Ext(base) == ".yaml" || path.Ext(base) == ".yml"
	}
	return valuesName.MatchString(base)
}
