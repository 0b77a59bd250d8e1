package kustomize

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// A node is a value of a manifest that knows where it was written, whatever was
// merged into what since.
type node struct {
	kind    kind
	text    string // of a scalar
	plain   bool   // of a scalar that is no string: a number, true, null
	entries []entry
	items   []*node
	at      place
}

type kind uint8

const (
	scalar kind = iota
	mapping
	list
)

type entry struct {
	key   string
	at    place
	value *node
}

// A place is a node of a source file.
type place struct {
	doc *yamldoc.Document
	n   *yaml.Node
}

func (p place) position() finding.Position {
	if p.doc == nil || p.n == nil {
		return finding.Position{}
	}
	return p.doc.Span(p.n)
}

var errLarge = errors.New("the kustomizations make more than is read of one tree")

// from turns a YAML node into one that can be merged. Aliases are written out;
// budget is how many nodes may still be made.
func from(d *yamldoc.Document, n *yaml.Node, budget *int, depth int) (*node, error) {
	n = yamldoc.Resolve(n)
	if *budget--; *budget < 0 || depth > yamldoc.MaxDepth {
		return nil, errLarge
	}
	if n == nil {
		return &node{plain: true, text: "null"}, nil
	}
	out := &node{at: place{d, n}}
	switch n.Kind {
	case yaml.MappingNode:
		out.kind = mapping
		if err := out.take(d, n, budget, depth); err != nil {
			return nil, err
		}
	case yaml.SequenceNode:
		out.kind = list
		for _, sub := range n.Content {
			item, err := from(d, sub, budget, depth+1)
			if err != nil {
				return nil, err
			}
			out.items = append(out.items, item)
		}
	default:
		out.text = n.Value
		switch n.ShortTag() {
		case "!!int", "!!float", "!!bool":
			out.plain = true
		case "!!null":
			out.plain, out.text = true, "null"
		}
	}
	return out, nil
}

