// Package styles knows how configuration libraries name what sets a struct's
// fields: the environment variable, flag or key of each, its default, and
// whether the program ends without it.
//
// A style follows the library's own code; the names of tags and the order in
// which prefixes are joined are those of the version named at the style.
package styles

import (
	"reflect"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A Field is a field of a struct and what sets it.
type Field struct {
	// Owner is the struct's key, "pkg.Type"; Name is the field's name.
	Owner, Name string
	// Env are the variables that set it, the first that is set winning.
	Env []string
	// NoEnv is true where a tag says that no variable sets it.
	NoEnv bool
	// Flag is the flag's name without dashes, "" for none.
	Flag string
	// Key is the configuration key, "" for none.
	Key string
	// Registry is true where the key is one of a store that flags and variables
	// feed too, and false where it is looked up in a file alone.
	Registry bool
	// Default is the value where nothing sets it.
	Default    string
	HasDefault bool
	// Required is true where the program gets an error if nothing sets it.
	Required bool
	At       finding.Position
}

// Shapes looks up a struct by its key; nil is one that is not known.
type Shapes func(key string) *effects.Shape

// Options are the settings of a call, by the table's names: prefix, tag.
type Options map[string]string

// A style names one field. It returns the scope for what is nested in it.
type style struct {
	// field names a field that is no struct, or is not looked into.
	field func(w *walk, f *effects.ShapeField, in scope)
	// nested is the scope of a struct's fields; ok is false where the library
	// does not look into it.
	nested func(w *walk, f *effects.ShapeField, in scope) (out scope, ok bool)
}

// A scope is what the structs around a field add to its names.
type scope struct {
	env, flag string
	// key are the keys of the structs around.
	key []string
}

// maxFields and maxDepth bound what is looked at of one struct.
const (
	maxFields = 2000
	maxDepth  = 10
)

// Known tells whether a style is.
func Known(name string) bool { return all[name] != nil }

// Fields are the fields of the struct root, and of those nested in it, as a
// library of that style sets them, in the order of their declarations.
func Fields(name, root string, shapes Shapes, opts Options) []Field {
	st := all[name]
	if st == nil {
		return nil
	}
	w := &walk{style: st, shapes: shapes, opts: opts}
	start := scope{env: opts["prefix"]}
	if key := opts["key"]; key != "" {
		start.key = strings.Split(key, ".")
	}
	w.walk(root, start, 0)
	return w.out
}

type walk struct {
	style  *style
	shapes Shapes
	opts   Options
	owner  string
	stack  []string
	out    []Field
}

func (w *walk) walk(key string, in scope, depth int) {
	s := w.shapes(key)
	if s == nil || depth > maxDepth || slices.Contains(w.stack, key) {
		return
	}
	w.stack = append(w.stack, key)
	defer func() { w.stack = w.stack[:len(w.stack)-1] }()
	for i := range s.Fields {
		f := &s.Fields[i]
		if len(w.out) >= maxFields {
			return
		}
		w.owner = key
		if f.Type != "" {
			if inner, ok := w.style.nested(w, f, in); ok {
				if !f.Many {
					w.walk(f.Type, inner, depth+1)
				}
				continue
			}
		}
		w.style.field(w, f, in)
	}
}

// add records what sets a field; one that nothing sets is left out.
func (w *walk) add(f *effects.ShapeField, out Field) {
	if len(out.Env) == 0 && out.Flag == "" && out.Key == "" {
		return
	}
	out.Owner, out.Name, out.At = w.owner, f.Name, f.At
	w.out = append(w.out, out)
}

func tag(f *effects.ShapeField, key string) string { return reflect.StructTag(f.Tag).Get(key) }

func lookup(f *effects.ShapeField, key string) (string, bool) {
	return reflect.StructTag(f.Tag).Lookup(key)
}

// tagName is the part of a tag before the first comma, and the rest.
func tagName(f *effects.ShapeField, key string) (name string, options []string) {
	parts := strings.Split(tag(f, key), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts[0], parts[1:]
}

func isTrue(f *effects.ShapeField, key string) bool {
	v := tag(f, key)
	return v == "true" || v == "1" || v == "t" || v == "T" || v == "TRUE"
}

// option is the value of "name=value" in a list.
func option(options []string, name string) (string, bool) {
	for _, o := range options {
		if v, ok := strings.CutPrefix(o, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

func (f *Field) setDefault(text string, ok bool) {
	if ok {
		f.Default, f.HasDefault = text, true
	}
}
