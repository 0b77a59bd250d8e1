package gofix

import (
	"go/ast"
	"go/token"
)

// AddElement adds an element at the end of a composite literal, on a line of its
// own where the closing brace has one.
func (e *Edit) AddElement(lit *ast.CompositeLit, text string) {
	e.addLast(lit.Lbrace, lit.Rbrace, lit.Elts, text)
}

// AddArgument adds an argument at the end of a call.
func (e *Edit) AddArgument(call *ast.CallExpr, text string) {
	if call.Ellipsis.IsValid() {
		e.failed = true // nothing may follow what is spread
		return
	}
	e.addLast(call.Lparen, call.Rparen, call.Args, text)
}

func (e *Edit) addLast(open, closing token.Pos, list []ast.Expr, text string) {
	s := e.site
	if len(list) == 0 {
		if s.line(open) != s.line(closing) {
			// Comments may stand between.
			at := e.lineStart(closing)
			e.add(at, at, s.Indent(open)+"\t"+text+",\n")
			return
		}
		e.Insert(open+1, text)
		return
	}
	last := list[len(list)-1]
	if s.line(last.End()) != s.line(closing) {
		at := e.lineStart(closing)
		indent := s.Indent(last.Pos())
		if s.line(last.Pos()) == s.line(open) {
			indent = s.Indent(open) + "\t"
		}
		e.add(at, at, indent+text+",\n")
		return
	}
	e.Insert(last.End(), ", "+text)
}
