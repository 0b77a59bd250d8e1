package gofix

import (
	"go/ast"
	"go/token"

	"github.com/cnready/cnready/internal/finding"
)

// The bounds that fixes put in. The package documentation of net/http names
// neither; they are generous, so that what works goes on working.
const (
	clientTimeout     = "30 * "
	readHeaderTimeout = "10 * "
)

// ClientTimeout adds a Timeout of 30 seconds to an http.Client that has none: to
// the composite literal that the site is or stands in, or that alone stands
// within it; also to new(http.Client) and to var c http.Client. A literal without
// field names, or with a Timeout, gets no fix.
func ClientTimeout(s *Site) []finding.Fix {
	return addField(s, "Client", "Timeout", clientTimeout, nil, "add a Timeout of 30 seconds to the client")
}

// ServerReadHeaderTimeout adds a ReadHeaderTimeout of 10 seconds to an http.Server
// that has neither that nor a ReadTimeout; places as for ClientTimeout. A call of
// http.ListenAndServe or http.ListenAndServeTLS becomes that of such a server,
// which serves just the same.
func ServerReadHeaderTimeout(s *Site) []finding.Fix {
	const message = "add a ReadHeaderTimeout of 10 seconds to the server"
	if fixes := addField(s, "Server", "ReadHeaderTimeout", readHeaderTimeout, []string{"ReadTimeout"}, message); fixes != nil {
		return fixes
	}
	return listenAndServe(s)
}

// addField adds a duration to a literal of a type of net/http.
func addField(s *Site, typ, field, value string, also []string, message string) []finding.Fix {
	if s == nil {
		return nil
	}
	if _, ok := s.Imported("net/http"); !ok {
		return nil
	}
	e := s.Edit()
	added := func() string { return field + ": " + value + e.Import("time") + ".Second" }
	if lit, ok := literal(s, typ); ok {
		if len(lit.Elts) > 0 && !keyed(lit) || hasField(lit, append(also, field)...) {
			return nil
		}
		e.AddElement(lit, added())
		return e.Fix(message)
	}
	for _, n := range s.Path {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "new" && len(n.Args) == 1 && s.Is(n.Args[0], "net/http", typ) {
				e.Replace(n, "&"+s.Text(n.Args[0])+"{"+added()+"}")
				return e.Fix(message)
			}
		case *ast.ValueSpec:
			if len(n.Values) == 0 && len(n.Names) == 1 && n.Type != nil && s.Is(n.Type, "net/http", typ) {
				e.Replace(n.Type, "= "+s.Text(n.Type)+"{"+added()+"}")
				return e.Fix(message)
			}
		}
	}
	return nil
}

// literal finds the composite literal of a type of net/http around the site, or
// the only one within it.
func literal(s *Site, typ string) (*ast.CompositeLit, bool) {
	for _, n := range s.Path {
		if lit, ok := n.(*ast.CompositeLit); ok && lit.Type != nil && s.Is(lit.Type, "net/http", typ) {
			return lit, true
		}
		if _, ok := n.(ast.Stmt); ok {
			break
		}
	}
	var found []*ast.CompositeLit
	for n := range ast.Preorder(s.Path[0]) {
		if lit, ok := n.(*ast.CompositeLit); ok && lit.Type != nil && lit.Pos() >= s.Start && lit.End() <= s.End && s.Is(lit.Type, "net/http", typ) {
			found = append(found, lit)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return nil, false
}

func keyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

func hasField(lit *ast.CompositeLit, names ...string) bool {
	for _, elt := range lit.Elts {
		if kv, ok := elt.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				for _, n := range names {
					if id.Name == n {
						return true
					}
				}
			}
		}
	}
	return false
}

