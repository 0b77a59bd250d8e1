package azure

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// A bicepResource is one resource declaration of a Bicep file.
type bicepResource struct {
	symbol, kind string
	module       bool             // a module; kind is then its path
	at           finding.Position // of the symbol
	body         source.Value
}

// maxDepth is how deep values may be nested.
const maxDepth = 60

// bicepResources finds the resources of a file, those inside of others too. Of
// loops the body counts once. Where something is not understood the value is not
// known, and reading goes on behind it; open is the line of a mapping that is not
// closed, else 0.
//
// Source: Bicep documentation, "Resource declaration in Bicep", "Data types in
// Bicep".
func bicepResources(f *source.File) (found []bicepResource, open int) {
	b := &bicep{file: f, text: f.Text}
	for b.skip(); b.at < len(b.text); b.skip() {
		b.statement(0)
	}
	return b.found, b.open
}

type bicep struct {
	file  *source.File
	text  []byte
	at    int
	found []bicepResource
	// open is the line of a mapping that the file ends in, else 0.
	open int
}

// skip passes blanks, line breaks and comments.
func (b *bicep) skip() {
	for b.at < len(b.text) {
		rest := b.text[b.at:]
		switch {
		case rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\n' || rest[0] == '\r':
			b.at++
		case strings.HasPrefix(string(rest[:min(2, len(rest))]), "//"):
			b.line()
		case strings.HasPrefix(string(rest[:min(2, len(rest))]), "/*"):
			if end := strings.Index(string(rest), "*/"); end >= 0 {
				b.at += end + 2
			} else {
				b.at = len(b.text)
			}
		default:
			return
		}
	}
}

// blanks passes blanks of one line.
func (b *bicep) blanks() {
	for b.at < len(b.text) && (b.text[b.at] == ' ' || b.text[b.at] == '\t') {
		b.at++
	}
}

// line passes the rest of a line.
func (b *bicep) line() {
	for b.at < len(b.text) && b.text[b.at] != '\n' {
		b.at++
	}
}

func (b *bicep) word() string {
	start := b.at
	for b.at < len(b.text) && (b.text[b.at] == '_' || b.text[b.at] >= '0' && b.text[b.at] <= '9' || b.text[b.at]|0x20 >= 'a' && b.text[b.at]|0x20 <= 'z') {
		b.at++
	}
	return string(b.text[start:b.at])
}

func (b *bicep) peek() byte {
	if b.at < len(b.text) {
		return b.text[b.at]
	}
	return 0
}

// statement reads one declaration at the top of a file or in a resource.
func (b *bicep) statement(depth int) {
	start := b.at
	if word := b.word(); word != "resource" && word != "module" || !b.resource(depth, word == "module") {
		if b.at == start {
			b.at++
		}
		b.expression(depth)
	}
}

// resource reads what follows the word resource or module: a symbol, a type, existing, a condition or
// a loop, and the body. ok is false where it is none.
func (b *bicep) resource(depth int, module bool) bool {
	b.blanks()
	start := b.at
	symbol := b.word()
	at := b.file.At(start, b.at)
	b.blanks()
	if symbol == "" || b.peek() != '\'' {
		return false
	}
	kind := b.text1()
	b.blanks()
	if b.word() == "existing" {
		b.blanks()
		if b.peek() == '=' {
			b.at++
			b.expression(depth)
		}
		return true
	}
	if b.peek() != '=' {
		return false
	}
	b.at++
	b.blanks()
	if b.peek() == '[' { // a loop: [for x in y: {
		b.at++
		if !b.to('{') {
			return true
		}
	} else if word := b.word(); word == "if" {
		b.blanks()
		if b.peek() == '(' {
			b.balanced(0)
		}
		b.skip()
	}
	if b.peek() != '{' {
		return true
	}
	i := len(b.found)
	b.found = append(b.found, bicepResource{symbol: symbol, kind: kind.Text, module: module, at: at})
	b.found[i].body = b.object(depth+1, at)
	// So that the type has its place among the fields.
	b.found[i].body.Entries = append(b.found[i].body.Entries, source.Entry{Key: "type", KeyAt: kind.At, Value: kind})
	return true
}

// to passes text up to a brace, on the same line or the next few.
func (b *bicep) to(c byte) bool {
	for n := 0; b.at < len(b.text) && n < 2000; n++ {
		switch b.text[b.at] {
		case c:
			return true
		case '\'':
			b.text1()
			continue
		}
		b.at++
	}
	return false
}

// text1 reads a text in quotes; one that has ${ } in it is not known.
func (b *bicep) text1() source.Value {
	start := b.at
	if strings.HasPrefix(string(b.text[b.at:min(len(b.text), b.at+3)]), "'''") {
		b.at += 3
		end := strings.Index(string(b.text[b.at:]), "'''")
		if end < 0 {
			end = len(b.text) - b.at
		}
		body := string(b.text[b.at : b.at+end])
		b.at = min(len(b.text), b.at+end+3)
		at := b.file.At(start, b.at)
		return source.Value{Kind: source.Scalar, Text: strings.TrimPrefix(body, "\n"), At: at, Start: at}
	}
	b.at++
	var text strings.Builder
	unknown, depth := false, 0
	for b.at < len(b.text) && b.text[b.at] != '\n' {
		c := b.text[b.at]
		switch {
		case c == '\\' && b.at+1 < len(b.text):
			b.at++
			text.WriteByte(b.text[b.at])
		case c == '$' && b.at+1 < len(b.text) && b.text[b.at+1] == '{':
			unknown = true
			depth++
			b.at++
			text.WriteString("${")
		case c == '}' && depth > 0:
			depth--
			text.WriteByte(c)
		case c == '\'' && depth == 0:
			b.at++
			at := b.file.At(start, b.at)
			return source.Value{Kind: source.Scalar, Text: text.String(), Unknown: unknown, At: at, Start: at}
		default:
			text.WriteByte(c)
		}
		b.at++
	}
	at := b.file.At(start, b.at)
	return source.Value{Kind: source.Scalar, Text: text.String(), Unknown: true, At: at, Start: at}
}

