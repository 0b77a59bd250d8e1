package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"
)

// A span is a stretch of source.
type span struct{ pos, end token.Pos }

func (s span) contains(p token.Pos) bool { return s.pos <= p && p < s.end }

// A site says where an assignment stands and what it can reach.
type site struct {
	span
	// until is where the statements end that run only after this one: the end
	// of the block that it stands in.
	until token.Pos
	// loops are the loops around it within its function.
	loops []span
	// fn is the innermost function literal around it, -1 for none.
	fn int
	// within is the *ast.FuncLit or *ast.FuncDecl around it, nil for none.
	within ast.Node
	// guards are the conditions under which it runs, innermost first.
	guards []guard
}

// A guard is a condition under which a statement runs: cond, or tag == one of
// cases, or their opposite.
type guard struct {
	cond   ast.Expr
	tag    ast.Expr
	cases  []ast.Expr
	negate bool
}

// maxGuards bounds the conditions of one statement; what stands around more is
// taken to be open.
const maxGuards = 6

// An order knows the order of statements: which assignments to a variable a use
// of it can see.
type order struct {
	// lits are the function literals by position; parents are the literals
	// around them.
	lits    []span
	parents []int
	stack   []ast.Node
}

func newOrder(files []*ast.File) order {
	var o order
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				o.lits = append(o.lits, span{lit.Pos(), lit.End()})
			}
			return true
		})
	}
	sort.Slice(o.lits, func(i, j int) bool { return o.lits[i].pos < o.lits[j].pos })
	o.parents = make([]int, len(o.lits))
	for i := range o.lits {
		o.parents[i] = -1
		for j := i - 1; j >= 0; j = o.parents[j] {
			if o.lits[j].contains(o.lits[i].pos) {
				o.parents[i] = j
				break
			}
		}
	}
	return o
}

// function is the innermost function literal at a position, -1 for none.
func (o *order) function(p token.Pos) int {
	i := sort.Search(len(o.lits), func(i int) bool { return o.lits[i].pos > p }) - 1
	for i >= 0 && !o.lits[i].contains(p) {
		i = o.parents[i]
	}
	return i
}

// walk is ast.Inspect with the way to the node kept.
func (o *order) walk(f ast.Node, visit func(ast.Node) bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if n == nil {
			o.stack = o.stack[:len(o.stack)-1]
			return true
		}
		o.stack = append(o.stack, n)
		if !visit(n) {
			o.stack = o.stack[:len(o.stack)-1]
			return false
		}
		return true
	})
}

// here is the site of the statement that is being walked.
func (o *order) here() site {
	n := o.stack[len(o.stack)-1]
	at := site{span: span{n.Pos(), n.End()}, until: n.Pos(), fn: o.function(n.Pos())}
	// These assign before their bodies run.
	switch n := n.(type) {
	case *ast.RangeStmt:
		at.end = n.Body.Pos()
	case *ast.TypeSwitchStmt:
		at.end = n.Body.Pos()
	}
	below := n
	stack := o.stack[:len(o.stack)-1]
	for i, up := range slices.Backward(stack) {
		switch up := up.(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			at.within = up
			return at
		case *ast.ForStmt:
			if below != up.Init {
				at.loops = append(at.loops, span{up.Pos(), up.End()})
			}
			if at.until == n.Pos() && below == up.Init {
				at.until = up.End()
			}
		case *ast.RangeStmt:
			at.loops = append(at.loops, span{up.Pos(), up.End()})
		case *ast.BlockStmt:
			at.reach(n, up.End())
			if _, ok := n.(*ast.ReturnStmt); ok {
				at.passed(up.List, below)
			}
		case *ast.CommClause:
			at.reach(n, up.End())
		case *ast.CaseClause:
			at.reach(n, up.End())
			if i >= 2 {
				at.inCase(up, below, stack[i-2])
			}
		case *ast.IfStmt:
			switch below {
			case up.Init:
				at.reach(n, up.End())
			case up.Body:
				at.guard(guard{cond: up.Cond})
			case up.Else:
				at.guard(guard{cond: up.Cond, negate: true})
			}
		case *ast.SwitchStmt:
			if below == up.Init {
				at.reach(n, up.End())
			}
		case *ast.TypeSwitchStmt:
			if below == up.Init {
				at.reach(n, up.End())
			}
		}
		below = up
	}
	return at
}

func (s *site) guard(g guard) {
	if len(s.guards) < maxGuards {
		s.guards = append(s.guards, g)
	}
}

// passed adds that the conditions of statements before this one that leave the
// function did not hold.
func (s *site) passed(list []ast.Stmt, until ast.Node) {
	for _, st := range list {
		if st == until {
			return
		}
		if c, ok := st.(*ast.IfStmt); ok && c.Else == nil && leaves(c.Body) {
			s.guard(guard{cond: c.Cond, negate: true})
		}
	}
}

// leaves tells whether a block ends by returning.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	_, ok := b.List[len(b.List)-1].(*ast.ReturnStmt)
	return ok
}

// inCase adds the condition of a switch's clause.
func (s *site) inCase(c *ast.CaseClause, below ast.Node, sw ast.Node) {
	st, ok := sw.(*ast.SwitchStmt)
	if !ok || slices.ContainsFunc(c.List, func(e ast.Expr) bool { return e == below }) {
		return
	}
	if c.List != nil {
		s.guard(guard{tag: st.Tag, cases: c.List})
		return
	}
	// The default clause runs where no other does.
	for _, other := range st.Body.List {
		if o, ok := other.(*ast.CaseClause); ok && o != c {
			s.guard(guard{tag: st.Tag, cases: o.List, negate: true})
		}
	}
}

// reach sets how far the statement's effect reaches, the first time.
func (s *site) reach(n ast.Node, end token.Pos) {
	if s.until == n.Pos() {
		s.until = end
	}
}

// visible are the assignments to a variable that its use at a position can see.
// The last one that has run for certain hides those before it; one that stands
// behind the use is seen around a loop only. Where closures assign too, all are
// seen. initial tells whether the value before all assignments can be seen: that
// of a parameter.
func (o *order) visible(obj types.Object, all []source, use token.Pos) (seen []source, initial bool) {
	fn := o.function(use)
	for _, s := range all {
		if s.site.fn != fn || !s.site.pos.IsValid() {
			return all, true
		}
	}
	var last token.Pos
	for _, s := range all {
		if s.how == plain && s.site.end <= use && use < s.site.until && s.site.pos > last {
			last = s.site.pos
		}
	}
	for _, s := range all {
		behind := s.site.end > use
		if behind && o.around(s.site, obj, use) || !behind && s.site.pos >= last {
			seen = append(seen, s)
		}
	}
	return seen, last == token.NoPos
}

// around tells whether an assignment reaches a use before it around a loop. A
// variable declared within the loop is new each time.
func (o *order) around(s site, obj types.Object, use token.Pos) bool {
	for _, l := range s.loops {
		if l.contains(use) && !l.contains(obj.Pos()) {
			return true
		}
	}
	return false
}
