package link_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/effects"
)

// spelled are the kinds of effects that the programs of testdata/contract name,
// each with the values that are spelled.
var spelled = map[effects.EffectKind][]string{
	effects.Listen:  {"address", "host", "port"},
	effects.Route:   {"method", "path", "role"},
	effects.ReadEnv: {"name", "default"},
	effects.DefFlag: {"name", "default"},
	effects.Require: {"name"},
	effects.Write:   {"path"},
	effects.Memory:  {"what"},
	effects.Dial:    {"driver", "address", "url", "dsn"},
}

// spell is an effect in words: `env PORT "8080"`. Names are bare, other values
// are what Expression makes of them.
func spell(e *effects.Instance) (text string, ok bool) {
	names, ok := spelled[e.Kind]
	if !ok || e.Value("by") != nil { // by the runtime, in every program
		return "", false
	}
	parts := []string{string(e.Kind)}
	for _, name := range names {
		v := e.Value(name)
		switch {
		case v == nil:
		case v.Kind == effects.Literal && !slices.Contains([]string{"path", "default", "address", "url", "dsn"}, name):
			parts = append(parts, v.Text)
		default:
			parts = append(parts, v.Expression())
		}
	}
	return strings.Join(parts, " "), true
}

// The programs of testdata/contract say what their contract holds: a comment
// "has: effect; effect" names all effects of its line, those of the kinds that
// are spelled. A line without a comment has none.
func TestContract(t *testing.T) {
	files, _ := filepath.Glob("testdata/contract/*.txtar") // the pattern is well formed
	if len(files) < 4 {
		t.Fatalf("only %d programs", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, want := map[string][]string{}, map[string][]string{}
			for _, c := range coderuletest.Contracts(t, archive, filepath.Join("testdata", "src")) {
				for i := range c.Effects {
					if text, ok := spell(&c.Effects[i]); ok {
						key := c.Effects[i].At.Short()
						got[key] = append(got[key], text)
					}
				}
			}
			for _, f := range archive.Files {
				for i, line := range strings.Split(string(f.Data), "\n") {
					if _, text, ok := strings.Cut(line, "// has: "); ok {
						want[fmt.Sprintf("%s:%d", f.Name, i+1)] = strings.Split(text, "; ")
					}
				}
			}
			if len(want) == 0 {
				t.Error("the programs say nothing")
			}
			for key, texts := range want {
				slices.Sort(texts)
				slices.Sort(got[key])
				if !slices.Equal(got[key], texts) {
					t.Errorf("%s: got  %s\nwant %s", key, strings.Join(got[key], "; "), strings.Join(texts, "; "))
				}
			}
			for key, texts := range got {
				if want[key] == nil {
					t.Errorf("%s: not wanted: %s", key, strings.Join(texts, "; "))
				}
			}
		})
	}
}

const commandsProgram = `
-- main.go --
package main

import (
	"net/http"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	root := &cobra.Command{Use: "app"}
	serve := &cobra.Command{Use: "serve [flags]", Run: listen}
	root.AddCommand(serve, &cobra.Command{Use: "migrate", RunE: migrate}, &cobra.Command{Use: os.Args[0], Run: nameless})
	root.Execute()
}

func listen(*cobra.Command, []string) { os.Create("/served"); http.ListenAndServe(":1", nil) }

func migrate(*cobra.Command, []string) error { _, err := os.Create("/migrated"); return err }

func nameless(*cobra.Command, []string) {}
`

// Subcommands are named by the first word of their use. What one that does not
// serve writes is no part of the contract.
func TestSubcommands(t *testing.T) {
	c := contract(t, commandsProgram)
	var got []string
	for _, s := range c.Subcommands {
		got = append(got, fmt.Sprintf("%q %s %d %v", s.Name, strings.TrimPrefix(s.Func, coderuletest.Module+"."), s.At.Line, s.Serves))
	}
	want := []string{`"" nameless 21 false`, `"migrate" migrate 19 false`, `"serve" listen 17 true`}
	if !slices.Equal(got, want) {
		t.Errorf("subcommands %q, want %q", got, want)
	}
	if got := describe(c, effects.Write); !slices.Equal(got, []string{"17 write"}) {
		t.Errorf("writes %q", got)
	}
}

// The conditions under which a path is assigned decide what it is by default.
func TestConditions(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"equal", `if mode == "" { p = "/then" }`, "/then"},
		{"not equal", `if mode != "" { p = "/then" }`, "/else"},
		{"length", `if len(mode) > 0 { p = "/then" }`, "/else"},
		{"length of nothing", `if len(mode) == 0 { p = "/then" }`, "/then"},
		{"negated", `if !(mode == "prod") { p = "/then" }`, "/then"},
		{"and", `if mode == "" && len(os.Args) > 5 { p = "/then" }`, "?"},
		{"and, one side false", `if mode == "x" && len(os.Args) > 5 { p = "/then" }`, "/else"},
		{"or", `if mode == "x" || mode == "" { p = "/then" }`, "/then"},
		{"prefix", `if strings.HasPrefix(mode, "pro") { p = "/then" }`, "/else"},
		{"suffix of a literal", `if strings.HasSuffix("/x/", "/") { p = "/then" }`, "/then"},
		{"contains", `if strings.Contains(mode, "x") { p = "/then" }`, "/else"},
		{"present", `if _, ok := os.LookupEnv("M"); ok { p = "/then" }`, "/else"},
		{"a flag", `if *debug { p = "/then" }`, "/else"},
		{"switch", `switch mode { case "a", "": p = "/then"; case "b": p = "/b" }`, "/then"},
		{"switch, default", `switch mode { case "a", "b": p = "/b"; default: p = "/then" }`, "/then"},
		{"switch without a tag", `switch { case mode == "a": p = "/a"; case mode == "": p = "/then" }`, "/then"},
		{"what is not known", `if os.Getpid() > 1 { p = "/then" }`, "?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := contract(t, "-- main.go --\npackage main\nimport (\n\"flag\"\n\"os\"\n\"strings\"\n)\nvar debug = flag.Bool(\"debug\", false, \"\")\n"+
				"func main() {\nmode := os.Getenv(\"MODE\")\n_ = mode\np := \"/else\"\n"+tt.body+"\nos.Create(p)\n}\nvar _ = strings.Cut\nvar _ = len(os.Args)\n")
			writes := c.Of(effects.Write)
			if len(writes) != 1 {
				t.Fatalf("%d writes", len(writes))
			}
			got, known := writes[0].Value("path").Default()
			if !known {
				got = "?"
			}
			if got != tt.want {
				t.Errorf("by default the path is %s, want %s", got, tt.want)
			}
		})
	}
}
