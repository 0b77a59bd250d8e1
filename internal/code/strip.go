package code

import "bytes"

// strip makes of Go source one without comments, without the bodies of declared
// functions and without the elements of composite literals that initialize
// variables: what other packages can see of a package, and what its types are
// told from. What is left stands where it stood, by line and column. It parses
// several times as fast. ok is false where the source is not what Go source looks
// like; it should then be parsed as it is.
func strip(src []byte) (out stripped, ok bool) {
	s := stripper{src: src, out: make([]byte, 0, len(src)/2)}
	ok = s.run()
	return stripped{text: s.out, declarations: s.declarations}, ok
}

// stripped is what strip leaves of a file.
type stripped struct {
	text []byte
	// declarations are those of the package, in their order.
	declarations []declaration
}

// A declaration is that of a function or method, of constants, or of one of the
// types or variables that may stand in one pair of parentheses. What is in none is
// the package clause, the imports, and such parentheses.
type declaration struct {
	// from and to is where it stands in the stripped text.
	from, to int
	// names are what it declares, without blanks.
	names []string
	// receiver is the name of a method's type.
	receiver string
	// isType is set for a type, needed once something refers to the declaration.
	isType, needed bool
}

// A stripper copies Go source and leaves out what other packages do not see.
type stripper struct {
	src          []byte
	pos          int
	out          []byte
	declarations []declaration

	// keyword is the one of the declaration that is being read, open is set while
	// declarations are recorded up to end, which is where the last token ended.
	keyword string
	open    bool
	end     int
	// grouped is set in the parentheses of a declaration, begins where one of the
	// group begins there.
	grouped, begins bool
	expects         expectation
	// nameEnded is set at a name that a comma and another one may follow, continues
	// behind it.
	nameEnded, continues bool
}

// An expectation is what a declaration's next word may be.
type expectation uint8

const (
	nothing       expectation = iota
	firstName                 // a name that is declared
	furtherName               // another one, after a comma
	functionName              // a function's, or a parenthesis and the receiver
	receiverName              // the receiver or its type
	receiverEnded             // no more of the receiver
)

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
			s.close()
			return depth == 0
		case malformed:
			return false
		case newline, semicolon:
			if t == semicolon || last.endsStatement() {
				s.endStatement(depth)
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
				s.end = len(s.out)
				last = closing
				continue
			}
			if text[0] == '(' && depth == 0 && variables == 0 && last == word && string(lastText) == "var" {
				variables = 1
			}
			s.opens(text[0], depth)
			depth++
		case closing:
			if depth--; depth < 0 {
				return false
			}
			s.closes(depth)
		case word:
			if begins && depth == 0 {
				switch string(text) {
				case "func":
					function = true
				case "var":
					variables = 0
				}
				s.declares(string(text))
			} else {
				s.named(text, depth)
			}
		case operator:
			if s.expects == nothing && last == word && text[0] == ',' && s.continues {
				s.expects = furtherName
			}
		}
		s.continues = t == word && s.nameEnded
		s.nameEnded = false
		s.out = append(s.out, text...)
		s.end = len(s.out)
		begins = false
		last, lastText = t, text
	}
}

// declares begins a declaration with its keyword.
func (s *stripper) declares(keyword string) {
	s.close()
	s.keyword, s.grouped = keyword, false
	switch keyword {
	case "func":
		s.expects = functionName
	case "var", "const", "type":
		s.expects = firstName
	default:
		s.expects = nothing
		return
	}
	s.begin()
}

// begin begins a declaration where the output ends.
func (s *stripper) begin() {
	s.declarations = append(s.declarations, declaration{from: len(s.out), isType: s.keyword == "type"})
	s.open = true
}

// close ends the declaration that is being read, with the last token.
func (s *stripper) close() {
	if s.open {
		s.declarations[len(s.declarations)-1].to = s.end
	}
	s.open, s.expects = false, nothing
}

// endStatement ends what stands on a line.
func (s *stripper) endStatement(depth int) {
	switch {
	case depth == 0:
		s.close()
		s.grouped = false
	case depth == 1 && s.grouped && s.keyword == "const":
		s.expects = firstName
	case depth == 1 && s.grouped:
		s.close()
		s.begins = true
	}
}

// opens looks at a bracket that opens at a depth.
func (s *stripper) opens(bracket byte, depth int) {
	switch {
	case s.expects == functionName && bracket == '(':
		s.expects = receiverName
	case s.expects == receiverName && bracket == '[':
		s.expects = receiverEnded
	case s.expects == firstName && bracket == '(' && depth == 0:
		s.grouped = true
		if s.keyword == "const" {
			return // constants may repeat what stands before them
		}
		s.declarations = s.declarations[:len(s.declarations)-1]
		s.open, s.expects, s.begins = false, nothing, true
	case s.expects == firstName:
		s.expects = nothing
	}
}

// closes looks at a bracket that closes; depth is that outside of it.
func (s *stripper) closes(depth int) {
	switch {
	case depth > 0:
	case s.expects == receiverName || s.expects == receiverEnded:
		s.expects = functionName
	case s.grouped && s.keyword != "const":
		s.close()
		s.grouped, s.begins = false, false
	}
}

// named looks at a word that may be one that is declared.
func (s *stripper) named(text []byte, depth int) {
	if s.begins && s.grouped && depth == 1 {
		s.begins = false
		s.begin()
		s.expects = firstName
	}
	switch s.expects {
	case receiverName:
		s.declarations[len(s.declarations)-1].receiver = string(text)
		return
	case firstName, furtherName, functionName:
		if s.expects == functionName && depth > 0 {
			return
		}
		if d := &s.declarations[len(s.declarations)-1]; string(text) != "_" {
			d.names = append(d.names, string(text))
		}
		s.nameEnded = s.keyword == "var" || s.keyword == "const"
		s.expects = nothing
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
		for s.pos < len(s.src) && !matters[s.src[s.pos]] {
			s.pos++
		}
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

// matters tells the bytes with which a token begins that decides where a body ends.
var matters = func() (set [256]bool) {
	for _, c := range "{}\"'`/" {
		set[c] = true
	}
	return set
}()

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
