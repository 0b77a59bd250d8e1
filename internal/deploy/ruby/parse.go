package ruby

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// A parser puts tokens together to statements.
type parser struct {
	program *Program
	tokens  []token
	at      int
	count   int
}

// opens are the words that start something that ends with end.
var opens = map[string]bool{"if": true, "unless": true, "case": true, "while": true, "until": true, "for": true, "def": true, "class": true, "module": true, "begin": true}

// statements reads up to the end or brace that closes the block, which is taken.
func (r *parser) statements(depth int) []*Statement {
	var list []*Statement
	for r.at < len(r.tokens) {
		t := &r.tokens[r.at]
		switch {
		case t.kind == newline || t.kind == punct && (t.text == ";" || t.text == ")" || t.text == "]"):
			r.at++
			continue
		case t.kind == name && t.text == "end", t.kind == punct && t.text == "}":
			r.at++
			if depth > 0 {
				return list
			}
			continue
		}
		before := r.at
		s := r.statement(depth)
		if r.at == before {
			r.at++
		}
		if s != nil && r.count < maxStatements {
			r.count++
			list = append(list, s)
		}
	}
	return list
}

// statement reads one statement with its blocks.
func (r *parser) statement(depth int) *Statement {
	first := r.tokens[r.at]
	s := &Statement{At: r.place(first.start, first.end)}
	var own []token
	brackets := 0
	opener := ""
	if first.kind == name && opens[first.text] {
		opener = first.text
	}
	loop := opener == "while" || opener == "until" || opener == "for"
loop:
	for r.at < len(r.tokens) {
		t := r.tokens[r.at]
		switch {
		case t.kind == newline:
			if brackets == 0 && !r.goesOn(own) {
				break loop
			}
			r.at++
			continue
		case t.kind == punct && t.text == ";" && brackets == 0:
			break loop
		case t.kind == name && t.text == "end" && brackets == 0:
			break loop
		case t.kind == name && t.text == "then" && brackets == 0:
			r.at++
			break loop
		case t.kind == name && t.text == "do":
			r.at++
			if loop {
				break loop
			}
			r.block(s, depth)
			own = append(own, token{kind: punct, text: "do", start: t.start, end: t.end})
			continue
		case t.kind == punct && t.text == "{":
			if r.blockBrace(own) {
				r.at++
				r.block(s, depth)
				own = append(own, token{kind: punct, text: "do", start: t.start, end: t.end})
				continue
			}
			brackets++
		case t.kind == punct && (t.text == "(" || t.text == "["):
			brackets++
		case t.kind == punct && (t.text == ")" || t.text == "]" || t.text == "}"):
			if brackets == 0 {
				break loop
			}
			brackets--
		case t.kind == name && opens[t.text] && len(own) > 0 && own[len(own)-1].kind == punct && own[len(own)-1].text == "=" && t.text != "while" && t.text != "until":
			opener = t.text // x = if ...
		}
		own = append(own, t)
		r.at++
	}
	if opener != "" && !(opener == "def" && endless(own)) {
		if depth < maxNesting {
			s.Body = append(s.Body, r.statements(depth+1)...)
		}
	}
	if len(own) == 0 {
		return nil
	}
	r.finish(s, own)
	return s
}

// block reads the parameters and the statements of a block that was just opened.
func (r *parser) block(s *Statement, depth int) {
	s.Block = true
	if r.at < len(r.tokens) && r.tokens[r.at].text == "|" && r.tokens[r.at].kind == punct {
		for r.at++; r.at < len(r.tokens) && r.tokens[r.at].kind != newline; r.at++ {
			t := r.tokens[r.at]
			if t.kind == punct && t.text == "|" {
				r.at++
				break
			}
			if t.kind == name {
				s.Params = append(s.Params, t.text)
			}
		}
	}
	if depth < maxNesting {
		s.Body = append(s.Body, r.statements(depth+1)...)
	}
}

// goesOn tells whether the statement goes on in the next line: what it ends in
// wants more, or the line starts with a dot.
func (r *parser) goesOn(own []token) bool {
	if len(own) > 0 {
		switch last := own[len(own)-1]; last.kind {
		case punct:
			switch last.text {
			case ")", "]", "}", "do", "!", "?":
			default:
				return true
			}
		case label:
			return true
		}
	}
	for i := r.at; i < min(len(r.tokens), r.at+maxBlank); i++ {
		t := r.tokens[i]
		if t.kind != newline {
			return t.kind == punct && (t.text == "." || t.text == "&.")
		}
	}
	return false
}

// blockBrace tells a block from a hash: a block follows a name or a closing
// bracket, or has parameters.
func (r *parser) blockBrace(own []token) bool {
	if r.at+1 < len(r.tokens) && r.tokens[r.at+1].kind == punct && r.tokens[r.at+1].text == "|" {
		return true
	}
	if len(own) == 0 {
		return false
	}
	switch last := own[len(own)-1]; last.kind {
	case name:
		return !keywords[last.text]
	case punct:
		return last.text == ")" || last.text == "->" || last.text == "]"
	}
	return false
}

// endless tells of a definition without an end: def name = value.
func endless(own []token) bool {
	depth := 0
	for _, t := range own {
		if t.kind == punct {
			switch t.text {
			case "(":
				depth++
			case ")":
				depth--
			case "=":
				if depth == 0 {
					return true
				}
			}
		}
	}
	return false
}

func (r *parser) place(start, end int) finding.Position { return r.program.File.At(start, end) }

