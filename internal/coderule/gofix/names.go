package gofix

import (
	"go/ast"
	"go/token"
	"go/version"
	"path"
	"slices"
	"strconv"
	"strings"
)

// atLeast compares a Go version as go.mod writes it ("1.22", "1.22.3") or go/types
// does ("go1.22").
func atLeast(v string, minor int) bool {
	v = "go" + strings.TrimPrefix(v, "go")
	return version.IsValid(v) && version.Compare(v, "go1."+strconv.Itoa(minor)) >= 0
}

// Imported returns the name under which the file has a package, and whether it
// can be used at the place: it is imported by a name, and nothing declared around
// the place hides that.
func (s *Site) Imported(importPath string) (name string, ok bool) {
	for _, spec := range s.File.Imports {
		name := importName(spec)
		if pathOf(spec) == importPath && name != "_" && name != "." && !declares(s.decl(), name) {
			return name, true
		}
	}
	return "", false
}

// Is tells whether an expression is the package-qualified name, such as
// Is(call.Fun, "net/http", "Get").
func (s *Site) Is(e ast.Expr, importPath, name string) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return false
	}
	imported, ok := s.Imported(importPath)
	return ok && imported == x.Name
}

func pathOf(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return p
}

// importName is the name that an import has in its file. Without types that of an
// import without one is told from its path, which is right for the standard
// library.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return baseName(pathOf(spec))
}

func baseName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath)) // a major version
	}
	base, _, _ = strings.Cut(base, ".v") // gopkg.in/yaml.v3
	return base
}

// FreeName returns the first of the names that can be declared at the place
// without hiding anything or standing for something else, and the first with a
// number behind it where none can.
func (s *Site) FreeName(names ...string) string {
	taken := map[string]bool{}
	for _, spec := range s.File.Imports {
		taken[importName(spec)] = true
	}
	if d := s.decl(); d != nil {
		for n := range ast.Preorder(d) {
			if id, ok := n.(*ast.Ident); ok {
				taken[id.Name] = true
			}
		}
	}
	free := func(n string) bool { return !taken[n] && !token.IsKeyword(n) && n != "_" }
	for _, n := range names {
		if free(n) {
			return n
		}
	}
	for i := 2; ; i++ {
		if n := names[0] + strconv.Itoa(i); free(n) {
			return n
		}
	}
}

// freeImportName is a name for a package: one that no other import of the file, no
// file of the package and nothing around the place has.
func (s *Site) freeImportName(importPath string) string {
	taken := map[string]bool{}
	for _, spec := range s.File.Imports {
		taken[importName(spec)] = true
	}
	s.packageNames(taken)
	free := func(n string) bool { return !taken[n] && !token.IsKeyword(n) && !declares(s.decl(), n) }
	base := baseName(importPath)
	for _, n := range []string{base, "std" + base} {
		if free(n) {
			return n
		}
	}
	for i := 2; ; i++ {
		if n := base + strconv.Itoa(i); free(n) {
			return n
		}
	}
}

// packageNames adds what the files of the package declare at their top level: an
// import of that name would not compile.
func (s *Site) packageNames(names map[string]bool) {
	for _, f := range s.packageFiles() {
		for _, d := range f.file.Decls {
			declared(d, func(id *ast.Ident) { names[id.Name] = true })
		}
	}
}

// packageFiles are the files of the site's package, itself among them, as far as
// they can be read.
func (s *Site) packageFiles() []*parsed {
	names := []string{s.Name}
	if s.files.Siblings != nil {
		names = append(names, s.files.Siblings(s.Name)...)
	}
	var out []*parsed
	for i, name := range names {
		f := s.files.parse(name)
		if f != nil && f.file.Name.Name == s.File.Name.Name && !slices.Contains(names[:i], name) {
			out = append(out, f)
		}
	}
	return out
}

// declared visits the names that a top-level declaration declares.
func declared(d ast.Decl, visit func(*ast.Ident)) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			visit(d.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for _, id := range spec.Names {
					visit(id)
				}
			case *ast.TypeSpec:
				visit(spec.Name)
			}
		}
	}
}

// declares tells whether anything within a declaration declares the name, and may
// so hide a package.
func declares(d ast.Decl, name string) bool {
	if d == nil {
		return false
	}
	is := func(ids ...*ast.Ident) bool {
		for _, id := range ids {
			if id != nil && id.Name == name {
				return true
			}
		}
		return false
	}
	for n := range ast.Preorder(d) {
		found := false
		switch n := n.(type) {
		case *ast.FuncType:
			for _, list := range []*ast.FieldList{n.TypeParams, n.Params, n.Results} {
				for _, f := range fields(list) {
					found = found || is(f.Names...)
				}
			}
		case *ast.FuncDecl:
			for _, f := range fields(n.Recv) {
				found = found || is(f.Names...)
			}
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					if id, ok := e.(*ast.Ident); ok {
						found = found || is(id)
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					found = found || is(id)
				}
			}
		case *ast.ValueSpec:
			found = is(n.Names...)
		case *ast.TypeSpec:
			found = is(n.Name)
		}
		if found {
			return true
		}
	}
	return false
}

func fields(l *ast.FieldList) []*ast.Field {
	if l == nil {
		return nil
	}
	return l.List
}
