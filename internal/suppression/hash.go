package suppression

import (
	"bytes"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// hashComments finds the comments of a file whose comments begin with "#", and
// the lines of the file. Lines are told from the text alone, so that templates of
// YAML can be read too, with their own comments.
func hashComments(name string, src []byte, trailing bool) (comments []*Comment, lines []string) {
	if !bytes.Contains(src, []byte("cnready:ignore")) {
		return nil, nil
	}
	lines = strings.Split(string(src), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSuffix(line, "\r")
		at, end := commentStart(lines[i], trailing), len(lines[i])
		text := ""
		if at >= 0 {
			text = lines[i][at+1:]
		} else if m := templateComment.FindAllSubmatchIndex([]byte(lines[i]), 1); m != nil && trailing {
			at, end, text = m[0][0], m[0][1], lines[i][m[0][2]:m[0][3]]
		} else {
			continue
		}
		c, ok := parse(text)
		if !ok || c.Nolint {
			continue
		}
		c.Position = finding.Position{File: name, Line: i + 1, Column: at + 1, EndLine: i + 1, EndColumn: end + 1}
		c.Trailing = strings.TrimSpace(lines[i][:at]) != ""
		c.From, c.To = i+1, i+1
		comments = append(comments, &c)
	}
	return comments, lines
}

// commentStart is where the comment of a line begins that says cnready:ignore, -1
// where none does.
func commentStart(line string, trailing bool) int {
	i := strings.Index(line, "cnready:ignore")
	if i < 0 {
		return -1
	}
	at := strings.LastIndexByte(line[:i], '#')
	if at < 0 || strings.TrimSpace(line[at+1:i]) != "" {
		return -1
	}
	before := line[:at]
	switch {
	case strings.TrimSpace(before) == "":
		return at
	case !trailing || strings.TrimRight(before, " \t") == before:
		return -1 // a # without white space before it is no comment (YAML 1.2.2, 6.6)
	}
	return at
}

// templateComment is a comment of text/template on one line (package text/template,
// "Actions").
var templateComment = lazyregexp.New(`\{\{(?:- )?\s*/\*\s*(cnready:ignore.*?)\s*\*/\s*(?: -)?\}\}`)

func isComment(line string) bool {
	t := strings.TrimSpace(line)
	return strings.HasPrefix(t, "#") || strings.HasPrefix(t, "{{/*") && strings.HasSuffix(t, "*/}}") ||
		strings.HasPrefix(t, "{{- /*") && (strings.HasSuffix(t, "*/ -}}") || strings.HasSuffix(t, "*/}}"))
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

// below is the index of the first line under a block of comment lines, len(lines)
// where none is.
func below(lines []string, comment int) int {
	i := comment
	for i < len(lines) && isComment(lines[i]) {
		i++
	}
	return i
}

// dockerfile returns the comments of a Dockerfile. Each has its line for itself
// (Dockerfile reference, "Format") and is for the instruction below it.
func dockerfile(name string, src []byte) []*Comment {
	comments, lines := hashComments(name, src, false)
	for _, c := range comments {
		c.From, c.To = instruction(lines, c.Position.Line-1)
	}
	return append(comments, foreign(name, src)...)
}

// yaml returns the comments of a YAML file, or of a template of one. A comment
// behind something is for its line; one that has its line for itself is for the
// field or element below it with all that belongs to that, and one before the
// first field of a document for the whole document. What annotations say is for
// the objects that have them.
func yaml(name string, src []byte) []*Comment {
	comments, lines := hashComments(name, src, true)
	for _, c := range comments {
		if c.Trailing {
			continue
		}
		at := c.Position.Line - 1
		if start, end, head := document(lines, at); head {
			c.From, c.To = start+1, end
			continue
		}
		first := below(lines, at)
		c.From, c.To = first+1, block(lines, first)
	}
	return append(comments, annotations(name, src)...)
}

// document finds the document around a line, as the indices of its first line and
// of the line behind its last, and whether nothing but comments stands before the
// line. What stands above the first "---" belongs to the document below it if it
// is only comments.
func document(lines []string, at int) (start, end int, head bool) {
	start, end, head = 0, len(lines), true
	for i, line := range lines {
		switch {
		case isBoundary(line):
			if i > at {
				if !onlyComments(lines[start:i]) {
					return start, i, head
				}
				continue
			}
			start, head = i, true
		case i < at && isContent(line):
			head = false
		}
	}
	return start, end, head
}

func onlyComments(lines []string) bool {
	for _, l := range lines {
		if isContent(l) && !isBoundary(l) {
			return false
		}
	}
	return true
}

func isBoundary(line string) bool {
	return line == "---" || strings.HasPrefix(line, "--- ") || line == "..."
}

// isContent tells lines that hold data from comments, blank ones, and those of a
// template that only steer it.
func isContent(line string) bool {
	t := strings.TrimSpace(line)
	return t != "" && !strings.HasPrefix(t, "#") && !strings.HasPrefix(t, "%") &&
		(!strings.HasPrefix(t, "{{") || !strings.HasSuffix(t, "}}"))
}

// block is the number of the last line of what begins at a line: that is indented
// more, or is a list right below its key.
func block(lines []string, first int) int {
	if first >= len(lines) || isBlank(lines[first]) {
		return first + 1
	}
	indent := indentOf(lines[first])
	key := strings.HasSuffix(strings.TrimSpace(withoutComment(lines[first])), ":") && !isItem(lines[first])
	last := first
	for i := first + 1; i < len(lines); i++ {
		line := lines[i]
		if isBlank(line) || isComment(line) {
			continue
		}
		if isBoundary(line) {
			break
		}
		if n := indentOf(line); n < indent || n == indent && (!key || !isItem(line)) {
			break
		}
		last = i
	}
	return last + 1
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func isItem(line string) bool {
	t := strings.TrimLeft(line, " ")
	return t == "-" || strings.HasPrefix(t, "- ")
}

func withoutComment(line string) string {
	before, _, _ := strings.Cut(line, " #")
	return before
}
