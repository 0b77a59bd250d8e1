package styles

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Libraries that set structs from environment variables.

// envconfigStyle is github.com/kelseyhightower/envconfig v1.4.0, gatherInfo and
// Process.
var envconfigStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		if isTrue(f, "ignored") {
			return
		}
		key, alt := envconfigKey(f, in)
		out := Field{Env: []string{key}, Required: isTrue(f, "required")}
		if alt != "" && alt != key {
			out.Env = append(out.Env, alt)
		}
		if d := tag(f, "default"); d != "" {
			out.setDefault(d, true)
		}
		out.Required = out.Required && !out.HasDefault
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		if isTrue(f, "ignored") {
			return in, false
		}
		if f.Embedded {
			return in, true
		}
		key, _ := envconfigKey(f, in)
		return scope{env: key}, true
	},
}

var (
	wordParts    = lazyregexp.New(`([^A-Z]+|[A-Z]+[^A-Z]+|[A-Z]+)`)
	acronymParts = lazyregexp.New(`([A-Z]+)([A-Z][^A-Z]+)`)
)

func envconfigKey(f *effects.ShapeField, in scope) (key, alt string) {
	key = f.Name
	if isTrue(f, "split_words") {
		var words []string
		for _, m := range wordParts.FindAllString(f.Name, -1) {
			if a := acronymParts.FindStringSubmatch(m); len(a) == 3 {
				words = append(words, a[1], a[2])
				continue
			}
			words = append(words, m)
		}
		key = strings.Join(words, "_")
	}
	if alt = strings.ToUpper(tag(f, "envconfig")); alt != "" {
		key = alt
	}
	if in.env != "" {
		key = in.env + "_" + key
	}
	return strings.ToUpper(key), alt
}

// caarlosStyle is github.com/caarlos0/env v11.4.
var caarlosStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		name, options := tagName(f, "env")
		if name == "" && w.opts["byname"] == "true" {
			name = upperSnake(f.Name)
		}
		if name == "" || name == "-" {
			return
		}
		out := Field{Env: []string{in.env + name}}
		out.setDefault(lookup(f, "envDefault"))
		out.Required = (slices.Contains(options, "required") || slices.Contains(options, "notEmpty")) && !out.HasDefault
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		if name, _ := tagName(f, "env"); name != "" {
			return in, false
		}
		return scope{env: in.env + tag(f, "envPrefix")}, true
	},
}

// sethvargoStyle is github.com/sethvargo/go-envconfig v1.4.
var sethvargoStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		name, options := tagName(f, "env")
		if name == "" {
			return
		}
		out := Field{Env: []string{in.env + name}, Required: slices.Contains(options, "required")}
		// A default may hold commas: it is the last option.
		if _, rest, ok := strings.Cut(tag(f, "env"), "default="); ok {
			out.setDefault(strings.TrimSpace(rest), true)
		}
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		name, options := tagName(f, "env")
		if name != "" {
			return in, false
		}
		prefix, _ := option(options, "prefix")
		return scope{env: in.env + prefix}, true
	},
}

// cleanenvStyle is github.com/ilyakaznacheev/cleanenv v1.5.
var cleanenvStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		out := Field{Required: isTrue(f, "env-required")}
		if names := tag(f, "env"); names != "" {
			for _, n := range strings.Split(names, ",") {
				out.Env = append(out.Env, in.env+strings.TrimSpace(n))
			}
		}
		if w.opts["file"] != "" {
			if name, _ := tagName(f, "yaml"); name != "" && name != "-" {
				out.Key = strings.Join(append(slices.Clone(in.key), name), ".")
			}
		}
		out.setDefault(lookup(f, "env-default"))
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		if tag(f, "env") != "" {
			return in, false
		}
		out := scope{env: in.env + tag(f, "env-prefix"), key: in.key}
		name, options := tagName(f, "yaml")
		switch {
		case slices.Contains(options, "inline"):
		case name != "" && name != "-":
			out.key = append(slices.Clone(in.key), name)
		default:
			out.key = append(slices.Clone(in.key), strings.ToLower(f.Name))
		}
		return out, true
	},
}

// netflixStyle is github.com/Netflix/go-env.
var netflixStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		names, options := tagName(f, "env")
		if names == "" || names == "-" {
			return
		}
		out := Field{Env: []string{in.env + names}}
		for _, o := range options {
			name, value, given := strings.Cut(o, "=")
			switch {
			case !given:
				out.Env = append(out.Env, in.env+o) // another name
			case name == "default":
				out.setDefault(value, true)
			case name == "required":
				out.Required = value == "true"
			}
		}
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) { return in, tag(f, "env") == "" },
}

// upperSnake is a Go name in upper case with underscores, one before each upper
// case letter that follows another kind of letter.
func upperSnake(name string) string {
	return strings.ToUpper(strings.ReplaceAll(dashed(name), "-", "_"))
}
