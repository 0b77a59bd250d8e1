package containerpackaged

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

// maxSource is the largest Go file that a rule looks into, in bytes.
const maxSource = 1 << 20

// repository is the tree that the image is built from, or nil.
func repository(p *rule.Pass) *tree.Tree {
	if p.Image == nil || p.Image.Context == nil {
		return nil
	}
	return p.Image.Context.Tree
}

// goSource is the text of a Go file of the repository, "" where it cannot be read.
func goSource(p *rule.Pass, file string) string {
	t := repository(p)
	if t == nil {
		return ""
	}
	if t.Prefix != "" {
		file = strings.TrimPrefix(file, t.Prefix+"/")
	}
	data, err := t.Read(file, maxSource)
	if err != nil {
		return ""
	}
	return string(data)
}

// packageMentions tells whether a Go file of the folder in which an effect stands
// has one of some texts. It is how a rule makes sure that nothing speaks against a
// finding, never how it makes one.
func packageMentions(p *rule.Pass, at finding.Position, texts ...string) bool {
	t := repository(p)
	if t == nil {
		return true
	}
	dir := path.Dir(at.File)
	for _, f := range t.Files {
		if path.Dir(t.Name(f.Path)) != dir || path.Ext(f.Path) != ".go" || strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		text := goSource(p, t.Name(f.Path))
		if slices.ContainsFunc(texts, func(s string) bool { return strings.Contains(text, s) }) {
			return true
		}
	}
	return false
}

// handling is what a program does where a call fails.
type handling uint8

const (
	handlingUnclear handling = iota
	errorIgnored             // nothing
	errorHandled             // something else than the others
	errorReturned            // the caller gets the error
	errorEnds                // the program ends
)

// onError tells what is done with the error of the call at a place, as far as the
// statement itself and the if statement behind it say.
func onError(p *rule.Pass, at finding.Position) handling {
	text := goSource(p, at.File)
	if text == "" {
		return handlingUnclear
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, at.File, text, parser.SkipObjectResolution)
	if err != nil {
		return handlingUnclear
	}
	out := handlingUnclear
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		if call, ok := n.(*ast.CallExpr); ok && out == handlingUnclear {
			pos := fset.Position(call.Pos())
			if pos.Line == at.Line && (at.Column == 0 || pos.Column == at.Column) {
				out = handlingOf(stack)
			}
		}
		return true
	})
	return out
}

// handlingOf is that of the call at the end of a path of nodes.
func handlingOf(stack []ast.Node) handling {
	for i := len(stack) - 2; i >= 0; i-- {
		switch s := stack[i].(type) {
		case *ast.CallExpr:
			if name := calledName(s); strings.HasPrefix(name, "Must") || strings.HasPrefix(name, "must") {
				return errorEnds
			}
		case *ast.FuncLit:
			return handlingUnclear
		case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
			return errorIgnored
		case *ast.ReturnStmt:
			return errorReturned
		case *ast.AssignStmt:
			name, ok := s.Lhs[len(s.Lhs)-1].(*ast.Ident)
			switch {
			case !ok:
				return handlingUnclear
			case name.Name == "_":
				return errorIgnored
			case !strings.Contains(strings.ToLower(name.Name), "err"):
				return handlingUnclear
			}
			if i > 0 {
				if check, ok := stack[i-1].(*ast.IfStmt); ok && check.Init == s {
					return branch(check, name.Name)
				}
				return next(stack[i-1], s, name.Name)
			}
		}
	}
	return handlingUnclear
}

// next looks at the statement behind one.
func next(parent ast.Node, s ast.Stmt, name string) handling {
	var list []ast.Stmt
	switch b := parent.(type) {
	case *ast.BlockStmt:
		list = b.List
	case *ast.CaseClause:
		list = b.Body
	case *ast.CommClause:
		list = b.Body
	}
	i := slices.Index(list, s)
	if i < 0 || i+1 >= len(list) {
		return handlingUnclear
	}
	if check, ok := list[i+1].(*ast.IfStmt); ok && check.Init == nil {
		return branch(check, name)
	}
	return handlingUnclear
}

// branch is what an if statement does where an error is set.
func branch(check *ast.IfStmt, name string) handling {
	cond, ok := check.Cond.(*ast.BinaryExpr)
	for ok && (cond.Op == token.LAND || cond.Op == token.LOR) {
		cond, ok = cond.X.(*ast.BinaryExpr) // if err == nil && ..., if err != nil && ...
	}
	if !ok {
		return handlingUnclear
	}
	x, ok := cond.X.(*ast.Ident)
	switch {
	case !ok || x.Name != name:
		return handlingUnclear
	case cond.Op == token.EQL && check.Else == nil:
		return errorHandled
	case cond.Op != token.NEQ:
		return handlingUnclear
	}
	out := errorHandled
	ast.Inspect(check.Body, func(n ast.Node) bool {
		switch s := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			switch called := calledName(s); {
			case called == "panic", called == "Exit", strings.HasPrefix(called, "Fatal"), strings.HasPrefix(called, "Panic"):
				out = errorEnds
			}
		case *ast.ReturnStmt:
			if out == errorHandled && len(s.Results) > 0 {
				if last, ok := s.Results[len(s.Results)-1].(*ast.Ident); !ok || last.Name != "nil" {
					out = errorReturned
				}
			}
		}
		return true
	})
	return out
}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}