// balanced passes what stands in brackets, whatever it is.
func (b *bicep) balanced(depth int) {
	if depth > maxDepth {
		b.at = len(b.text)
		return
	}
	b.at++
	for b.at < len(b.text) {
		switch b.text[b.at] {
		case '(', '[', '{':
			b.balanced(depth + 1)
			continue
		case ')', ']', '}':
			b.at++
			return
		case '\'':
			b.text1()
			continue
		}
		b.at++
	}
}

// expression reads a value up to the end of its line, or a closing bracket or
// comma.
func (b *bicep) expression(depth int) source.Value {
	b.blanks()
	start := b.at
	var v source.Value
	switch c := b.peek(); {
	case depth > maxDepth:
		b.at = len(b.text)
		return v
	case c == '{':
		v = b.object(depth+1, b.file.At(start, start+1))
	case c == '[':
		v = b.list(depth + 1)
	case c == '\'':
		v = b.text1()
	case c >= '0' && c <= '9':
		text := b.word()
		v = source.Value{Kind: source.Scalar, Text: text}
	default:
		if text := b.word(); text == "true" || text == "false" {
			v = source.Value{Kind: source.Scalar, Text: text}
		} else if text == "null" {
			v = source.Value{Kind: source.Absent}
		} else {
			v = source.Value{Kind: source.Scalar, Unknown: true}
			// json('0.5') is how a fraction is written.
			if text == "json" && strings.HasPrefix(string(b.text[b.at:min(len(b.text), b.at+2)]), "('") {
				b.at++
				v = b.text1()
				if b.peek() == ')' {
					b.at++
				} else {
					v.Unknown = true
				}
			}
		}
	}
	if v.At.Line == 0 {
		v.At = b.file.At(start, b.at)
	}
	v.Start = b.file.At(start, b.at)
	// An operator behind it makes it something else.
	more := false
	for b.at < len(b.text) {
		c := b.text[b.at]
		if c == '\n' || c == ',' || c == ')' || c == ']' || c == '}' || strings.HasPrefix(string(b.text[b.at:min(len(b.text), b.at+2)]), "//") {
			break
		}
		switch c {
		case '(', '[', '{':
			b.balanced(0)
			more = true
			continue
		case '\'':
			b.text1()
			more = true
			continue
		case ' ', '\t', '\r':
		default:
			more = true
		}
		b.at++
	}
	if more {
		at := b.file.At(start, b.at)
		text := strings.TrimSpace(string(b.text[start:b.at]))
		return source.Value{Kind: source.Scalar, Text: "${" + text + "}", Unknown: true, At: at, Start: at}
	}
	if v.Unknown && v.Text == "" {
		v.Text = "${" + strings.TrimSpace(string(b.text[start:b.at])) + "}"
	}
	return v
}

// object reads a mapping; resources that stand in it are found too.
func (b *bicep) object(depth int, at finding.Position) source.Value {
	start := b.at
	v := source.Value{Kind: source.Map, At: at, Start: b.file.At(start, start+1)}
	if depth > maxDepth {
		b.at = len(b.text)
		return v
	}
	b.at++
	for {
		b.skip()
		switch c := b.peek(); {
		case c == 0:
			if b.open == 0 {
				b.open = at.Line
			}
			return v
		case c == '}':
			b.at++
			return v
		case c == ',':
			b.at++
			continue
		}
		keyStart := b.at
		var key string
		if b.peek() == '\'' {
			key = b.text1().Text
		} else {
			key = b.word()
		}
		keyAt := b.file.At(keyStart, b.at)
		if key == "resource" && b.resource(depth+1, false) {
			continue
		}
		b.blanks()
		if b.peek() != ':' {
			// A spread, a decorator, a condition: something is not known.
			v.Unknown = true
			if b.at == keyStart {
				b.at++
			}
			b.expression(depth)
			continue
		}
		b.at++
		item := b.expression(depth)
		if item.Kind == source.Map || item.Kind == source.List {
			item.At = keyAt
		}
		v.Entries = append(v.Entries, source.Entry{Key: key, KeyAt: keyAt, Value: item})
	}
}

// list reads a list; of a loop it is not known.
func (b *bicep) list(depth int) source.Value {
	start := b.at
	v := source.Value{Kind: source.List, At: b.file.At(start, start+1), Start: b.file.At(start, start+1)}
	b.at++
	b.skip()
	if strings.HasPrefix(string(b.text[b.at:min(len(b.text), b.at+4)]), "for ") {
		b.at = start
		b.balanced(0)
		at := b.file.At(start, b.at)
		return source.Value{Kind: source.Scalar, Unknown: true, Text: "for", At: at, Start: at}
	}
	for {
		b.skip()
		switch b.peek() {
		case 0:
			return v
		case ']':
			b.at++
			return v
		case ',':
			b.at++
			continue
		}
		before := b.at
		item := b.expression(depth)
		if item.Kind == source.Map || item.Kind == source.List {
			item.At = item.Start
		}
		v.List = append(v.List, item)
		if b.at == before {
			b.at++
		}
	}
}
