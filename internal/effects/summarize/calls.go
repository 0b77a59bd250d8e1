package summarize

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/finding"
)

type posAt = finding.Position

type calleeKind uint8

const (
	dynamic       calleeKind = iota // a function value that is not followed
	static                          // first-party code
	interfaceCall                   // a method of an interface
	extern                          // third-party code or the standard library
	builtinCall
	conversion
)

// A callee is what a call calls.
type callee struct {
	kind calleeKind
	// pkg and name are the table's names of the function.
	pkg, name string
	// id is the summary's id of a static callee, the method key of an interface's.
	id   string
	fn   *types.Func
	recv ast.Expr
	// firstPartyInterface is true for methods of first-party interfaces, whose
	// implementations are likely to be seen.
	firstPartyInterface bool
}

// String is the function as messages name it: "os.WriteFile",
// "(*http.Server).Shutdown" in short form http.Server.Shutdown.
func (c callee) String() string {
	if c.name == "" {
		return "a function value"
	}
	if c.fn != nil && c.fn.Pkg() != nil {
		return c.fn.Pkg().Name() + "." + c.name
	}
	return shortPackage(c.pkg) + "." + c.name
}

func shortPackage(pkg string) string {
	pkg = apitable.Unversioned(pkg)
	for i := len(pkg) - 1; i >= 0; i-- {
		if pkg[i] == '/' {
			return pkg[i+1:]
		}
	}
	return pkg
}

func (s *summarizer) callee(call *ast.CallExpr) callee {
	fun := ast.Unparen(call.Fun)
	if tv, ok := s.Info.Types[fun]; ok && tv.IsType() {
		return callee{kind: conversion}
	}
	switch f := fun.(type) {
	case *ast.IndexExpr:
		fun = ast.Unparen(f.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(f.X)
	}
	switch f := fun.(type) {
	case *ast.Ident:
		switch obj := s.objectOf(f).(type) {
		case *types.Builtin:
			return callee{kind: builtinCall, name: obj.Name()}
		case *types.Func:
			return s.function(obj, nil)
		case *types.TypeName:
			return callee{kind: conversion}
		case nil:
			// A function of this package, in a file that was not read.
			return callee{kind: static, id: s.Pkg.Path() + "." + f.Name}
		}
	case *ast.SelectorExpr:
		switch obj := s.objectOf(f.Sel).(type) {
		case *types.Func:
			var recv ast.Expr
			if s.Info.Selections[f] != nil {
				recv = f.X
			}
			return s.function(obj, recv)
		case *types.TypeName:
			return callee{kind: conversion}
		case *types.Var:
			// A function that a package keeps in a variable, as an alias of
			// another package's.
			if pkg := obj.Pkg(); pkg != nil && !obj.IsField() && !s.FirstParty(pkg.Path()) && obj.Parent() == pkg.Scope() {
				return callee{kind: extern, pkg: pkg.Path(), name: obj.Name()}
			}
			if obj.IsField() {
				if c, ok := s.fieldFunc(f); ok {
					return c
				}
			}
		case nil:
			// The package was not loaded: its path and the name are enough for
			// the table.
			if id, ok := f.X.(*ast.Ident); ok {
				if pn, ok := s.objectOf(id).(*types.PkgName); ok {
					return callee{kind: extern, pkg: pn.Imported().Path(), name: f.Sel.Name}
				}
			}
			if c, ok := s.untypedMethod(f); ok {
				return c
			}
		}
	case *ast.FuncLit:
		return callee{kind: static, id: s.lits[f]}
	}
	// A variable that holds one known function is as good as a name.
	if v := s.eval(fun); v != nil && v.Kind == kindFunc && v.Text != "" {
		if _, ok := s.lits[litOf(fun)]; ok || s.isOwn(v.Text) {
			return callee{kind: static, id: v.Text}
		}
		if fn := s.funcOf(fun); fn != nil {
			return s.function(fn, nil)
		}
	}
	return callee{kind: dynamic}
}

// fieldFunc is the function that a field holds, where the package stores one
// declared function in it and nothing else.
func (s *summarizer) fieldFunc(sel *ast.SelectorExpr) (callee, bool) {
	owner := s.fieldOwner(sel)
	if owner == "" {
		return callee{}, false
	}
	var found *types.Func
	for _, i := range s.storedBy[owner+"."+sel.Sel.Name] {
		fn := s.funcOf(s.stored[i].src.expr)
		if fn == nil || found != nil && found != fn {
			return callee{}, false
		}
		found = fn
	}
	if found == nil || found.Signature().Recv() != nil {
		return callee{}, false
	}
	return s.function(found, nil), true
}

// funcOf is the declared function that an expression names, directly or through
// a local variable that is assigned once; nil for all else.
func (s *summarizer) funcOf(e ast.Expr) *types.Func {
	for range 4 {
		var id *ast.Ident
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			id = x
		case *ast.SelectorExpr:
			id = x.Sel
			if s.Info.Selections[x] != nil {
				return nil // a method value
			}
		default:
			return nil
		}
		switch obj := s.objectOf(id).(type) {
		case *types.Func:
			return obj
		case *types.Var:
			if !s.local(obj) || len(s.sources[obj]) != 1 || s.sources[obj][0].how != plain || s.sources[obj][0].index >= 0 {
				return nil
			}
			e = s.sources[obj][0].expr
		default:
			return nil
		}
	}
	return nil
}

