package summarize

import (
	"go/ast"
	"go/token"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// needsFile records the files without which an if statement ends the program:
//
//	if err := godotenv.Load(); err != nil { log.Fatal(err) }
//
// Only calls that the table says to read a file are asked, and only where the
// error alone decides.
func (w *walker) needsFile(st *ast.IfStmt, prev int) {
	cond, ok := ast.Unparen(st.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !w.ends(st.Body) {
		return
	}
	err, ok := ast.Unparen(cond.X).(*ast.Ident)
	if !ok || !w.s.isNil(cond.Y) {
		return
	}
	obj := w.s.objectOf(err)
	if obj == nil {
		return
	}
	visible, _ := w.s.order.visible(obj, w.s.sources[obj], err.Pos())
	if len(visible) != 1 {
		return
	}
	call, ok := ast.Unparen(visible[0].expr).(*ast.CallExpr)
	if !ok {
		return
	}
	c := w.s.callee(call)
	for _, e := range w.effects(w.s.callEntries(c, call), c, call) {
		if e.Kind != effects.Read {
			continue
		}
		for i, n := range e.Names {
			if n != "path" || !environmentFile(e.Values[i]) {
				continue
			}
			w.fn.Nodes = append(w.fn.Nodes, effects.Node{
				Prev: prev, At: w.s.position(call), Conditional: w.within > 0, When: w.conditions(),
				Effect: &effects.Effect{Kind: effects.NeedsFile, API: c.String(), Names: []string{"path"}, Values: []*effects.Value{e.Values[i]}},
			})
		}
	}
}

// environmentFile tells the files of variables that developers keep beside their
// sources: .env, .env.local.
func environmentFile(v *effects.Value) bool {
	for _, a := range v.Elements() {
		if a.Kind == effects.Literal && strings.HasPrefix(path.Base(a.Text), ".env") {
			return true
		}
	}
	return false
}

// isNil tells the predeclared nil.
func (s *summarizer) isNil(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && id.Name == "nil"
}

// nilPointer tells the nil of a pointer type, with which programs assert that a
// type has an interface's methods: var _ Store = (*fileStore)(nil).
func (s *summarizer) nilPointer(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && len(call.Args) == 1 && s.isNil(call.Args[0]) && s.callee(call).kind == conversion
}

// ends tells whether a block ends the program whatever its function returns.
func (w *walker) ends(b *ast.BlockStmt) bool {
	for _, st := range b.List {
		x, ok := st.(*ast.ExprStmt)
		if !ok {
			continue
		}
		if call, ok := ast.Unparen(x.X).(*ast.CallExpr); ok && (calledName(call) == "panic" || dying.MatchString(calledName(call))) {
			return true
		}
	}
	return false
}
