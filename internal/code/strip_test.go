package code

import (
	"errors"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestStripped(t *testing.T) {
	for _, tt := range []struct{ name, in, want, names string }{
		{"bodies", "package p\n\nfunc a() { x.y() }\n\nfunc (t *T) b(p q.R) (s.U, error) {\n\tif a {\n\t}\n}; var c int\n",
			"package p\n\nfunc a() {       }\n\nfunc (t *T) b(p q.R) (s.U, error) {\n\n\n}; var c int\n", "a; T.b; c"},
		{"no body", "package p\nfunc a(x int) int\nfunc b()\nvar c = []int{1}\n", "package p\nfunc a(x int) int\nfunc b()\nvar c = []int{ }\n", "a; b; c"},
		{"braces in signatures", "package p\nfunc a(x struct{ y u.V }) interface{ m() } { return nil }\nfunc b[T interface{ ~int }]() struct{} { return struct{}{} }\nfunc c() map[string]struct{} {\n}\n",
			"package p\nfunc a(x struct{ y u.V }) interface{ m() } {            }\nfunc b[T interface{ ~int }]() struct{} {                   }\nfunc c() map[string]struct{} {\n}\n", "a; b; c"},
		{"braces in literals", "package p\nfunc a() { _ = \"}\" + `}\n}` + string('}') + \"\\\"}\" + string('\\'') } // }\nvar s = \"{\"\n",
			"package p\nfunc a() {\n" + strings.Repeat(" ", 40) + "}\nvar s = \"{\"\n", "a; s"},
		{"comments", "// x\npackage p // y\n/* z\n */\nvar a /* b */ int /* c\n*/; var d int // {\n", "\npackage p\n\n   \nvar a         int\n  ; var d int\n", "a; d"},
		{"comments within a body", "package p\nfunc a() {\n\t// }\n\t/* } */\n\t_ = 1 / 2\n}\n", "package p\nfunc a() {\n\n\n\n}\n", "a"},
		{"composite literals", "package p\nvar a = T{x.Y}\nvar (\nb = map[k.K][]T{x.Z: {1}}\nc, d = &T{1}, f(T{1})\n)\nvar e = [...]T{1, 2}\nvar g = T[u.V]{1}.h()\n",
			"package p\nvar a = T{   }\nvar (\nb = map[k.K][]T{        }\nc, d = &T{ }, f(T{1})\n)\nvar e = [...]T{1, 2}\nvar g = T[u.V]{ }.h()\n", "a; b; c,d; e; g"},
		{"after a sized array", "package p\nvar (\ne = [...]T{1}\nf = []T{1}\n)\nvar g = []T{1}\n", "package p\nvar (\ne = [...]T{1}\nf = []T{ }\n)\nvar g = []T{ }\n", "e; f; g"},
		{"types of variables", "package p\nvar a struct{ b x.C }\nvar d = struct{ e int }{1}\nvar f interface{ g() }\nvar h = []interface{}{1}\n",
			"package p\nvar a struct{ b x.C }\nvar d = struct{ e int }{ }\nvar f interface{ g() }\nvar h = []interface{}{ }\n", "a; d; f; h"},
		{"function literals", "package p\nvar a = func(x u.V) int { return w.X }\nvar b = func() T { return 1 }()\n", "package p\nvar a = func(x u.V) int {            }\nvar b = func() T {          }()\n", "a; b"},
		{"types", "package p\ntype T struct {\na x.Y `json:\"}\"`\nb func() z.Z\n}\ntype I interface { m(q.Q) }\n", "package p\ntype T struct {\na x.Y `json:\"}\"`\nb func() z.Z\n}\ntype I interface { m(q.Q) }\n", "type T; type I"},
		{"constants", "package p\nconst (\na = iota\nb\nc = len([3]int{}) + 1.5e+3 + 0x1p-2 + 0xe+d.E + .5\n)\n", "package p\nconst (\na = iota\nb\nc = len([3]int{}) + 1.5e+3 + 0x1p-2 + 0xe+d.E + .5\n)\n", "a,b,c"},
		{"operators apart", "package p\nvar a = 1 - -1 & ^2\nvar b chan<- <-chan int\n", "package p\nvar a = 1 - -1 & ^2\nvar b chan<- <-chan int\n", "a; b"},
		{"semicolons", "package p; import \"x\"; func a() { b() }; var c = d.E", "package p; import \"x\"; func a() {     }; var c = d.E", "a; c"},
		{"groups", "package p\nimport (\n\"x\"\n)\nvar (\n_ = 1; a, b = c(d, e), func() int { return 1 }\nf []struct {\ng int\n}\n)\ntype (\nT[P any] struct{ h P }\nU = x.V\n)\nconst (\ni, j = iota, iota\n_, _\nk, l\n)\n",
			"package p\nimport (\n\"x\"\n)\nvar (\n_ = 1; a, b = c(d, e), func() int {          }\nf []struct {\ng int\n}\n)\ntype (\nT[P any] struct{ h P }\nU = x.V\n)\nconst (\ni, j = iota, iota\n_, _\nk, l\n)\n", "; a,b; f; type T; type U; i,j,k,l"},
		{"receivers", "package p\nfunc (T) a()\nfunc (t *U[K, V]) b[W any](c int) (d, e int)\nfunc f[P any](x P)\nfunc (_ V) _()\n", "package p\nfunc (T) a()\nfunc (t *U[K, V]) b[W any](c int) (d, e int)\nfunc f[P any](x P)\nfunc (_ V) _()\n", "T.a; U.b; f; V."},
		{"letters", "package p\nfunc größe(é ü.V) { }\n", "package p\nfunc größe(é ü.V) { }\n", "größe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := strip([]byte(tt.in))
			if !ok || string(got.text) != tt.want {
				t.Errorf("ok %t, got\n%q\nwant\n%q", ok, got.text, tt.want)
			}
			var names []string
			for _, d := range got.declarations {
				name := strings.Join(d.names, ",")
				if d.receiver != "" {
					name = d.receiver + "." + name
				}
				if d.isType {
					name = "type " + name
				}
				names = append(names, name)
			}
			if list := strings.Join(names, "; "); list != tt.names {
				t.Errorf("declares %q, want %q", list, tt.names)
			}
		})
	}
	for _, in := range []string{"package p\nfunc a() {", "package p\n}", "package p\nvar a = `", "package p\nvar a = \"\n", "package p /*", "package p\nvar a = '\\", "package p\nvar a = (\n", "package p\nfunc a() { \"\\"} {
		if got, ok := strip([]byte(in)); ok {
			t.Errorf("%q is taken for whole: %q", in, got.text)
		}
	}
}

