package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
)

// requests is what a call of a generated gRPC client does: a method that takes a
// context first and call options last.
func (w *walker) requests(c callee, sig *types.Signature, call *ast.CallExpr) *effects.Effect {
	if sig == nil || c.fn == nil || !sig.Variadic() || len(call.Args) == 0 || sig.Params().Len() < 2 {
		return nil
	}
	if t := paramType(sig, sig.Params().Len()-1); t == nil || typeKey(t) != "google.golang.org/grpc.CallOption" {
		return nil
	}
	if !isContext(sig.Params().At(0).Type()) || sig.Recv() == nil && c.recv == nil || strings.HasPrefix(c.pkg, "google.golang.org/grpc") {
		return nil
	}
	if sig.Results().Len() > 0 && isStream(sig.Results().At(0).Type()) {
		return nil // it lasts as long as the stream
	}
	return &effects.Effect{
		Kind: effects.Request, API: c.String(), Names: []string{"protocol", "context"},
		Values: []*effects.Value{effects.Lit("grpc", posAt{}), w.s.orUnknown(w.s.eval(call.Args[0]), call.Args[0])},
	}
}

// streamed says of an HTTP request that its answer is read as it comes, or handed
// on: such a request lasts as long as the answer does, and a timeout for all of it
// would be wrong.
func (w *walker) streamed(e *effects.Effect, call *ast.CallExpr) {
	if e.Kind != effects.Request || w.body == nil || textOf(e.Value("protocol")) != "http" {
		return
	}
	if resp := w.answer(call); resp != nil && w.streams(resp) {
		e.Names = append(e.Names, "stream")
		e.Values = append(e.Values, effects.Lit("yes", posAt{}))
	}
}

// answer is the variable that a call's first result is assigned to, nil for none.
func (w *walker) answer(call *ast.CallExpr) types.Object {
	var resp types.Object
	ast.Inspect(w.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if ok && len(a.Rhs) == 1 && ast.Unparen(a.Rhs[0]) == call && len(a.Lhs) > 0 {
			if id, ok := a.Lhs[0].(*ast.Ident); ok {
				resp = w.s.objectOf(id)
			}
		}
		return resp == nil
	})
	return resp
}

// streams tells whether the body of an answer is copied on, scanned line by line,
// or given to somebody else.
func (w *walker) streams(resp types.Object) bool {
	found := false
	isBody := func(e ast.Expr) bool {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Body" {
			return false
		}
		id, ok := ast.Unparen(sel.X).(*ast.Ident)
		return ok && w.s.objectOf(id) == resp
	}
	var stack []ast.Node
	ast.Inspect(w.body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			c := w.s.callee(n)
			for i, a := range n.Args {
				if !isBody(a) {
					continue
				}
				switch {
				case c.pkg == "io" && strings.HasPrefix(c.name, "Copy"):
					found = found || i == 1 && !w.buffers(n.Args[0])
				case c.pkg == "bufio" && (c.name == "NewScanner" || c.name == "NewReader"),
					c.pkg == "encoding/json" && c.name == "NewDecoder" && decodesInLoop(stack, w.body):
					found = true
				}
			}
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				found = found || isBody(r)
			}
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					e = kv.Value
				}
				found = found || isBody(e)
			}
		case *ast.AssignStmt:
			for _, r := range n.Rhs {
				found = found || isBody(r) && n.Tok == token.ASSIGN
			}
		}
		stack = append(stack, n)
		return true
	})
	return found
}

// buffers tells writers that keep what they get, or throw it away, so that the
// answer is read as a whole.
func (w *walker) buffers(dst ast.Expr) bool {
	t := w.s.Info.TypeOf(dst)
	if t == nil {
		return false
	}
	switch typeKey(deref(t)) {
	case "bytes.Buffer", "strings.Builder":
		return true
	}
	sel, ok := ast.Unparen(dst).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Discard"
}

// decodesInLoop tells whether the decoder made by the innermost statement is used
// in a loop of the function: it reads a stream of values.
func decodesInLoop(stack []ast.Node, body *ast.BlockStmt) bool {
	var decoder string
	for i := len(stack) - 1; i >= 0 && decoder == ""; i-- {
		if a, ok := stack[i].(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
			if id, ok := a.Lhs[0].(*ast.Ident); ok {
				decoder = id.Name
			}
			break
		}
	}
	if decoder == "" {
		return false
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		loop, ok := n.(*ast.ForStmt)
		if !ok {
			return !found
		}
		ast.Inspect(loop, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Decode" {
				id, ok := sel.X.(*ast.Ident)
				found = found || ok && id.Name == decoder
			}
			return !found
		})
		return false
	})
	return found
}

// bounding are the structs whose fields bound what is done with them.
var bounding = map[string]bool{"net/http.Client": true, "net/http.Server": true, "net.Dialer": true}

// boundOf is the client or server whose field is assigned, nil where the value of
// the variable tells.
func (s *summarizer) boundOf(st fieldStore) *effects.Value {
	if !bounding[st.owner] || st.literal || st.local {
		return nil
	}
	return s.orUnknown(s.eval(st.base), st.base)
}

// structOf is the struct that a table entry describes: its type, then its fields.
func (s *summarizer) structOf(entry apitable.Entry, c callee, call *ast.CallExpr) *effects.Value {
	v := &effects.Value{Kind: effects.Struct, At: s.position(call)}
	for _, a := range entry.Args {
		if a.Name == "" {
			v.Text = a.Literal
			continue
		}
		if values := s.tableArg(a, c, call); len(values) > 0 {
			v.Names = append(v.Names, a.Name)
			v.Args = append(v.Args, values[0])
		}
	}
	return v
}