func (s *summarizer) function(fn *types.Func, recv ast.Expr) callee {
	fn = fn.Origin()
	pkg, name := symbol(fn)
	c := callee{kind: extern, pkg: pkg, name: name, fn: fn, recv: recv}
	sigRecv := fn.Signature().Recv()
	if sigRecv != nil && types.IsInterface(sigRecv.Type()) {
		c.kind = interfaceCall
		c.id = methodKey(fn)
		c.firstPartyInterface = s.FirstParty(pkg)
		return c
	}
	if pkg != "" && name != "" && s.FirstParty(pkg) {
		c.kind = static
		c.id = funcID(fn)
	}
	return c
}

// funcID is the summary's id of a declared function.
func funcID(fn *types.Func) string {
	pkg, name := symbol(fn.Origin())
	return pkg + "." + name
}

// entries are the table's facts about a callee.
func (s *summarizer) entries(c callee) []apitable.Entry {
	if c.name == "" || c.kind == static {
		return nil
	}
	entries := s.Table.Lookup(c.pkg, c.name)
	if len(entries) == 0 && c.fn != nil && c.recv != nil {
		// A method promoted from an embedded type is found under the type that
		// declares it; one of an interface that embeds another likewise.
		return s.promoted(c)
	}
	return entries
}

// callEntries are the entries that are about a call: of those with the same verb
// the ones for calls without arguments or the others.
func (s *summarizer) callEntries(c callee, call *ast.CallExpr) []apitable.Entry {
	entries := s.entries(c)
	special := slices.ContainsFunc(entries, func(e apitable.Entry) bool { return e.Bare })
	if !special {
		return entries
	}
	bare := len(call.Args) == 0
	return slices.DeleteFunc(slices.Clone(entries), func(e apitable.Entry) bool {
		if e.Bare {
			return !bare
		}
		return bare && slices.ContainsFunc(entries, func(o apitable.Entry) bool { return o.Bare && o.Verb == e.Verb })
	})
}

// literalEntries are the table's facts about writing a literal of the type
// "pkg.Type"; there are none about first-party types.
func (s *summarizer) literalEntries(owner string) []apitable.Entry {
	i := strings.LastIndexByte(owner, '.')
	if i < 0 || s.FirstParty(owner[:i]) {
		return nil
	}
	return s.Table.Lookup(owner[:i], owner[i+1:])
}

// promoted looks a method up under the type of the receiver expression, for
// tables that name the outer type.
func (s *summarizer) promoted(c callee) []apitable.Entry {
	t := s.Info.TypeOf(c.recv)
	if t == nil {
		return nil
	}
	named, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	return slices.Clip(s.Table.Lookup(named.Obj().Pkg().Path(), named.Obj().Name()+"."+c.fn.Name()))
}
