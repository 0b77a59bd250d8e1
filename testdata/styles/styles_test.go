// Package styles holds one small service for each way in which Go programs are
// configured, serve, connect and end, with comments that say what its contract
// must be:
//
//	http.ListenAndServe(":"+port, nil) // want listen "tcp :8080 from env PORT"
//	port := os.Getenv("PORT")          // want env "PORT default 8080"
//
// A comment speaks of its own line, or of another with `want@+2`, and may hold
// several wants. `want-typed` is for what only types can tell, which is not
// asked for where the modules are missing. The texts are made by the functions
// in format_test.go.
package styles

import (
	"context"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/tree"
)

// A want is one thing that a comment asks for, or that a contract has.
type want struct {
	file  string // relative to the module
	line  int
	kind  string
	text  string
	typed bool // told by types alone
}

func (w want) String() string { return fmt.Sprintf("%s:%d: %s %q", w.file, w.line, w.kind, w.text) }

// always are the kinds of which each one found must be wanted, in every fixture.
// The others are compared both ways where a fixture wants at least one of them,
// but for the variables of libraries and the runtime, which are many.
var always = []string{"listen", "route", "env", "flag"}

// kinds are all kinds that a comment may name.
var kinds = []string{
	"listen", "route", "env", "envlib", "flag", "dial", "read", "write", "exec", "shutdown", "gap",
}

// loaded is the module, read once. The loader itself downloads nothing, so the go
// command does before.
var loaded = sync.OnceValues(func() (*code.Code, error) {
	if out, err := exec.Command("go", "list", "-deps", "./...").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, out)
	}
	return load("."), nil
})

func load(dir string) *code.Code {
	t, err := tree.Open(dir, "")
	if err != nil {
		panic(err) // the folder is the test's own
	}
	return (&code.Loader{}).Load(context.Background(), t)
}

func TestStyles(t *testing.T) {
	c, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.NotAnalyzed {
		t.Errorf("not analyzed: %s: %s", n.File, n.Reason)
	}
	mains := map[string]*code.Main{}
	for _, m := range c.Mains {
		mains[m.Dir] = m
	}
	for _, dir := range fixtures(t) {
		t.Run(dir, func(t *testing.T) {
			m := mains[dir]
			if m == nil {
				t.Fatal("no main was found")
			}
			compare(t, wantsOf(t, dir), foundIn(report.ContractOf(m.Contract)), kinds)
		})
	}
}

// unserved has fixtures whose modules the public proxy does not serve. They are
// read without go.mod alone; the go command leaves the folder out.
const unserved = "_unserved"

// withoutModules are read without go.mod too, by syntax and import paths alone.
var withoutModules = []string{
	"getenv-default", "servemux-patterns", "http-server-field", "gin", "echo-v4", "chi", "pflag", "cobra",
	"viper-bindenv", "redis", "grpc", "lookupenv", unserved + "/beego", unserved + "/go-micro",
}

func TestWithoutModules(t *testing.T) {
	root := t.TempDir()
	for _, dir := range withoutModules {
		to := filepath.Join(root, strings.TrimPrefix(dir, unserved+"/"))
		if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
	}
	mains := map[string]*code.Main{}
	for _, m := range load(root).Mains {
		mains[m.Dir] = m
	}
	only := []string{"listen", "route", "env", "write"}
	for _, dir := range withoutModules {
		name := strings.TrimPrefix(dir, unserved+"/")
		t.Run(name, func(t *testing.T) {
			m := mains[name]
			if m == nil {
				t.Fatal("no main was found")
			}
			wanted := slices.DeleteFunc(wantsOf(t, dir), func(w want) bool { return w.typed })
			for i := range wanted {
				wanted[i].file = strings.TrimPrefix(wanted[i].file, unserved+"/")
			}
			compare(t, wanted, foundIn(report.ContractOf(m.Contract)), only)
		})
	}
}

// fixtures are the folders with a main.go, sorted.
func fixtures(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*/main.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var dirs []string
	for _, f := range files {
		dirs = append(dirs, filepath.ToSlash(filepath.Dir(f)))
	}
	return dirs
}

// compare matches wants with what was found, each with one.
func compare(t *testing.T, wanted, found []want, only []string) {
	t.Helper()
	strict := slices.Clone(always)
	for _, w := range wanted {
		strict = append(strict, w.kind)
	}
	used := make([]bool, len(found))
	for _, w := range wanted {
		if !slices.Contains(only, w.kind) {
			continue
		}
		i := slices.IndexFunc(found, func(f want) bool {
			return f.kind == w.kind && f.file == w.file && f.line == w.line && matches(w, f.text)
		})
		for i >= 0 && used[i] {
			// The same text may stand twice on a line only if it is wanted twice.
			j := slices.IndexFunc(found[i+1:], func(f want) bool {
				return f.kind == w.kind && f.file == w.file && f.line == w.line && matches(w, f.text)
			})
			if j < 0 {
				i = -1
				break
			}
			i += j + 1
		}
		if i < 0 {
			t.Errorf("missing %s", w)
			continue
		}
		used[i] = true
	}
	strict = slices.DeleteFunc(strict, func(kind string) bool { return kind == "envlib" })
	for i, f := range found {
		if !used[i] && slices.Contains(strict, f.kind) && slices.Contains(only, f.kind) {
			t.Errorf("not wanted: %s", f)
		}
	}
}

func matches(w want, text string) bool {
	if w.kind != "gap" {
		return w.text == text
	}
	ok, err := regexp.MatchString(w.text, text)
	return err == nil && ok
}

var (
	wantComment = regexp.MustCompile(`^// want(-typed)?(?:@([+-]\d+))? (.+)$`)
	wantItem    = regexp.MustCompile("^\\s*([a-z]+) (\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
)

// wantsOf reads the comments of a fixture's files.
func wantsOf(t *testing.T, dir string) []want {
	t.Helper()
	var out []want
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				if !strings.HasPrefix(c.Text, "// want") {
					continue
				}
				line := fset.Position(c.Pos()).Line
				m := wantComment.FindStringSubmatch(c.Text)
				if m == nil {
					t.Errorf("%s:%d: %s does not parse", name, line, c.Text)
					continue
				}
				if m[2] != "" {
					n, err := strconv.Atoi(m[2])
					if err != nil {
						return err
					}
					line += n
				}
				rest := m[3]
				for rest != "" {
					item := wantItem.FindStringSubmatch(rest)
					if item == nil || !slices.Contains(kinds, item[1]) {
						t.Errorf("%s:%d: %q does not parse: want a kind and a quoted text", name, line, rest)
						break
					}
					text, err := strconv.Unquote(item[2])
					if err != nil {
						return err
					}
					w := want{file: path.Clean(filepath.ToSlash(name)), line: line, kind: item[1], text: text, typed: m[1] != ""}
					if w.kind == "env" && strings.Contains(text, " by ") {
						w.kind = "envlib"
					}
					out = append(out, w)
					rest = strings.TrimSpace(rest[len(item[0]):])
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
