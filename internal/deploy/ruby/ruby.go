// Package ruby reads the statements of a Ruby file that describes machines, a
// Vagrantfile or a recipe of Chef, without running it: calls with their arguments,
// assignments, and the blocks below them. What is not written as a literal is not
// known.
//
// It is a scanner and no parser: a line that it takes wrong costs that statement,
// and no text makes it fail.
//
// Source: Ruby documentation, "Literals", "Calling Methods", "Control Expressions".
package ruby

import (
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one file.
const (
	maxTokens     = 200_000
	maxNesting    = 100
	maxStatements = 50_000
	// maxAhead is how many bytes of a line are looked through for a closing mark,
	// maxBlank how many lines for what a statement goes on with.
	maxAhead = 4096
	maxBlank = 50
)

// A Statement is a call or an assignment, with the block that it is given.
type Statement struct {
	// Name is what is called or assigned, as written with its receiver:
	// config.vm.provider, template, if.
	Name string
	// At is the place of the name.
	At finding.Position
	// Args are the arguments, or what is assigned. Named ones are one mapping at the
	// end. Those that are no literals are unknown scalars.
	Args []source.Value
	// Assign tells of an assignment.
	Assign bool
	// Conditional tells of a statement with an if or unless behind it.
	Conditional bool
	// Params are the names of the block's parameters.
	Params []string
	// Block tells whether there is a block; Body are its statements, and those of a
	// condition, loop or definition.
	Block bool
	Body  []*Statement
}

// Each is the name of a statement whose block is run for each element of a list
// that is written out, which is its argument.
const Each = ".each"

// Arg is an argument, absent where there are fewer.
func (s *Statement) Arg(i int) source.Value {
	if i < len(s.Args) {
		return s.Args[i]
	}
	return source.Value{At: s.At, Start: s.At}
}

// Find is the last statement of the block with a name, or nil.
func (s *Statement) Find(name string) *Statement {
	for i := len(s.Body) - 1; i >= 0; i-- {
		if s.Body[i].Name == name {
			return s.Body[i]
		}
	}
	return nil
}

// A Program is the statements of a file.
type Program struct {
	File       *source.File
	Statements []*Statement
	heredocs   map[finding.Position]heredoc
}

type heredoc struct{ start, end, indent int }

// Parse reads a file.
func Parse(f *source.File) *Program {
	p := &Program{File: f, heredocs: map[finding.Position]heredoc{}}
	s := &scanner{file: f, text: f.Text}
	s.scan()
	r := &parser{program: p, tokens: s.tokens}
	p.Statements = r.statements(0)
	return p
}

// Walk calls visit for all statements, those of blocks behind the one that has
// them, until it returns false; then the block is left out.
func (p *Program) Walk(visit func(s *Statement) bool) { walk(p.Statements, visit) }

func walk(list []*Statement, visit func(s *Statement) bool) {
	for _, s := range list {
		if visit(s) {
			walk(s.Body, visit)
		}
	}
}

// Inner is the file that a here document holds; nil where the value is none.
func (p *Program) Inner(path string, v source.Value) *source.File {
	h, ok := p.heredocs[v.At]
	if !ok || v.Kind != source.Scalar {
		return nil
	}
	return p.File.InnerLines(path, h.start, h.end, h.indent)
}
