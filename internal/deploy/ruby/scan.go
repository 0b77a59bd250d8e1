package ruby

import (
	"bytes"
	"strings"

	"github.com/cnready/cnready/internal/deploy/source"
)

type kind uint8

const (
	punct kind = iota
	name
	text   // a string
	symbol // :name
	label  // name:
	number
	words // %w( )
	newline
)

// A token is one of Ruby's, with its offsets.
type token struct {
	kind       kind
	text       string
	unknown    bool // something is put into the string
	spaced     bool // there is a blank before it
	list       []token
	start, end int
	here       *heredoc
}

type pending struct {
	token  int
	id     string
	indent bool // the closing line may be indented
	squish bool // the lines' indentation is left out
	raw    bool
}

type scanner struct {
	file    *source.File
	text    []byte
	at      int
	tokens  []token
	pending []pending
}

func (s *scanner) add(t token) {
	t.end = s.at
	t.spaced = t.start > 0 && (s.text[t.start-1] == ' ' || s.text[t.start-1] == '\t' || s.text[t.start-1] == '\n')
	s.tokens = append(s.tokens, t)
}

// scan cuts the text into tokens.
func (s *scanner) scan() {
	for s.at < len(s.text) && len(s.tokens) < maxTokens {
		c := s.text[s.at]
		start := s.at
		if s.at == 0 || s.text[s.at-1] == '\n' {
			if bytes.HasPrefix(s.text[s.at:], []byte("=begin")) {
				end := bytes.Index(s.text[s.at:], []byte("\n=end"))
				if end < 0 {
					return
				}
				s.at += end + 5
				s.skipLine()
				continue
			}
			if bytes.HasPrefix(s.text[s.at:], []byte("__END__")) {
				return
			}
		}
		switch {
		case c == '\n':
			s.at++
			s.add(token{kind: newline, start: start})
			s.bodies()
		case c == ' ' || c == '\t' || c == '\r' || c == '\f':
			s.at++
		case c == '\\' && s.at+1 < len(s.text) && (s.text[s.at+1] == '\n' || s.text[s.at+1] == '\r'):
			s.at++
			if s.text[s.at] == '\r' {
				s.at++
			}
			if s.at < len(s.text) && s.text[s.at] == '\n' {
				s.at++
			}
		case c == '#':
			s.skipLine()
		case c == '"' || c == '`':
			s.at++
			body, unknown := s.quoted(c, 0, c == '"')
			s.add(token{kind: text, text: body, unknown: unknown || c == '`', start: start})
			s.asLabel()
		case c == '\'':
			s.at++
			body, _ := s.quoted(c, 0, false)
			s.add(token{kind: text, text: body, start: start})
			s.asLabel()
		case c == '%' && s.percent():
		case c == '<' && s.heredoc():
		case c == '/' && s.regexp():
		case c == ':' && s.at+1 < len(s.text) && isStart(s.text[s.at+1]):
			s.at++
			s.add(token{kind: symbol, text: s.word(), start: start})
		case c == ':' && s.at+2 < len(s.text) && s.text[s.at+1] == ':' && isStart(s.text[s.at+2]) && !s.valueBefore():
			s.at += 2
			s.name()
		case isStart(c) || c == '@' || c == '$':
			s.name()
		case isDigit(c):
			for s.at < len(s.text) && (isWord(s.text[s.at]) || s.text[s.at] == '.' && s.at+1 < len(s.text) && isDigit(s.text[s.at+1])) {
				s.at++
			}
			s.add(token{kind: number, text: strings.ReplaceAll(string(s.text[start:s.at]), "_", ""), start: start})
		default:
			s.operator()
		}
	}
}

func (s *scanner) skipLine() {
	for s.at < len(s.text) && s.text[s.at] != '\n' {
		s.at++
	}
}

func isStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isWord(c byte) bool  { return isStart(c) || isDigit(c) }

func (s *scanner) word() string {
	start := s.at
	for s.at < len(s.text) && isWord(s.text[s.at]) {
		s.at++
	}
	return string(s.text[start:s.at])
}

