package link_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/effects"
)

// show spells a value: "text", $ENV, --flag="default", config key, a|b, a+b,
// join(a, b), and ?reason for what is not known.
func show(v *effects.Value) string {
	if v == nil {
		return "nil"
	}
	var args []string
	for i, a := range v.Args {
		text := show(a)
		if i < len(v.Names) {
			text = v.Names[i] + ": " + text
		}
		args = append(args, text)
	}
	all := strings.Join(args, ", ")
	name, _ := v.Name()
	def := ""
	if len(args) > 1 {
		def = "=" + args[1]
	}
	switch v.Kind {
	case effects.Literal:
		return fmt.Sprintf("%q", v.Text)
	case effects.Env:
		return "$" + name
	case effects.Flag:
		return "--" + name + def
	case effects.Config:
		return "config " + name + def
	case effects.System:
		return "<" + v.Text + ">"
	case effects.Concat:
		return strings.Join(args, "+")
	case effects.Choice:
		return strings.Join(args, "|")
	case effects.Join:
		return "join(" + all + ")"
	case effects.HostPort:
		return "hostport(" + all + ")"
	case effects.List:
		return "[" + all + "]"
	case effects.Struct:
		return "{" + all + "}"
	case effects.Unknown:
		return "?" + v.Text
	case effects.When:
		return args[0]
	case effects.Element:
		return "element of " + all
	}
	return fmt.Sprintf("kind %d(%s)", v.Kind, all)
}

// contract links the first main of a program.
func contract(t testing.TB, text string) *effects.Contract {
	t.Helper()
	cs := coderuletest.Contracts(t, txtar.Parse([]byte(text)), filepath.Join("testdata", "src"))
	if len(cs) == 0 {
		t.Fatal("the program has no main")
	}
	return cs[0]
}

// The programs of testdata/flow say what reaches a call: a comment "= value" on
// the call's line spells the value of its path, url or signals; several values,
// for several callers, are parted by " ; ". "= -" says that nothing reaches it.
func TestFlow(t *testing.T) {
	files, _ := filepath.Glob("testdata/flow/*.txtar") // the pattern is well formed
	if len(files) < 9 {
		t.Fatalf("only %d programs", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for _, c := range coderuletest.Contracts(t, archive, filepath.Join("testdata", "src")) {
				for i := range c.Effects {
					e := &c.Effects[i]
					for _, name := range []string{"path", "url", "signals"} {
						if v := e.Value(name); v != nil {
							key := e.At.Short()
							got[key] = append(got[key], show(v))
						}
					}
				}
			}
			wants := 0
			for _, f := range archive.Files {
				for i, line := range strings.Split(string(f.Data), "\n") {
					_, want, ok := strings.Cut(line, "// = ")
					if !ok {
						continue
					}
					wants++
					key := fmt.Sprintf("%s:%d", f.Name, i+1)
					text := strings.Join(got[key], " ; ")
					if text == "" {
						text = "-"
					}
					if text != want {
						t.Errorf("%s: got  %s\nwant %s", key, text, want)
					}
				}
			}
			if wants == 0 {
				t.Error("the program says nothing")
			}
		})
	}
}
