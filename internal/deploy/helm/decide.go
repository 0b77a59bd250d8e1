package helm

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// maxDecided is how many values are named for one finding.
const maxDecided = 3

// Decides names the values that decide what stands at a place of a template, in
// a variant, with their own places: those of the action on that line, those of
// what is written below the field that stands there, and, for a field that is
// missing there, those of the block that would have written it. message is the
// finding's: it names the field.
func (r *Result) Decides(at finding.Position, variant, message string) []finding.Related {
	v := r.variants[variant]
	if v == nil || at.Line == 0 {
		return nil
	}
	var list []finding.Related
	seen := map[string]bool{}
	for _, s := range r.sources[at.File] {
		if s.uses == nil || s.archived {
			continue
		}
		for _, p := range s.deciding(at.Line, words(message)) {
			name := strings.Join(p, ".")
			if seen[name] || len(list) >= maxDecided {
				continue
			}
			seen[name] = true
			list = append(list, v.related(s, p))
		}
	}
	return list
}

// words are the names of fields that a message may mean.
func words(message string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.FieldsFunc(message, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
	}) {
		set[w] = true
	}
	return set
}

// deciding are the paths of the values that decide what a line says.
func (s *source) deciding(line int, named map[string]bool) [][]string {
	var paths [][]string
	on := func(line int) {
		for _, u := range s.uses.entries {
			if u.line == line && !u.block {
				paths = append(paths, u.paths...)
			}
		}
	}
	on(line)
	text := s.line(line)
	_, indent := fieldOf(text)
	if len(paths) == 0 && strings.HasSuffix(strings.TrimSpace(text), ":") {
		// What the actions below write.
		for next := line + 1; len(paths) == 0 && next <= line+3 && strings.HasPrefix(strings.TrimSpace(s.line(next)), "{{"); next++ {
			on(next)
		}
	}
	if len(paths) > 0 {
		return paths
	}
	// What could have been written below this line, and was not.
	for next := line + 1; next <= len(s.lines) && next < line+400; next++ {
		text := s.line(next)
		trimmed := strings.TrimSpace(text)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "{{") {
			continue
		}
		if depth := len(text) - len(strings.TrimLeft(text, " ")); depth < indent {
			break
		}
		name, depth := fieldOf(text)
		if depth != indent || !named[name] {
			continue
		}
		for _, u := range s.uses.entries {
			if u.block && u.line <= next && u.end >= next && u.line > line &&
				slices.ContainsFunc(u.keys, func(f field) bool { return f.name == name && f.indent == indent }) {
				paths = append(paths, u.paths...)
			}
		}
		for below := next; below <= next+2; below++ {
			if below == next || strings.HasPrefix(strings.TrimSpace(s.line(below)), "{{") {
				on(below)
			}
		}
	}
	return paths
}

func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	end := len(s.text)
	if n < len(s.lines) {
		end = s.lines[n]
	}
	return strings.TrimRight(s.text[s.lines[n-1]:end], "\r\n")
}

// related says where the values of a variant set a path, or that they do not.
func (v *variant) related(s *source, p []string) finding.Related {
	name := strings.Join(p, ".")
	prefix, own := v.chart.prefixOf(s, nil, 0)
	full := append(slices.Clone(prefix), p...)
	for n := len(p); n > 0; n-- {
		for _, f := range slices.Backward(v.files) {
			if at, ok := f.place(full[:len(prefix)+n]); ok {
				return decided(at, name, strings.Join(p[:n], "."))
			}
		}
		if at, ok := own.place(p[:n]); ok {
			return decided(at, name, strings.Join(p[:n], "."))
		}
	}
	at := finding.Position{File: v.name}
	if len(v.files) > 0 {
		at.File = v.files[len(v.files)-1].file
	}
	if own != nil && own.doc != nil && len(prefix) > 0 {
		at.File = own.file
	}
	return finding.Related{Position: at, Message: "the value " + name + " decides it, and is not set"}
}

func decided(at finding.Position, name, found string) finding.Related {
	if name != found {
		return finding.Related{Position: at, Message: "the value " + name + " decides it, and is not set in " + found}
	}
	return finding.Related{Position: at, Message: "the value " + name + " decides it"}
}

// prefixOf is the path of a template's chart in the values of the whole, with
// that chart's own values.
func (c *chart) prefixOf(s *source, under []string, depth int) ([]string, *valuesFile) {
	if slices.Contains(c.sources, s) || depth > maxChartDepth {
		return under, c.values
	}
	for _, sub := range c.subs {
		if sub.has(s, depth) {
			return sub.prefixOf(s, append(slices.Clone(under), c.names(sub)[0]), depth+1)
		}
	}
	return under, nil
}

func (c *chart) has(s *source, depth int) bool {
	return slices.Contains(c.sources, s) || depth <= maxChartDepth &&
		slices.ContainsFunc(c.subs, func(sub *chart) bool { return sub.has(s, depth+1) })
}
