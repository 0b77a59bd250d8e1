package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/mod/module"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// maxErrors is how many errors of a file are told at once.
const maxErrors = 10

// Parse reads the text of a configuration file. name is what messages and reports
// call it. The error has a line for each thing that is wrong, beginning with
// name:line:column.
func Parse(name string, data []byte) (*Config, error) {
	d := &decoder{name: name}
	c := &Config{Version: Version, name: name}
	if root := d.document(data); root != nil {
		d.config(root, c)
	}
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return c, nil
}

type decoder struct {
	name string
	errs []error
}

func (d *decoder) at(n *yaml.Node) finding.Position {
	return finding.Position{File: d.name, Line: n.Line, Column: n.Column}
}

func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	switch len(d.errs) {
	case maxErrors:
		d.errs = append(d.errs, fmt.Errorf("%s: there are more errors", d.name))
	case maxErrors + 1:
	default:
		d.errs = append(d.errs, fmt.Errorf("%s:%d:%d: %s", d.name, n.Line, n.Column, fmt.Sprintf(format, args...)))
	}
}

var yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)

// document is the one mapping of the file; nil where it is empty or wrong.
func (d *decoder) document(data []byte) *yaml.Node {
	in := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := in.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		d.syntax(err)
		return nil
	}
	switch err := in.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		d.syntax(err)
		return nil
	default:
		d.fail(&second, "there is a second document: the file has one")
		return nil
	}
	if len(first.Content) == 0 || isNull(first.Content[0]) {
		return nil
	}
	return first.Content[0]
}

func (d *decoder) syntax(err error) {
	m := yamlError.FindStringSubmatch(err.Error())
	switch {
	case m == nil:
		d.errs = append(d.errs, fmt.Errorf("%s: is no YAML: %w", d.name, err))
	case m[1] == "":
		d.errs = append(d.errs, fmt.Errorf("%s: is no YAML: %s", d.name, m[2]))
	default:
		d.errs = append(d.errs, fmt.Errorf("%s:%s: is no YAML: %s", d.name, m[1], m[2]))
	}
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// target is what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

// A field is one key of a mapping, and what reads its value.
type field struct {
	key  string
	read func(key, value *yaml.Node)
}

// mapping reads a mapping whose keys are known. what names it in errors.
func (d *decoder) mapping(n *yaml.Node, what string, fields []field) {
	d.pairs(n, what, func(key, value *yaml.Node) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key.Value })
		if i < 0 {
			var names []string
			for _, f := range fields {
				names = append(names, f.key)
			}
			d.fail(key, "unknown key %q in %s: there are %s", key.Value, what, strings.Join(names, ", "))
			return
		}
		fields[i].read(key, value)
	})
}

// pairs calls f for each key of a mapping, which is not to be in it twice.
func (d *decoder) pairs(n *yaml.Node, what string, f func(key, value *yaml.Node)) {
	at := n
	n = target(n)
	switch {
	case n.Kind != yaml.MappingNode:
		d.fail(at, "%s is %s: it wants keys with values", what, kindOf(n))
		return
	case len(n.Content)/2 > maxEntries:
		d.fail(at, "%s has more than %d keys", what, maxEntries)
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
			d.fail(key, "a key of %s is %s: it wants a name", what, kindOf(key))
		case seen[key.Value]:
			d.fail(key, "%q stands twice in %s", key.Value, what)
		default:
			seen[key.Value] = true
			f(key, value)
		}
	}
}

func kindOf(n *yaml.Node) string {
	switch n = target(n); n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!null":
			return "empty"
		case "!!str":
			return "text"
		case "!!merge":
			return "<<"
		case "!!int", "!!float":
			return "a number"
		case "!!bool":
			return strconv.Quote(n.Value) + ", which YAML takes for a boolean"
		case "!!timestamp":
			return "a date"
		}
		return "of another kind"
	}
	return "of another kind"
}

