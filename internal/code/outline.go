package code

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path"
	"runtime"
	"slices"
	"strconv"
	"sync"
)

// An outline is what a package lends to those that import it: its declarations
// without bodies, and of its imports those to which the declarations refer.
type outline struct {
	files   []outlineFile
	imports []string
}

type outlineFile struct {
	name string
	text []byte
	// unused are the import specs, by their order, that only bodies need.
	unused map[int]bool
}

// outline reads the packages that lend types to the wanted ones, and to each
// other. Most of what a program imports, however remotely, is needed by bodies
// only and is not read at all.
func (ld *checker) outline(wanted map[string]bool) {
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	seen := map[string]bool{"unsafe": true, "C": true}
	var need func(p *listedPackage, imports []string)
	need = func(p *listedPackage, imports []string) {
		ld.mu.Lock()
		defer ld.mu.Unlock()
		for _, imp := range imports {
			imp = ld.mapped(p, imp)
			q := ld.byPath[imp]
			if q == nil || seen[imp] || wanted[imp] {
				continue
			}
			seen[imp] = true
			wg.Go(func() {
				slots <- struct{}{}
				o := ld.readOutline(q)
				<-slots
				ld.mu.Lock()
				ld.outlines[imp] = o
				ld.mu.Unlock()
				need(q, o.imports)
			})
		}
	}
	for _, path := range sortedKeys(wanted) {
		need(ld.byPath[path], ld.byPath[path].Imports)
	}
	wg.Wait()
}

func (ld *checker) readOutline(p *listedPackage) *outline {
	o := &outline{}
	used := map[string]bool{}
	for _, name := range p.files() {
		text, read := ld.texts[name]
		if !read {
			var err error
			if text, err = readFile(name); err != nil {
				continue // what is missing is told where its types are missed
			}
		}
		qualifiers := map[string]bool{}
		short, ok := stripped(text, qualifiers)
		if ok {
			text = short
		}
		f := outlineFile{name: name, text: text, unused: map[int]bool{}}
		head, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly|parser.SkipObjectResolution)
		if err != nil || head == nil {
			ok = false
		}
		if head != nil {
			for i, spec := range head.Imports {
				imp, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					continue
				}
				name := ld.localName(p, imp, spec)
				if ok && name != "." && !qualifiers[name] {
					f.unused[i] = true
				} else {
					used[imp] = true
				}
			}
		}
		o.files = append(o.files, f)
	}
	o.imports = sortedKeys(used)
	return o
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

var errTooLarge = errors.New("is larger than 16 MiB")

// readFile reads a Go file that is not too large.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxGoFile+1))
	if err == nil && len(text) > maxGoFile {
		err = errTooLarge
	}
	return text, err
}
