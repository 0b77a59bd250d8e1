package code

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/summarize"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// maxGoFile is the largest Go file that is read, in bytes; larger ones are
// generated tables.
const maxGoFile = 16 << 20

// A checker type-checks the packages of one group, dependencies first and in
// parallel, and summarizes the first-party ones.
type checker struct {
	tree   *tree.Tree
	fset   *token.FileSet
	list   []*listedPackage
	byPath map[string]*listedPackage
	table  *apitable.Table
	cache  *cache
	// keys are the packages' keys in the cache, and texts the files that were
	// read to tell them; nil without a cache.
	keys  map[string]key
	texts map[string][]byte

	mu      sync.Mutex
	checked map[string]*types.Package
	done    map[string]chan struct{}
	// outlines are the packages that only lend their types.
	outlines  map[string]*outline
	summaries map[string]*effects.Package
	notes     map[string][]finding.NotAnalyzed
	// broken are the packages that were given up for an internal error.
	broken map[string]bool
}

func newChecker(t *tree.Tree, listed []*listedPackage, table *apitable.Table, cache *cache) *checker {
	ld := &checker{
		tree: t, fset: token.NewFileSet(), list: listed, table: table, cache: cache,
		texts: map[string][]byte{}, broken: map[string]bool{},
		byPath: map[string]*listedPackage{}, checked: map[string]*types.Package{},
		done: map[string]chan struct{}{}, outlines: map[string]*outline{},
		summaries: map[string]*effects.Package{}, notes: map[string][]finding.NotAnalyzed{},
	}
	for _, p := range listed {
		ld.byPath[p.ImportPath] = p
	}
	return ld
}

// run returns the summaries in the order of the list, and what was not read.
func (ld *checker) run() (summaries []*effects.Package, notes []finding.NotAnalyzed) {
	wanted := map[string]bool{}
	for _, p := range ld.list {
		if p.firstParty {
			wanted[p.ImportPath] = true
		}
	}
	ld.recall(wanted)
	if len(wanted) > 0 {
		ld.outline(wanted)
		ld.checkAll(wanted)
	}
	for _, p := range ld.list {
		notes = append(notes, ld.notes[p.ImportPath]...)
		if s := ld.summaries[p.ImportPath]; s != nil {
			summaries = append(summaries, s)
		}
	}
	return summaries, notes
}

// recall takes what the cache has of the wanted packages, which are then wanted
// no more.
func (ld *checker) recall(wanted map[string]bool) {
	if ld.keys == nil {
		return
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, path := range sortedKeys(wanted) {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			var e packageEntry
			if !ld.cache.get(ld.keys[path], &e) {
				return
			}
			ld.mu.Lock()
			defer ld.mu.Unlock()
			delete(wanted, path)
			ld.notes[path] = e.Notes
			if e.Summary != nil {
				e.Summary.Dir = ld.byPath[path].Dir
				ld.summaries[path] = e.Summary
			}
		})
	}
	wg.Wait()
}

// keep puts what was found of a package into the cache.
func (ld *checker) keep(p *listedPackage) {
	if ld.keys == nil {
		return
	}
	ld.mu.Lock()
	e := packageEntry{Notes: ld.notes[p.ImportPath]}
	s, broken := ld.summaries[p.ImportPath], ld.broken[p.ImportPath]
	ld.mu.Unlock()
	if broken {
		return
	}
	if s != nil {
		placeless := *s
		placeless.Dir = "" // another run may find the tree elsewhere
		e.Summary = &placeless
	}
	ld.cache.put(ld.keys[p.ImportPath], e)
}

// checkAll type-checks the wanted packages and those that lend them types.
func (ld *checker) checkAll(wanted map[string]bool) {
	position := map[string]int{}
	for i, p := range ld.list {
		position[p.ImportPath] = i
		if wanted[p.ImportPath] || ld.outlines[p.ImportPath] != nil {
			ld.done[p.ImportPath] = make(chan struct{})
		}
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range ld.list {
		done := ld.done[p.ImportPath]
		if done == nil {
			continue
		}
		imports := p.Imports
		if o := ld.outlines[p.ImportPath]; o != nil {
			imports = o.imports
		}
		wg.Go(func() {
			defer close(done)
			for _, imp := range imports {
				imp = ld.mapped(p, imp)
				// Only what comes earlier is waited for: broken code may import
				// in a circle.
				if j, ok := position[imp]; ok && j < i && ld.done[imp] != nil {
					<-ld.done[imp]
				}
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			o := ld.outlines[p.ImportPath]
			ld.check(p, o)
			if o == nil {
				ld.keep(p)
			}
		})
	}
	wg.Wait()
}

func (ld *checker) mapped(p *listedPackage, imp string) string {
	if m, ok := p.ImportMap[imp]; ok {
		return m
	}
	return imp
}

// check type-checks one package: an outline, or the whole, which is then
// summarized.
func (ld *checker) check(p *listedPackage, o *outline) {
	defer func() {
		if x := recover(); x != nil {
			if o == nil {
				ld.note(p, p.Dir, fmt.Sprintf("internal error while reading the package, please report it: %v", x))
			}
			ld.mu.Lock()
			ld.broken[p.ImportPath] = true
			ld.mu.Unlock()
			if os.Getenv("CNREADY_DEBUG") != "" {
				debug.PrintStack()
			}
		}
	}()
	var files []*ast.File
	if o != nil {
		files = o.parse(ld.fset)
	} else {
		files = ld.parse(p)
	}
	if len(files) == 0 {
		if o != nil && o.name != "" {
			// Nobody refers to anything in it.
			pkg := types.NewPackage(p.ImportPath, o.name)
			pkg.MarkComplete()
			ld.mu.Lock()
			ld.checked[p.ImportPath] = pkg
			ld.mu.Unlock()
		}
		if o == nil && p.Error != nil && !p.DepOnly {
			ld.note(p, p.Dir, "was not read: "+firstLine(p.Error.Err))
		}
		return
	}
	var first error
	problems := 0
	conf := types.Config{
		IgnoreFuncBodies: o != nil,
		FakeImportC:      true,
		Importer:         importerFunc(func(imp string) (*types.Package, error) { return ld.imported(p, imp) }),
		Sizes:            types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if first == nil {
				first = err
			}
			problems++
		},
	}
	var info *types.Info
	if o == nil {
		info = &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}
	}
	if o == nil {
		nameMissing(files, func(imp string) bool {
			_, err := ld.imported(p, imp)
			return err != nil
		})
	}
	pkg, _ := conf.Check(p.ImportPath, ld.fset, files, info) // errors were counted
	ld.mu.Lock()
	ld.checked[p.ImportPath] = pkg
	ld.mu.Unlock()
	if o != nil {
		return
	}
	if problems > 0 {
		ld.note(p, p.Dir, fmt.Sprintf("does not type-check (%s, first %s): read as far as its types go", counted(problems), ld.errorText(first)))
	}
	s := summarize.Package(summarize.Input{
		Fset: ld.fset, Files: files, Pkg: pkg, Info: info,
		FirstParty: func(path string) bool {
			q := ld.byPath[path]
			return q != nil && q.firstParty
		},
		Table:    ld.table,
		FileName: ld.fileName,
	})
	s.SyntaxOnly = problems > 0
	ld.mu.Lock()
	ld.summaries[p.ImportPath] = s
	ld.mu.Unlock()
}