// finish reads a statement's name and arguments from its tokens.
func (r *parser) finish(s *Statement, own []token) {
	depth := 0
	for i, t := range own {
		switch {
		case t.kind == punct && (t.text == "(" || t.text == "[" || t.text == "{"):
			depth++
		case t.kind == punct && (t.text == ")" || t.text == "]" || t.text == "}"):
			depth--
		case i > 0 && depth == 0 && t.kind == name && (t.text == "if" || t.text == "unless") && !(own[i-1].kind == punct && own[i-1].text == "="):
			s.Conditional = true
			own = own[:i]
		}
		if s.Conditional {
			break
		}
	}
	if own[0].kind != name {
		r.each(s, own)
		return
	}
	s.Name = own[0].text
	rest := own[1:]
	if n := len(rest); n > 0 && rest[n-1].kind == punct && rest[n-1].text == "do" {
		rest = rest[:n-1]
	}
	if len(rest) > 0 && rest[0].kind == punct {
		switch rest[0].text {
		case "=":
			s.Assign = true
			rest = rest[1:]
		case "(":
			if closes(rest) == len(rest)-1 {
				rest = rest[1 : len(rest)-1]
			}
		case "[":
			if !rest[0].spaced {
				return // an element of something
			}
		}
	}
	s.Args = r.arguments(rest, 0)
}

// each reads what goes through a list: %w(a b).each do |x|.
func (r *parser) each(s *Statement, own []token) {
	n := 0
	if own[0].kind == punct && own[0].text == "[" {
		n = closes(own)
	} else if own[0].kind != words {
		return
	}
	if n >= 0 && n+2 < len(own) && own[n+1].text == "." && own[n+2].kind == name && own[n+2].text == "each" {
		s.Name, s.Args = Each, []source.Value{r.value(own[:n+1], 0)}
	}
}

// closes is the index of the bracket that closes the first one, or -1.
func closes(list []token) int {
	depth := 0
	for i, t := range list {
		if t.kind == punct {
			switch t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				if depth--; depth == 0 {
					return i
				}
			}
		}
	}
	return -1
}

// arguments are what commas part. Pairs are one mapping at the end.
func (r *parser) arguments(list []token, depth int) []source.Value {
	var out []source.Value
	var pairs source.Value
	for _, part := range parts(list) {
		if e, ok := r.pair(part, depth); ok {
			if pairs.Kind != source.Map {
				pairs = source.Value{Kind: source.Map, At: e.KeyAt, Start: e.KeyAt}
			}
			pairs.Entries = append(pairs.Entries, e)
			continue
		}
		out = append(out, r.value(part, depth))
	}
	if pairs.Kind == source.Map {
		out = append(out, pairs)
	}
	return out
}

// parts are the tokens between the commas that stand in no bracket.
func parts(list []token) [][]token {
	var out [][]token
	depth, from := 0, 0
	for i, t := range list {
		if t.kind != punct {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 {
				if i > from {
					out = append(out, list[from:i])
				}
				from = i + 1
			}
		}
	}
	if from < len(list) {
		out = append(out, list[from:])
	}
	return out
}

// pair reads key: value and key => value.
func (r *parser) pair(list []token, depth int) (source.Entry, bool) {
	if len(list) < 2 {
		return source.Entry{}, false
	}
	key, rest := list[0], list[1:]
	if key.kind != label {
		if list[1].kind != punct || list[1].text != "=>" || len(list) < 3 || key.kind != text && key.kind != symbol && key.kind != name {
			return source.Entry{}, false
		}
		rest = list[2:]
	}
	return source.Entry{Key: key.text, KeyAt: r.place(key.start, key.end), Value: r.value(rest, depth+1)}, true
}

// value is a literal; anything else is unknown.
func (r *parser) value(list []token, depth int) source.Value {
	if len(list) == 0 {
		return source.Value{}
	}
	first, last := list[0], list[len(list)-1]
	at := r.place(first.start, max(first.end, last.end))
	written := strings.TrimSpace(string(r.program.File.Text[first.start:min(max(first.end, last.end), len(r.program.File.Text))]))
	unknown := source.Value{Kind: source.Scalar, Text: "#{" + written + "}", Unknown: true, At: at, Start: at}
	if depth > maxNesting {
		return unknown
	}
	if len(list) == 1 {
		return r.literal(first, at, unknown)
	}
	if first.kind != punct || closes(list) != len(list)-1 {
		return unknown
	}
	inner := list[1 : len(list)-1]
	switch first.text {
	case "(":
		return r.value(inner, depth+1)
	case "[":
		v := source.Value{Kind: source.List, At: at, Start: at}
		for _, part := range parts(inner) {
			v.List = append(v.List, r.value(part, depth+1))
		}
		return v
	case "{":
		v := source.Value{Kind: source.Map, At: at, Start: at}
		for _, part := range parts(inner) {
			if e, ok := r.pair(part, depth); ok {
				v.Entries = append(v.Entries, e)
			} else {
				v.Unknown = true
			}
		}
		return v
	}
	return unknown
}

func (r *parser) literal(t token, at finding.Position, unknown source.Value) source.Value {
	switch t.kind {
	case text:
		if t.here != nil {
			at = r.place(t.here.start, t.here.end)
			r.program.heredocs[at] = *t.here
		}
		return source.Value{Kind: source.Scalar, Text: t.text, Unknown: t.unknown, At: at, Start: at}
	case symbol, number:
		return source.Value{Kind: source.Scalar, Text: t.text, At: at, Start: at}
	case words:
		v := source.Value{Kind: source.List, At: at, Start: at}
		for _, w := range t.list {
			p := r.place(w.start, w.end)
			v.List = append(v.List, source.Value{Kind: source.Scalar, Text: w.text, Unknown: w.unknown, At: p, Start: p})
		}
		return v
	case name:
		switch t.text {
		case "true", "false":
			return source.Value{Kind: source.Scalar, Text: t.text, At: at, Start: at}
		case "nil":
			return source.Value{At: at, Start: at}
		}
	}
	return unknown
}
