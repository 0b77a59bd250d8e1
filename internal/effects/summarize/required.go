package summarize

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// required records the environment variables without which an if statement ends
// the program or the function with an error:
//
//	if dsn == "" { log.Fatal("DSN is not set") }
//
// Whether the values asked for are variables is told when the program is linked.
// What stands under a condition is required under that condition only, and is
// left out.
func (w *walker) required(st *ast.IfStmt, prev int) {
	if w.within > 0 || st.Else != nil || !w.dies(st.Body) {
		return
	}
	for _, e := range w.missing(st.Cond) {
		v := w.s.eval(e)
		if v == nil || v.Kind == effects.Unknown || v.Kind == effects.Literal {
			continue
		}
		w.fn.Nodes = append(w.fn.Nodes, effects.Node{Prev: prev, At: w.s.position(e), Effect: &effects.Effect{
			Kind: effects.Require, API: effects.IfStatement, Names: []string{"name"}, Values: []*effects.Value{v},
		}})
	}
}

// missing are the texts of which a condition says that they are not there, any of
// them being enough.
func (w *walker) missing(cond ast.Expr) []ast.Expr {
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LOR:
			return append(w.missing(e.X), w.missing(e.Y)...)
		case token.EQL:
			for _, pair := range [][2]ast.Expr{{e.X, e.Y}, {e.Y, e.X}} {
				tv, ok := w.s.Info.Types[pair[1]]
				if !ok || tv.Value == nil {
					continue
				}
				if call, isCall := ast.Unparen(pair[0]).(*ast.CallExpr); isCall && w.s.isLength(pair[0]) && tv.Value.ExactString() == "0" {
					return call.Args
				}
				if isString(w.s.Info.TypeOf(pair[0])) && tv.Value.ExactString() == `""` {
					return []ast.Expr{pair[0]}
				}
			}
		}
	case *ast.UnaryExpr:
		// !ok of v, ok := os.LookupEnv(name)
		if id, ok := ast.Unparen(e.X).(*ast.Ident); ok && e.Op == token.NOT && w.s.looked(id) != nil {
			if visible, _ := w.s.order.visible(w.s.objectOf(id), w.s.sources[w.s.objectOf(id)], id.Pos()); len(visible) == 1 {
				return []ast.Expr{visible[0].expr}
			}
		}
	}
	return nil
}

// dying matches functions that end the program.
var dying = lazyregexp.New(`^(Fatal|Panic|Exit)(f|ln|w|Context)?$`)

// dies tells whether a block ends the program, or its function with an error.
func (w *walker) dies(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch st := b.List[len(b.List)-1].(type) {
	case *ast.ExprStmt:
		call, ok := ast.Unparen(st.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		return calledName(call) == "panic" || dying.MatchString(calledName(call))
	case *ast.ReturnStmt:
		if w.results == nil || w.results.Len() == 0 || len(st.Results) != w.results.Len() {
			return false
		}
		last := w.results.At(w.results.Len() - 1).Type()
		if !types.Identical(last, types.Universe.Lookup("error").Type()) {
			return false
		}
		id, isIdent := ast.Unparen(st.Results[len(st.Results)-1]).(*ast.Ident)
		return !isIdent || id.Name != "nil"
	}
	return false
}

// defaulted attaches to the variables that an assignment to a Go variable has
// just read all that is assigned to it: a default may be among it.
func (w *walker) defaulted(lhs ast.Expr, first int) {
	id, ok := ast.Unparen(lhs).(*ast.Ident)
	if !ok || id.Name == "_" {
		return
	}
	obj, ok := w.s.objectOf(id).(*types.Var)
	if !ok || !isBasic(obj.Type()) || len(w.s.sources[obj]) > maxAssignments {
		return
	}
	for i := first; i < len(w.fn.Nodes); i++ {
		e := w.fn.Nodes[i].Effect
		if e == nil || e.Kind != effects.ReadEnv || e.Value("value") != nil {
			continue
		}
		var all []*effects.Value
		for _, src := range w.s.sources[obj] {
			all = append(all, w.s.under(w.s.source(src), src.site, obj.Type()))
		}
		if v := effects.ChoiceOf(all...); v != nil {
			e.Names = append(e.Names, "value")
			e.Values = append(e.Values, v)
		}
	}
}

// returnedDefaults attaches the function's result to the variables that it reads,
// where it returns them or something in their stead.
func (w *walker) returnedDefaults() {
	for i := range w.fn.Nodes {
		e := w.fn.Nodes[i].Effect
		if e == nil || e.Kind != effects.ReadEnv {
			continue
		}
		name := e.Value("name")
		for _, r := range w.fn.Results {
			if !reads(r, name) {
				continue
			}
			if old := e.Value("value"); old == nil {
				e.Names = append(e.Names, "value")
				e.Values = append(e.Values, r)
			} else if len(old.Alternatives()) == 1 {
				for n := range e.Names {
					if e.Names[n] == "value" {
						e.Values[n] = r
					}
				}
			}
			break
		}
	}
}

// reads tells whether the variable of that name is an alternative of v.
func reads(v, name *effects.Value) bool {
	if v == nil || name == nil || v.Kind != effects.Choice {
		return false
	}
	for _, a := range v.Alternatives() {
		if a.Kind != effects.Env {
			continue
		}
		if a.Text != "" && a.Text == name.Text || len(a.Args) > 0 && a.Args[0].Key() == name.Key() {
			return true
		}
	}
	return false
}