// listenAndServe turns a call of http.ListenAndServe into that of a server's
// method.
func listenAndServe(s *Site) []finding.Fix {
	if s == nil {
		return nil
	}
	call, ok := callAt(s)
	if !ok || call.Ellipsis.IsValid() {
		return nil
	}
	for name, n := range map[string]int{"ListenAndServe": 2, "ListenAndServeTLS": 4} {
		if !s.Is(call.Fun, "net/http", name) || len(call.Args) != n {
			continue
		}
		for _, a := range call.Args {
			if s.line(a.Pos()) != s.line(a.End()) && s.line(a.Pos()) != s.line(call.Pos()) {
				return nil // the layout would suffer
			}
		}
		pkg, _ := s.Imported("net/http")
		handler := call.Args[n-1]
		e := s.Edit()
		fields := "Addr: " + s.Text(call.Args[0])
		if id, ok := handler.(*ast.Ident); !ok || id.Name != "nil" {
			fields += ", Handler: " + s.Text(handler)
		}
		fields += ", ReadHeaderTimeout: " + readHeaderTimeout + e.Import("time") + ".Second"
		args := ""
		if n == 4 {
			args = s.Text(call.Args[1]) + ", " + s.Text(call.Args[2])
		}
		e.Replace(call, "(&"+pkg+".Server{"+fields+"})."+name+"("+args+")")
		return e.Fix("serve with a ReadHeaderTimeout of 10 seconds")
	}
	return nil
}

// DefaultClient gives a call through http.DefaultClient a client of its own with a
// Timeout of 30 seconds: http.Get, Head, Post and PostForm, and what is called on
// http.DefaultClient. The client is a variable in front of the statement, or at the
// top of the innermost function where that has several such calls; it shares the
// connections of the default transport. There is no fix in a package that changes
// http.DefaultClient.
func DefaultClient(s *Site) []finding.Fix {
	if s == nil {
		return nil
	}
	call, ok := callAt(s)
	if !ok {
		return nil
	}
	pkg, ok := s.Imported("net/http")
	if !ok {
		return nil
	}
	var through ast.Expr // what is replaced by the client
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	switch {
	case !ok:
		return nil
	case s.Is(sel.X, "net/http", "DefaultClient"):
		through = sel.X
	case s.Is(sel, "net/http", "Get"), s.Is(sel, "net/http", "Head"), s.Is(sel, "net/http", "Post"), s.Is(sel, "net/http", "PostForm"):
		through = sel.X
	default:
		return nil
	}
	body := bodyAround(s)
	if body == nil || changesDefaultClient(s) {
		return nil
	}
	e := s.Edit()
	name := s.FreeName("client", "httpClient")
	e.Replace(through, name)
	variable := name + " := &" + pkg + ".Client{Timeout: " + clientTimeout + e.Import("time") + ".Second}"
	if before := statement(s); before != nil && defaultCalls(s, body, pkg) == 1 {
		at := e.above(before)
		e.add(at, at, s.Indent(before.Pos())+variable+"\n")
	} else if !e.atTop(body, variable) {
		return nil
	}
	return e.Fix("call through a client with a Timeout of 30 seconds")
}

// defaultCalls counts what may be mended like this in a function: two variables of
// one name would not compile. A goto counts for many, as it must not jump over a
// declaration.
func defaultCalls(s *Site, body *ast.BlockStmt, pkg string) int {
	n := 0
	for node := range ast.Preorder(body) {
		switch node := node.(type) {
		case *ast.BranchStmt:
			if node.Tok == token.GOTO {
				n += 2
			}
		case *ast.SelectorExpr:
			if x, ok := node.X.(*ast.Ident); ok && x.Name == pkg {
				switch node.Sel.Name {
				case "DefaultClient", "Get", "Head", "Post", "PostForm":
					n++
				}
			}
		}
	}
	return n
}

// changesDefaultClient tells whether the package assigns to http.DefaultClient or
// to one of its fields.
func changesDefaultClient(s *Site) bool {
	for _, f := range s.packageFiles() {
		for n := range ast.Preorder(f.file) {
			a, ok := n.(*ast.AssignStmt)
			if !ok {
				continue
			}
			for _, left := range a.Lhs {
				for part := range ast.Preorder(left) {
					if sel, ok := part.(*ast.SelectorExpr); ok && sel.Sel.Name == "DefaultClient" {
						return true
					}
				}
			}
		}
	}
	return false
}
