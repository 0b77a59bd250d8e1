// Package coderuletest runs a code rule on small whole programs and compares
// what it says with comments in them, as analysistest does for passes, which
// see one package at a time.
//
// A program is one file testdata/program/NAME.txtar (golang.org/x/tools/txtar);
// its packages have the import path example.com/app and their folder. Every main
// package in it is judged. Packages under testdata/src stand for third-party
// modules: they lend their types only.
//
//	os.WriteFile(p, b, 0o600) // want "regexp"        a finding on this line
//	http.Get(url)             // related "regexp"     a finding's other half
//	os.Create(name)           // cannottell "regexp"  no answer, by this line
//
// Each finding and each missing answer must be named by a comment, and each
// comment must be met. If a program has any comment "related", each related
// place must be named too. The text before the first file says in words what the
// program shows; a line "holds: N" in it says for how many subjects the rule
// must hold, none by default.
package coderuletest

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/effects/summarize"
	"github.com/cnready/cnready/internal/finding"
)

// Module is the import path of a program's root package.
const Module = "example.com/app"

// Run judges every program of dir, which is usually "testdata", each in a test
// of its own, and returns the results by program.
func Run(t *testing.T, dir string, r *coderule.Rule) map[string][]finding.Result {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "program", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no program in %s: %v", dir, err)
	}
	all := map[string][]finding.Result{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		t.Run(name, func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = judge(t, archive, filepath.Join(dir, "src"), r)
		})
	}
	return all
}

// Contracts links the contract of every main package of a program, sorted by
// import path. stubs is the folder that stands for third-party modules.
func Contracts(t testing.TB, archive *txtar.Archive, stubs string) []*effects.Contract {
	t.Helper()
	p := &program{t: t, stubs: stubs, files: map[string][]*ast.File{}, checked: map[string]*types.Package{}}
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".go") {
			parsed, err := parser.ParseFile(fset, f.Name, f.Data, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			dir := path.Join(Module, path.Dir(f.Name))
			p.files[dir] = append(p.files[dir], parsed)
		}
	}
	var paths, mains []string
	for dir, files := range p.files {
		paths = append(paths, dir)
		if files[0].Name.Name == "main" {
			mains = append(mains, dir)
		}
	}
	slices.Sort(paths)
	slices.Sort(mains)
	for _, dir := range paths {
		if _, err := p.Import(dir); err != nil {
			t.Fatal(err)
		}
	}
	linked := link.New(p.summaries)
	var out []*effects.Contract
	for _, main := range mains {
		if c := linked.Contract(main); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// fset and std are shared by all programs: reading the standard library's types
// takes longer than all the rest.
var (
	fset = token.NewFileSet()
	std  = sync.OnceValue(func() types.Importer { return importer.ForCompiler(fset, "gc", nil) })
)

// A program type-checks and summarizes packages as they are imported.
type program struct {
	t         testing.TB
	stubs     string
	files     map[string][]*ast.File
	checked   map[string]*types.Package
	summaries []*effects.Package
}

func (p *program) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg, ok := p.checked[importPath]; ok {
		return pkg, nil
	}
	files, own := p.files[importPath]
	if !own {
		stub := filepath.Join(p.stubs, filepath.FromSlash(importPath))
		names, _ := filepath.Glob(filepath.Join(stub, "*.go")) // the pattern is well formed
		if len(names) == 0 {
			return std().Import(importPath)
		}
		for _, name := range names {
			f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: p}
	pkg, err := conf.Check(importPath, fset, files, info)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", importPath, err)
	}
	p.checked[importPath] = pkg
	if own {
		p.summaries = append(p.summaries, summarize.Package(summarize.Input{
			Fset: fset, Files: files, Pkg: pkg, Info: info, Table: apitable.Default(),
			FirstParty: func(q string) bool { return q == Module || strings.HasPrefix(q, Module+"/") },
		}))
	}
	return pkg, nil
}

var holds = regexp.MustCompile(`(?m)^holds: ([0-9]+)$`)

func judge(t *testing.T, archive *txtar.Archive, stubs string, r *coderule.Rule) []finding.Result {
	t.Helper()
	expected := 0
	if m := holds.FindSubmatch(archive.Comment); m != nil {
		expected, _ = strconv.Atoi(string(m[1])) // digits
	}
	var results []finding.Result
	for _, c := range Contracts(t, archive, stubs) {
		rec := finding.NewRecorder(&r.Rule)
		r.Judge(c, rec)
		results = append(results, rec.Results()...)
	}
	wants := collect(t, archive)
	withRelated := wants.has("related")
	held := 0
	for _, res := range results {
		switch res.Verdict {
		case finding.Holds:
			held++
		case finding.CannotTell:
			wants.meet(t, "cannottell", res.Position, res.Reason)
		case finding.Fails:
			wants.meet(t, "want", res.Finding.Position, res.Finding.Message)
			for _, rel := range res.Finding.Related {
				if withRelated {
					wants.meet(t, "related", rel.Position, rel.Message)
				}
			}
		}
	}
	if held != expected {
		t.Errorf("the rule holds for %d subjects, want %d", held, expected)
	}
	for _, w := range wants {
		if !w.met {
			t.Errorf("%s:%d: nothing answers %s %q", w.file, w.line, w.kind, w.pattern)
		}
	}
	return results
}

type want struct {
	file    string
	line    int
	kind    string
	pattern *regexp.Regexp
	met     bool
}

type wantList []*want

func (l wantList) has(kind string) bool {
	return slices.ContainsFunc(l, func(w *want) bool { return w.kind == kind })
}

func (l wantList) meet(t *testing.T, kind string, at finding.Position, text string) {
	t.Helper()
	for _, w := range l {
		if !w.met && w.kind == kind && w.file == at.File && w.line == at.Line && w.pattern.MatchString(text) {
			w.met = true
			return
		}
	}
	t.Errorf("%s: no comment %q is met by: %s", at, kind, text)
}

var (
	comment = regexp.MustCompile(`//.*\b(?:want|related|cannottell)\s+["` + "`" + `].*$`)
	clause  = regexp.MustCompile(`\b(want|related|cannottell)((?:\s+(?:"(?:[^"\\]|\\.)*"|` + "`[^`]*`" + `))+)`)
)

func collect(t *testing.T, archive *txtar.Archive) wantList {
	t.Helper()
	var out wantList
	for _, f := range archive.Files {
		for i, line := range strings.Split(string(f.Data), "\n") {
			for _, m := range clause.FindAllStringSubmatch(comment.FindString(line), -1) {
				for rest := strings.TrimSpace(m[2]); rest != ""; rest = strings.TrimSpace(rest) {
					quoted, err := strconv.QuotedPrefix(rest)
					if err != nil {
						t.Fatalf("%s:%d: %v", f.Name, i+1, err)
					}
					text, _ := strconv.Unquote(quoted) // QuotedPrefix says that it can be
					pattern, err := regexp.Compile(text)
					if err != nil {
						t.Fatalf("%s:%d: %v", f.Name, i+1, err)
					}
					out = append(out, &want{file: f.Name, line: i + 1, kind: m[1], pattern: pattern})
					rest = rest[len(quoted):]
				}
			}
		}
	}
	return out
}
