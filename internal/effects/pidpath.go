package effects

import (
	"slices"
	"strings"
)

// IsPidPath tells files that hold the process's id, by the name of what configures
// them: flag --pid-file, key server.pidfile. They say nothing that must stay.
func IsPidPath(v *Value) bool {
	return slices.ContainsFunc(PathRoots(v), func(root *Value) bool {
		if root.Kind != Env && root.Kind != Flag && root.Kind != Config {
			return false
		}
		name, _ := root.Name()
		return slices.ContainsFunc(words(name), func(w string) bool { return w == "pid" || w == "pidfile" })
	})
}

// words are the parts of a setting's name, in lower case.
func words(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
}

// OnlyNamed tells whether a path lies where configuration says and nowhere by
// default: nothing is written until it is set.
func OnlyNamed(v *Value) bool {
	named := false
	for _, root := range PathRoots(v) {
		switch root.Kind {
		case Env, Flag, Config:
			if d, known := root.Default(); known && d != "" {
				return false
			}
			named = true
		case Literal:
			if root.Text != "" {
				return false
			}
		default:
			return false
		}
	}
	return named
}
