package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/cnready/cnready/internal/effects"
)

// maxConditions bounds the conditions that are kept of one statement.
const maxConditions = 8

// guarded adds a condition to those of the statements that follow.
func (w *walker) guarded(g guard) {
	if len(w.when) >= maxConditions || w.onError(g.cond) {
		return
	}
	c := w.s.test(g)
	if c == nil {
		c = effects.Unresolved("is a condition that is not followed", posAt{})
	}
	w.when = append(w.when, c.Bounded())
}

// passed adds that a condition under which the function is left did not hold. One
// that cannot be told says nothing, nor does one under which it fails: what is
// missing then, the deployment has to give.
func (w *walker) passed(cond ast.Expr) {
	if len(w.when) >= maxConditions {
		return
	}
	if c := effects.TestOf("passed", w.s.condition(cond)); c != nil {
		w.when = append(w.when, c.Bounded())
	}
}

// onError tells conditions on errors, and those that something is not there yet,
// which are taken to hold: if err != nil, if db == nil.
func (w *walker) onError(cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if cond == nil || !ok || e.Op != token.EQL && e.Op != token.NEQ || !w.s.isNil(e.Y) {
		return false
	}
	t := w.s.Info.TypeOf(e.X)
	return e.Op == token.EQL || t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// under walks what stands under a condition.
func (w *walker) under(g guard, walk func()) { w.underAll([]guard{g}, walk) }

func (w *walker) underAll(gs []guard, walk func()) {
	open := len(w.when)
	for _, g := range gs {
		w.guarded(g)
	}
	walk()
	w.when = w.when[:open]
}

// conditions are those of the statement that is being walked.
func (w *walker) conditions() []*effects.Value {
	if len(w.when) == 0 {
		return nil
	}
	return slices.Clone(w.when)
}

// clauseGuards are the conditions of a clause of a switch, none for other
// statements.
func clauseGuards(st ast.Stmt, c *ast.CaseClause) []guard {
	sw, ok := st.(*ast.SwitchStmt)
	switch {
	case !ok:
		return []guard{{}} // of a type switch
	case c.List != nil:
		return []guard{{tag: sw.Tag, cases: c.List}}
	}
	// The default clause runs where no other does.
	var out []guard
	for _, other := range sw.Body.List {
		if o, ok := other.(*ast.CaseClause); ok && o != c {
			out = append(out, guard{tag: sw.Tag, cases: o.List, negate: true})
		}
	}
	return out
}