// text reads a string that is not empty.
func (d *decoder) text(n *yaml.Node, what string) (Text, bool) {
	v := target(n)
	switch {
	case v.Kind != yaml.ScalarNode, v.ShortTag() == "!!null":
		d.fail(n, "%s is %s: it wants text", what, kindOf(v))
		return Text{}, false
	case v.ShortTag() != "!!str":
		d.fail(n, "%s is %s: put quotes around it", what, kindOf(v))
		return Text{}, false
	case strings.TrimSpace(v.Value) == "":
		d.fail(n, "%s is empty", what)
		return Text{}, false
	}
	return Text{Value: v.Value, At: d.at(n)}, true
}

// list reads a list of strings. check says what is wrong with one, or is nil.
func (d *decoder) list(n *yaml.Node, what string, check func(string) error) []Text {
	out := []Text{}
	d.elements(n, what, func(e *yaml.Node) {
		t, ok := d.text(e, "an element of "+what)
		if !ok {
			return
		}
		if err := check(t.Value); err != nil {
			d.fail(e, "%s: %v", what, err)
			return
		}
		out = append(out, t)
	})
	return out
}

func (d *decoder) elements(n *yaml.Node, what string, f func(*yaml.Node)) {
	list := target(n)
	switch {
	case list.Kind != yaml.SequenceNode:
		d.fail(n, "%s is %s: it wants a list", what, kindOf(list))
	case len(list.Content) > maxEntries:
		d.fail(n, "%s has more than %d elements", what, maxEntries)
	default:
		for _, e := range list.Content {
			f(e)
		}
	}
}

func (d *decoder) config(n *yaml.Node, c *Config) {
	d.mapping(n, "the file", []field{
		{"version", func(_, v *yaml.Node) {
			if t, ok := d.text(v, "version"); ok && t.Value != Version {
				d.fail(v, "version %q is not known: write version: %q", t.Value, Version)
			}
		}},
		{"firstParty", func(_, v *yaml.Node) { c.FirstParty = d.list(v, "firstParty", checkPrefix) }},
		{"api", func(_, v *yaml.Node) { d.api(v, c) }},
		{"exclude", func(_, v *yaml.Node) { c.Exclude = d.list(v, "exclude", tree.CheckPattern) }},
		{"services", func(_, v *yaml.Node) { d.services(v, c) }},
		{"manifests", func(_, v *yaml.Node) { c.Manifests = d.list(v, "manifests", checkFolder) }},
		{"helm", func(_, v *yaml.Node) { d.helm(v, c) }},
		{"ignore", func(_, v *yaml.Node) { d.ignore(v, c) }},
	})
}

// helm reads how charts are installed.
func (d *decoder) helm(n *yaml.Node, c *Config) {
	d.elements(n, "helm", func(e *yaml.Node) {
		var h Chart
		before := len(d.errs)
		d.mapping(e, "an element of helm", []field{
			{"chart", func(_, v *yaml.Node) {
				t, ok := d.text(v, "helm.chart")
				if ok && !filepath.IsLocal(filepath.FromSlash(t.Value)) {
					d.fail(v, "helm.chart: %q is no folder of the checked directory: write a path relative to it", t.Value)
				}
				h.Chart = t
			}},
			{"values", func(_, v *yaml.Node) { h.Values = d.list(v, "helm.values", checkInside) }},
			{"name", func(_, v *yaml.Node) {
				t, _ := d.text(v, "helm.name")
				h.Name = t.Value
			}},
		})
		if len(d.errs) == before && (h.Chart.Value == "" || len(h.Values) == 0) {
			d.fail(e, "an element of helm wants a chart and its values")
		}
		c.Helm = append(c.Helm, h)
	})
}

// ignore reads which findings may stay.
func (d *decoder) ignore(n *yaml.Node, c *Config) {
	d.elements(n, "ignore", func(e *yaml.Node) {
		i := Ignore{At: d.at(e)}
		before := len(d.errs)
		d.mapping(e, "an element of ignore", []field{
			{"rules", func(_, v *yaml.Node) { i.Rules = d.list(v, "ignore.rules", func(string) error { return nil }) }},
			{"paths", func(_, v *yaml.Node) { i.Paths = d.list(v, "ignore.paths", tree.CheckPattern) }},
			{"reason", func(_, v *yaml.Node) {
				t, _ := d.text(v, "ignore.reason")
				i.Reason = strings.TrimSpace(t.Value)
			}},
		})
		if len(d.errs) == before && (len(i.Rules) == 0 || len(i.Paths) == 0 || i.Reason == "") {
			d.fail(e, "an element of ignore wants rules, paths and a reason")
		}
		c.Ignore = append(c.Ignore, i)
	})
}

