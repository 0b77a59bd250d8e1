package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"strconv"
	"strings"
)

// Methods are the names of the methods that types of other packages are asked for,
// beside those that the summarized package itself selects and those that an
// interface has.
var Methods = []string{
	"Close", "Context", "Decode", "EnvDecode", "Error", "Execute", "RecvMsg", "Run", "SendMsg", "UnmarshalBinary", "UnmarshalText",
}

// objectOf is the object that an identifier defines or uses, or nil.
func (s *summarizer) objectOf(id *ast.Ident) types.Object {
	if id.Name == "_" {
		return nil
	}
	if obj := s.Info.Defs[id]; obj != nil {
		return obj
	}
	return s.Info.Uses[id]
}

// local tells whether obj is a variable of a function.
func (s *summarizer) local(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// fieldOwner is "pkg.Type" of the struct that declares the selected field, also
// where it is promoted from an embedded one; for unnamed structs see structKey.
func (s *summarizer) fieldOwner(sel *ast.SelectorExpr) string {
	selection := s.Info.Selections[sel]
	if selection == nil || selection.Kind() != types.FieldVal {
		return ""
	}
	t := selection.Recv()
	index := selection.Index()
	for _, i := range index[:len(index)-1] {
		st, ok := deref(t).Underlying().(*types.Struct)
		if !ok || i >= st.NumFields() {
			return ""
		}
		t = st.Field(i).Type()
	}
	return s.structKey(deref(t))
}

// typeKey is "pkg.Type" of a named type, "" for any other.
func typeKey(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// structKey is typeKey, and for a struct without a name a key made of the place
// of its first field.
func (s *summarizer) structKey(t types.Type) string {
	if key := typeKey(t); key != "" {
		return key
	}
	st, ok := types.Unalias(t).(*types.Struct)
	if !ok || st.NumFields() == 0 || st.Field(0).Pkg() == nil {
		return ""
	}
	first := st.Field(0)
	p := s.Fset.Position(first.Pos())
	// The key's last dots separate package, type and field.
	file := strings.ReplaceAll(filepath.Base(p.Filename), ".", "_")
	return first.Pkg().Path() + ".struct@" + file + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

func deref(t types.Type) types.Type {
	if t == nil {
		return types.Typ[types.Invalid]
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// rootIdent is x of x, x.f.g, *x and (x).
func rootIdent(e ast.Expr) (*ast.Ident, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e, true
	case *ast.StarExpr:
		return rootIdent(e.X)
	}
	return nil, false
}

// pointee is x of an argument &x.
func pointee(arg ast.Expr) (ast.Expr, bool) {
	u, ok := ast.Unparen(arg).(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return nil, false
	}
	switch ast.Unparen(u.X).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return u.X, true
	}
	return nil, false
}

func paramType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		if sl, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return sl.Elem()
		}
		return nil
	}
	if i >= n {
		return nil
	}
	return sig.Params().At(i).Type()
}

func isEmptyInterface(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}

func isBasic(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

func isString(t types.Type) bool {
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isPointerToStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	_, ok = p.Elem().Underlying().(*types.Struct)
	return ok
}

// isStd tells a package of the standard library by its first path element,
// which has no dot (cmd/go: "import paths without dots are reserved").
func isStd(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return !strings.Contains(first, ".")
}

// symbol is the table's name of a function: Func or Type.Method.
func symbol(fn *types.Func) (pkg, name string) {
	if fn.Pkg() == nil {
		return "", fn.Name()
	}
	pkg = fn.Pkg().Path()
	recv := fn.Signature().Recv()
	if recv == nil {
		return pkg, fn.Name()
	}
	named, ok := types.Unalias(deref(recv.Type())).(*types.Named)
	if !ok {
		return pkg, ""
	}
	return pkg, named.Obj().Name() + "." + fn.Name()
}

// methodKey identifies an interface's method and those that implement it: its
// name and the types, not the names, of what goes in and comes out.
func methodKey(fn *types.Func) string {
	var b strings.Builder
	b.WriteString(fn.Name())
	sig := fn.Signature()
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		b.WriteByte('(')
		for i := range tuple.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(types.TypeString(tuple.At(i).Type(), nil))
		}
		b.WriteByte(')')
	}
	return b.String()
}
