package gofix

import "go/ast"

// callAt is the call that the site is, or whose function's name it is.
func callAt(s *Site) (*ast.CallExpr, bool) {
	for i, n := range s.Path {
		switch n := n.(type) {
		case *ast.CallExpr:
			return n, true
		case *ast.Ident, *ast.SelectorExpr, *ast.ParenExpr:
		case *ast.ExprStmt:
			call, ok := n.X.(*ast.CallExpr)
			return call, ok
		case *ast.AssignStmt:
			if i == 0 && len(n.Rhs) == 1 {
				call, ok := n.Rhs[0].(*ast.CallExpr)
				return call, ok
			}
			return nil, false
		default:
			return nil, false
		}
	}
	return nil, false
}

// bodyAround is the body of the innermost function around the site.
func bodyAround(s *Site) *ast.BlockStmt {
	for _, n := range s.Path {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n.Body
		case *ast.FuncDecl:
			return n.Body
		}
	}
	return nil
}

// atTop puts a statement in front of a function's first, on a line of its own.
// That it is always the same place lets two fixes of one function share it.
func (e *Edit) atTop(body *ast.BlockStmt, text string) bool {
	s := e.site
	if len(body.List) == 0 {
		return false
	}
	first := body.List[0]
	if s.line(first.Pos()) == s.line(body.Lbrace) {
		e.Insert(first.Pos(), text+"; ")
		return true
	}
	e.addLine(body.Lbrace, s.Indent(first.Pos())+text)
	return true
}
