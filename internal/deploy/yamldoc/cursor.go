package yamldoc

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one file and document.
const (
	// MaxDocuments is how many documents of a file are read.
	MaxDocuments = 20_000
	MaxDepth     = 200
	// maxExpanded is how many nodes aliases may add to those that are written.
	maxExpanded = 200_000
	// maxMerges is how deep merge keys may lead into each other.
	maxMerges = 16
	// MaxKeys is how many fields of a mapping of free names are looked at.
	MaxKeys = 256
)

// A Cursor walks a document's nodes and knows for each field its place, or the
// nearest enclosing place where the manifest does not have it.
type Cursor struct {
	Doc  *Document
	Node *yaml.Node // without aliases; nil where the manifest does not have it
	At   finding.Position
}

// Top is the cursor on the document's root.
func (d *Document) Top() Cursor {
	n := Resolve(d.Root)
	if n == nil {
		return Cursor{Doc: d, At: finding.Position{File: d.File, Line: d.Line + 1}}
	}
	return Cursor{Doc: d, Node: n, At: d.start(n)}
}

// Get is the field of a mapping. A null counts as absent, as for Kubernetes.
func (c Cursor) Get(key string) Cursor {
	missing := Cursor{Doc: c.Doc, At: c.At}
	if c.Node == nil || c.Node.Kind != yaml.MappingNode {
		return missing
	}
	k, v := Lookup(c.Node, key, 0)
	if v = Resolve(v); v == nil || isNull(v) {
		return missing
	}
	at := c.Doc.Span(v)
	if v.Kind != yaml.ScalarNode {
		at = c.Doc.Span(k)
	}
	return Cursor{Doc: c.Doc, Node: v, At: at}
}

// Path is Get, repeated.
func (c Cursor) Path(keys ...string) Cursor {
	for _, key := range keys {
		c = c.Get(key)
	}
	return c
}

// Items are the entries of a list.
func (c Cursor) Items() []Cursor {
	if c.Node == nil || c.Node.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]Cursor, 0, len(c.Node.Content))
	for _, n := range c.Node.Content {
		n = Resolve(n)
		if n == nil {
			items = append(items, Cursor{Doc: c.Doc, At: c.At})
			continue
		}
		items = append(items, Cursor{Doc: c.Doc, Node: n, At: c.Doc.start(n)})
	}
	return items
}

// Item is one entry of a list that the typed object has too.
func (c Cursor) Item(i int) Cursor {
	if c.Node == nil || c.Node.Kind != yaml.SequenceNode || i >= len(c.Node.Content) {
		return Cursor{Doc: c.Doc, At: c.At}
	}
	n := Resolve(c.Node.Content[i])
	if n == nil {
		return Cursor{Doc: c.Doc, At: c.At}
	}
	return Cursor{Doc: c.Doc, Node: n, At: c.Doc.start(n)}
}

// Keys are the names of a mapping's fields, its own in their order, then those
// of its merge keys; MaxKeys of them at most.
func (c Cursor) Keys() []string {
	if c.Node == nil || c.Node.Kind != yaml.MappingNode {
		return nil
	}
	names := keys(c.Node, 0)
	return names[:min(len(names), MaxKeys)]
}

// Text is a scalar as written, or "".
func (c Cursor) Text() string {
	if c.Node == nil || c.Node.Kind != yaml.ScalarNode {
		return ""
	}
	return c.Node.Value
}

// Set tells whether the manifest has it.
func (c Cursor) Set() bool { return c.Node != nil }

// start is where a node starts: for a mapping, its first key.
func (d *Document) start(n *yaml.Node) finding.Position {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 {
		return d.Span(n.Content[0])
	}
	return d.Span(n)
}