// take adds the fields of a mapping, then those that its merge keys bring in and
// it does not have.
func (n *node) take(d *yamldoc.Document, m *yaml.Node, budget *int, depth int) error {
	for i := 0; i+1 < len(m.Content); i += 2 {
		k := m.Content[i]
		if k.Kind == yaml.ScalarNode && k.Value == "<<" && k.ShortTag() == "!!merge" {
			continue
		}
		if k = yamldoc.Resolve(k); k == nil || k.Kind != yaml.ScalarNode {
			continue
		}
		value, err := from(d, m.Content[i+1], budget, depth+1)
		if err != nil {
			return err
		}
		if have := n.entry(k.Value); have != nil {
			continue
		}
		n.entries = append(n.entries, entry{key: k.Value, at: place{d, k}, value: value})
	}
	for i := 0; i+1 < len(m.Content); i += 2 {
		k := m.Content[i]
		if k.Kind != yaml.ScalarNode || k.Value != "<<" || k.ShortTag() != "!!merge" {
			continue
		}
		sources := []*yaml.Node{yamldoc.Resolve(m.Content[i+1])}
		if sources[0] != nil && sources[0].Kind == yaml.SequenceNode {
			sources = sources[0].Content
		}
		for _, s := range sources {
			if s = yamldoc.Resolve(s); s != nil && s.Kind == yaml.MappingNode && depth < yamldoc.MaxDepth {
				if err := n.take(d, s, budget, depth+1); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (n *node) clone(budget *int) *node {
	if *budget--; n == nil || *budget < 0 {
		return n
	}
	out := *n
	if n.entries != nil {
		out.entries = slices.Clone(n.entries)
		for i := range out.entries {
			out.entries[i].value = out.entries[i].value.clone(budget)
		}
	}
	if n.items != nil {
		out.items = make([]*node, len(n.items))
		for i, item := range n.items {
			out.items[i] = item.clone(budget)
		}
	}
	return &out
}

func (n *node) entry(key string) *entry {
	if n == nil || n.kind != mapping {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].key == key {
			return &n.entries[i]
		}
	}
	return nil
}

// get is the value at a path of fields, nil where it is not there.
func (n *node) get(path ...string) *node {
	for _, key := range path {
		e := n.entry(key)
		if e == nil {
			return nil
		}
		n = e.value
	}
	return n
}

// str is a scalar's text, "" for anything else.
func (n *node) str() string {
	if n == nil || n.kind != scalar || n.isNull() {
		return ""
	}
	return n.text
}

func (n *node) isNull() bool { return n.kind == scalar && n.plain && n.text == "null" }

// strings are the scalars of a list.
func (n *node) strings() []string {
	var out []string
	for _, item := range n.list() {
		if item.kind == scalar {
			out = append(out, item.text)
		}
	}
	return out
}

func (n *node) list() []*node {
	if n == nil || n.kind != list {
		return nil
	}
	return n.items
}

// set puts a field in, in the place of one of that name.
func (n *node) set(key string, at place, value *node) {
	if e := n.entry(key); e != nil {
		e.at, e.value = at, value
		return
	}
	n.entries = append(n.entries, entry{key: key, at: at, value: value})
}

func (n *node) remove(key string) {
	n.entries = slices.DeleteFunc(n.entries, func(e entry) bool { return e.key == key })
}

// within is the mapping at a path, made where it is not there.
func (n *node) within(at place, path ...string) *node {
	for _, key := range path {
		e := n.entry(key)
		if e == nil || e.value.kind != mapping {
			n.set(key, at, &node{kind: mapping, at: at})
			e = n.entry(key)
		}
		n = e.value
	}
	return n
}

// A writer writes nodes as YAML, one field on a line, and keeps where each came
// from.
type writer struct {
	buf   []byte
	lines []line
	// places are found with what documents keep of themselves, and texts are read
	// side by side.
	lock *sync.Mutex
}

type line struct {
	keyFrom, keyTo   int // columns from 1, ends exclusive
	key, value       place
	valueFrom, valTo int
}

var plainKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_./-]*$`)

// object writes one document.
func (w *writer) object(n *node) {
	w.line(line{}, "---")
	w.node(n, 0, "", line{})
}

func (w *writer) line(l line, text string) {
	w.buf = append(w.buf, text...)
	w.buf = append(w.buf, '\n')
	w.lines = append(w.lines, l)
}

// node writes a value behind what stands on its line already.
func (w *writer) node(n *node, indent int, head string, l line) {
	switch {
	case n.kind == mapping && len(n.entries) > 0:
		if head != "" && !strings.HasSuffix(head, "- ") {
			w.line(l, strings.TrimRight(head, " "))
			head = ""
		}
		for i, e := range n.entries {
			prefix := strings.Repeat(" ", indent)
			if i == 0 && head != "" {
				prefix = head
			}
			key := e.key
			if !plainKey.MatchString(key) || reserved[strings.ToLower(key)] {
				key = quote(key)
			}
			own := line{keyFrom: len(prefix) + 1, keyTo: len(prefix) + 1 + len(key), key: e.at}
			w.node(e.value, indent+2, prefix+key+": ", own)
		}
	case n.kind == list && len(n.items) > 0:
		if head != "" {
			w.line(l, strings.TrimRight(head, " "))
		}
		for _, item := range n.items {
			w.node(item, indent+2, strings.Repeat(" ", indent)+"- ", line{})
		}
	default:
		text := "{}"
		switch {
		case n.kind == list:
			text = "[]"
		case n.kind == scalar && n.plain:
			text = n.text
		case n.kind == scalar:
			text = quote(n.text)
		}
		l.valueFrom, l.valTo, l.value = len(head)+1, len(head)+1+len(text), n.at
		w.line(l, head+text)
	}
}

var reserved = map[string]bool{"y": true, "n": true, "yes": true, "no": true, "on": true, "off": true, "true": true, "false": true, "null": true}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(text)
}

// origin is where a line and column of the text were written.
func (w *writer) origin(number, column int) finding.Position {
	if number < 1 || number > len(w.lines) {
		return finding.Position{}
	}
	l := &w.lines[number-1]
	from, to, at := l.valueFrom, l.valTo, l.value
	if l.keyFrom > 0 && (from == 0 || column < from) {
		from, to, at = l.keyFrom, l.keyTo, l.key
	}
	w.lock.Lock()
	defer w.lock.Unlock()
	p := at.position()
	if column >= to && p.EndLine > 0 && column > from {
		return finding.Position{File: p.File, Line: p.EndLine, Column: p.EndColumn}
	}
	return p
}
