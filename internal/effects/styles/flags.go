package styles

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/cnready/cnready/internal/effects"
)

// Libraries that set structs from the command line.

// kongStyle is github.com/alecthomas/kong v1: a field is a flag unless a tag says
// that it is a positional argument or a command. Commands do not prefix the flags
// within them.
var kongStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		t := kongTag(f)
		if t["-"] != "" || has(t, "arg") || has(t, "cmd") || has(t, "kong") {
			return
		}
		name := t["name"]
		if name == "" {
			name = dashed(f.Name)
		}
		out := Field{Flag: in.flag + name, Required: has(t, "required"), NoEnv: t["env"] == "-"}
		for _, e := range strings.Split(t["env"], ",") {
			if e = strings.TrimSpace(e); e != "" && e != "-" {
				out.Env = append(out.Env, in.env+e)
			}
		}
		// ${name} stands for a variable that the program sets.
		if d, ok := t["default"]; ok && !strings.Contains(d, "${") {
			out.setDefault(d, true)
		}
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		t := kongTag(f)
		switch {
		case t["-"] != "":
			return in, false
		case f.Embedded, has(t, "embed"):
			return scope{flag: in.flag + t["prefix"], env: in.env + t["envprefix"]}, true
		case has(t, "cmd"), has(t, "arg"):
			return scope{flag: in.flag + t["prefix"], env: in.env + t["envprefix"]}, true
		}
		return in, false
	},
}

func has(t map[string]string, key string) bool {
	_, ok := t[key]
	return ok
}

// kongTag reads the tags of a field, in both of kong's forms: env:"X" and
// kong:"env='X'". The key "-" is set for a field that kong leaves out.
func kongTag(f *effects.ShapeField) map[string]string {
	out := map[string]string{}
	for _, key := range []string{"name", "env", "default", "arg", "cmd", "embed", "prefix", "envprefix", "required"} {
		if v, ok := lookup(f, key); ok {
			out[key] = v
		}
	}
	whole, ok := lookup(f, "kong")
	if !ok {
		return out
	}
	if whole == "-" {
		out["-"] = "-"
	}
	for _, m := range kongPair.FindAllStringSubmatch(whole, -1) {
		out[m[1]] = m[2]
	}
	return out
}

var kongPair = regexp.MustCompile(`([a-z]+)(?:='([^']*)')?`)

// dashed is a Go name in lower case with dashes: HTTPPort is http-port.
func dashed(name string) string {
	var words []string
	runes := []rune(name)
	start := 0
	for i := 1; i < len(runes); i++ {
		upper := unicode.IsUpper(runes[i])
		switch {
		case upper && !unicode.IsUpper(runes[i-1]):
		case upper && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
		default:
			continue
		}
		words = append(words, string(runes[start:i]))
		start = i
	}
	words = append(words, string(runes[start:]))
	return strings.ToLower(strings.Join(words, "-"))
}

// goFlagsStyle is github.com/jessevdk/go-flags v1.6: only fields with a long or
// short tag are options; groups may have namespaces.
var goFlagsStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		if tag(f, "no-flag") != "" {
			return
		}
		name := tag(f, "long")
		if name == "" {
			name = tag(f, "short")
		} else {
			name = in.flag + name
		}
		if name == "" {
			return
		}
		out := Field{Flag: name, Required: isTrue(f, "required") || tag(f, "required") == "yes"}
		if e := tag(f, "env"); e != "" {
			out.Env = []string{in.env + e}
		}
		out.setDefault(lookup(f, "default"))
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		if tag(f, "long") != "" || tag(f, "short") != "" || tag(f, "positional-args") != "" {
			return in, false
		}
		out := in
		if ns := tag(f, "namespace"); ns != "" {
			out.flag += ns + "."
		}
		if ns := tag(f, "env-namespace"); ns != "" {
			out.env += ns + "_"
		}
		return out, true
	},
}

// goArgStyle is github.com/alexflint/go-arg v1.6.
var goArgStyle = &style{
	field: func(w *walk, f *effects.ShapeField, in scope) {
		t := tag(f, "arg")
		if t == "-" {
			return
		}
		out := Field{Flag: strings.ToLower(f.Name)}
		positional := false
		for _, part := range strings.Split(t, ",") {
			part = strings.TrimLeft(part, " ")
			name, value, _ := strings.Cut(part, ":")
			switch {
			case strings.HasPrefix(part, "--"):
				out.Flag = part[2:]
			case name == "required":
				out.Required = true
			case name == "positional", name == "subcommand":
				positional = true
			case name == "env":
				if value == "" {
					value = strings.ToUpper(f.Name)
				}
				out.Env = []string{in.env + value}
			}
		}
		out.setDefault(lookup(f, "default"))
		if positional {
			out.Flag = ""
		}
		w.add(f, out)
	},
	nested: func(_ *walk, f *effects.ShapeField, in scope) (scope, bool) {
		return in, f.Embedded || strings.Contains(tag(f, "arg"), "subcommand")
	},
}
