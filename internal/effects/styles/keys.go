package styles

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// Libraries that set structs from keys: of files, or of a store that gathers
// files, flags and variables.

// keyed is a style whose keys are those of the structs around a field, joined
// with dots.
func keyed(tagKey string, fold func(string) string, inlineEmbedded bool, inline ...string) *style {
	st := &style{}
	key := func(w *walk) string {
		if t := w.opts["tag"]; t != "" {
			return t
		}
		return tagKey
	}
	st.field = func(w *walk, f *effects.ShapeField, in scope) {
		name, _ := tagName(f, key(w))
		switch name {
		case "-":
			return
		case "":
			name = fold(f.Name)
		}
		w.add(f, Field{Key: strings.Join(append(slices.Clone(in.key), name), ".")})
	}
	st.nested = func(w *walk, f *effects.ShapeField, in scope) (scope, bool) {
		name, options := tagName(f, key(w))
		switch {
		case name == "-":
			return in, false
		case slices.ContainsFunc(options, func(o string) bool { return slices.Contains(inline, o) }):
			return in, true
		case name == "" && f.Embedded && inlineEmbedded:
			return in, true
		case name == "":
			name = fold(f.Name)
		}
		return scope{key: append(slices.Clone(in.key), name)}, true
	}
	return st
}

func same(s string) string { return s }

// registry is a style whose keys are those of a store that flags and variables
// feed too. fold is what the store does to keys.
func registry(of *style, fold func(string) string) *style {
	st := *of
	st.field = func(w *walk, f *effects.ShapeField, in scope) {
		n := len(w.out)
		of.field(w, f, in)
		for i := n; i < len(w.out); i++ {
			w.out[i].Registry = true
			w.out[i].Key = fold(w.out[i].Key)
		}
	}
	return &st
}

// goZeroStyle is github.com/zeromicro/go-zero/core/conf: json tags with options.
var goZeroStyle = func() *style {
	st := keyed("json", same, true, "inline")
	plain := st.field
	st.field = func(w *walk, f *effects.ShapeField, in scope) {
		n := len(w.out)
		plain(w, f, in)
		_, options := tagName(f, "json")
		for i := n; i < len(w.out); i++ {
			if e, ok := option(options, "env"); ok {
				w.out[i].Env = []string{e}
			}
			w.out[i].setDefault(option(options, "default"))
		}
	}
	return st
}()

var all = map[string]*style{
	"envconfig": envconfigStyle,
	"caarlos":   caarlosStyle,
	"sethvargo": sethvargoStyle,
	"cleanenv":  cleanenvStyle,
	"netflix":   netflixStyle,
	"kong":      kongStyle,
	"goflags":   goFlagsStyle,
	"goarg":     goArgStyle,
	"gozero":    goZeroStyle,
	"viper":     registry(keyed("mapstructure", strings.ToLower, false, "squash"), strings.ToLower),
	"koanf":     registry(keyed("koanf", same, false, "squash"), same),
	// mapstructure.Decode of a map that came from somewhere.
	"mapstructure": keyed("mapstructure", same, false, "squash"),
	"yaml":         keyed("yaml", strings.ToLower, false, "inline"),
	"json":         keyed("json", same, true, "inline"),
	"toml":         keyed("toml", same, true),
	"hcl":          keyed("hcl", same, true),
	"xml":          keyed("xml", same, true),
	"ini":          keyed("ini", same, true),
}
