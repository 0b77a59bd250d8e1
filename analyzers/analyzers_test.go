package analyzers

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// TestAll holds the passes to what their hosts ask of them. nogo links each
// package for the variable Analyzer and sets no flags (rules_go documentation,
// "nogo").
func TestAll(t *testing.T) {
	if err := analysis.Validate(All); err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names, dirs []string
	for _, a := range All {
		names = append(names, a.Name)
		a.Flags.VisitAll(func(f *flag.Flag) { t.Errorf("%s has the flag %s: nogo users could not set it", a.Name, f.Name) })
		gobFacts(t, a)
	}
	for _, f := range folders {
		if !f.IsDir() || f.Name() == "testdata" {
			continue
		}
		dirs = append(dirs, f.Name())
		if !declares(t, f.Name(), "Analyzer") {
			t.Errorf("analyzers/%s declares no variable Analyzer", f.Name())
		}
	}
	if !slices.Equal(names, dirs) {
		t.Errorf("All has %q, the folders are %q", names, dirs)
	}
	for i, r := range Rules {
		if i >= len(All) || r.Name != All[i].Name {
			t.Errorf("Rules[%d] is %s, not All's", i, r.Name)
		}
	}
}

// gobFacts sends each fact of a pass, and of those that it requires, through gob.
func gobFacts(t *testing.T, a *analysis.Analyzer) {
	for _, f := range a.FactTypes {
		if err := gob.NewEncoder(io.Discard).EncodeValue(reflect.ValueOf(f)); err != nil {
			t.Errorf("%s: fact %T: %v", a.Name, f, err)
		}
	}
	for _, r := range a.Requires {
		gobFacts(t, r)
	}
}

// declares tells whether a package of dir has a variable of that name.
func declares(t *testing.T, dir, name string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go")) // the pattern is well formed
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
				for _, s := range g.Specs {
					if v := s.(*ast.ValueSpec); slices.ContainsFunc(v.Names, func(id *ast.Ident) bool { return id.Name == name }) {
						return true
					}
				}
			}
		}
	}
	return false
}

// TestNogo runs the passes as nogo does: one package at a time, imports from
// export data, no module, no files to read, and of other packages nothing but the
// facts of direct imports, which have been through gob. What they find must be
// what the comments of the program say; other hosts are held to the same.
func TestNogo(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	dir, err := filepath.Abs(filepath.Join("..", "testdata", "hosts", "service"))
	if err != nil {
		t.Fatal(err)
	}
	d := &nogo{t: t, dir: dir, fset: token.NewFileSet(), export: map[string]string{}, facts: map[string][]byte{}}
	var found []string
	for _, p := range d.list() {
		found = append(found, d.check(p)...)
	}
	slices.Sort(found)
	compare(t, dir, found)

	// The same again gives the same bytes.
	again := &nogo{t: t, dir: dir, fset: token.NewFileSet(), export: d.export, facts: map[string][]byte{}}
	for _, p := range again.list() {
		again.check(p)
	}
	for path, fact := range d.facts {
		if !bytes.Equal(fact, again.facts[path]) {
			t.Errorf("the facts of %s differ from run to run", path)
		}
	}
	if len(d.facts) == 0 {
		t.Error("no package has facts")
	}
}

type nogo struct {
	t      *testing.T
	dir    string
	fset   *token.FileSet
	export map[string]string
	facts  map[string][]byte
}

// A listed is a package as go list prints it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Standard                bool
}

// list are the packages of the program, dependencies first.
func (d *nogo) list() []listed {
	cmd := exec.Command("go", "list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,Standard", "./...")
	cmd.Dir = d.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		d.t.Fatal(err)
	}
	var own []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return own
		} else if err != nil {
			d.t.Fatal(err)
		}
		d.export[p.ImportPath] = p.Export
		if !p.Standard {
			own = append(own, p)
		}
	}
}

