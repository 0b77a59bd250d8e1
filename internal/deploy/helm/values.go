package helm

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// maxValuesSize is how large a values file may be, in bytes.
const maxValuesSize = 4 << 20

// A valuesFile is a file of values with its nodes, for their places.
type valuesFile struct {
	file   string // as reports show it
	values map[string]any
	doc    *yamldoc.Document // nil where places are of no use
}

func (l *loader) valuesFile(p string) (*valuesFile, error) {
	text, err := l.tree.Read(p, maxValuesSize)
	if err != nil {
		return nil, err
	}
	if err := l.take(len(text)); err != nil {
		return nil, err
	}
	v, err := parseValues(l.tree.Name(p), text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", l.tree.Name(p), err)
	}
	return v, nil
}

func parseValues(file string, text []byte) (*valuesFile, error) {
	v := &valuesFile{file: file, values: map[string]any{}}
	docs := yamldoc.Split(file, text)
	switch {
	case len(docs) == 0:
		return v, nil
	case len(docs) > 1:
		return nil, errors.New("has more than one document")
	}
	if err := decodeYAML(docs[0].Text, &v.values); err != nil {
		return nil, err
	}
	if v.values == nil {
		v.values = map[string]any{}
	}
	if docs[0].Parse() == nil {
		v.doc = docs[0]
	}
	return v, nil
}

// place is where a path of values is set, such as image.tag. ok is false where
// the file does not have it.
func (v *valuesFile) place(path []string) (p finding.Position, ok bool) {
	if v == nil || v.doc == nil {
		return p, false
	}
	c := v.doc.Top()
	for i, key := range path {
		if !c.IsMap() {
			return p, false
		}
		k, node := yamldoc.Lookup(c.Node, key, 0)
		if k == nil || yamldoc.Resolve(node) == nil {
			return p, false
		}
		if i == len(path)-1 {
			return v.doc.Span(k), true
		}
		if c = c.Get(key); !c.Set() {
			return p, false
		}
	}
	return p, false
}

// clone copies maps and lists of values.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = clone(e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = clone(e)
		}
		return out
	}
	return v
}

func cloneMap(m map[string]any) map[string]any { return clone(m).(map[string]any) }

// fill puts into dst what src has and dst does not (Helm documentation, "Values
// Files": what is given by the user, or by a parent, wins). A null in dst takes
// the key out.
func fill(dst, src map[string]any) {
	for key, value := range src {
		have, found := dst[key]
		switch into, isMap := have.(map[string]any); {
		case !found:
			dst[key] = clone(value)
		case have == nil:
			delete(dst, key)
		case isMap:
			if from, ok := value.(map[string]any); ok {
				fill(into, from)
			}
		}
	}
}

// compose makes the values of a chart and its subcharts out of what was given
// for it.
func (c *chart) compose(given map[string]any) map[string]any {
	if c.values != nil {
		fill(given, c.values.values)
	}
	for _, s := range c.subs {
		for _, name := range c.names(s) {
			own, ok := given[name].(map[string]any)
			if !ok {
				own = map[string]any{}
				given[name] = own
			}
			if global, ok := given["global"].(map[string]any); ok {
				below, ok := own["global"].(map[string]any)
				if !ok {
					below = map[string]any{}
				}
				merged := cloneMap(global)
				fill(merged, below)
				own["global"] = merged
			}
			s.compose(own)
		}
	}
	for _, d := range c.meta.Dependencies {
		c.importValues(d, given)
	}
	return given
}

// names are those under which a subchart is used: its aliases, or its name.
func (c *chart) names(s *chart) []string {
	var names []string
	for _, d := range c.meta.Dependencies {
		if d.Name == s.meta.Name && !slices.Contains(names, d.called()) {
			names = append(names, d.called())
		}
	}
	if len(names) == 0 {
		return []string{s.meta.Name}
	}
	return names
}

// importValues takes over what a dependency exports (Helm documentation,
// "Importing Child Values via dependencies").
func (c *chart) importValues(d *dependency, values map[string]any) {
	child, ok := values[d.called()].(map[string]any)
	if !ok {
		return
	}
	for _, entry := range d.ImportValues {
		switch entry := entry.(type) {
		case string:
			if exported, ok := at(child, "exports."+entry).(map[string]any); ok {
				fill(values, exported)
			}
		case map[string]any:
			from, _ := entry["child"].(string)
			to, _ := entry["parent"].(string)
			table, ok := at(child, from).(map[string]any)
			if !ok {
				continue
			}
			into := values
			if to != "." && to != "" {
				for _, key := range strings.Split(to, ".") {
					next, ok := into[key].(map[string]any)
					if !ok {
						next = map[string]any{}
						into[key] = next
					}
					into = next
				}
			}
			fill(into, table)
		}
	}
}

// at is the value at a dotted path, nil where there is none.
func at(values map[string]any, path string) any {
	var v any = values
	for _, key := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// enabled tells whether a dependency is switched on: by the first of its
// conditions that is set, else by its tags (Helm documentation, "Tags and
// Condition fields in dependencies").
func (d *dependency) enabled(values map[string]any, tags map[string]any) bool {
	for _, condition := range strings.Split(d.Condition, ",") {
		if condition = strings.TrimSpace(condition); condition != "" {
			if on, ok := at(values, condition).(bool); ok {
				return on
			}
		}
	}
	told, any := false, false
	for _, tag := range d.Tags {
		if on, ok := tags[tag].(bool); ok {
			told, any = true, any || on
		}
	}
	return !told || any
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
