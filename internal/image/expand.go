package image

import (
	"slices"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// What the expansions of one file may put in, in bytes: a chain of ENV
// instructions that double each other would otherwise fill any memory.
const (
	maxWord  = 64 << 10 // for one word
	maxTotal = 16 << 20 // for the file
)

// platformArgs are the arguments that BuildKit defines by itself: before the
// first FROM as they are, in a stage after an ARG that names them. Their values
// depend on the build.
//
// Source: Dockerfile reference, "Automatic platform ARGs in the global scope".
var platformArgs = map[string]bool{
	"TARGETPLATFORM": true, "TARGETOS": true, "TARGETARCH": true, "TARGETVARIANT": true,
	"BUILDPLATFORM": true, "BUILDOS": true, "BUILDARCH": true, "BUILDVARIANT": true,
	"TARGETSTAGE": true,
}

// predefinedArgs can be given to any build and need no ARG.
//
// Source: Dockerfile reference, "Predefined ARGs".
var predefinedArgs = map[string]bool{
	"HTTP_PROXY": true, "http_proxy": true, "HTTPS_PROXY": true, "https_proxy": true,
	"FTP_PROXY": true, "ftp_proxy": true, "NO_PROXY": true, "no_proxy": true,
	"ALL_PROXY": true, "all_proxy": true,
}

// A scope is the variables in force at one place of a Dockerfile.
type scope struct {
	env  map[string]Variable // from ENV; they win over ARG
	args map[string]Variable // from ARG
	// rest answers for what neither defines: the base image's variables.
	rest func(name string) (Variable, bool)
	// open is true where rest does not know all of the base image's variables.
	open bool
	// spent counts the bytes that expansions have put in so far, file-wide.
	spent *int
}

func newScope(spent *int) *scope {
	return &scope{
		env: map[string]Variable{}, args: map[string]Variable{}, spent: spent,
		rest: func(string) (Variable, bool) { return Variable{}, false },
	}
}

// lookup finds a variable. ok is false where it is certain that nothing defines
// it.
func (s *scope) lookup(name string) (v Variable, ok bool) {
	if v, ok := s.env[name]; ok {
		return v, true
	}
	if v, ok := s.args[name]; ok {
		return v, true
	}
	if v, ok := s.rest(name); ok {
		return v, true
	}
	return Variable{Name: name}, s.open || predefinedArgs[name]
}

// getter is a scope as the shell lexer asks for it.
type getter struct {
	*scope
	skipUnknown bool // say of unknown variables that they are not set
	sawUnknown  bool
	given       int
	undefined   []string
}

func (g *getter) Get(name string) (string, bool) {
	v, ok := g.lookup(name)
	if !ok {
		if !slices.Contains(g.undefined, name) && len(g.undefined) < 100 {
			g.undefined = append(g.undefined, name)
		}
		return "", false
	}
	g.given += len(v.Value)
	*g.spent += len(v.Value)
	if !v.Known || g.given > maxWord || *g.spent > maxTotal {
		g.sawUnknown = true
		return "", !g.skipUnknown
	}
	return v.Value, true
}

func (g *getter) Keys() []string { return nil }

// expand puts the variables' values into a word. Where one of them is not
// known, known is false and its reference stays as it is written.
func (s *scope) expand(word string, escape rune) (value string, known bool, undefined []string) {
	g := &getter{scope: s}
	value, _, err := shell.NewLex(escape).ProcessWord(word, g)
	if err == nil && !g.sawUnknown {
		return value, true, g.undefined
	}
	lex := shell.NewLex(escape)
	lex.SkipUnsetEnv = true
	part, _, err2 := lex.ProcessWord(word, &getter{scope: s, skipUnknown: true})
	if err2 != nil {
		part = word
	}
	return part, false, g.undefined
}
