package helm

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one rendering. Steps are counted, not seconds, so that the same
// chart always gets as far.
const (
	maxSteps   = 500_000 // of one template
	maxTotal   = 5_000_000
	maxInclude = 100 // how deep templates may include each other
	maxNodes   = 400_000
)

var (
	errSteps   = errors.New("it takes more steps than are made for one template")
	errTotal   = errors.New("the chart takes more steps than are made for one")
	errInclude = fmt.Errorf("templates include each other more than %d deep", maxInclude)
)

// An engine holds the parsed templates of a chart and its subcharts, and renders
// them for one set of values after another.
type engine struct {
	set *template.Template
	// names are the names of templates, for each file.
	broken map[*source]error
	sites  []*site
	used   map[string]*template.Template // what tpl was given
	nodes  int

	steps int // of the present template
	total int // of the present rendering
	depth int
	out   *output // that is being written
}

const (
	markFunction  = "cnreadyMark"
	countFunction = "cnreadyCount"
	showFunction  = "cnreadyShow"
)

// newEngine parses all templates. Those that do not parse are broken; the others
// are read all the same.
func newEngine(root *chart) *engine {
	e := &engine{broken: map[*source]error{}, used: map[string]*template.Template{}}
	e.set = template.New("").Option("missingkey=zero").Funcs(e.functions())
	var files []named
	gatherSources(root, root.meta.Name, &files)
	// A definition of a parent comes behind those of its subcharts, and of two in
	// one chart the one of the file with the later name: the last one counts.
	slices.SortStableFunc(files, func(a, b named) int {
		if d := strings.Count(b.name, "/") - strings.Count(a.name, "/"); d != 0 {
			return d
		}
		return strings.Compare(b.name, a.name)
	})
	for _, f := range files {
		if err := e.add(f.source, f.name); err != nil {
			e.broken[f.source] = err
		}
	}
	return e
}

// A named is a template with the name that templates know it by.
type named struct {
	name   string
	source *source
}

// gatherSources lists the templates of a chart and its subcharts. A subchart
// with several aliases is listed once for each.
func gatherSources(c *chart, prefix string, files *[]named) {
	for _, s := range c.sources {
		if isTemplate(s.name) {
			*files = append(*files, named{path.Join(prefix, s.name), s})
		}
	}
	for _, sub := range c.subs {
		for _, name := range c.names(sub) {
			if len(*files) > maxTemplates {
				return
			}
			gatherSources(sub, path.Join(prefix, "charts", name), files)
		}
	}
}

// isTemplate leaves out what is no text of manifests or definitions.
func isTemplate(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".tpl", ".json", ".txt", "":
		return true
	}
	return false
}

func (e *engine) add(s *source, name string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the template does not parse: %v", r)
		}
	}()
	if s.err != nil {
		return s.err
	}
	t := parse.New(name)
	trees := map[string]*parse.Tree{}
	t.Mode = parse.SkipFuncCheck
	if _, err := t.Parse(s.text, "", "", trees); err != nil {
		return err
	}
	if trees[name] == nil {
		trees[name] = t
	}
	if s.uses == nil {
		s.uses = &uses{}
	}
	first := s.uses.entries == nil
	for _, defined := range sorted(trees) {
		tree := trees[defined]
		if first {
			s.uses.walk(s, tree.Root)
		}
		if err := e.instrument(tree.Root, s, 0); err != nil {
			return err
		}
		if defined != name && parse.IsEmptyTree(tree.Root) && e.set.Lookup(defined) != nil {
			continue
		}
		if _, err := e.set.AddParseTree(defined, tree); err != nil {
			return err
		}
	}
	return nil
}

const maxBlocks = 200 // how deep blocks stand in each other

// instrument puts a call before each piece that writes, which says where it is.
// What an action gives goes through a function that bounds it.
func (e *engine) instrument(list *parse.ListNode, s *source, depth int) error {
	if list == nil {
		return nil
	}
	if depth > maxBlocks {
		return fmt.Errorf("blocks stand in each other more than %d deep", maxBlocks)
	}
	nodes := make([]parse.Node, 0, 2*len(list.Nodes))
	for _, n := range list.Nodes {
		if e.nodes++; e.nodes > maxNodes {
			return fmt.Errorf("the chart's templates have more than %d pieces", maxNodes)
		}
		switch n := n.(type) {
		case *parse.TextNode:
			nodes = append(nodes, e.markAt(s, int(n.Pos), true))
		case *parse.ActionNode:
			nodes = append(nodes, e.markAt(s, int(n.Pos), false))
			if len(n.Pipe.Decl) == 0 {
				n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{
					NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{parse.NewIdentifier(showFunction).SetPos(n.Pos)},
				})
			}
		case *parse.TemplateNode:
			// As an action it keeps what it included apart.
			nodes = append(nodes, e.markAt(s, int(n.Pos), false), included(n))
			continue
		case *parse.IfNode:
			if err := e.branch(&n.BranchNode, s, depth, false); err != nil {
				return err
			}
		case *parse.WithNode:
			if err := e.branch(&n.BranchNode, s, depth, false); err != nil {
				return err
			}
		case *parse.RangeNode:
			if err := e.branch(&n.BranchNode, s, depth, true); err != nil {
				return err
			}
		}
		nodes = append(nodes, n)
	}
	list.Nodes = nodes
	return nil
}

