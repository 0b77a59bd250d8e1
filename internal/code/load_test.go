package code

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// write makes a folder of a txtar archive.
// TestMain keeps what the tests find out of the user's cache.
func TestMain(m *testing.M) {
	_ = os.Setenv(CacheEnv, "off") // a test that wants a cache names a folder
	os.Exit(m.Run())
}

func load(t *testing.T, l *Loader, dir string) *Code {
	t.Helper()
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "")
	tr, err := tree.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan *Code)
	go func() { done <- l.Load(context.Background(), tr) }()
	select {
	case c := <-done:
		return c
	case <-time.After(3 * time.Minute):
		t.Fatal("the loader does not end")
		return nil
	}
}

// text shows what was read, one thing a line. Of effects those are shown that a
// deployment meets.
func text(c *Code) string {
	var b strings.Builder
	for _, m := range c.Mains {
		fmt.Fprintf(&b, "main %s in %s, module %s in %s", m.Path, m.Dir, m.Module, m.ModuleDir)
		if m.Example {
			b.WriteString(", example")
		}
		b.WriteString("\n")
		for _, e := range m.Contract.Of(effects.Listen, effects.Write, effects.Dial, effects.ReadEnv) {
			if e.API == "runtime" {
				continue // the same in all
			}
			fmt.Fprintf(&b, "  %s %s", e.Kind, e.API)
			for i, v := range e.Values {
				s, _ := v.Pattern()
				fmt.Fprintf(&b, " %s=%s", e.Names[i], s)
			}
			fmt.Fprintf(&b, " at %s\n", e.At.Short())
		}
	}
	for _, n := range c.NotAnalyzed {
		fmt.Fprintf(&b, "not %s: %s\n", n.File, n.Reason)
	}
	return running.ReplaceAllString(b.String(), "(running go VERSION;")
}

var running = regexp.MustCompile(`\(running go [^;]+;`)

const serving = `package main

import (
	"net"
	"os"
)

func main() {
	net.Listen("tcp", ":8080")
	os.WriteFile("/data/x", nil, 0o600)
}
`

func gomod(path string) string { return "-- go.mod --\nmodule " + path + "\n\ngo 1.24\n" }

func src(name, text string) string { return "-- " + name + " --\n" + text }

