package code

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"slices"
)

// An outline is what a package lends to those that import it: the declarations that
// they need, without bodies, and of its imports those to which these refer.
type outline struct {
	// name is the package's.
	name    string
	files   []outlineFile
	imports []string
}

type outlineFile struct {
	name string
	text []byte
	// unused are the import specs, by their order, that nothing in it needs.
	unused map[int]bool
}

// localName is the name by which a file refers to a package that it imports, or
// the dot or blank in its place.
func (ld *checker) localName(p *listedPackage, imp string, spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	if q := ld.byPath[ld.mapped(p, imp)]; q != nil && q.Name != "" {
		return q.Name
	}
	return path.Base(imp)
}

// parse makes syntax of an outline, which it lets go of.
func (o *outline) parse(fset *token.FileSet) []*ast.File {
	var files []*ast.File
	for _, text := range o.files {
		// What does not parse is told, if at all, where its types are missed.
		f, _ := parser.ParseFile(fset, text.name, text.text, parser.SkipObjectResolution)
		if f == nil || f.Name == nil {
			continue
		}
		n := 0
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.IMPORT {
				return false
			}
			g.Specs = slices.DeleteFunc(g.Specs, func(ast.Spec) bool {
				n++
				return text.unused[n-1]
			})
			return len(g.Specs) == 0
		})
		nameless(f)
		files = append(files, f)
	}
	o.files = nil
	return files
}

// nameless takes the names of parameters, results and receivers from declared
// functions and interface methods: without bodies nobody refers to them, and the
// type checker keeps a table of them for each signature. Those in types of other
// functions stay, for they are written where such a type is.
func nameless(f *ast.File) {
	blank := func(lists ...*ast.FieldList) {
		for _, list := range lists {
			if list == nil {
				continue
			}
			for _, field := range list.List {
				for _, name := range field.Names {
					name.Name = "_"
				}
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			blank(d.Recv, d.Type.Params, d.Type.Results)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				if i, ok := t.Type.(*ast.InterfaceType); ok && i.Methods != nil {
					for _, m := range i.Methods.List {
						if sig, ok := m.Type.(*ast.FuncType); ok {
							blank(sig.Params, sig.Results)
						}
					}
				}
			}
		}
	}
}

var (
	errTooLarge = errors.New("is larger than 16 MiB")
	errNoFile   = errors.New("is no file")
)

// readFile reads a Go file that is not too large.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > maxGoFile:
		return nil, errTooLarge
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	text := make([]byte, info.Size())
	n, err := io.ReadFull(f, text)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // it became shorter just now
	}
	return text[:n], err
}
