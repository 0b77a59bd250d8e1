package code

import "bytes"

// stripped is Go source without comments, without the bodies of declared
// functions and without the elements of composite literals that initialize
// variables: what other packages can see of a package, and what its types are
// told from. What is left stands where it stood, by line and column. It parses
// several times as fast. Identifiers that stand before a dot are added to
// qualifiers; the packages that the rest refers to are among them. ok is false
// where the source is not what Go source looks like; it should then be parsed as
// it is.
func stripped(src []byte, qualifiers map[string]bool) (out []byte, ok bool) {
	s := stripper{src: src, out: make([]byte, 0, len(src)/2), qualifiers: qualifiers}
	ok = s.run()
	return s.out, ok
}

// A stripper copies Go source and leaves out what other packages do not see.
type stripper struct {
	src        []byte
	pos        int
	out        []byte
	qualifiers map[string]bool
}

// A lexeme is a class of tokens, as far as stripping tells them apart.
type lexeme uint8

const (
	endOfFile lexeme = iota
	malformed
	newline
	semicolon
	word    // an identifier or keyword
	literal // a number, string or rune
	period
	opening // ( [ {
	closing // ) ] }
	operator
)

// endsStatement tells whether a newline after the token is a semicolon. Keywords
// that are none of return, break and the like are not told apart; no declaration
// has a line that ends in one.
func (t lexeme) endsStatement() bool { return t == word || t == literal || t == closing }

func (s *stripper) run() bool {
	var (
		depth          = 0
		last, lastText = semicolon, []byte(nil) // what stands before, without newlines
		begins         = true                   // a declaration begins here
		function       = false                  // in a declared function's signature
		// variables is the depth at which variables are declared, or -1; sized is
		// set where an array may take its length from its elements.
		variables = -1
		sized     = false
	)
	for {
		after := s.pos
		t, text := s.next()
		s.blank(after, s.pos-len(text))
		switch t {
		case endOfFile:
			return depth == 0
		case malformed:
			return false
		case newline, semicolon:
			if t == semicolon || last.endsStatement() {
				if depth == 0 {
					begins, function, variables = true, false, -1
				}
				if depth == max(variables, 0) {
					sized = false
				}
			}
			if t == semicolon {
				s.out = append(s.out, text...)
				last = semicolon
			}
			continue
		case period:
			if last == word && !s.qualifiers[string(lastText)] {
				s.qualifiers[string(lastText)] = true
			}
			sized = sized || last == period
		case opening:
			aType := last == word && (string(lastText) == "interface" || string(lastText) == "struct")
			body := function && depth == 0 || depth == variables && !sized
			if text[0] == '{' && body && !aType {
				s.out = append(s.out, '{')
				from := s.pos
				if !s.skipBody() {
					return false
				}
				s.blank(from, s.pos-1)
				s.out = append(s.out, '}')
				last = closing
				continue
			}
			if text[0] == '(' && depth == 0 && variables == 0 && last == word && string(lastText) == "var" {
				variables = 1
			}
			depth++
		case closing:
			if depth--; depth < 0 {
				return false
			}
		case word:
			if begins && depth == 0 {
				switch string(text) {
				case "func":
					function = true
				case "var":
					variables = 0
				}
			}
		}
		s.out = append(s.out, text...)
		begins = false
		last, lastText = t, text
	}
}

// blank puts newlines and spaces in place of a stretch of the source, so that what
// follows stays where it is.
func (s *stripper) blank(from, to int) {
	text := s.src[from:to]
	for {
		n := bytes.IndexByte(text, '\n')
		if n < 0 {
			break
		}
		s.out = append(s.out, '\n')
		text = text[n+1:]
	}
	for range text {
		s.out = append(s.out, ' ')
	}
}

// skipBody leaves out what stands up to the closing brace of a body that was
// opened.
func (s *stripper) skipBody() bool {
	for depth := 1; depth > 0; {
		switch t, text := s.next(); {
		case t == endOfFile || t == malformed:
			return false
		case t == opening && text[0] == '{':
			depth++
		case t == closing && text[0] == '}':
			depth--
		}
	}
	return true
}

// next reads a token. A comment with a newline is a newline, and others are
// nothing (Go specification, "Comments").
func (s *stripper) next() (lexeme, []byte) {
	src := s.src
	for s.pos < len(src) {
		from := s.pos
		c := src[from]
		s.pos++
		switch {
		case c == '\n':
			return newline, nil
		case c == ' ' || c == '\t' || c == '\r':
			continue
		case c == '/' && s.pos < len(src) && src[s.pos] == '/':
			if n := bytes.IndexByte(src[s.pos:], '\n'); n >= 0 {
				s.pos += n // the newline is read next
			} else {
				s.pos = len(src)
			}
			continue
		case c == '/' && s.pos < len(src) && src[s.pos] == '*':
			n := bytes.Index(src[s.pos+1:], []byte("*/"))
			if n < 0 {
				return malformed, nil
			}
			comment := src[s.pos : s.pos+n+3]
			s.pos += len(comment)
			if bytes.IndexByte(comment, '\n') >= 0 {
				return newline, nil
			}
			continue
		case isWord(c):
			for s.pos < len(src) && isWord(src[s.pos]) {
				s.pos++
			}
			if c >= '0' && c <= '9' {
				s.number(from)
				return literal, src[from:s.pos]
			}
			return word, src[from:s.pos]
		case c == '"' || c == '\'':
			for {
				if s.pos >= len(src) || src[s.pos] == '\n' {
					return malformed, nil
				}
				d := src[s.pos]
				s.pos++
				if d == c {
					return literal, src[from:s.pos]
				}
				if d == '\\' {
					s.pos++
				}
			}
		case c == '`':
			n := bytes.IndexByte(src[s.pos:], '`')
			if n < 0 {
				return malformed, nil
			}
			s.pos += n + 1
			return literal, src[from:s.pos]
		case c == '.':
			if s.pos < len(src) && src[s.pos] >= '0' && src[s.pos] <= '9' {
				s.number(from)
				return literal, src[from:s.pos]
			}
			return period, src[from:s.pos]
		case c == ';':
			return semicolon, src[from:s.pos]
		case c == '(' || c == '[' || c == '{':
			return opening, src[from:s.pos]
		case c == ')' || c == ']' || c == '}':
			return closing, src[from:s.pos]
		default:
			return operator, src[from:s.pos]
		}
	}
	return endOfFile, nil
}

// number reads what is left of a number: 1.5e+3, 0x1p-2.
func (s *stripper) number(from int) {
	exponent := byte('e')
	if s.pos-from > 1 && s.src[from+1]|0x20 == 'x' {
		exponent = 'p'
	}
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		signed := (c == '+' || c == '-') && s.src[s.pos-1]|0x20 == exponent
		if !isWord(c) && c != '.' && !signed {
			return
		}
		s.pos++
	}
}

// isWord tells bytes of identifiers, keywords and numbers; letters beyond ASCII
// are bytes of their own here.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}