func (e *engine) branch(b *parse.BranchNode, s *source, depth int, loop bool) error {
	if err := e.instrument(b.List, s, depth+1); err != nil {
		return err
	}
	if loop && b.List != nil { // an empty body takes steps, too
		b.List.Nodes = append([]parse.Node{call(countFunction, b.Pos)}, b.List.Nodes...)
	}
	return e.instrument(b.ElseList, s, depth+1)
}

// markAt makes the call that says where the next piece stands. Without a source
// it only counts.
func (e *engine) markAt(s *source, at int, text bool) parse.Node {
	if s == nil {
		return call(countFunction, parse.Pos(at))
	}
	if !text { // the node begins behind the braces
		if open := strings.LastIndex(s.text[:min(at, len(s.text))], "{{"); open >= 0 {
			at = open
		}
	}
	e.sites = append(e.sites, &site{source: s, at: at, text: text})
	id := int64(len(e.sites) - 1)
	return call(markFunction, parse.Pos(at), &parse.NumberNode{NodeType: parse.NodeNumber, IsInt: true, Int64: id, Text: strconv.FormatInt(id, 10)})
}

func call(function string, at parse.Pos, args ...parse.Node) parse.Node {
	c := &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{parse.NewIdentifier(function).SetPos(at)}}
	c.Args = append(c.Args, args...)
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: &parse.PipeNode{NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{c}}}
}

// included is the action {{ include "name" pipe }} for {{ template "name" pipe }},
// which writes the same.
func included(n *parse.TemplateNode) parse.Node {
	var data parse.Node = &parse.NilNode{NodeType: parse.NodeNil, Pos: n.Pos}
	if n.Pipe != nil {
		data = n.Pipe
	}
	name := &parse.StringNode{NodeType: parse.NodeString, Pos: n.Pos, Quoted: strconv.Quote(n.Name), Text: n.Name}
	return call("include", n.Pos, name, data)
}

// spend counts steps.
func (e *engine) spend(n int) error {
	e.total += n
	if e.steps += n; e.steps > maxSteps {
		return errSteps
	}
	if e.total > maxTotal {
		return errTotal
	}
	return nil
}

func (e *engine) mark(id int) (string, error) {
	if e.out != nil {
		e.out.mark(e.sites[id])
	}
	return "", e.spend(1)
}

func (e *engine) count() (string, error) { return "", e.spend(1) }

// show is what an action writes: nothing for nothing, where text/template writes
// "<no value>".
func (e *engine) show(v any) (any, error) {
	if v == nil {
		return "", nil
	}
	if err := e.weigh(v); err != nil {
		return nil, err
	}
	return v, nil
}

// execute runs a template into an output of its own.
func (e *engine) execute(t *template.Template, data any) (o *output, err error) {
	if e.depth++; e.depth > maxInclude {
		e.depth--
		return nil, errInclude
	}
	before := e.out
	o = &output{}
	e.out = o
	defer func() {
		e.out = before
		e.depth--
		if r := recover(); r != nil {
			o, err = nil, fmt.Errorf("the template engine gives up on it: %v", r)
		}
	}()
	if err := t.Execute(o, data); err != nil {
		return nil, err
	}
	return o, nil
}

// include renders a named template for an action.
func (e *engine) include(name string, data any) (string, error) {
	t := e.set.Lookup(name)
	if t == nil {
		return "", fmt.Errorf("no template %q is defined", name)
	}
	o, err := e.execute(t, data)
	if err != nil {
		return "", err
	}
	if e.out != nil {
		e.out.include(o)
	}
	return string(o.buf), e.spend(len(o.buf) / 64)
}

// evaluate renders a text that is a template itself.
func (e *engine) evaluate(text string, data any) (string, error) {
	if !strings.Contains(text, "{{") {
		return text, nil
	}
	t := e.used[text]
	if t == nil {
		if err := e.spend(1 + len(text)/16); err != nil {
			return "", err
		}
		name := fmt.Sprintf("tpl-%d", len(e.used))
		tree := parse.New(name)
		tree.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := tree.Parse(text, "", "", trees); err != nil {
			return "", fmt.Errorf("cannot parse the text that is given to tpl: %w", err)
		}
		if trees[name] == nil {
			trees[name] = tree
		}
		set := e.set
		if len(trees) > 1 {
			var err error
			if set, err = e.set.Clone(); err != nil {
				return "", err
			}
		}
		for _, defined := range sorted(trees) {
			if err := e.instrument(trees[defined].Root, nil, 0); err != nil {
				return "", err
			}
			added, err := set.AddParseTree(defined, trees[defined])
			if err != nil {
				return "", err
			}
			if defined == name {
				t = added
			}
		}
		e.used[text] = t
	}
	o, err := e.execute(t, data)
	if err != nil {
		return "", err
	}
	if e.out != nil {
		for _, seg := range o.segments {
			for _, in := range seg.included {
				e.out.include(in)
			}
		}
	}
	return string(o.buf), e.spend(len(o.buf) / 64)
}