// TestStrippedStandardLibrary type-checks packages as they are and stripped, and
// compares all that they declare.
func TestStrippedStandardLibrary(t *testing.T) {
	names := []string{"errors", "unicode", "strconv", "net/http", "net", "text/template", "crypto/tls", "encoding/json", "go/types", "os", "time", "slices", "math/big", "reflect", "syscall", "regexp/syntax", "html", "image/color/palette"}
	if testing.Short() {
		names = names[:3]
	}
	for _, name := range names {
		p, err := build.Import(name, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		var sources [2][]*ast.File
		fset := token.NewFileSet()
		for _, f := range slices.Concat(p.GoFiles, p.CgoFiles) {
			text, err := os.ReadFile(filepath.Join(p.Dir, f))
			if err != nil {
				t.Fatal(err)
			}
			out, ok := strip(text)
			short := out.text
			if !ok || len(short) > len(text) {
				t.Fatalf("%s/%s is not stripped: ok is %t", name, f, ok)
			}
			for i, text := range [][]byte{text, short} {
				file, err := parser.ParseFile(fset, f, text, parser.SkipObjectResolution)
				if err != nil {
					t.Fatalf("%s/%s: %v", name, f, err)
				}
				sources[i] = append(sources[i], file)
			}
		}
		var got [2][]string
		nothing := importerFunc(func(string) (*types.Package, error) { return nil, errors.New("not needed here") })
		for i, files := range sources {
			conf := types.Config{IgnoreFuncBodies: true, FakeImportC: true, Importer: nothing, Error: func(error) {}}
			pkg, _ := conf.Check(name, fset, files, nil) // both have the same errors, if any
			for _, n := range pkg.Scope().Names() {
				o := pkg.Scope().Lookup(n)
				got[i] = append(got[i], types.ObjectString(o, nil)+" at "+fset.Position(o.Pos()).String())
				if named, ok := o.Type().(*types.Named); ok {
					for m := range named.Methods() {
						got[i] = append(got[i], m.String()+" at "+fset.Position(m.Pos()).String())
					}
				}
			}
		}
		if len(got[0]) == 0 || !reflect.DeepEqual(got[0], got[1]) {
			t.Errorf("%s declares\n%s\nstripped\n%s", name, strings.Join(got[0], "\n"), strings.Join(got[1], "\n"))
		}
	}
}

func FuzzStripped(f *testing.F) {
	f.Add([]byte("package p\nfunc a() { x.y() }\nvar b = T{c.D, `}`, '}'}\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		out, ok := strip(src)
		if !ok {
			return
		}
		short := out.text
		// What parses must parse without its bodies.
		if _, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution); err != nil {
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", short, parser.SkipObjectResolution); err != nil {
			t.Errorf("%q became %q: %v", src, short, err)
		}
	})
}