// name is a name with its receivers: config.vm.box, ::File.
func (s *scanner) name() {
	start := s.at
	for s.at < len(s.text) && (s.text[s.at] == '@' || s.text[s.at] == '$') {
		s.at++
	}
	for {
		s.word()
		if s.at < len(s.text) && (s.text[s.at] == '?' || s.text[s.at] == '!') && (s.at+1 >= len(s.text) || s.text[s.at+1] != '=') {
			s.at++
		}
		if s.at+1 < len(s.text) && s.text[s.at] == '.' && isStart(s.text[s.at+1]) {
			s.at++
			continue
		}
		if s.at+2 < len(s.text) && s.text[s.at] == ':' && s.text[s.at+1] == ':' && isStart(s.text[s.at+2]) {
			s.at += 2
			continue
		}
		break
	}
	if s.at == start {
		s.at++
	}
	t := token{kind: name, text: string(s.text[start:s.at]), start: start}
	if s.at < len(s.text) && s.text[s.at] == ':' && (s.at+1 >= len(s.text) || s.text[s.at+1] != ':') && !strings.ContainsAny(t.text, ".?") {
		s.add(token{kind: label, text: t.text, start: start})
		s.at++
		return
	}
	s.add(t)
}

// asLabel makes the string that was just read a key where a colon follows it:
// "name": value.
func (s *scanner) asLabel() {
	if s.at+1 < len(s.text) && s.text[s.at] == ':' && (s.text[s.at+1] == ' ' || s.text[s.at+1] == '\n') {
		s.tokens[len(s.tokens)-1].kind = label
		s.at++
	}
}

// quoted is a string up to its closing mark. open is the mark that nests, if any.
func (s *scanner) quoted(closing, open byte, expands bool) (string, bool) {
	var b strings.Builder
	unknown := false
	depth := 0
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == '\\' && s.at+1 < len(s.text):
			s.at++
			e := s.text[s.at]
			switch {
			case expands && e == 'n':
				b.WriteByte('\n')
			case expands && e == 't':
				b.WriteByte('\t')
			case expands || e == closing || e == '\\':
				b.WriteByte(e)
			default:
				b.WriteByte('\\')
				b.WriteByte(e)
			}
		case expands && c == '#' && s.at+1 < len(s.text) && s.text[s.at+1] == '{':
			start := s.at
			s.interpolation()
			b.Write(s.text[start:min(s.at+1, len(s.text))])
			unknown = true
		case open != 0 && c == open:
			depth++
			b.WriteByte(c)
		case c == closing && depth > 0:
			depth--
			b.WriteByte(c)
		case c == closing:
			s.at++
			return b.String(), unknown
		default:
			b.WriteByte(c)
		}
		s.at++
	}
	return b.String(), true
}

// interpolation goes to the brace that closes #{ on the same line, else nowhere.
func (s *scanner) interpolation() {
	depth := 0
	for i := s.at; i < min(len(s.text), s.at+maxAhead) && s.text[i] != '\n'; i++ {
		switch s.text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				s.at = i
				return
			}
		}
	}
}

var closings = map[byte]byte{'(': ')', '[': ']', '{': '}', '<': '>'}

// valueBefore tells whether what stands before could be a value, so that an
// operator follows and no literal.
func (s *scanner) valueBefore() bool {
	if len(s.tokens) == 0 {
		return false
	}
	t := s.tokens[len(s.tokens)-1]
	switch t.kind {
	case newline, label:
		return false
	case punct:
		return t.text == ")" || t.text == "]" || t.text == "}"
	case name:
		if keywords[t.text] {
			return false
		}
		// puts /x/ but a / b.
		spaced := s.at > 0 && s.text[s.at-1] == ' '
		next := byte(' ')
		if s.at+1 < len(s.text) {
			next = s.text[s.at+1]
		}
		return !spaced || next == ' ' || next == '='
	}
	return true
}

var keywords = map[string]bool{"if": true, "unless": true, "while": true, "until": true, "and": true, "or": true, "not": true, "when": true, "return": true, "elsif": true, "case": true, "in": true, "do": true, "then": true, "else": true}

