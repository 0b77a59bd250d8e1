// Package yamlfix makes text edits that give a manifest a field, or another value
// of one, and leave everything else as it is: comments, order, indentation and line
// ends. An edit is offered only where the text that it gives was parsed and differs
// in that field alone.
package yamlfix

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// maxFile is the largest file that edits are made for, in bytes.
const maxFile = 4 << 20

// A Field is one to be added: a scalar as YAML writes it, or a mapping.
type Field struct {
	Name   string
	Scalar string
	Fields []Field
}

// Files makes edits of files. The nil Files makes none. Not safe for concurrent use.
type Files struct {
	// Read returns the bytes of a file, by the name that positions give it.
	Read func(name string) ([]byte, error)

	of map[string]*file
}

// A file is a text with its documents; docs is nil where it must not be edited.
type file struct {
	src  []byte
	docs []*yamldoc.Document
}

// open reads a plain manifest: not one that a template engine fills in, which is
// no YAML before.
func (fs *Files) open(name string) *file {
	if f, known := fs.of[name]; known {
		return f
	}
	if fs.of == nil {
		fs.of = map[string]*file{}
	}
	f := &file{}
	fs.of[name] = f
	ext := strings.ToLower(path.Ext(name))
	if ext != ".yaml" && ext != ".yml" || slices.Contains(strings.Split(path.Dir(name), "/"), "templates") {
		return f
	}
	src, err := fs.Read(name)
	if err != nil || len(src) > maxFile || bytes.HasPrefix(src, []byte("\ufeff")) {
		return f
	}
	f.src = src
	f.docs = parse(name, src)
	return f
}

// parse returns the documents of a text, nil where one does not parse or is not to
// be expanded.
func parse(name string, src []byte) []*yamldoc.Document {
	docs := yamldoc.Split(name, src)
	if len(docs) > yamldoc.MaxDocuments {
		return nil
	}
	for _, d := range docs {
		if d.Parse() != nil || d.Root == nil {
			return nil
		}
		if _, err := yamldoc.Check(d.Root); err != nil {
			return nil
		}
	}
	return docs
}

// A target is a node on which an edit works, with the nodes above it, outermost
// first.
type target struct {
	*file
	doc   int
	chain []*yaml.Node
}

// find is the scalar, or the key, that stands at a place; false where none does.
func (fs *Files) find(at finding.Position) (target, bool) {
	if fs == nil || at.Line == 0 || at.Column == 0 {
		return target{}, false
	}
	f := fs.open(at.File)
	for i := len(f.docs) - 1; i >= 0; i-- {
		d := f.docs[i]
		if d.Line >= at.Line {
			continue
		}
		if bytes.Contains(d.Text, []byte("{{")) || bytes.Contains(d.Text, []byte("{%")) {
			return target{}, false
		}
		var chain []*yaml.Node
		if !search(d, d.Root, at, &chain) {
			return target{}, false
		}
		return target{f, i, chain}, true
	}
	return target{}, false
}

func search(d *yamldoc.Document, n *yaml.Node, at finding.Position, chain *[]*yaml.Node) bool {
	*chain = append(*chain, n)
	if n.Kind == yaml.ScalarNode {
		if p := d.Span(n); p.Line == at.Line && p.Column == at.Column {
			return true
		}
	}
	for _, sub := range n.Content {
		if sub.Kind != yaml.AliasNode && search(d, sub, at, chain) {
			return true
		}
	}
	*chain = (*chain)[:len(*chain)-1]
	return false
}

// Add gives fields to the mapping that the key or value at a place belongs to, or,
// where levels is more than 0, to the mapping that many mappings above it. Fields
// that it has stay as they are, but mappings among them get what they lack. It
// returns nil where nothing is to be added, or cannot be added safely.
func (fs *Files) Add(at finding.Position, levels int, fields ...Field) []finding.Edit {
	t, ok := fs.find(at)
	if !ok {
		return nil
	}
	mapping := t.mapping(levels)
	if mapping == nil {
		return nil
	}
	e := &editor{file: t.file, doc: t.docs[t.doc], name: at.File}
	if !e.add(mapping, fields) || len(e.edits) == 0 {
		return nil
	}
	if !t.holds(at.File, e.edits, func(n *yaml.Node) bool { return grow(n, mapping, fields) }) {
		return nil
	}
	return e.edits
}

// Below is Add for the mapping that stands behind the key at a place.
func (fs *Files) Below(at finding.Position, fields ...Field) []finding.Edit {
	t, ok := fs.find(at)
	if !ok {
		return nil
	}
	parent := t.mapping(0)
	key := t.chain[len(t.chain)-1]
	if parent == nil {
		return nil
	}
	for i := 0; i+1 < len(parent.Content); i += 2 {
		if v := parent.Content[i+1]; parent.Content[i] == key && v.Kind == yaml.MappingNode && len(v.Content) > 0 {
			return fs.Add(t.docs[t.doc].Span(v.Content[0]), 0, fields...)
		}
	}
	return nil
}