// A rendered is what one template became.
type rendered struct {
	source *source
	out    *output
	err    error
}

// render renders the manifests of a chart and its subcharts, in the order of
// their names.
func (e *engine) render(root *chart, given map[string]any, release release) []rendered {
	e.total, e.depth, e.out = 0, 0, nil
	values := root.compose(given)
	tags, _ := values["tags"].(map[string]any)
	var list []rendered
	e.renderChart(root, root.meta.Name, values, tags, release, nil, &list)
	return list
}

func (e *engine) renderChart(c *chart, prefix string, values, tags map[string]any, r release, parent map[string]any, list *[]rendered) {
	meta := c.meta
	meta.IsRoot = parent == nil
	scope := map[string]any{
		"Chart": meta, "Release": map[string]any(r), "Values": values, "Capabilities": defaultCapabilities(),
		"Files": chartFiles{c.files, e}, "Subcharts": map[string]any{},
	}
	if parent != nil {
		parent["Subcharts"].(map[string]any)[path.Base(prefix)] = scope
	}
	for _, sub := range c.subs {
		for _, name := range c.names(sub) {
			i := slices.IndexFunc(c.meta.Dependencies, func(d *dependency) bool { return d.called() == name && d.Name == sub.meta.Name })
			if i >= 0 && !c.meta.Dependencies[i].enabled(values, tags) {
				continue
			}
			own, _ := values[name].(map[string]any)
			if own == nil {
				own = map[string]any{}
			}
			if len(*list) > maxTemplates {
				return
			}
			e.renderChart(sub, path.Join(prefix, "charts", name), own, tags, r, scope, list)
		}
	}
	if c.meta.Type == "library" {
		return
	}
	for _, s := range c.sources {
		if !isManifest(s.name) {
			continue
		}
		res := rendered{source: s}
		name := path.Join(prefix, s.name)
		switch t := e.set.Lookup(name); {
		case e.broken[s] != nil:
			res.err = e.broken[s]
		case t == nil:
			continue
		default:
			data := maps.Clone(scope)
			data["Template"] = map[string]any{"Name": name, "BasePath": path.Join(prefix, "templates")}
			e.steps = 0
			res.out, res.err = e.execute(t, data)
		}
		*list = append(*list, res)
	}
}

// isManifest tells which templates become manifests: not notes and definitions,
// nor what a test of the chart runs.
func isManifest(name string) bool {
	if strings.HasPrefix(path.Base(name), "_") || strings.HasPrefix(name, "templates/tests/") || strings.HasPrefix(name, "templates/test/") {
		return false
	}
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json", ".tpl":
		return true
	}
	return false
}

// release is what a chart is told of its installation. Who installs it chooses
// the name and the namespace; the chart's own name is what most choose.
type release map[string]any

// releaseNamespace is the namespace that stands for the one of the release.
const releaseNamespace = "default"

func releaseOf(name string) release {
	return release{
		"Name": name, "Namespace": releaseNamespace, "IsInstall": true, "IsUpgrade": false, "Revision": 1, "Service": "Helm",
	}
}

var (
	errorPlace = regexp.MustCompile(`template: ([^:\s]+):(\d+)(?::\d+)?: `)
	errorCall  = regexp.MustCompile(`^executing .*? at <.*?>: `)
	errorNoise = regexp.MustCompile(`^error calling [A-Za-z]+: `)
	nilPointer = regexp.MustCompile(`^nil pointer evaluating interface \{\}(\.\w+)$`)
)

// reason says in words why a template was not rendered: the innermost place that
// the error names, and what is wrong there.
func (e *engine) reason(err error, own *source, files map[string]*source) (at finding.Position, text string) {
	text = err.Error()
	at = finding.Position{File: own.file}
	for range maxInclude + 2 {
		m := errorPlace.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		if s := files[text[m[2]:m[3]]]; s != nil && !s.archived {
			at = finding.Position{File: s.file}
			_, _ = fmt.Sscan(text[m[4]:m[5]], &at.Line)
		}
		text = text[m[1]:]
		text = errorCall.ReplaceAllString(text, "")
	}
	for errorNoise.MatchString(text) {
		text = errorNoise.ReplaceAllString(text, "")
	}
	text = nilPointer.ReplaceAllString(strings.TrimSpace(text), "it asks for $1 of a value that is not set")
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		text = text[:i]
	}
	const most = 200
	if len(text) > most {
		text = text[:most] + "..."
	}
	return at, text
}
