package link_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/link"
)

// describe spells the effects of some kinds: "12 write late".
func describe(c *effects.Contract, kinds ...effects.EffectKind) []string {
	var out []string
	for _, e := range c.Of(kinds...) {
		text := fmt.Sprintf("%d %s", e.At.Line, e.Kind)
		if e.Late {
			text += " late"
		}
		out = append(out, text)
	}
	return out
}

func TestLate(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{"before and after", `
			os.Create("/a")
			http.ListenAndServe(":1", nil)
			os.Create("/b")`,
			[]string{"8 write", "10 write late"}},
		{"in a goroutine", `
			go http.ListenAndServe(":1", nil)
			os.Create("/b")`,
			[]string{"9 write"}},
		{"in a goroutine's closure", `
			go func() {
				http.ListenAndServe(":1", nil)
				os.Create("/late")
			}()
			os.Create("/b")`,
			[]string{"10 write late", "12 write"}},
		{"through a call", `
			serve()
			write()
		}
		func serve() { http.ListenAndServe(":1", nil) }
		func write() {
			os.Create("/b")`,
			[]string{"13 write late"}},
		{"late and not", `
			write()
			serve()
			write()
		}
		func serve() { http.ListenAndServe(":1", nil) }
		func write() {
			os.Create("/b")`,
			[]string{"14 write"}},
		{"only on one way", `
			if len(os.Args) > 1 {
				http.ListenAndServe(":1", nil)
			}
			os.Create("/b")`,
			[]string{"11 write"}},
		{"deferred before", `
			defer os.Create("/b")
			http.ListenAndServe(":1", nil)`,
			[]string{"8 write late"}},
		{"deferred closure", `
			defer func() { os.Create("/b") }()
			http.ListenAndServe(":1", nil)`,
			[]string{"8 write late"}},
		{"deferred and returned from before", `
			defer os.Create("/b")
			if len(os.Args) > 1 {
				return
			}
			http.ListenAndServe(":1", nil)`,
			[]string{"8 write late"}},
		{"as an argument", `
			fmt.Println(http.ListenAndServe(":1", nil))
			os.Create("/b")`,
			[]string{"9 write late"}},
		{"in a condition", `
			if err := http.ListenAndServe(":1", nil); err != nil {
				os.Create("/b")
			}`,
			[]string{"9 write late"}},
		{"after recursion", `
			again(3)
			os.Create("/b")
		}
		func again(n int) {
			if n > 0 {
				again(n-1)
			}
			http.ListenAndServe(":1", nil)`,
			[]string{"9 write late"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := contract(t, "-- main.go --\npackage main\nimport (\n\"fmt\"\n\"net/http\"\n\"os\"\n)\nfunc main() {"+
				tt.body+"\n}\nvar _ = fmt.Sprint\nvar _ = os.Args\n")
			got := describe(c, effects.Write)
			for i := range got {
				got[i] = strings.TrimSpace(got[i])
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

const gapProgram = `
-- go.txt --
-- main.go --
package main

import (
	"net/http"
	"os"

	"example.org/graceful"
	"github.com/spf13/cobra"
)

func main() {
	graceful.Setup()
	var names chan string
	os.Create(<-names)
	root := &cobra.Command{Use: "x"}
	root.AddCommand(&cobra.Command{Run: serve}, &cobra.Command{Run: tool})
	root.Execute()
}

func serve(*cobra.Command, []string) { http.ListenAndServe(":1", nil) }

func tool(*cobra.Command, []string) { os.Create("/tool") }
`

func TestGapsAndCommands(t *testing.T) {
	c := contract(t, gapProgram)
	var gaps []string
	for _, g := range c.Gaps {
		gaps = append(gaps, fmt.Sprintf("%d %s", g.At.Line, g.What))
	}
	want := []string{"12 graceful.Setup is third-party code that is not known", "14 the path of os.Create comes through a channel"}
	if !slices.Equal(gaps, want) {
		t.Errorf("gaps %q, want %q", gaps, want)
	}
	if len(c.Commands) != 1 || c.Commands[0] != coderuletest.Module+".tool" {
		t.Errorf("commands %q", c.Commands)
	}
	if !c.IsMain || !c.Whole || c.Main != coderuletest.Module || c.At.Line != 11 || !c.Serves() {
		t.Errorf("contract of %s at %v: main %v, whole %v", c.Main, c.At, c.IsMain, c.Whole)
	}
	if got := describe(c, effects.Write); !slices.Equal(got, []string{"14 write"}) {
		t.Errorf("writes %q", got)
	}
}

func TestPath(t *testing.T) {
	c := contract(t, `
-- main.go --
package main

import "example.com/app/a"

func main() {
	a.One()
}
-- a/a.go --
package a

import "os"

func One() {
	two()
}

func two() {
	os.Create("/x")
}
`)
	w := c.Of(effects.Write)
	if len(w) != 1 || w[0].Func != coderuletest.Module+"/a.two" {
		t.Fatalf("writes %+v", w)
	}
	var way []string
	for _, p := range w[0].Path {
		way = append(way, p.Short())
	}
	if !slices.Equal(way, []string{"main.go:6", "a/a.go:6"}) {
		t.Errorf("reached by %q", way)
	}
}

func TestNoSuchMain(t *testing.T) {
	p := link.New([]*effects.Package{{Path: "a", Name: "a"}})
	if c := p.Contract("a"); c != nil {
		t.Errorf("a library has the contract %+v", c)
	}
	if c := p.Contract("b"); c != nil {
		t.Errorf("a missing package has the contract %+v", c)
	}
	if c := p.PackageContract("b"); c != nil {
		t.Errorf("a missing package has the contract %+v", c)
	}
	if c := p.PackageContract("a"); c == nil || c.IsMain || c.Whole || len(c.Effects) > 0 {
		t.Errorf("an empty package has the contract %+v", c)
	}
}

// Equal programs have equal contracts, places and order included, however maps
// are walked.
func TestDeterministic(t *testing.T) {
	files, _ := filepath.Glob("testdata/flow/*.txtar") // the pattern is well formed
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first := coderuletest.Contracts(t, archive, filepath.Join("testdata", "src"))
		for range 20 {
			if again := coderuletest.Contracts(t, archive, filepath.Join("testdata", "src")); !reflect.DeepEqual(again, first) {
				t.Fatalf("%s: another contract the second time", file)
			}
		}
	}
}

// Programs made to blow up are answered in time, with what is too large unknown.
func TestBounded(t *testing.T) {
	var chain, wide, callers, double, methods strings.Builder
	for i := range 400 {
		fmt.Fprintf(&chain, "func f%d(p string) { f%d(p + os.Getenv(\"E%d\")) }\n", i, i+1, i)
		fmt.Fprintf(&wide, "x = os.Getenv(\"W%d\")\nif x == \"\" { x = y + \"%d\" }\ny = x + y\n", i, i)
		fmt.Fprintf(&callers, "call(\"/c%d\")\n", i)
		fmt.Fprintf(&double, "func d%d() string { return d%d() + d%d() }\n", i, i+1, i+1)
		fmt.Fprintf(&methods, "type t%d struct{ n namer }\nfunc (t t%d) Name() string { return t.n.Name() + \"%d\" }\nvar _ = use(t%d{})\n", i, i, i, i)
	}
	programs := map[string]string{
		"chain":   "func main() { f0(\"/\") }\n" + chain.String() + "func f400(p string) { os.Create(p) }\n",
		"wide":    "func main() {\nx, y := \"\", \"\"\nfor {\n" + wide.String() + "os.Create(x)\n}\n}\n",
		"callers": "func main() {\n" + callers.String() + "}\nfunc call(p string) { os.Create(p) }\n",
		"double":  "func main() { os.Create(d0()) }\n" + double.String() + "func d400() string { return os.Getenv(\"X\") }\n",
		"methods": "type namer interface{ Name() string }\nvar all []namer\nfunc use(n namer) int { all = append(all, n); return 0 }\n" +
			"func main() { for _, n := range all { os.Create(n.Name()) } }\n" + methods.String(),
		"nested": "func main() { os.Create(" + strings.Repeat("(\"a\" + ", 2000) + "os.Getenv(\"X\")" + strings.Repeat(")", 2000) + ") }\n",
		"list":   "func main() { for _, p := range []string{" + strings.Repeat("\"/x\", ", 20_000) + "} { os.Create(p) } }\n",
	}
	for name, text := range programs {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			c := contract(t, "-- main.go --\npackage main\nimport \"os\"\n"+text)
			w := c.Of(effects.Write)
			if len(w) == 0 {
				t.Fatal("the write is lost")
			}
			size := 0
			for _, i := range w {
				for _, v := range i.Values {
					v.Walk(func(*effects.Value) bool { size++; return true })
				}
			}
			if size > 50_000 {
				t.Errorf("the values have %d parts", size)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			t.Logf("%v, %d parts", time.Since(start).Round(time.Millisecond), size)
		})
	}
}

// A composite literal can have effects: it defines a flag, and names the
// environment variable that sets it.
func TestLiteralEffects(t *testing.T) {
	text, err := os.ReadFile("testdata/flow/literals.txtar")
	if err != nil {
		t.Fatal(err)
	}
	c := contract(t, string(text))
	var flags, envs []string
	for _, e := range c.Of(effects.DefFlag) {
		flags = append(flags, show(e.Value("name"))+" "+show(e.Value("default")))
	}
	for _, e := range c.Of(effects.ReadEnv) {
		if e.Value("by") != nil {
			continue // read by every program's runtime
		}
		envs = append(envs, show(e.Value("name")))
	}
	if got := strings.Join(flags, ", "); got != `"dir" "/var/lib/app", "plain" nil` {
		t.Errorf("flags: %s", got)
	}
	if got := strings.Join(envs, ", "); got != `"APP_DIR"` {
		t.Errorf("environment: %s", got)
	}
}

func TestComparedPaths(t *testing.T) {
	text, err := os.ReadFile("testdata/routes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range contract(t, string(text)).Of(effects.Route) {
		got = append(got, fmt.Sprintf("%d %s", e.At.Line, show(e.Value("path"))))
	}
	want := []string{`10 "/v1/health"`, `14 "/metrics"`, `14 "/stats"`, `16 "/"`}
	if !slices.Equal(got, want) {
		t.Errorf("routes %q, want %q", got, want)
	}
}