// Set puts another scalar in the place of the one at a place, or another part of it:
// old, which must stand in it once.
func (fs *Files) Set(at finding.Position, old, text string) []finding.Edit {
	t, ok := fs.find(at)
	if !ok {
		return nil
	}
	n := t.chain[len(t.chain)-1]
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || n.Anchor != "" || n.Tag != n.ShortTag() {
		return nil
	}
	e := &editor{file: t.file, doc: t.docs[t.doc], name: at.File}
	span := e.doc.Span(n)
	if span.EndLine != span.Line {
		return nil
	}
	start, end := e.offset(span.Line, span.Column), e.offset(span.EndLine, span.EndColumn)
	raw := string(t.src[start:end])
	if strings.Count(raw, old) != 1 {
		return nil
	}
	i := strings.Index(raw, old)
	edit := finding.Edit{Position: e.stretch(start+i, start+i+len(old)), NewText: text}
	want := strings.Replace(n.Value, old, text, 1)
	if !t.holds(at.File, []finding.Edit{edit}, func(m *yaml.Node) bool {
		if m != n {
			return false
		}
		m.Value = want
		return true
	}) {
		return nil
	}
	return []finding.Edit{edit}
}

// mapping is the one that the innermost node of the chain belongs to, or one above.
func (t target) mapping(levels int) *yaml.Node {
	for i := len(t.chain) - 2; i >= 0; i-- {
		if t.chain[i].Kind != yaml.MappingNode {
			continue
		}
		if levels == 0 {
			return t.chain[i]
		}
		levels--
	}
	return nil
}

// holds tells whether the text with the edits has the same documents but for what
// change makes of one node: of this one it tells whether it changed it.
func (t target) holds(name string, edits []finding.Edit, change func(*yaml.Node) bool) bool {
	after := parse(name, Apply(t.src, edits))
	before := parse(name, t.src) // nodes that may be changed
	if len(after) != len(before) || len(before) != len(t.docs) {
		return false
	}
	// The copy has the same shape, so that the place of the node is the same.
	changed := false
	var walk func(own, copied *yaml.Node) *yaml.Node
	walk = func(own, copied *yaml.Node) *yaml.Node {
		for i := range own.Content {
			copied.Content[i] = walk(own.Content[i], copied.Content[i])
		}
		if !changed {
			content := own.Content
			own.Content = slices.Clone(copied.Content)
			value := own.Value
			if changed = change(own); changed {
				copied.Content, copied.Value, copied.Tag = own.Content, own.Value, ""
			}
			own.Content, own.Value = content, value
		}
		return copied
	}
	for i := range before {
		if i == t.doc {
			before[i].Root = walk(t.docs[i].Root, before[i].Root)
		}
		if !same(before[i].Root, after[i].Root) {
			return false
		}
	}
	for _, d := range after {
		if duplicate, _ := yamldoc.Check(d.Root); duplicate != nil {
			return false
		}
	}
	return changed
}

// same compares what two nodes say; an empty tag stands for any.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.Anchor != b.Anchor || len(a.Content) != len(b.Content) || a.Kind == yaml.ScalarNode && a.Tag != "" && a.ShortTag() != b.ShortTag() {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// grow adds fields to a mapping's nodes, as the edits do to its text.
func grow(n, mapping *yaml.Node, fields []Field) bool {
	if n != mapping {
		return false
	}
	for _, f := range fields {
		i := own(n, f.Name)
		switch {
		case i < 0:
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: f.Name}, nodeOf(f))
		case len(f.Fields) == 0:
		case n.Content[i].Kind == yaml.MappingNode:
			sub := *n.Content[i]
			sub.Content = slices.Clone(sub.Content)
			grow(&sub, &sub, f.Fields)
			n.Content[i] = &sub
		default:
			sub := nodeOf(f)
			n.Content[i] = sub
		}
	}
	return true
}

func nodeOf(f Field) *yaml.Node {
	if len(f.Fields) == 0 {
		var n yaml.Node
		if yaml.Unmarshal([]byte(f.Scalar), &n) == nil && len(n.Content) == 1 {
			return &yaml.Node{Kind: yaml.ScalarNode, Value: n.Content[0].Value}
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Value: f.Scalar}
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, sub := range f.Fields {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: sub.Name}, nodeOf(sub))
	}
	return n
}

// own is the index of the value of a mapping's own key, -1 where it has none.
func own(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Kind == yaml.ScalarNode && n.Content[i].Value == key {
			return i + 1
		}
	}
	return -1
}

// Apply makes edits of one text. They must not overlap, and those at one place are
// made in their order.
func Apply(src []byte, edits []finding.Edit) []byte {
	e := &editor{file: &file{src: src}}
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b finding.Edit) int { return a.Position.Compare(b.Position) })
	var out bytes.Buffer
	at := 0
	for _, edit := range sorted {
		start, end := e.offset(edit.Position.Line, edit.Position.Column), e.offset(edit.Position.EndLine, edit.Position.EndColumn)
		out.Write(src[at:start])
		out.WriteString(edit.NewText)
		at = end
	}
	out.Write(src[at:])
	return out.Bytes()
}