// Resolve follows aliases.
func Resolve(n *yaml.Node) *yaml.Node {
	for range maxMerges {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// Lookup finds a key of a mapping with its value: its own first, of several
// equal ones the last, then those of its merge keys, the first of them first
// (https://yaml.org/type/merge.html).
func Lookup(n *yaml.Node, key string, depth int) (k, v *yaml.Node) {
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if k := Resolve(n.Content[i]); k != nil && k.Kind == yaml.ScalarNode && k.Value == key {
			return k, n.Content[i+1]
		}
	}
	if depth < maxMerges {
		for _, source := range merged(n) {
			if k, v := Lookup(source, key, depth+1); v != nil {
				return k, v
			}
		}
	}
	return nil, nil
}

func keys(n *yaml.Node, depth int) []string {
	var names []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isMerge(n.Content[i]) {
			names = append(names, n.Content[i].Value)
		}
	}
	if depth < maxMerges {
		for _, source := range merged(n) {
			names = append(names, keys(source, depth+1)...)
		}
	}
	return names
}

// merged are the mappings that a mapping's merge keys bring in.
func merged(n *yaml.Node) []*yaml.Node {
	var sources []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isMerge(n.Content[i]) {
			continue
		}
		source := Resolve(n.Content[i+1])
		switch {
		case source == nil:
		case source.Kind == yaml.MappingNode:
			sources = append(sources, source)
		case source.Kind == yaml.SequenceNode:
			for _, s := range source.Content {
				if s = Resolve(s); s != nil && s.Kind == yaml.MappingNode {
					sources = append(sources, s)
				}
			}
		}
	}
	return sources
}

func isMerge(k *yaml.Node) bool {
	return k.Kind == yaml.ScalarNode && k.Value == "<<" && k.ShortTag() == "!!merge"
}

// isNull tells of a null. One that is only a null because something fills it in
// (see Withhold) is none.
func isNull(n *yaml.Node) bool {
	if n.Style == withheld {
		return false
	}
	return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// A survey walks a document once, as if every alias were written out, and stops
// at its bounds.
type survey struct {
	seen      map[*yaml.Node]int // sizes of anchored nodes; 0 while under way
	expanded  int
	duplicate *yaml.Node // the second of two equal keys
}

// Check returns why a document is not to be expanded, and the first key that
// stands twice in a mapping.
func Check(root *yaml.Node) (duplicate *yaml.Node, err error) {
	s := &survey{seen: map[*yaml.Node]int{}}
	if _, err := s.size(root, 0); err != nil {
		return nil, err
	}
	return s.duplicate, nil
}

// size counts a node and what is below it.
func (s *survey) size(n *yaml.Node, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fmt.Errorf("is nested deeper than %d", MaxDepth)
	}
	if n.Kind == yaml.AliasNode {
		if n.Alias == nil {
			return 0, fmt.Errorf("has an alias without an anchor")
		}
		size, ok := s.seen[n.Alias]
		if ok && size == 0 {
			return 0, fmt.Errorf("has an anchor that contains itself: &%s", n.Value)
		}
		if !ok {
			var err error
			if size, err = s.size(n.Alias, depth+1); err != nil {
				return 0, err
			}
		}
		if s.expanded += size; s.expanded > maxExpanded {
			return 0, fmt.Errorf("has aliases that expand to more than %d values", maxExpanded)
		}
		return size, nil
	}
	if n.Anchor != "" {
		s.seen[n] = 0
	}
	size := 1
	for _, sub := range n.Content {
		below, err := s.size(sub, depth+1)
		if err != nil {
			return 0, err
		}
		size += below
	}
	if n.Anchor != "" {
		s.seen[n] = size
	}
	if n.Kind == yaml.MappingNode && s.duplicate == nil {
		s.duplicate = duplicateKey(n)
	}
	return size, nil
}

func duplicateKey(n *yaml.Node) *yaml.Node {
	if len(n.Content) <= 16 {
		for i := 2; i < len(n.Content); i += 2 {
			for j := 0; j < i; j += 2 {
				if sameKey(n.Content[i], n.Content[j]) {
					return n.Content[i]
				}
			}
		}
		return nil
	}
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode || isMerge(k) {
			continue
		}
		if seen[k.Value] {
			return k
		}
		seen[k.Value] = true
	}
	return nil
}

func sameKey(a, b *yaml.Node) bool {
	return a.Kind == yaml.ScalarNode && b.Kind == yaml.ScalarNode && a.Value == b.Value && !isMerge(a)
}
