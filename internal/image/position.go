package image

import (
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// A source is the text of a Dockerfile, cut into lines, from which the columns
// come that the parser does not keep.
type source struct {
	name   string
	lines  []string // without their ends
	escape byte     // the line continuation character
}

func newSource(name string, data []byte) *source {
	text := strings.TrimPrefix(string(data), "\uFEFF")
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\r")
	}
	return &source{name: name, lines: lines, escape: '\\'}
}

func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// instruction is the position of the instruction on the lines start to end.
func (s *source) instruction(start, end int) finding.Position {
	first := s.line(start)
	return finding.Position{
		File: s.name, Line: start, Column: len(first) - len(strings.TrimLeft(first, " \t")) + 1,
		EndLine: end, EndColumn: len(strings.TrimRight(s.line(end), " \t")) + 1,
	}
}

// word is the position of the nth word (from 0) of an instruction that is
// neither its name nor a flag. Words are cut at blanks; comment lines and
// continuation characters between them are no words.
func (s *source) word(at finding.Position, nth int) finding.Position {
	seen := -1 // the instruction's name comes first
	for n := at.Line; n <= at.EndLine; n++ {
		l := s.line(n)
		if n > at.Line && strings.HasPrefix(strings.TrimSpace(l), "#") {
			continue
		}
		for i := 0; i < len(l); {
			if l[i] == ' ' || l[i] == '\t' {
				i++
				continue
			}
			end := i
			for end < len(l) && l[end] != ' ' && l[end] != '\t' {
				end++
			}
			w := l[i:end]
			if strings.TrimSpace(l[end:]) == "" && len(w) > 0 && w[len(w)-1] == s.escape {
				w = w[:len(w)-1]
			}
			switch {
			case w == "":
			case seen < 0:
				seen = 0
			case seen == 0 && strings.HasPrefix(w, "--"):
			case seen == nth:
				return finding.Position{File: s.name, Line: n, Column: i + 1, EndLine: n, EndColumn: i + len(w) + 1}
			default:
				seen++
			}
			i = end
		}
	}
	return at
}

// arguments is the position of all that stands behind an instruction's name and
// flags, up to the line last; here documents are left out.
func (s *source) arguments(at finding.Position) finding.Position {
	first := s.word(at, 0)
	if first == at {
		return at
	}
	first.EndLine, first.EndColumn = at.EndLine, at.EndColumn
	return first
}
