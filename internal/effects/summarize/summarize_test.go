package summarize_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/effects/summarize"
)

// std is the importer of the standard library, with the files that it places
// its objects in.
var std = sync.OnceValue(func() *stdImporter {
	fset := token.NewFileSet()
	return &stdImporter{from: importer.ForCompiler(fset, "gc", nil), known: map[string]*types.Package{}}
})

type stdImporter struct {
	mu    sync.Mutex
	from  types.Importer
	known map[string]*types.Package
}

// wellKnown are the packages that broken code may import; any other is missing.
var wellKnown = []string{"cmp", "context", "flag", "fmt", "net", "net/http", "os", "os/signal", "path", "path/filepath", "strings", "syscall"}

func (i *stdImporter) Import(path string) (*types.Package, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if pkg, ok := i.known[path]; ok {
		return pkg, nil
	}
	if !slices.Contains(wellKnown, path) {
		return nil, fmt.Errorf("no package %q", path)
	}
	pkg, err := i.from.Import(path)
	if err == nil {
		i.known[path] = pkg
	}
	return pkg, err
}

// summary reads one package as far as it can be read: syntax and type errors are
// passed over.
func summary(texts ...string) *effects.Package {
	fset := token.NewFileSet()
	var files []*ast.File
	for i, text := range texts {
		f, _ := parser.ParseFile(fset, fmt.Sprintf("f%d.go", i), text, parser.SkipObjectResolution) // as far as it goes
		if f != nil && f.Name != nil {
			files = append(files, f)
		}
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: std(), FakeImportC: true, Error: func(error) {}}
	pkg, _ := conf.Check("example.com/app", fset, files, info) // errors are passed over
	return summarize.Package(summarize.Input{
		Fset: fset, Files: files, Pkg: pkg, Info: info, Table: apitable.Default(),
		FirstParty: func(p string) bool { return p == "example.com/app" || strings.HasPrefix(p, "example.com/app/") },
	})
}