func TestLoad(t *testing.T) {
	for _, tt := range []struct{ name, archive, want string }{
		{"module", gomod("example.test/shop") + src("main.go", serving) + src("cmd/x/main.go", "package main\n\nimport \"example.test/shop/store\"\n\nfunc main() { store.Save(\"/var/x\") }\n") +
			src("store/store.go", "package store\n\nimport \"os\"\n\nfunc Save(name string) { os.WriteFile(name, nil, 0) }\n\nfunc Other() { os.Getenv(\"OTHER\") }\n") +
			src("store/store_test.go", "package store\n\nimport \"testing\"\n\nfunc TestX(*testing.T) {}\n"), `main example.test/shop in ., module example.test/shop in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
main example.test/shop/cmd/x in cmd/x, module example.test/shop in .
  write os.WriteFile path=/var/x at store/store.go:5
`},
		{"workspace", src("go.work", "go 1.24\n\nuse (\n\t./a\n\t./b\n)\n") +
			src("a/go.mod", "module example.test/a\n\ngo 1.24\n\nrequire example.test/b v0.0.0\n") + src("a/main.go", "package main\n\nimport \"example.test/b/lib\"\n\nfunc main() { lib.Save(\"/a\") }\n") +
			src("b/go.mod", "module example.test/b\n\ngo 1.24\n") + src("b/lib/lib.go", "package lib\n\nimport \"os\"\n\nfunc Save(n string) { os.Create(n) }\n") + src("b/cmd/b/main.go", serving), `main example.test/a in a, module example.test/a in a
  write os.Create path=/a at b/lib/lib.go:5
main example.test/b/cmd/b in b/cmd/b, module example.test/b in b
  listen net.Listen network=tcp address=:8080 at b/cmd/b/main.go:9
  write os.WriteFile path=/data/x at b/cmd/b/main.go:10
`},
		{"nested module", gomod("example.test/outer") + src("main.go", serving) + src("inner/go.mod", "module example.test/inner\n\ngo 1.24\n") + src("inner/cmd/i/main.go", serving), `main example.test/outer in ., module example.test/outer in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
main example.test/inner/cmd/i in inner/cmd/i, module example.test/inner in inner
  listen net.Listen network=tcp address=:8080 at inner/cmd/i/main.go:9
  write os.WriteFile path=/data/x at inner/cmd/i/main.go:10
`},
		{"type error", gomod("example.test/m") + src("main.go", "package main\n\nimport (\n\t\"net\"\n\t\"example.test/m/lib\"\n)\n\nvar x int = \"no\"\n\nfunc main() {\n\tnet.Listen(\"tcp\", \":1\")\n\tlib.Save()\n\tundefined()\n}\n") +
			src("lib/lib.go", "package lib\n\nimport \"os\"\n\nfunc Save() { os.Create(\"/l\"); return 1 }\n"), `main example.test/m in ., module example.test/m in .
  write os.Create path=/l at lib/lib.go:5
  listen net.Listen network=tcp address=:1 at main.go:11
not lib: does not type-check (1 error, first lib/lib.go:5:39: too many return values): read as far as its types go
not .: does not type-check (2 errors, first main.go:8:13: cannot use "no" (untyped string constant) as int value in variable declaration): read as far as its types go
`},
		{"does not parse", gomod("example.test/m") + src("main.go", serving) + src("extra.go", "package main\n\nfunc extra( {\n") + src("lib/lib.go", "pakcage lib\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
not extra.go: does not parse: extra.go:3:13: expected ')', found '{'
not lib/lib.go: does not parse: lib/lib.go:1:1: expected 'package', found pakcage
`},
		{"missing dependency", "-- go.mod --\nmodule example.test/m\n\ngo 1.24\n\nrequire example.test/none v1.0.0\n" +
			src("main.go", strings.Replace(serving, "import (", "import (\n\t\"example.test/none/sub\"", 1)+"\nfunc init() { sub.Run(os.Getenv(\"A\")) }\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:10
  write os.WriteFile path=/data/x at main.go:11
  env os.Getenv name=A at main.go:14
not .: does not type-check (1 error, first main.go:4:2: could not import example.test/none/sub (the package is not in the module cache; run go mod download)): read as far as its types go
`},
		{"missing dependency that go.mod does not name", gomod("example.test/m") + src("main.go", strings.Replace(serving, "import (", "import (\n\t_ \"example.test/none\"\n\t_ \"example.test/m/gen\"", 1)), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:11
  write os.WriteFile path=/data/x at main.go:12
not .: does not type-check (2 errors, first main.go:4:4: could not import example.test/none (the package is not in the module cache; run go mod download)): read as far as its types go
`},
		{"no go.mod", src("main.go", serving) + src("svc/web/main.go", serving), `main local.invalid in ., module local.invalid in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
main local.invalid/svc/web in svc/web, module local.invalid in .
  listen net.Listen network=tcp address=:8080 at svc/web/main.go:9
  write os.WriteFile path=/data/x at svc/web/main.go:10
not .: there is no go.mod: the Go files are read without the types of other modules
`},
		{"newer Go", "-- go.mod --\nmodule example.test/m\n\ngo 1.999\n" + src("main.go", serving), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
not go.mod: go list fails (go.mod requires go >= 1.999 (running go VERSION; GOTOOLCHAIN=local)): its packages are read without the types of other modules
`},
		{"go.mod that does not parse", "-- go.mod --\nmodule example.test/m\n\nrequire (\n" + src("main.go", serving) + src("cmd/x/main.go", "package main\n\nimport \"example.test/m/lib\"\n\nfunc main() { lib.Save() }\n") + src("lib/lib.go", "package lib\n\nimport \"os\"\n\nfunc Save() { os.Create(\"/l\") }\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
main example.test/m/cmd/x in cmd/x, module example.test/m in .
  write os.Create path=/l at lib/lib.go:5
not go.mod: go list fails (errors parsing go.mod: go.mod:4: syntax error (unterminated block started at go.mod:3:1)): its packages are read without the types of other modules
`},
		{"go.mod without a module", "-- go.mod --\ngo 1.24\n" + src("main.go", serving), `main local.invalid in ., module local.invalid in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
not go.mod: go list fails (error reading go.mod: missing module declaration. To specify the module path: go mod edit -module=example.com/mod): its packages are read without the types of other modules
`},
		{"vendor", "-- go.mod --\nmodule example.test/m\n\ngo 1.24\n\nrequire example.test/dep v1.0.0\n" + src("vendor/modules.txt", "# example.test/dep v1.0.0\n## explicit; go 1.24\nexample.test/dep\n") +
			src("vendor/example.test/dep/dep.go", "package dep\n\nimport \"os\"\n\nfunc Name() string { os.Create(\"/third/party\"); return \"x\" }\n") +
			src("main.go", "package main\n\nimport (\n\t\"net\"\n\n\t\"example.test/dep\"\n)\n\nfunc main() { net.Listen(\"tcp\", dep.Name()) }\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=* at main.go:9
`},
		{"cgo", gomod("example.test/m") + src("main.go", "package main\n\n// int one(void) { return 1; }\nimport \"C\"\n\nimport \"net\"\n\nfunc main() {\n\tprintln(C.one())\n\tnet.Listen(\"tcp\", \":1\")\n}\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:1 at main.go:10
`},
		{"build constraints", gomod("example.test/m") + src("main.go", serving) + src("other.go", "//go:build ignore\n\npackage main\n\nfunc main() { undefined() }\n") + src("x_plan9.go", "package main\n\nimport \"os\"\n\nfunc init() { os.Create(\"/plan9\") }\n") +
			src("gen/gen.go", "//go:build ignore\n\npackage main\n\nfunc main() {}\n") + src("tagged/main.go", "//go:build special\n\npackage main\n\nfunc main() {}\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
`},
		{"import cycle", gomod("example.test/m") + src("main.go", "package main\n\nimport (\n\t\"net\"\n\n\t\"example.test/m/a\"\n)\n\nfunc main() {\n\tnet.Listen(\"tcp\", \":1\")\n\ta.A()\n}\n") +
			src("a/a.go", "package a\n\nimport (\n\t\"os\"\n\n\t\"example.test/m/b\"\n)\n\nfunc A() { os.Create(\"/a\"); b.B() }\n") + src("b/b.go", "package b\n\nimport \"example.test/m/a\"\n\nfunc B() { a.A() }\n"), `main example.test/m in ., module example.test/m in .
  write os.Create path=/a at a/a.go:9
  listen net.Listen network=tcp address=:1 at main.go:10
not b: does not type-check (1 error, first b/b.go:3:8: could not import example.test/m/a (the packages import each other in a circle, or it could not be read)): read as far as its types go
`},
		{"package that imports itself", gomod("example.test/m") + src("main.go", "package main\n\nimport _ \"example.test/m\"\n\nfunc main() {}\n"), `main example.test/m in ., module example.test/m in .
not .: does not type-check (1 error, first main.go:3:10: could not import example.test/m (the packages import each other in a circle, or it could not be read)): read as far as its types go
`},
		{"examples", gomod("example.test/m") + src("examples/web/main.go", serving) + src("_examples/y/main.go", serving) + src("testdata/z/main.go", serving) + src("examples/own/go.mod", "module example.test/own\n") + src("examples/own/main.go", serving), `main example.test/m/examples/web in examples/web, module example.test/m in ., example
  listen net.Listen network=tcp address=:8080 at examples/web/main.go:9
  write os.WriteFile path=/data/x at examples/web/main.go:10
`},
		{"main package without main", gomod("example.test/m") + src("main.go", "package main\n\nvar X = 1\n"), ""},
		{"empty module", gomod("example.test/m") + src("README.md", "x"), ""},
		{"only tests", gomod("example.test/m") + src("x/x_test.go", "package x\n"), ""},
		{"two packages in a folder", gomod("example.test/m") + src("main.go", serving) + src("other.go", "package other\n"), `main example.test/m in ., module example.test/m in .
  listen net.Listen network=tcp address=:8080 at main.go:9
  write os.WriteFile path=/data/x at main.go:10
not .: does not type-check (1 error, first other.go:1:1: package other; expected package main): read as far as its types go
`},
		{"go.work that does not parse", src("go.work", "use (\n") + src("a/go.mod", "module example.test/a\n\ngo 1.24\n") + src("a/main.go", serving), `main example.test/a in a, module example.test/a in a
  listen net.Listen network=tcp address=:8080 at a/main.go:9
  write os.WriteFile path=/data/x at a/main.go:10
not go.work: does not parse: go.work:2: syntax error (unterminated block started at go.work:1:1)
`},
		{"go.work that names what is not there", src("go.work", "go 1.24\n\nuse (\n\t./a\n\t./gone\n\t../outside\n)\n") + src("a/go.mod", "module example.test/a\n\ngo 1.24\n") + src("a/main.go", serving), `main example.test/a in a, module example.test/a in a
  listen net.Listen network=tcp address=:8080 at a/main.go:9
  write os.WriteFile path=/data/x at a/main.go:10
not go.work: go list fails (cannot load module gone listed in go.work file: open gone/go.mod: no such file or directory): its modules are read one by one
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(load(t, &Loader{}, treetest.Write(t, tt.archive))); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestLoadSame reads the same tree with types from source, with types from export
// data, and again.
func TestLoadSame(t *testing.T) {
	root := treetest.Write(t, gomod("example.test/m")+src("main.go", strings.Replace(serving, "import (", "import (\n\t\"example.test/m/a\"\n\t\"example.test/none\"", 1)+"\nfunc init() { a.A(); none.X() }\n")+
		src("a/a.go", "package a\n\nimport (\n\t\"os\"\n\t\"path/filepath\"\n\t\"strconv\"\n)\n\nfunc A() {\n\tp, _ := strconv.Atoi(os.Getenv(\"P\"))\n\tos.Create(filepath.Join(os.Getenv(\"DIR\"), strconv.Itoa(p)))\n\tundefined()\n}\n")+
		src("b/b.go", "package b\n\nfunc B() int { return \"\" }\n")+src("c/c.go", "package c\n\nfunc C() int { return \"\" }\n")+
		src("x/go.mod", "module example.test/x\n\ngo 1.24\n")+src("x/main.go", serving)+src("y/go.mod", "module example.test/y\n\ngo 1.999\n")+src("y/main.go", serving))
	first := text(load(t, &Loader{}, root))
	if strings.Count(first, "main example.test/") != 3 || strings.Contains(first, root) {
		t.Errorf("read:\n%s", first)
	}
	for i := range 4 {
		l := &Loader{}
		if i == 0 {
			l = &Loader{}
		}
		if again := text(load(t, l, root)); again != first {
			t.Errorf("run %d:\n%s\nfirst:\n%s", i, again, first)
		}
	}
}

// TestLoadModuleBeside reads a service whose library lies outside of the checked
// folder.
func TestLoadModuleBeside(t *testing.T) {
	root := treetest.Write(t, src("svc/go.mod", "module example.test/svc\n\ngo 1.24\n\nrequire example.test/lib v0.0.0\n\nreplace example.test/lib => ../lib\n")+
		src("svc/main.go", "package main\n\nimport \"example.test/lib\"\n\nfunc main() { lib.Save(\"/data/x\") }\n")+
		src("lib/go.mod", "module example.test/lib\n\ngo 1.24\n")+src("lib/lib.go", "package lib\n\nimport \"os\"\n\nfunc Save(n string) { os.Create(n); broken() }\n"))
	got := text(load(t, &Loader{}, filepath.Join(root, "svc")))
	want := `main example.test/svc in ., module example.test/svc in .
  write os.Create path=/data/x at lib.go:5
not example.test/lib: does not type-check (1 error, first lib.go:5:37: undefined: broken): read as far as its types go
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestLoadThroughLink reads a tree whose folder is a symbolic link.
func TestLoadThroughLink(t *testing.T) {
	root := treetest.Write(t, src("real/go.mod", "module example.test/m\n\ngo 1.24\n")+src("real/cmd/web/main.go", serving))
	link := filepath.Join(root, "link")
	if err := os.Symlink("real", link); err != nil {
		t.Skip(err)
	}
	direct, linked := text(load(t, &Loader{}, filepath.Join(root, "real"))), text(load(t, &Loader{}, link))
	if direct != linked || !strings.HasPrefix(direct, "main example.test/m/cmd/web in cmd/web,") {
		t.Errorf("direct\n%s\nthrough a link\n%s", direct, linked)
	}
}

func TestLoadCancelled(t *testing.T) {
	tr, err := tree.Open(treetest.Write(t, gomod("example.test/m")+src("main.go", serving)), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := (&Loader{}).Load(ctx, tr)
	if len(c.NotAnalyzed) == 0 {
		t.Errorf("nothing is said of what was not read: %s", text(c))
	}
}

func TestLoadWithoutGo(t *testing.T) {
	tr, err := tree.Open(treetest.Write(t, gomod("example.test/m")+src("main.go", serving)), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", t.TempDir())
	got := text((&Loader{}).Load(context.Background(), tr))
	if !strings.Contains(got, "main example.test/m in .,") || !strings.Contains(got, "not go.mod: there is no go command in PATH: its packages are read") {
		t.Errorf("got\n%s", got)
	}
}

func TestLoadLargeFile(t *testing.T) {
	root := treetest.Write(t, gomod("example.test/m")+src("main.go", serving)+src("table.go", "package main\n\nfunc table() {}\n//"+strings.Repeat("x", maxGoFile)+"\n"))
	got := text(load(t, &Loader{}, root))
	if !strings.Contains(got, "listen net.Listen") || !strings.Contains(got, "not table.go: was not read: it is missing or larger than 16 MiB") {
		t.Errorf("got\n%s", got)
	}
}

func TestLoadNothing(t *testing.T) {
	if got := load(t, &Loader{}, treetest.Write(t, src("README.md", "x"))); len(got.Mains)+got.Packages+len(got.NotAnalyzed) != 0 {
		t.Errorf("got %+v", got)
	}
}
