package gofix_test

import (
	"flag"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/finding"
)

var update = flag.Bool("update", false, "write the mended files anew")

// fixers are the ready-made fixes by the names that test cases use.
var fixers = map[string]func(*gofix.Site) []finding.Fix{
	"ClientTimeout":           gofix.ClientTimeout,
	"ServerReadHeaderTimeout": gofix.ServerReadHeaderTimeout,
	"DefaultClient":           gofix.DefaultClient,
	"AddSIGTERM":              gofix.AddSIGTERM,
	"PortFromEnv":             func(s *gofix.Site) []finding.Fix { return gofix.PortFromEnv(s, "PORT") },
}

// TestFixes applies each case of testdata/FIXER/*.txtar. A case is a package;
// "«" and "»" in it stand around the site of the finding and are taken out. What
// must come out is the file of the same name with ".golden" behind it; a case
// without one must get no fix. A line "go: 1.21" in the comment is the module's Go
// version, which is 1.26 without one. What comes out must type-check.
func TestFixes(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d cases: %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".txtar")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fixer, _, _ := strings.Cut(name, "/")
			f := fixers[fixer]
			if f == nil {
				t.Fatalf("there is no fixer %s", fixer)
			}
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			run(t, file, archive, f)
		})
	}
}

func run(t *testing.T, file string, archive *txtar.Archive, fix func(*gofix.Site) []finding.Fix) {
	t.Helper()
	version := "1.26"
	if _, v, ok := strings.Cut(string(archive.Comment), "go: "); ok {
		version, _, _ = strings.Cut(v, "\n")
	}
	sources, want := map[string]string{}, map[string]string{}
	var names []string
	var at finding.Position
	for _, f := range archive.Files {
		text := string(f.Data)
		if golden, ok := strings.CutSuffix(f.Name, ".golden"); ok {
			want[golden] = text
			continue
		}
		if before, rest, ok := strings.Cut(text, "«"); ok {
			inner, after, _ := strings.Cut(rest, "»")
			text = before + inner + after
			at = finding.Position{File: f.Name}
			at.Line, at.Column = lineColumn(text, len(before))
			at.EndLine, at.EndColumn = lineColumn(text, len(before)+len(inner))
		}
		sources[f.Name] = text
		names = append(names, f.Name)
	}
	if !at.IsValid() {
		t.Fatal("no file has a site")
	}
	typeCheck(t, sources)
	fs := &gofix.Files{
		Read: func(name string) ([]byte, error) {
			if s, ok := sources[name]; ok {
				return []byte(s), nil
			}
			return nil, fs.ErrNotExist
		},
		Siblings:  func(string) []string { return names },
		GoVersion: func(string) string { return version },
	}
	fixes := fix(fs.At(at))
	if len(fixes) == 0 {
		if len(want) > 0 {
			t.Error("there is no fix")
		}
		return
	}
	if len(fixes) != 1 || fixes[0].Message == "" {
		t.Fatalf("got %+v, want one fix with a message", fixes)
	}
	got := apply(t, sources, fixes[0])
	typeCheck(t, got)
	if len(fix(fs.At(at))) != 1 {
		t.Error("a second call gives another answer")
	}
	if *update {
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, ".golden") })
		archive.Files = append(archive.Files, txtar.File{Name: at.File + ".golden", Data: []byte(got[at.File])})
		if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(want) == 0 {
		t.Errorf("got a fix (%s), want none:\n%s", fixes[0].Message, got[at.File])
	}
	for name, text := range want {
		if diff := cmp.Diff(text, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func lineColumn(text string, offset int) (line, column int) {
	before := text[:offset]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndexByte(before, '\n')
}

// apply puts a fix's edits in, last first.
func apply(t *testing.T, sources map[string]string, fix finding.Fix) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, text := range sources {
		out[name] = text
	}
	edits := slices.Clone(fix.Edits)
	slices.Reverse(edits)
	for _, e := range edits {
		text := out[e.Position.File]
		start := offset(t, text, e.Position.Line, e.Position.Column)
		end := offset(t, text, e.Position.EndLine, e.Position.EndColumn)
		out[e.Position.File] = text[:start] + e.NewText + text[end:]
	}
	return out
}

func offset(t *testing.T, text string, line, column int) int {
	t.Helper()
	at := 0
	for i := 1; i < line; i++ {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			t.Fatalf("the text has no line %d", line)
		}
		at += n + 1
	}
	return at + column - 1
}

var (
	fset    = token.NewFileSet()
	std     = sync.OnceValue(func() types.Importer { return importer.ForCompiler(fset, "gc", nil) })
	stdLock sync.Mutex
)

// typeCheck holds that a package compiles.
func typeCheck(t *testing.T, sources map[string]string) {
	t.Helper()
	stdLock.Lock()
	defer stdLock.Unlock()
	var files []*ast.File
	for name, text := range sources {
		if strings.HasSuffix(name, "_other.go") {
			continue // of another package in the same folder
		}
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: std(), FakeImportC: true}
	if _, err := conf.Check("example.com/app", fset, files, nil); err != nil {
		for _, text := range sources {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}
