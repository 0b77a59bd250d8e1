package suppression

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Annotation is the name of the annotation by which an object says which rules are
// not to be heeded of it: on each line the names of rules, with commas between
// them, and the reason.
const Annotation = "cnready.dev/ignore"

// annotationKey finds the key in a line of YAML or JSON.
var annotationKey = lazyregexp.New(`(^|[\s{,])["']?cnready\.dev/ignore["']?\s*:\s*`)

// annotations are those of the objects of a YAML or JSON file, or of a template of
// one, each for the object that has it, or for the template of pods. Like comments
// they are told from the lines of the text.
func annotations(name string, src []byte) []*Comment {
	if !bytes.Contains(src, []byte(Annotation)) {
		return nil
	}
	lines := strings.Split(string(src), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	var out []*Comment
	for i, line := range lines {
		m := annotationKey.FindStringIndex(line)
		if m == nil || isComment(line) {
			continue
		}
		from, to, ok := annotated(lines, i, m[0])
		if !ok {
			continue
		}
		for _, entry := range valueAt(lines, i, m[1]) {
			c := parseIgnore(entry.text)
			c.Annotation = true
			c.Position = finding.Position{File: name, Line: entry.line + 1, Column: entry.column + 1, EndLine: entry.line + 1, EndColumn: entry.end + 1}
			c.From, c.To = from+1, to+1
			out = append(out, &c)
		}
	}
	return out
}

// An entry is one line of an annotation's value, with its place.
type entry struct {
	text              string
	line, column, end int
}

// valueAt reads the value behind a key: in quotes, as it is, or as a block.
func valueAt(lines []string, i, at int) []entry {
	value := lines[i][at:]
	if value == "" {
		return nil
	}
	switch value[0] {
	case '|', '>':
		var list []entry
		indent := indentOf(lines[i])
		for j := i + 1; j < len(lines) && (isBlank(lines[j]) || indentOf(lines[j]) > indent); j++ {
			if text := strings.TrimSpace(lines[j]); text != "" {
				list = append(list, entry{text, j, indentOf(lines[j]), len(strings.TrimRight(lines[j], " "))})
			}
		}
		return list
	case '"':
		for end := 1; end < len(value); end++ {
			if value[end] == '\\' {
				end++
			} else if value[end] == '"' {
				text, err := strconv.Unquote(value[:end+1])
				if err != nil {
					return nil
				}
				return split(text, i, at, at+end+1)
			}
		}
		return nil
	case '\'':
		end := strings.IndexByte(value[1:], '\'')
		if end < 0 {
			return nil
		}
		return split(value[1:end+1], i, at, at+end+2)
	}
	// In braces the text ends with the field.
	if strings.Contains(lines[i][:at], "{") && !strings.Contains(lines[i][:at], "{{") {
		if end := strings.IndexAny(value, "},"); end >= 0 {
			value = value[:end]
		}
	}
	text := strings.TrimSpace(withoutComment(value))
	return split(text, i, at, at+len(text))
}

func split(text string, line, column, end int) []entry {
	var list []entry
	for part := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(part) != "" {
			list = append(list, entry{part, line, column, end})
		}
	}
	return list
}

// annotated finds the lines of the object whose metadata has annotations with a key
// at a place; ok is false where the key stands somewhere else.
func annotated(lines []string, at, column int) (from, to int, ok bool) {
	// The keys above it: the nearest lines that are indented less, or what stands
	// before it on its line.
	i := at
	before := lines[at][:column]
	if !named(before, "annotations") {
		if i = parent(lines, at); i < 0 || !named(lines[i], "annotations") {
			return 0, 0, false
		}
		before, _, _ = strings.Cut(lines[i], "annotations")
	} else {
		before, _, _ = strings.Cut(before, "annotations")
	}
	if !named(before, "metadata") {
		if i = parent(lines, i); i < 0 || !named(lines[i], "metadata") {
			return 0, 0, false
		}
	}
	indent := keyIndent(lines[i])
	from, to = i, i
	if !isItem(lines[i]) {
		for j := i - 1; j >= 0 && !isBoundary(lines[j]); j-- {
			if skipped(lines[j]) {
				continue
			}
			n := indentOf(lines[j])
			if n >= indent {
				from = j
				continue
			}
			if isItem(lines[j]) && keyIndent(lines[j]) == indent {
				from = j // the item that the fields belong to
			}
			break
		}
	}
	for j := i + 1; j < len(lines) && !isBoundary(lines[j]); j++ {
		if skipped(lines[j]) {
			continue
		}
		if indentOf(lines[j]) < indent {
			break
		}
		to = j
	}
	return from, to, true
}

// parent is the nearest line above that is indented less, -1 where none is.
func parent(lines []string, at int) int {
	indent := keyIndent(lines[at])
	for i := at - 1; i >= 0 && !isBoundary(lines[i]); i-- {
		if !skipped(lines[i]) && keyIndent(lines[i]) < indent {
			return i
		}
	}
	return -1
}

// skipped tells of lines that hold no data.
func skipped(line string) bool { return !isContent(line) }

// keyIndent is where the first key of a line stands, behind the dash of an item.
func keyIndent(line string) int {
	n := indentOf(line)
	for isItem(line[n:]) {
		rest := line[n+1:]
		n += 1 + indentOf(rest)
		if n >= len(line) {
			break
		}
	}
	return n
}

// named tells whether a line ends with a key, and perhaps an open brace behind it.
func named(text, key string) bool {
	text = strings.TrimRight(withoutComment(text), " {")
	text = strings.TrimRight(strings.TrimSuffix(text, ":"), " ")
	text = strings.TrimRight(text, `"'`)
	rest, ok := strings.CutSuffix(text, key)
	return ok && strings.Trim(rest, " \t\"'-{,") == "" || ok && strings.ContainsAny(rest[max(0, len(rest)-1):], " {\"',")
}