// effectsOf spells all effects of a summary: "os.Create path=..." by line.
func effectsOf(p *effects.Package) []string {
	var out []string
	for _, f := range p.Funcs {
		for _, n := range f.Nodes {
			if n.Effect == nil || n.Effect.Value("by") != nil {
				continue
			}
			text := fmt.Sprintf("%d %s", n.At.Line, n.Effect.API)
			for i, v := range n.Effect.Values {
				text += fmt.Sprintf(" %s=%s", n.Effect.Names[i], pattern(v))
			}
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return out
}

func pattern(v *effects.Value) string {
	s, _ := v.Pattern()
	return s
}

// Code that does not build is read as far as its types go.
func TestPartial(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"missing module", `package main
import ("os"; "example.org/missing")
func main() {
	x := missing.Name()
	os.Create("/a")
	os.Create(x)
	missing.Do(os.Getenv("A"))
}`, []string{"5 os.Create path=/a", "6 os.Create path=*", "7 os.Getenv name=A"}},
		{"a framework that is missing", `package main
import "example.org/missing"
func main() {
	app := missing.New("x")
	app.Use("y")
	app.Run()
	missing.Serve(app)
}`, []string{"6 app.Run", "7 missing.Serve"}},
		{"a known module that is missing", `package main
import ("github.com/redis/go-redis/v9"; "google.golang.org/grpc")
func main() {
	redis.NewClient(&redis.Options{Addr: "r:1"})
	grpc.NewClient("g:1")
}`, []string{"5 grpc.NewClient network=tcp address=g:1"}},
		{"undeclared names", `package main
import "os"
func main() {
	os.Create(undeclared)
	nothing("x")
	os.Create("/a" + undeclared)
	for _, v := range undeclared { os.Create(v) }
}`, []string{"4 os.Create path=*", "6 os.Create path=/a*", "7 os.Create path=*"}},
		{"wrong types", `package main
import "os"
func main() {
	os.Create(1, 2)
	os.Create()
	var s string = 5
	os.Create(s)
	os.NoSuchFunction("x")
}`, []string{"4 os.Create path=1", "5 os.Create", "7 os.Create path=5"}},
		{"syntax error", `package main
import "os"
func main() {
	os.Create("/a")
	if {
}`, []string{"4 os.Create path=/a"}},
		{"no function body", `package main
import "os"
func external(p string)
func main() { os.Create("/a"); external("x") }`, []string{"4 os.Create path=/a"}},
		{"unused and repeated", `package main
import "os"
func main() { x := 1; os.Create("/a") }
func main() { os.Create("/b") }`, []string{"4 os.Create path=/b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := effectsOf(summary(tt.text)); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	p := summary(`package app

import "os"

var v = func() string { return os.Getenv("V") }()

func init() { os.Create("/i1") }

type T struct{ F string }

func (t *T) M(a, b string, rest ...int) (string, error) {
	t.F = a
	f := func() { func() { os.Create(b) }() }
	f()
	return a, nil
}

func Fill(p *string, q string) { *p = q }
`, `package app

func init() { println() }

type I interface{ M(a, b string, rest ...int) (string, error) }
`)
	var ids []string
	for id, f := range p.Funcs {
		ids = append(ids, strings.TrimPrefix(id, "example.com/app."))
		if f.ID != id {
			t.Errorf("%s is filed under %s", f.ID, id)
		}
	}
	slices.Sort(ids)
	want := []string{"Fill", "T.M", "T.M$1", "T.M$1$1", "init", "init#1", "init#2", "init$1"}
	if !slices.Equal(ids, want) {
		t.Errorf("functions %q, want %q", ids, want)
	}
	if want := []string{"example.com/app.init", "example.com/app.init#1", "example.com/app.init#2"}; !slices.Equal(p.Init, want) {
		t.Errorf("init %q, want %q", p.Init, want)
	}
	m := p.Funcs["example.com/app.T.M"]
	if m.Params != 3 || !m.Variadic || len(m.Results) != 2 || m.Results[0].Kind != effects.Param || m.Results[0].Index != 0 || m.At.Line != 11 {
		t.Errorf("T.M is %+v", m)
	}
	if out := p.Funcs["example.com/app.Fill"].Outs[0]; out == nil || out.Kind != effects.Param || out.Index != 1 {
		t.Errorf("Fill stores %+v", out)
	}
	if ids := p.Methods["M(string,string,[]int)(string,error)"]; !slices.Equal(ids, []string{"example.com/app.T.M"}) {
		t.Errorf("methods %v", p.Methods)
	}
	if vs := p.Fields["example.com/app.T.F"]; len(vs) != 1 || vs[0].Value.Kind != effects.Param || !p.Exported["example.com/app.T.F"] {
		t.Errorf("fields %v", p.Fields)
	}
	if vs := p.Globals["example.com/app.v"]; len(vs) != 1 || vs[0].Value.Kind != effects.Result || p.Exported["example.com/app.v"] {
		t.Errorf("globals %v", p.Globals)
	}
}

// Where a literal stands is where a reader would change it.
func TestPlaces(t *testing.T) {
	p := summary(`package app

import "os"

const dir = "/data"

func f() {
	name := "x"
	os.Create(dir)
	os.Create(dir + "/y")
	os.Create(name)
	os.Create("/z")
}
`)
	var places []string
	for _, n := range p.Funcs["example.com/app.f"].Nodes {
		v := n.Effect.Value("path")
		places = append(places, fmt.Sprintf("%d: %s", n.At.Line, v.At))
	}
	want := []string{"9: f0.go:5:7", "10: f0.go:5:7", "11: f0.go:8:10", "12: f0.go:12:12"}
	if !slices.Equal(places, want) {
		t.Errorf("got %q, want %q", places, want)
	}
}

func sources(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob("../link/testdata/flow/*.txtar") // the pattern is well formed
	more, _ := filepath.Glob("../../../analyzers/*/testdata/program/*.txtar")
	var out []string
	for _, file := range append(files, more...) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			out = append(out, string(f.Data))
		}
	}
	if len(out) < 50 {
		t.Fatalf("only %d sources", len(out))
	}
	return out
}

// A summary does not depend on the order in which maps are walked.
func TestDeterministic(t *testing.T) {
	for _, text := range sources(t) {
		first := summary(text)
		for range 20 {
			if again := summary(text); !reflect.DeepEqual(again, first) {
				t.Fatalf("another summary the second time of\n%s", text)
			}
		}
	}
}

func TestBounded(t *testing.T) {
	var assigns, selects, fields strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&assigns, "x%d, y%d := x%d + y%d, y%d + x%d\n", i+1, i+1, i, i, i, i)
		fmt.Fprintf(&selects, "c.a = c.b + \"x\"; c.b = c.a + \"y\"\n")
		fmt.Fprintf(&fields, "t.f%d = t.f%d + t.f%d\n", i%50, (i+1)%50, (i+2)%50)
	}
	structFields := ""
	for i := range 50 {
		structFields += fmt.Sprintf("f%d string\n", i)
	}
	for name, text := range map[string]string{
		"fibonacci":     "func f() { x0, y0 := os.Getenv(\"X\"), os.Getenv(\"Y\")\n" + assigns.String() + "os.Create(x2000) }",
		"each other":    "func f() { var c struct{ a, b string }\n" + selects.String() + "os.Create(c.a) }",
		"fields":        "type T struct {" + structFields + "}\nfunc f() { t := T{}\nfor {\n" + fields.String() + "os.Create(t.f0) } }",
		"parentheses":   "func f() { os.Create(" + strings.Repeat("(", 5000) + "\"x\"" + strings.Repeat(")", 5000) + ") }",
		"closures":      "func f() { " + strings.Repeat("func() { ", 300) + "os.Create(\"x\")" + strings.Repeat(" }()", 300) + " }",
		"composite":     "var v = " + strings.Repeat("[]any{", 500) + strings.Repeat("}", 500) + "\nfunc f() { os.Create(v[0].(string)) }",
		"statements":    "func f() { " + strings.Repeat("if os.Getpid() == 1 { ", 300) + "os.Create(\"x\")" + strings.Repeat(" }", 300) + " }",
		"many closures": "func f() { x := \"\"\n" + strings.Repeat("go func() { x = x + \"y\"; os.Create(x) }()\n", 1000) + " }",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			p := summary("package app\nimport \"os\"\n" + text)
			if !slices.ContainsFunc(effectsOf(p), func(s string) bool { return strings.Contains(s, "os.Create") }) {
				t.Errorf("the write is lost")
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			t.Log(time.Since(start).Round(time.Millisecond))
		})
	}
}

// Whatever the file holds, summarizing and linking it ends without a panic.
func FuzzSummarize(f *testing.F) {
	for _, text := range sources(f) {
		f.Add(text)
	}
	f.Add("package main\nfunc main() { a.b.c(d)[e].f = func() { return } }")
	f.Add("package main\nimport . \"os\"\nfunc main() { Create(\"x\"); type T struct { *T }; var t T; t.T.T.x = 1 }")
	f.Add("package p\nfunc (*) m() {}\nfunc (a, b T) n() {}\nfunc (x) o() { return 1, 2 }")
	f.Add("package p\nvar a, b = b, a\nvar c = func() int { return c() }\nconst x = x")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<14 {
			t.Skip()
		}
		p := summary(text)
		program := link.New([]*effects.Package{p})
		program.PackageContract(p.Path)
		program.Contract(p.Path)
	})
}

// A value that is made of itself, of a module whose types are missing, comes from
// where it first came from.
func TestUntypedReceiverOfItself(t *testing.T) {
	p := summary(`package main

import "missing.example/chain"

func main() {
	q := chain.New()
	for range 3 {
		q = q.With(q).And(q)
	}
	q.Run(q.With("x"))
}
`)
	if p.Funcs["example.com/app.main"] == nil {
		t.Error("main has no summary")
	}
}