// parse reads the package's files. One that does not parse is read as far as it
// goes.
func (ld *checker) parse(p *listedPackage) []*ast.File {
	var files []*ast.File
	mode := parser.SkipObjectResolution
	for _, abs := range p.files() {
		text, read := ld.texts[abs]
		if !read {
			var err error
			if text, err = readFile(abs); err != nil {
				ld.note(p, abs, "was not read: it is missing or larger than 16 MiB")
				continue
			}
		}
		f, err := parser.ParseFile(ld.fset, abs, text, mode)
		if err != nil {
			ld.note(p, abs, "does not parse: "+ld.errorText(err))
		}
		if f != nil && f.Name != nil {
			files = append(files, f)
		}
	}
	return files
}

func (ld *checker) imported(p *listedPackage, imp string) (*types.Package, error) {
	if imp == "unsafe" {
		return types.Unsafe, nil
	}
	imp = ld.mapped(p, imp)
	ld.mu.Lock()
	defer ld.mu.Unlock()
	if pkg := ld.checked[imp]; pkg != nil {
		return pkg, nil
	}
	return nil, errors.New(ld.whyMissing(p, imp))
}

// whyMissing says why a package that is imported has no types.
func (ld *checker) whyMissing(p *listedPackage, imp string) string {
	q := ld.byPath[imp]
	own := p.Module != nil && (imp == p.Module.Path || strings.HasPrefix(imp, p.Module.Path+"/"))
	switch {
	case q != nil && q.firstParty && len(q.GoFiles)+len(q.CgoFiles) > 0:
		return "the packages import each other in a circle, or it could not be read"
	case own:
		return "its folder has no Go files; generated code is not in the tree"
	case p.Module == nil || p.Module.Path == noModule:
		return "there is no go.mod to say which module has it"
	}
	return "the package is not in the module cache; run go mod download"
}

// note records what was not read; a folder or file outside the tree, a module of
// the same owner for instance, is named by its import path.
func (ld *checker) note(p *listedPackage, file, reason string) {
	name := p.ImportPath
	if rel, ok := inTree(ld.tree, file); ok {
		name = ld.tree.Name(rel)
	} else if !p.DepOnly {
		name = ld.tree.Name(filepath.Base(file))
	}
	ld.mu.Lock()
	defer ld.mu.Unlock()
	ld.notes[p.ImportPath] = append(ld.notes[p.ImportPath], finding.NotAnalyzed{File: name, Reason: reason})
}

// fileName is a file's name in reports: relative to the tree, or the import path
// of its package for one in the module cache.
func (ld *checker) fileName(abs string) string {
	if rel, ok := inTree(ld.tree, abs); ok {
		return ld.tree.Name(rel)
	}
	slash := filepath.ToSlash(abs)
	if _, rest, ok := strings.Cut(slash, "/pkg/mod/"); ok {
		return rest
	}
	return filepath.Base(slash)
}

// errorText is an error without absolute paths.
func (ld *checker) errorText(err error) string {
	var at token.Position
	text := firstLine(err.Error())
	var typeError types.Error
	var syntaxErrors scanner.ErrorList
	switch {
	case errors.As(err, &typeError):
		at, text = ld.fset.Position(typeError.Pos), firstLine(typeError.Msg)
	case errors.As(err, &syntaxErrors) && len(syntaxErrors) > 0:
		at, text = syntaxErrors[0].Pos, firstLine(syntaxErrors[0].Msg)
		if n := len(syntaxErrors) - 1; n > 0 {
			text += fmt.Sprintf(" (and %d more errors)", n)
		}
	}
	if at.IsValid() && at.Filename != "" {
		at.Filename = ld.fileName(at.Filename)
		text = at.String() + ": " + text
	}
	return withoutRoot(ld.tree, text)
}

type importerFunc func(string) (*types.Package, error)

func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

func counted(errors int) string {
	if errors == 1 {
		return "1 error"
	}
	return fmt.Sprintf("%d errors", errors)
}
