package summarize

import (
	"go/ast"
	"go/types"
)

// Where a module's types are missing, a method is found by the package that its
// receiver comes from: of r := gin.Default(), r.GET is a method of some type of
// package gin. The table is asked for it if all of the package's types that have
// the method do the same in it.

// maxOrigin bounds how far a value is followed to the package that it comes from.
const maxOrigin = 12

// untypedMethod is the callee of x.Sel where the types of x are missing.
func (s *summarizer) untypedMethod(sel *ast.SelectorExpr) (callee, bool) {
	// x = x.With(...) comes from itself.
	if s.tracing >= maxOrigin {
		return callee{}, false
	}
	s.tracing++
	pkg := s.origin(sel.X, 0)
	s.tracing--
	if pkg == "" || s.FirstParty(pkg) {
		return callee{}, false
	}
	name := s.Table.Method(pkg, sel.Sel.Name)
	if name == "" {
		return callee{}, false
	}
	return callee{kind: extern, pkg: pkg, name: name, recv: sel.X}, true
}

// origin is the third-party package that a value without a type comes from, "" if
// that cannot be told.
func (s *summarizer) origin(e ast.Expr, depth int) string {
	if depth > maxOrigin {
		return ""
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := s.objectOf(e)
		if obj == nil || !isInvalid(obj.Type()) {
			return ""
		}
		if pkg := s.origins[obj]; pkg != "" {
			return pkg
		}
		for _, src := range s.sources[obj] {
			if src.expr == nil || src.how != plain {
				continue
			}
			if pkg := s.origin(src.expr, depth+1); pkg != "" {
				return pkg
			}
		}
	case *ast.CallExpr:
		c := s.callee(e)
		if c.kind != extern || c.fn != nil {
			return ""
		}
		for _, entry := range s.entries(c) {
			if entry.Verb == "gives" && len(entry.Args) == 1 {
				return entry.Args[0].Literal
			}
		}
		return c.pkg
	case *ast.UnaryExpr:
		return s.origin(e.X, depth+1)
	case *ast.StarExpr:
		return s.origin(e.X, depth+1)
	case *ast.CompositeLit:
		return s.typePackage(e.Type)
	case *ast.SelectorExpr:
		if obj := s.objectOf(e.Sel); obj != nil {
			if pkg := s.origins[obj]; pkg != "" {
				return pkg
			}
			return ""
		}
		if id, ok := e.X.(*ast.Ident); ok {
			if pn, ok := s.objectOf(id).(*types.PkgName); ok {
				return pn.Imported().Path() // a variable of the package
			}
		}
		return s.origin(e.X, depth+1)
	}
	return ""
}

func isInvalid(t types.Type) bool {
	return t == nil || deref(t) == types.Typ[types.Invalid]
}

// typePackage is the package of a type that is written pkg.Type, with or without
// stars.
func (s *summarizer) typePackage(e ast.Expr) string {
	for {
		star, ok := e.(*ast.StarExpr)
		if !ok {
			break
		}
		e = star.X
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	if pn, ok := s.objectOf(id).(*types.PkgName); ok {
		return pn.Imported().Path()
	}
	return ""
}

// declare records the package of what is declared with a type that is missing:
// parameters, struct fields, variables.
func (s *summarizer) declare(names []*ast.Ident, t ast.Expr) {
	if t == nil {
		return
	}
	for _, name := range names {
		obj := s.Info.Defs[name]
		if obj == nil || !isInvalid(obj.Type()) {
			continue
		}
		if pkg := s.typePackage(t); pkg != "" {
			s.origins[obj] = pkg
		}
	}
}
