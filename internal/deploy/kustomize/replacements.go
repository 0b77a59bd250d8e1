package kustomize

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// plainScalar are the texts that need no quotes where a number or boolean is meant.
var plainScalar = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)

// maxReplacements is how many fields the replacements of one kustomization set.
const maxReplacements = 10_000

// replace copies values from fields of objects into fields of others (kustomize
// documentation, "replacements"). What is copied keeps the place where it was
// written. A replacement that finds no source or no field is noted, where kustomize
// would refuse to build.
func (t *target) replace() error {
	done := 0
	for _, item := range t.n.get("replacements").list() {
		list := []*node{item}
		if file := item.get("path"); file != nil {
			p := path.Join(t.dir, file.str())
			if !t.tree.Has(p) {
				t.lack(file.at, "%s is not there", file.str())
				continue
			}
			docs, err := t.read(p)
			if err != nil {
				return err
			}
			list = nil
			for _, d := range docs {
				n, err := from(d, d.Root, &t.budget, 0)
				if err != nil {
					return err
				}
				if n.kind == mapping {
					list = append(list, n)
				}
				list = append(list, n.list()...)
			}
		}
		for _, r := range list {
			if err := t.replacement(r, &done); err != nil {
				t.lack(r.at, "a replacement is not carried out: %v", err)
			}
		}
	}
	return nil
}

func (t *target) replacement(r *node, done *int) error {
	value, err := t.source(r.get("source"))
	if err != nil {
		return err
	}
	for _, to := range r.get("targets").list() {
		paths := to.get("fieldPaths").strings()
		if len(paths) == 0 {
			paths = []string{"metadata.name"}
		}
		options := to.get("options")
		create := options.get("create").plainText() == "true"
	objects:
		for _, o := range t.list {
			if to.get("select") == nil || !chosen(o, to.get("select")) {
				continue
			}
			for _, reject := range to.get("reject").list() {
				if chosen(o, reject) {
					continue objects
				}
			}
			for _, p := range paths {
				found := fieldsAt(o.n, split(p), create, value.at)
				if len(found) == 0 {
					return fmt.Errorf("%s has no field %s", o, p)
				}
				for _, field := range found {
					if *done++; *done > maxReplacements {
						return errLarge
					}
					overwrite(field, value, options)
				}
			}
		}
	}
	return nil
}

// source is the value that a replacement copies, or a part of it.
func (t *target) source(from *node) (*node, error) {
	if from == nil {
		return nil, fmt.Errorf("it has no source")
	}
	var of *object
	for _, o := range t.list {
		if !chosen(o, from) {
			continue
		}
		if of != nil {
			return nil, fmt.Errorf("its source is %s and %s", of, o)
		}
		of = o
	}
	if of == nil {
		return nil, fmt.Errorf("nothing here is called %s/%s, which is its source", from.get("kind").str(), from.get("name").str())
	}
	field := from.get("fieldPath").str()
	if field == "" {
		field = "metadata.name"
	}
	found := fieldsAt(of.n, split(field), false, place{})
	if len(found) != 1 {
		return nil, fmt.Errorf("%s has no field %s", of, field)
	}
	value := found[0].clone(&t.budget)
	if d := from.get("options", "delimiter").str(); d != "" && value.kind == scalar {
		parts := strings.Split(value.text, d)
		i, _ := strconv.Atoi(from.get("options", "index").plainText())
		if i < 0 || i >= len(parts) {
			return nil, fmt.Errorf("%s of %s has no part %d", field, of, i)
		}
		value.text = parts[i]
	}
	return value, nil
}

// plainText is a scalar's text, of a number too.
func (n *node) plainText() string {
	if n == nil || n.kind != scalar {
		return ""
	}
	return n.text
}

// overwrite writes a value into a field, or into one part of its text.
func overwrite(field, value *node, options *node) {
	d := options.get("delimiter").str()
	if d == "" || field.kind != scalar || value.kind != scalar {
		// Of two scalars only the text is copied: a number in quotes becomes one.
		plain := value.plain
		if field.kind == scalar && value.kind == scalar && !field.isNull() {
			plain = field.plain && plainScalar.MatchString(value.text)
		}
		*field = *value
		field.plain = plain
		return
	}
	i, _ := strconv.Atoi(options.get("index").plainText())
	parts := strings.Split(field.text, d)
	switch {
	case i < 0:
		parts = append([]string{value.text}, parts...)
	case i >= len(parts):
		parts = append(parts, value.text)
	default:
		parts[i] = value.text
	}
	field.text, field.at = strings.Join(parts, d), value.at
}

// split cuts a field path at its dots, which may be escaped, and are none within
// brackets.
func split(text string) []string {
	var parts []string
	var part strings.Builder
	inside := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == '.':
			i++
			part.WriteByte('.')
		case c == '.' && !inside:
			parts = append(parts, part.String())
			part.Reset()
		default:
			inside = c == '[' || inside && c != ']'
			part.WriteByte(c)
		}
	}
	return append(parts, part.String())
}

// fieldsAt are the values at a field path: fields, elements by number, by [key=value]
// or by *. Fields that are not there are made if create is true.
func fieldsAt(n *node, parts []string, create bool, at place) []*node {
	if n == nil {
		return nil
	}
	if len(parts) == 0 {
		return []*node{n}
	}
	part, rest := parts[0], parts[1:]
	var out []*node
	switch {
	case part == "*":
		for _, item := range n.list() {
			out = append(out, fieldsAt(item, rest, create, at)...)
		}
		if n.kind == mapping {
			for i := range n.entries {
				out = append(out, fieldsAt(n.entries[i].value, rest, create, at)...)
			}
		}
	case strings.HasPrefix(part, "[") && strings.HasSuffix(part, "]"):
		key, want, _ := strings.Cut(part[1:len(part)-1], "=")
		for _, item := range n.list() {
			have := item.get(key)
			if key == "" {
				have = item
			}
			if have.plainText() == want && have != nil {
				out = append(out, fieldsAt(item, rest, create, at)...)
			}
		}
	case n.kind == list:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(n.items) {
			out = fieldsAt(n.items[i], rest, create, at)
		}
	case n.kind == mapping:
		if n.entry(part) == nil && create {
			value := &node{kind: mapping, at: at}
			if len(rest) == 0 {
				value = &node{at: at}
			}
			n.set(part, at, value)
		}
		out = fieldsAt(n.get(part), rest, create, at)
	}
	return out
}
