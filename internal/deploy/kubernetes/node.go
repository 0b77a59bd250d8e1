package kubernetes

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one document.
const (
	maxDepth = 200
	// maxExpanded is how many nodes aliases may add to those that are written.
	maxExpanded = 200_000
	// maxMerges is how deep merge keys may lead into each other.
	maxMerges = 16
	// maxKeys is how many fields of a mapping of free names are looked at.
	maxKeys = 256
)

// A cursor walks a document's nodes and knows for each field its place, or the
// nearest enclosing place where the manifest does not have it.
type cursor struct {
	d  *document
	n  *yaml.Node // without aliases; nil where the manifest does not have it
	at finding.Position
}

// top is the cursor on the document's root.
func (d *document) top() cursor {
	n := resolve(d.root)
	if n == nil {
		return cursor{d: d, at: finding.Position{File: d.file, Line: d.line + 1}}
	}
	return cursor{d: d, n: n, at: d.start(n)}
}

// get is the field of a mapping. A null counts as absent, as for Kubernetes.
func (c cursor) get(key string) cursor {
	missing := cursor{d: c.d, at: c.at}
	if c.n == nil || c.n.Kind != yaml.MappingNode {
		return missing
	}
	k, v := lookup(c.n, key, 0)
	if v = resolve(v); v == nil || isNull(v) {
		return missing
	}
	at := c.d.span(v)
	if v.Kind != yaml.ScalarNode {
		at = c.d.span(k)
	}
	return cursor{d: c.d, n: v, at: at}
}

// path is get, repeated.
func (c cursor) path(keys ...string) cursor {
	for _, key := range keys {
		c = c.get(key)
	}
	return c
}

// items are the entries of a list.
func (c cursor) items() []cursor {
	if c.n == nil || c.n.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]cursor, 0, len(c.n.Content))
	for _, n := range c.n.Content {
		n = resolve(n)
		if n == nil {
			items = append(items, cursor{d: c.d, at: c.at})
			continue
		}
		items = append(items, cursor{d: c.d, n: n, at: c.d.start(n)})
	}
	return items
}

// item is one entry of a list that the typed object has too.
func (c cursor) item(i int) cursor {
	if c.n == nil || c.n.Kind != yaml.SequenceNode || i >= len(c.n.Content) {
		return cursor{d: c.d, at: c.at}
	}
	n := resolve(c.n.Content[i])
	if n == nil {
		return cursor{d: c.d, at: c.at}
	}
	return cursor{d: c.d, n: n, at: c.d.start(n)}
}

// keys are the names of a mapping's fields, its own in their order, then those
// of its merge keys; maxKeys of them at most.
func (c cursor) keys() []string {
	if c.n == nil || c.n.Kind != yaml.MappingNode {
		return nil
	}
	names := keys(c.n, 0)
	return names[:min(len(names), maxKeys)]
}

// text is a scalar as written, or "".
func (c cursor) text() string {
	if c.n == nil || c.n.Kind != yaml.ScalarNode {
		return ""
	}
	return c.n.Value
}

// set tells whether the manifest has it.
func (c cursor) set() bool { return c.n != nil }

// start is where a node starts: for a mapping, its first key.
func (d *document) start(n *yaml.Node) finding.Position {
	if n.Kind == yaml.MappingNode && len(n.Content) > 0 && n.Style&yaml.FlowStyle == 0 {
		return d.span(n.Content[0])
	}
	return d.span(n)
}

// resolve follows aliases.
func resolve(n *yaml.Node) *yaml.Node {
	for range maxMerges {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// lookup finds a key of a mapping with its value: its own first, of several
// equal ones the last, then those of its merge keys, the first of them first
// (https://yaml.org/type/merge.html).
func lookup(n *yaml.Node, key string, depth int) (k, v *yaml.Node) {
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if k := resolve(n.Content[i]); k != nil && k.Kind == yaml.ScalarNode && k.Value == key {
			return k, n.Content[i+1]
		}
	}
	if depth < maxMerges {
		for _, source := range merged(n) {
			if k, v := lookup(source, key, depth+1); v != nil {
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
		source := resolve(n.Content[i+1])
		switch {
		case source == nil:
		case source.Kind == yaml.MappingNode:
			sources = append(sources, source)
		case source.Kind == yaml.SequenceNode:
			for _, s := range source.Content {
				if s = resolve(s); s != nil && s.Kind == yaml.MappingNode {
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

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// A survey walks a document once, as if every alias were written out, and stops
// at its bounds.
type survey struct {
	seen      map[*yaml.Node]int // sizes of anchored nodes; 0 while under way
	expanded  int
	duplicate *yaml.Node // the second of two equal keys
}

// check returns why a document is not to be expanded, and the first key that
// stands twice in a mapping.
func check(root *yaml.Node) (duplicate *yaml.Node, err error) {
	s := &survey{seen: map[*yaml.Node]int{}}
	if _, err := s.size(root, 0); err != nil {
		return nil, err
	}
	return s.duplicate, nil
}

// size counts a node and what is below it.
func (s *survey) size(n *yaml.Node, depth int) (int, error) {
	if depth > maxDepth {
		return 0, fmt.Errorf("is nested deeper than %d", maxDepth)
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