func checkInside(p string) error {
	if !filepath.IsLocal(filepath.FromSlash(p)) {
		return fmt.Errorf("%q does not lie in the checked directory: write a path relative to it", p)
	}
	return nil
}

func checkPrefix(p string) error {
	if module.CheckImportPath(p) != nil {
		return fmt.Errorf("%q is no import path: write the beginning of one, for instance git.example.com/team", p)
	}
	return nil
}

func checkFolder(p string) error {
	if isAbsolute(p) {
		return fmt.Errorf("%q is an absolute path: write one relative to this file", p)
	}
	return nil
}

func isAbsolute(p string) bool { return path.IsAbs(p) || filepath.IsAbs(filepath.FromSlash(p)) }

// api reads files with entries, or the entries themselves.
func (d *decoder) api(n *yaml.Node, c *Config) {
	add := func(e *yaml.Node) {
		t, ok := d.text(e, "api")
		if !ok {
			return
		}
		v := target(e)
		switch {
		case !isText(t.Value) && (isAbsolute(t.Value) || !filepath.IsLocal(filepath.FromSlash(t.Value))):
			d.fail(e, "api: %q does not lie below the folder of this file: name a file that does", t.Value)
		case !isText(t.Value):
			c.API = append(c.API, Entry{File: path.Clean(t.Value), At: t.At})
		case v.Style&yaml.LiteralStyle == 0:
			// Other styles join lines, and every line is an entry.
			d.fail(e, "api: entries of several lines are written as a block behind |")
		default:
			// The block begins below the |; so entries keep their lines.
			c.API = append(c.API, Entry{Text: strings.Repeat("\n", v.Line) + t.Value, At: t.At})
		}
	}
	if target(n).Kind == yaml.ScalarNode {
		add(n)
		return
	}
	d.elements(n, "api", add)
}

func (d *decoder) services(n *yaml.Node, c *Config) {
	names := map[string]bool{}
	d.pairs(n, "services", func(key, value *yaml.Node) {
		main := path.Clean(key.Value)
		switch {
		case key.Value == "":
			d.fail(key, "a key of services is empty: it wants the folder or import path of a main package")
			return
		case isAbsolute(main) || strings.HasPrefix(main, "../"):
			d.fail(key, "services: %q is no folder of the checked directory: write a path relative to it, or an import path", key.Value)
			return
		case c.Services[main] != nil:
			d.fail(key, "%q stands twice in services", main)
			return
		}
		s := &Service{At: d.at(key)}
		what := "services." + key.Value
		before := len(d.errs)
		d.mapping(value, what, []field{
			{"name", func(_, v *yaml.Node) {
				t, ok := d.text(v, what+".name")
				if ok && names[t.Value] {
					d.fail(v, "%s.name: another service is called %q already", what, t.Value)
				}
				names[t.Value] = true
				s.Name = t.Value
			}},
			{"image", func(_, v *yaml.Node) {
				t, ok := d.text(v, what+".image")
				file, stage, hasStage := strings.Cut(t.Value, "#")
				if ok && (file == "" || hasStage && stage == "" || isAbsolute(file)) {
					d.fail(v, "%s.image: %q wants the path of a Dockerfile in the checked directory, or Dockerfile#stage", what, t.Value)
				}
				s.Image, s.ImageAt = t.Value, t.At
			}},
			{"workloads", func(_, v *yaml.Node) {
				s.Workloads, s.AllWorkloads = d.list(v, what+".workloads", checkWorkload), true
			}},
		})
		if len(d.errs) == before && s.Name == "" && s.Image == "" && !s.AllWorkloads {
			d.fail(value, "%s says nothing: it wants name, image or workloads", what)
		}
		if c.Services == nil {
			c.Services = map[string]*Service{}
		}
		c.Services[main] = s
	})
}

func checkWorkload(text string) error {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") {
		return fmt.Errorf("%q is no workload: write Kind/name, for instance Deployment/orders, or Kind/name/container", text)
	}
	return nil
}
