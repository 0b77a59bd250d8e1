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

	"golang.org/x/tools/go/gcexportdata"

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
	code   *Code
	failed map[string]bool

	// exported are the packages read from export data, with all that these
	// refer to. They are read before the type-checking begins.
	exported map[string]*types.Package

	mu        sync.Mutex
	checked   map[string]*types.Package
	done      map[string]chan struct{}
	summaries map[string]*effects.Package
	notes     map[string][]finding.NotAnalyzed
}

func newChecker(t *tree.Tree, listed []*listedPackage, c *Code) *checker {
	ld := &checker{
		tree: t, fset: token.NewFileSet(), list: listed, code: c,
		byPath: map[string]*listedPackage{}, failed: map[string]bool{},
		exported: map[string]*types.Package{}, checked: map[string]*types.Package{},
		done: map[string]chan struct{}{}, summaries: map[string]*effects.Package{},
		notes: map[string][]finding.NotAnalyzed{},
	}
	for _, p := range listed {
		ld.byPath[p.ImportPath] = p
	}
	return ld
}

// run returns the summaries in the order of the list.
func (ld *checker) run() []*effects.Package {
	fromExport, fromSource := ld.plan()
	for _, p := range ld.list {
		if fromExport[p.ImportPath] {
			ld.readExport(p)
		}
	}
	position := map[string]int{}
	for i, p := range ld.list {
		position[p.ImportPath] = i
		if fromSource[p.ImportPath] {
			ld.done[p.ImportPath] = make(chan struct{})
		}
	}
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range ld.list {
		if !fromSource[p.ImportPath] {
			continue
		}
		wg.Go(func() {
			defer close(ld.done[p.ImportPath])
			for _, imp := range p.Imports {
				imp = ld.mapped(p, imp)
				// Only what comes earlier is waited for: broken code may import
				// in a circle.
				if j, ok := position[imp]; ok && j < i && ld.done[imp] != nil {
					<-ld.done[imp]
				}
			}
			slots <- struct{}{}
			defer func() { <-slots }()
			ld.check(p)
		})
	}
	wg.Wait()
	var out []*effects.Package
	for _, p := range ld.list {
		ld.code.NotAnalyzed = append(ld.code.NotAnalyzed, ld.notes[p.ImportPath]...)
		if s := ld.summaries[p.ImportPath]; s != nil {
			out = append(out, s)
		}
	}
	return out
}

// plan decides which packages are read, and from what: first-party ones and
// whatever has no export data from source, the direct imports of those that have
// it from export data.
func (ld *checker) plan() (fromExport, fromSource map[string]bool) {
	fromExport, fromSource = map[string]bool{}, map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		p := ld.byPath[path]
		if p == nil || fromExport[path] || fromSource[path] || path == "unsafe" {
			return
		}
		if p.Export != "" && !p.firstParty {
			fromExport[path] = true
			return
		}
		fromSource[path] = true
		for _, imp := range p.Imports {
			visit(ld.mapped(p, imp))
		}
	}
	for _, p := range ld.list {
		if p.firstParty {
			visit(p.ImportPath)
		}
	}
	return fromExport, fromSource
}

func (ld *checker) mapped(p *listedPackage, imp string) string {
	if m, ok := p.ImportMap[imp]; ok {
		return m
	}
	return imp
}

func (ld *checker) readExport(p *listedPackage) {
	f, err := os.Open(p.Export)
	if err != nil {
		return // trimmed from the cache since it was listed: its types are missing
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f) //nolint:staticcheck // Go before 1.28 lists compiler archives, which need it
	if err != nil {
		return
	}
	if pkg, err := gcexportdata.Read(r, ld.fset, ld.exported, p.ImportPath); err == nil {
		ld.checked[p.ImportPath] = pkg
	}
}

// check type-checks one package and summarizes it if it is first-party.
func (ld *checker) check(p *listedPackage) {
	defer func() {
		if x := recover(); x != nil {
			ld.note(p, p.Dir, fmt.Sprintf("internal error while reading the package, please report it: %v", x))
			if os.Getenv("CNREADY_DEBUG") != "" {
				debug.PrintStack()
			}
		}
	}()
	files := ld.parse(p)
	if len(files) == 0 {
		if p.firstParty && p.Error != nil && !p.DepOnly {
			ld.note(p, p.Dir, "was not read: "+firstLine(p.Error.Err))
		}
		return
	}
	var first error
	problems := 0
	conf := types.Config{
		IgnoreFuncBodies: !p.firstParty,
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
	if p.firstParty {
		info = &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
			Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}
	}
	pkg, _ := conf.Check(p.ImportPath, ld.fset, files, info) // errors were counted
	ld.mu.Lock()
	ld.checked[p.ImportPath] = pkg
	ld.mu.Unlock()
	if !p.firstParty {
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
		Table:    apitable.Default(),
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
	for _, name := range append(append([]string{}, p.GoFiles...), p.CgoFiles...) {
		abs := name
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(p.Dir, name)
		}
		if info, err := os.Stat(abs); err != nil || info.Size() > maxGoFile {
			ld.note(p, abs, "was not read: it is missing or larger than 16 MiB")
			continue
		}
		f, err := parser.ParseFile(ld.fset, abs, nil, mode)
		if err != nil && p.firstParty {
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
