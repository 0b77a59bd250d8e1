package summarize

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/cnready/cnready/internal/effects"
)

// under is a value with the conditions of the place where it is assigned or
// returned. Only values of basic types get any: what a struct or a function is
// depends on conditions too, but its fields and calls are looked into.
func (s *summarizer) under(v *effects.Value, at site, t types.Type) *effects.Value {
	if v == nil || !isBasic(t) {
		return v
	}
	var conditions []*effects.Value
	for _, g := range at.guards {
		conditions = append(conditions, s.test(g))
	}
	return effects.WhenOf(v, conditions...)
}

func (s *summarizer) test(g guard) *effects.Value {
	var c *effects.Value
	switch {
	case g.cond != nil:
		c = s.condition(g.cond)
	case g.tag == nil:
		var any []*effects.Value
		for _, e := range g.cases {
			any = append(any, s.condition(e))
		}
		c = effects.TestOf("or", any...)
	default:
		var any []*effects.Value
		for _, e := range g.cases {
			any = append(any, s.compare("==", g.tag, e))
		}
		c = effects.TestOf("or", any...)
	}
	if g.negate {
		return effects.TestOf("not", c)
	}
	return c
}

// maxCondition bounds the parts of a condition's operand.
const maxCondition = 40

// operand is a value of a basic type that a condition asks for, nil for any
// other.
func (s *summarizer) operand(e ast.Expr) *effects.Value {
	if !isBasic(s.Info.TypeOf(e)) {
		return nil
	}
	v := s.eval(e)
	if v == nil || v.Kind == effects.Unknown || v.Size() > maxCondition {
		return nil
	}
	return v
}

func (s *summarizer) compare(op string, a, b ast.Expr) *effects.Value {
	return effects.TestOf(op, s.operand(a), s.operand(b))
}

// condition is a boolean expression as a test; nil where it asks for something
// that is not followed.
func (s *summarizer) condition(e ast.Expr) *effects.Value {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return effects.TestOf("not", s.condition(e.X))
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return effects.TestOf("and", s.condition(e.X), s.condition(e.Y))
		case token.LOR:
			return effects.TestOf("or", s.condition(e.X), s.condition(e.Y))
		case token.EQL:
			return s.equal("==", e.X, e.Y)
		case token.NEQ:
			return s.equal("!=", e.X, e.Y)
		case token.GTR:
			if s.isLength(e.X) && s.isZero(e.Y) {
				return s.equal("!=", e.X, e.Y)
			}
		}
	case *ast.CallExpr:
		c := s.callee(e)
		op := map[string]string{"strings.HasPrefix": "prefix", "strings.HasSuffix": "suffix", "strings.Contains": "contains"}[c.pkg+"."+c.name]
		if op != "" && len(e.Args) == 2 {
			return s.compare(op, e.Args[0], e.Args[1])
		}
		return s.operand(e)
	case *ast.Ident:
		if v := s.looked(e); v != nil {
			return effects.TestOf("set", v)
		}
		return s.operand(e)
	case *ast.SelectorExpr, *ast.StarExpr:
		return s.operand(e)
	}
	return nil
}

// equal compares two values; the length of a string is compared with zero by
// comparing the string with nothing.
func (s *summarizer) equal(op string, a, b ast.Expr) *effects.Value {
	if s.isZero(a) {
		a, b = b, a
	}
	if call, ok := ast.Unparen(a).(*ast.CallExpr); ok && s.isLength(a) && s.isZero(b) {
		return effects.TestOf(op, s.operand(call.Args[0]), effects.Lit("", s.position(b)))
	}
	return s.compare(op, a, b)
}

func (s *summarizer) isLength(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	c := s.callee(call)
	return c.kind == builtinCall && c.name == "len"
}

func (s *summarizer) isZero(e ast.Expr) bool {
	tv, ok := s.Info.Types[e]
	return ok && tv.Value != nil && tv.Value.String() == "0"
}

// looked is the environment variable whose presence a variable tells: ok of
// value, ok := os.LookupEnv(name).
func (s *summarizer) looked(id *ast.Ident) *effects.Value {
	obj := s.objectOf(id)
	if obj == nil {
		return nil
	}
	visible, _ := s.order.visible(obj, s.sources[obj], id.Pos())
	if len(visible) != 1 || visible[0].how != plain || visible[0].index != 1 {
		return nil
	}
	call, ok := ast.Unparen(visible[0].expr).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if v := s.call(call, 0); v != nil && v.Kind == effects.Env {
		return v
	}
	return nil
}