// A sentFact is a package fact as it is kept between runs.
type sentFact struct{ Fact analysis.Fact }

func (d *nogo) check(p listed) (found []string) {
	t := d.t
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(d.fset, filepath.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	conf := types.Config{
		Importer: importer.ForCompiler(d.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(d.export[path]) }),
		Sizes:    types.SizesFor("gc", runtime.GOARCH),
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, FileVersions: map[*ast.File]string{},
	}
	pkg, err := conf.Check(p.ImportPath, d.fset, files, info)
	if err != nil {
		t.Fatal(err)
	}

	results := map[*analysis.Analyzer]any{}
	var run func(a *analysis.Analyzer)
	run = func(a *analysis.Analyzer) {
		if _, done := results[a]; done {
			return
		}
		for _, f := range a.FactTypes {
			gob.Register(f)
		}
		for _, r := range a.Requires {
			run(r)
		}
		noObjects := func(types.Object, analysis.Fact) bool { return false }
		pass := &analysis.Pass{
			Analyzer: a, Fset: d.fset, Files: files, Pkg: pkg, TypesInfo: info, TypesSizes: conf.Sizes,
			ResultOf: map[*analysis.Analyzer]any{},
			Report: func(diag analysis.Diagnostic) {
				at := d.fset.Position(diag.Pos)
				rel, err := filepath.Rel(d.dir, at.Filename)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, fmt.Sprintf("%s:%d: %s", filepath.ToSlash(rel), at.Line, diag.Message))
			},
			ImportObjectFact: noObjects,
			ImportPackageFact: func(from *types.Package, fact analysis.Fact) bool {
				if !slices.Contains(pkg.Imports(), from) || d.facts[from.Path()] == nil {
					return false
				}
				var s sentFact
				if err := gob.NewDecoder(bytes.NewReader(d.facts[from.Path()])).Decode(&s); err != nil {
					t.Fatalf("the facts of %s: %v", from.Path(), err)
				}
				if reflect.TypeOf(s.Fact) != reflect.TypeOf(fact) {
					return false
				}
				reflect.ValueOf(fact).Elem().Set(reflect.ValueOf(s.Fact).Elem())
				return true
			},
			ExportPackageFact: func(fact analysis.Fact) {
				var b bytes.Buffer
				if err := gob.NewEncoder(&b).Encode(sentFact{fact}); err != nil {
					t.Fatalf("the facts of %s: %v", p.ImportPath, err)
				}
				d.facts[p.ImportPath] = b.Bytes()
			},
		}
		for _, r := range a.Requires {
			pass.ResultOf[r] = results[r]
		}
		out, err := a.Run(pass)
		if err != nil {
			t.Errorf("%s on %s: %v", a.Name, p.ImportPath, err)
		}
		if a.ResultType != nil && reflect.TypeOf(out) != a.ResultType {
			t.Errorf("%s: the result is a %T", a.Name, out)
		}
		results[a] = out
	}
	for _, a := range All {
		run(a)
	}
	return found
}

var want = regexp.MustCompile("// (?:want|vet) `(.*)`$")

// compare holds findings, each "file:line: message", against the comments of the
// files of dir.
func compare(t *testing.T, dir string, found []string) {
	t.Helper()
	left := slices.Clone(found)
	err := filepath.WalkDir(dir, func(file string, e os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(text), "\n") {
			m := want.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			pattern := regexp.MustCompile("^" + m[1])
			prefix := fmt.Sprintf("%s:%d: ", filepath.ToSlash(rel), i+1)
			at := slices.IndexFunc(left, func(f string) bool {
				return strings.HasPrefix(f, prefix) && pattern.MatchString(strings.TrimPrefix(f, prefix))
			})
			if at < 0 {
				t.Errorf("%snothing answers %q", prefix, m[1])
				continue
			}
			left = slices.Delete(left, at, at+1)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("no comment expects %s", f)
	}
}
