package summarize

import (
	"go/ast"
	"go/types"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// saving matches methods that put something into a store, stores the names of
// fields and types that are one.
var (
	saving = lazyregexp.New(`^(Create|Update|Upsert|Save|Insert|Persist|Put|Set|Store|Write|Commit|Exec)`)
	stores = lazyregexp.New(`(?i)^(.*(db|database|repo(sitory)?|store|storage|persist(ence|er)?|persistent|dao|etcd|redis))$`)
)

// saves is a call of the function's own body that saves something in a store, as
// source shows it: what the function keeps in memory beside that may be a copy. It
// is "" for none.
func (w *walker) saves() string {
	if w.saved != nil {
		return *w.saved
	}
	found := ""
	ast.Inspect(w.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok || found != "" {
			return false
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !saving.MatchString(fun.Sel.Name) {
			return true
		}
		// The memory itself is no store: sync.Map.Store.
		t := w.s.Info.TypeOf(fun.X)
		if t == nil || typeKey(deref(t)) == "sync.Map" {
			return true
		}
		if x, ok := ast.Unparen(fun.X).(*ast.SelectorExpr); ok && (stores.MatchString(x.Sel.Name) || stores.MatchString(typeName(t))) {
			found = shortened(types.ExprString(fun))
		}
		return true
	})
	w.saved = &found
	return found
}

// typeName is the name of a named type, "" for any other.
func typeName(t types.Type) string {
	if named, ok := types.Unalias(deref(t)).(*types.Named); ok {
		return named.Obj().Name()
	}
	return ""
}
