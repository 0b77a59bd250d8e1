package source

import (
	"bytes"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// A hole is a stretch of text that a template engine fills in.
type hole struct{ start, end int }

// neutral writes over what a template engine fills in, byte for byte, so that
// places stay as they are: expressions become words, statements and comments
// blanks. It gives the holes, in their order.
//
// Known are {{ }} and {% %} (Jinja, Go templates, Mustache), <% %> (ERB, EPP) and
// ${ } where it does not stand in quotes.
func neutral(text []byte) ([]byte, []hole) {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("{%")) && !bytes.Contains(text, []byte("<%")) && !bytes.Contains(text, []byte("${")) &&
		!bytes.Contains(text, []byte("{#")) {
		return text, nil
	}
	out := bytes.Clone(text)
	var holes []hole
	word := func(start, end int) {
		for i := start; i < end; i++ {
			if c := out[i]; c != '\n' && c != '\r' {
				out[i] = 'x'
			}
		}
		holes = append(holes, hole{start, end})
	}
	blank := func(start, end int) {
		for i := start; i < end; i++ {
			if out[i] != '\n' && out[i] != '\r' {
				out[i] = ' '
			}
		}
	}
	for i := 0; i+1 < len(text); i++ {
		rest := text[i:]
		end := func(closing string) int {
			n := bytes.Index(rest, []byte(closing))
			if n < 0 || n > 4096 {
				return -1
			}
			return i + n + len(closing)
		}
		switch {
		case bytes.HasPrefix(rest, []byte("{{")):
			if e := end("}}"); e > 0 && len(rest) > 2 {
				if e < len(text) && text[e] == '}' && rest[2] == '{' {
					e++ // {{{ }}} of Mustache
				}
				if statement(text, i, e) {
					blank(i, e)
				} else {
					word(i, e)
				}
				i = e - 1
			}
		case bytes.HasPrefix(rest, []byte("{%")):
			if e := end("%}"); e > 0 {
				blank(i, e)
				i = e - 1
			}
		case bytes.HasPrefix(rest, []byte("{#")):
			if e := end("#}"); e > 0 {
				blank(i, e)
				i = e - 1
			}
		case bytes.HasPrefix(rest, []byte("<%")):
			if e := end("%>"); e > 0 {
				if len(rest) > 2 && rest[2] == '=' {
					word(i, e)
				} else {
					blank(i, e)
				}
				i = e - 1
			}
		case bytes.HasPrefix(rest, []byte("${")):
			if e := closing(text, i+2); e > 0 {
				word(i, e)
				i = e - 1
			}
		}
	}
	return out, holes
}

// closing is the offset behind the brace that closes one that is open, on the
// same line, or -1.
func closing(text []byte, at int) int {
	depth := 1
	for ; at < len(text) && text[at] != '\n'; at++ {
		switch text[at] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return -1
}

var statements = lazyregexp.New(`^\{\{-?\s*(?:if|else|end|range|with|define|block|template|include|/\*|#|/|\^|!|\$\w+\s*:?=)`)

// statement tells of an action of a Go template, or a section of Mustache, that
// writes nothing itself and stands on a line of its own.
func statement(text []byte, start, end int) bool {
	if !statements.Match(text[start:end]) {
		return false
	}
	before := text[bytes.LastIndexByte(text[:start], '\n')+1 : start]
	after, _, _ := bytes.Cut(text[end:], []byte("\n"))
	return len(bytes.TrimSpace(before)) == 0 && len(bytes.TrimSpace(after)) == 0
}

var placeholders = lazyregexp.New(`\$\{|\$\(|\{\{|<%|\[\[.*\]\]|^<[A-Za-z][A-Za-z0-9_ -]*>|<[A-Z][A-Z0-9_-]*>|^__[A-Z0-9_]+__$|^@[A-Z0-9_]+@$|^\$[A-Z_][A-Z0-9_]*$|#\{|%[A-Z_]+%`)

// Placeholder tells of a text that something fills in before it is deployed.
func Placeholder(text string) bool { return placeholders.MatchString(text) }
