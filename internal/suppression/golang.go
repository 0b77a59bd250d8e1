package suppression

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// Go returns the comments of a parsed Go file, which must have been parsed with
// comments. name is the file's in positions; lines are those of the text, whatever
// line directives say.
//
// A comment behind code is for its line. One that has its line for itself is for
// what begins on the line below its group: the whole declaration, statement, field
// or element, and the whole file where that is the package clause.
func Go(fset *token.FileSet, file *ast.File, name string) []*Comment {
	var out []*Comment
	var lines *nodeLines
	for _, group := range file.Comments {
		for _, text := range group.List {
			body, ok := strings.CutPrefix(text.Text, "//")
			if !ok {
				continue
			}
			c, ok := parse(body)
			if !ok {
				continue
			}
			if lines == nil {
				lines = linesOf(fset, file)
			}
			start, end := fset.PositionFor(text.Pos(), false), fset.PositionFor(text.End(), false)
			c.Position = finding.Position{File: name, Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column}
			if c.Trailing = lines.before(start); c.Trailing {
				c.From, c.To = start.Line, start.Line
			} else {
				c.From = fset.PositionFor(group.End(), false).Line + 1
				c.To = max(c.From, lines.end[c.From])
				if c.From == lines.packageClause {
					c.From, c.To = 0, math.MaxInt
				}
			}
			out = append(out, &c)
		}
	}
	return out
}

// goSource is Go for a text; a file that does not parse has the comments that were
// seen.
func goSource(name string, src []byte) []*Comment {
	if !bytes.Contains(src, []byte("nolint")) && !bytes.Contains(src, []byte("cnready:ignore")) {
		return nil
	}
	fset := token.NewFileSet()
	file, _ := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution) // as far as it parses
	if file == nil {
		return nil
	}
	return Go(fset, file, name)
}

// nodeLines says which lines the nodes of a file take.
type nodeLines struct {
	packageClause int
	// end is the last line of the longest node that begins on a line.
	end map[int]int
	// code is the least column of code on a line.
	code map[int]int
}

func linesOf(fset *token.FileSet, file *ast.File) *nodeLines {
	l := &nodeLines{
		packageClause: fset.PositionFor(file.Package, false).Line,
		end:           map[int]int{}, code: map[int]int{},
	}
	seen := func(p token.Position) {
		if c, ok := l.code[p.Line]; !ok || p.Column < c {
			l.code[p.Line] = p.Column
		}
	}
	seen(fset.PositionFor(file.Package, false))
	ast.Inspect(file, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.File:
			return true
		}
		if !n.Pos().IsValid() || !n.End().IsValid() {
			return true
		}
		start, end := fset.PositionFor(n.Pos(), false), fset.PositionFor(n.End(), false)
		seen(start)
		if end.Column > 1 {
			end.Column-- // the last byte, not the one behind it
		}
		seen(end)
		l.end[start.Line] = max(l.end[start.Line], end.Line)
		return true
	})
	return l
}

// before tells whether code stands before a place on its line.
func (l *nodeLines) before(p token.Position) bool {
	c, ok := l.code[p.Line]
	return ok && c < p.Column
}
