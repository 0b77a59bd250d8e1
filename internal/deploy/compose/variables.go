package compose

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/interpolation"
	"github.com/compose-spec/compose-go/v2/template"
	"github.com/compose-spec/compose-go/v2/tree"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// maxEnvFile is how large a file of variables may be.
const maxEnvFile = 256 << 10

// Variables put values into compose files. One that has none stands for a number
// while the library reads the files, so that ports and counts still parse; the
// number is taken out again, and what it stood in is not known.
type variables struct {
	values  map[string]string
	markers map[string]string // by name
	names   map[string]string // by marker
	texts   [][]byte          // of the project's files: a marker stands in none
	next    int
}

// newVariables are those of a folder's .env file (Docker documentation, "Set,
// use, and manage variables in a Compose file with interpolation").
func (r *reader) newVariables(dir string) *variables {
	v := &variables{values: map[string]string{}, markers: map[string]string{}, names: map[string]string{}, next: 61000}
	name := path.Join(dir, ".env")
	if !r.has(name) {
		return v
	}
	text, err := r.tree.Read(name, maxEnvFile)
	if err != nil {
		r.note(name, err.Error())
		return v
	}
	values, err := dotenv.ParseWithLookup(bytes.NewReader(text), func(string) (string, bool) { return "", false })
	if err != nil {
		r.note(name, "is no file of variables: "+firstLine(err.Error()))
		return v
	}
	v.values = values
	return v
}

func (v *variables) marker(name string) string {
	if m := v.markers[name]; m != "" {
		return m
	}
	for {
		m := strconv.Itoa(v.next)
		v.next++
		clash := false
		for _, text := range v.texts {
			clash = clash || bytes.Contains(text, []byte(m))
		}
		if !clash {
			v.markers[name], v.names[m] = m, name
			return m
		}
	}
}

// substitute puts values into a text; those that are not known become markers.
func (v *variables) substitute(text string, lookup template.Mapping) (string, error) {
	if len(v.markers) > 500 {
		return template.Substitute(text, lookup)
	}
	return template.Substitute(text, func(name string) (string, bool) {
		if value, ok := lookup(name); ok {
			return value, true
		}
		for _, form := range []string{":-", "-", ":+", "+"} {
			if strings.Contains(text, "${"+name+form) {
				return "", false
			}
		}
		return v.marker(name), true
	})
}

// restore writes the variables again where markers stand.
func (v *variables) restore(text string) string {
	if len(v.names) == 0 || len(text) < 5 {
		return text
	}
	return markerPattern.ReplaceAllStringFunc(text, func(m string) string {
		if name, ok := v.names[m]; ok {
			return "${" + name + "}"
		}
		return m
	})
}

var markerPattern = lazyregexp.New(`6[1-9][0-9]{3}`)

// unknown tells of a text as it is written whether a variable in it has neither
// a value nor a default.
func (v *variables) unknown(text string) bool {
	if !strings.Contains(text, "$") {
		return false
	}
	out, err := v.substitute(text, v.lookup)
	return err != nil || out != v.restore(out)
}

func (v *variables) lookup(name string) (string, bool) {
	value, ok := v.values[name]
	return value, ok
}

// casts lets a marker be a value of any type.
func casts(of map[tree.Path]interpolation.Cast) map[tree.Path]interpolation.Cast {
	out := map[tree.Path]interpolation.Cast{}
	for at, cast := range of {
		out[at] = func(text string) (any, error) {
			value, err := cast(text)
			if err == nil || !markerPattern.MatchString(text) {
				return value, err
			}
			for _, plain := range []string{"false", "0", "1s"} {
				if value, err := cast(plain); err == nil {
					return value, nil
				}
			}
			return value, err
		}
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
