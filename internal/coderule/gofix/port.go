package gofix

import (
	"go/ast"
	"go/token"
	"net"
	"strconv"

	"github.com/cnready/cnready/internal/finding"
)

// PortFromEnv lets an environment variable, usually "PORT", choose the port of a
// literal listen address, with the old port as its default: ":8080", "8080" and
// "host:8080". The site is the literal, or a call or declaration that has it.
// With Go 1.22 or later it is cmp.Or(os.Getenv("PORT"), "8080"); before that a
// variable that is set above the statement.
//
// There is a fix where the text is sure to be of type string: an argument of a
// listening function of net, net/http and of the well-known frameworks, the Addr
// of an http.Server, the value of a variable without a type of its own.
func PortFromEnv(s *Site, variable string) []finding.Fix {
	if s == nil {
		return nil
	}
	lit, path := stringLiteral(s)
	if lit == nil || !isString(s, path) {
		return nil
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return nil
	}
	host, port, bare := "", text, true
	if !isPort(text) {
		bare = false
		if host, port, err = net.SplitHostPort(text); err != nil || !isPort(port) {
			return nil
		}
	}
	e := s.Edit()
	value, ok := e.fromEnv(variable, port)
	switch {
	case !ok:
		return nil
	case bare:
		e.Replace(lit, value)
	case host == "":
		e.Replace(lit, `":" + `+value)
	default:
		e.Replace(lit, e.Import("net")+".JoinHostPort("+strconv.Quote(host)+", "+value+")")
	}
	return e.Fix("read the port from " + variable + ", " + port + " by default")
}

func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n > 0 && n < 1<<16 && strconv.Itoa(n) == s
}

// fromEnv is the expression for a variable of the environment with a default.
func (e *Edit) fromEnv(variable, standard string) (expr string, ok bool) {
	s := e.site
	quoted := strconv.Quote(standard)
	get := e.Import("os") + ".Getenv(" + strconv.Quote(variable) + ")"
	if s.GoVersionAtLeast(22) {
		return e.Import("cmp") + ".Or(" + get + ", " + quoted + ")", true
	}
	before := statement(s)
	if before == nil || s.Indent(before.Pos()) == "" {
		return "", false
	}
	name := s.FreeName("port", "listenPort")
	indent := s.Indent(before.Pos())
	at := e.above(before)
	e.add(at, at, indent+name+" := "+get+"\n"+
		indent+"if "+name+" == \"\" {\n"+indent+"\t"+name+" = "+quoted+"\n"+indent+"}\n")
	return name, true
}

// statement is the innermost statement around the site that stands in a block
// and begins its line.
func statement(s *Site) ast.Stmt {
	for i, n := range s.Path[:len(s.Path)-1] {
		st, ok := n.(ast.Stmt)
		if !ok {
			continue
		}
		var list []ast.Stmt
		switch p := s.Path[i+1].(type) {
		case *ast.BlockStmt:
			list = p.List
		case *ast.CaseClause:
			list = p.Body
		case *ast.CommClause:
			list = p.Body
		default:
			continue
		}
		for k, other := range list {
			if other != st {
				continue
			}
			// It shares its line with nothing before it.
			if s.line(s.Path[i+1].Pos()) == s.line(st.Pos()) || k > 0 && s.line(list[k-1].End()) == s.line(st.Pos()) {
				return nil
			}
			if _, labeled := s.Path[i+1].(*ast.LabeledStmt); labeled {
				return nil
			}
			return st
		}
	}
	return nil
}

// stringLiteral is the literal that the site is, or the only one within it that
// names a port, with the nodes around it, innermost first.
func stringLiteral(s *Site) (*ast.BasicLit, []ast.Node) {
	if lit, ok := s.Path[0].(*ast.BasicLit); ok {
		if lit.Kind != token.STRING {
			return nil, nil
		}
		return lit, s.Path[1:]
	}
	var found []*ast.BasicLit
	for n := range ast.Preorder(s.Path[0]) {
		lit, ok := n.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			continue
		}
		if _, port, err := net.SplitHostPort(text); isPort(text) || err == nil && isPort(port) {
			found = append(found, lit)
		}
	}
	if len(found) != 1 {
		return nil, nil
	}
	at := s.At(s.position(found[0].Pos(), found[0].End()))
	if at == nil {
		return nil, nil
	}
	return found[0], at.Path[1:]
}

// listening are the methods of well-known servers and frameworks whose address is
// a string: http.Server's own have none; gin's Run and RunTLS, echo's Start and
// StartTLS, fiber's Listen, iris's Listen, grpc's and net's Listen.
var listening = map[string]bool{
	"ListenAndServe": true, "ListenAndServeTLS": true, "Listen": true,
	"Run": true, "RunTLS": true, "Start": true, "StartTLS": true,
}

// isString tells whether an expression of type string may stand in the place of
// a literal, by the nodes around it.
func isString(s *Site, path []ast.Node) bool {
	if len(path) < 2 {
		return false
	}
	switch p := path[0].(type) {
	case *ast.CallExpr:
		sel, ok := ast.Unparen(p.Fun).(*ast.SelectorExpr)
		return ok && listening[sel.Sel.Name]
	case *ast.KeyValueExpr:
		lit, ok := path[1].(*ast.CompositeLit)
		key, isIdent := p.Key.(*ast.Ident)
		return ok && isIdent && key.Name == "Addr" && lit.Type != nil && s.Is(lit.Type, "net/http", "Server")
	case *ast.AssignStmt:
		return p.Tok == token.DEFINE
	case *ast.ValueSpec:
		g, ok := path[1].(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			return false
		}
		id, named := p.Type.(*ast.Ident)
		return p.Type == nil || named && id.Name == "string"
	}
	return false
}