// percent reads %w(a b), %q(a), %(a).
func (s *scanner) percent() bool {
	if s.valueBefore() || s.at+2 >= len(s.text) {
		return false
	}
	at := s.at + 1
	of := byte('Q')
	if isStart(s.text[at]) {
		of = s.text[at]
		at++
	}
	open := s.text[at]
	if !strings.ContainsRune("wWiIqQrxs", rune(of)) || isWord(open) || open <= ' ' || open == '=' {
		return false
	}
	start := s.at
	closing, nests := closings[open]
	if !nests {
		closing, open = open, 0
	}
	s.at = at + 1
	from := s.at
	body, unknown := s.quoted(closing, open, of == 'W' || of == 'Q' || of == 'I')
	t := token{kind: text, text: body, unknown: unknown || of == 'r' || of == 'x', start: start}
	if of == 'w' || of == 'W' || of == 'i' || of == 'I' {
		t.kind = words
		inner := s.text[from:max(from, s.at-1)]
		for i := 0; i < len(inner); {
			if isBlank(inner[i]) {
				i++
				continue
			}
			j := i
			for j < len(inner) && !isBlank(inner[j]) {
				j++
			}
			w := string(inner[i:j])
			t.list = append(t.list, token{kind: text, text: w, unknown: strings.Contains(w, "#{"), start: from + i, end: from + j})
			i = j
		}
	}
	s.add(t)
	return true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// regexp skips a regular expression on one line.
func (s *scanner) regexp() bool {
	if s.valueBefore() {
		return false
	}
	for i := s.at + 1; i < min(len(s.text), s.at+maxAhead) && s.text[i] != '\n'; i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '/':
			start := s.at
			s.at = i + 1
			s.word()
			s.add(token{kind: text, text: string(s.text[start:s.at]), unknown: true, start: start})
			return true
		}
	}
	return false
}

// heredoc reads the opening of a here document; its lines follow this one.
func (s *scanner) heredoc() bool {
	rest := s.text[s.at:]
	if len(rest) < 3 || rest[1] != '<' {
		return false
	}
	p := pending{}
	i := 2
	switch rest[i] {
	case '~':
		p.squish, p.indent = true, true
		i++
	case '-':
		p.indent = true
		i++
	}
	if i < len(rest) && (rest[i] == '\'' || rest[i] == '"' || rest[i] == '`') {
		n := bytes.IndexByte(rest[i+1:], rest[i])
		if n < 1 || bytes.IndexByte(rest[i+1:i+1+n], '\n') >= 0 {
			return false
		}
		p.id, p.raw = string(rest[i+1:i+1+n]), rest[i] == '\''
		i += n + 2
	} else {
		j := i
		for j < len(rest) && isWord(rest[j]) {
			j++
		}
		if j == i || isDigit(rest[i]) || !p.indent && (rest[i] < 'A' || rest[i] > 'Z') {
			return false
		}
		p.id = string(rest[i:j])
		i = j
	}
	start := s.at
	s.at += i
	p.token = len(s.tokens)
	s.add(token{kind: text, start: start, here: &heredoc{start: s.at, end: s.at}})
	s.pending = append(s.pending, p)
	return true
}

// bodies reads the lines of the here documents that were opened on the line
// before.
func (s *scanner) bodies() {
	for _, p := range s.pending {
		start, indent := s.at, -1
		end := start
		for s.at < len(s.text) {
			from := s.at
			s.skipLine()
			line := s.text[from:s.at]
			s.at = min(s.at+1, len(s.text))
			trimmed := bytes.TrimRight(line, " \t\r")
			body := bytes.TrimLeft(trimmed, " \t")
			if string(body) == p.id && (p.indent || len(body) == len(trimmed)) {
				break
			}
			end = s.at
			if len(body) > 0 && (indent < 0 || len(trimmed)-len(body) < indent) {
				indent = len(trimmed) - len(body)
			}
		}
		t := &s.tokens[p.token]
		t.text = string(s.text[start:end])
		t.here.start, t.here.end = start, end
		t.unknown = !p.raw && strings.Contains(t.text, "#{")
		if p.squish && indent > 0 {
			t.here.indent = indent
		}
	}
	s.pending = nil
}

// operators of more than one character that matter to where a statement ends, or
// that must not be taken for others.
var operators = []string{"<=>", "===", "||=", "&&=", "**=", "...", "=>", "==", "!=", ">=", "<=", "&&", "||", "+=", "-=", "*=", "/=", "<<", ">>", "=~", "!~", "->", "::", "..", "&."}

func (s *scanner) operator() {
	start := s.at
	for _, o := range operators {
		if bytes.HasPrefix(s.text[s.at:], []byte(o)) {
			s.at += len(o)
			s.add(token{kind: punct, text: o, start: start})
			return
		}
	}
	s.at++
	s.add(token{kind: punct, text: string(s.text[start:s.at]), start: start})
}
