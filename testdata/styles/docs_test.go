package styles

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/configuration-styles.md anew")

const page = "../../docs/configuration-styles.md"

// The page is cut at these lines; what is between them is made from the heads of
// the fixtures.
const (
	begin = "<!-- made by go -C testdata/styles test -run TestPage -update -->"
	end   = "<!-- end -->"
)

// areas are the page's sections, in order.
var areas = []struct{ name, title string }{
	{"configuration", "Configuration"},
	{"values", "How values travel"},
	{"servers", "Servers"},
	{"shutdown", "Shutdown"},
	{"clients", "Clients"},
	{"files", "Files"},
}

// A row is one fixture as the page shows it.
type row struct{ dir, area, style, read, limits string }

// TestPage holds docs/configuration-styles.md against the fixtures: each has a
// row, and each row a fixture.
func TestPage(t *testing.T) {
	var rows []row
	dirs := fixtures(t)
	more, err := filepath.Glob(unserved + "/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range more {
		dirs = append(dirs, filepath.ToSlash(filepath.Dir(f)))
	}
	for _, dir := range dirs {
		rows = append(rows, head(t, dir))
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Compare(strings.TrimPrefix(a.dir, unserved+"/"), strings.TrimPrefix(b.dir, unserved+"/"))
	})

	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s lacks the lines %q and %q", page, begin, end)
	}
	want := before + begin + "\n" + tables(rows) + end + after
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatalf("%s does not fit the fixtures: run go -C testdata/styles test -run TestPage -update", page)
	}
	if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// head reads the comment at the top of a fixture's main.go.
func head(t *testing.T, dir string) row {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	r := row{dir: dir}
	for line := range strings.Lines(string(data)) {
		key, text, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "// "), ": ")
		if !strings.HasPrefix(line, "// ") || !ok {
			break
		}
		switch key {
		case "Area":
			r.area = text
		case "Style":
			r.style = text
		case "Read":
			r.read = text
		case "Limits":
			r.limits = text
		default:
			t.Errorf("%s/main.go: %q is no line of the head: Area, Style, Read and Limits are", dir, key)
		}
	}
	known := slices.ContainsFunc(areas, func(a struct{ name, title string }) bool { return a.name == r.area })
	if !known || r.style == "" || r.read == "" {
		t.Errorf("%s/main.go: the head lacks an Area that docs_test.go lists, a Style or a Read", dir)
	}
	if strings.Contains(r.style+r.read+r.limits, "|") {
		t.Errorf("%s/main.go: the head has a |, which ends a column", dir)
	}
	return r
}

func tables(rows []row) string {
	var b strings.Builder
	for _, a := range areas {
		fmt.Fprintf(&b, "\n## %s\n\n| style | what is understood | limits | fixture |\n|---|---|---|---|\n", a.title)
		for _, r := range rows {
			if r.area == a.name {
				name := strings.TrimPrefix(r.dir, unserved+"/")
				fmt.Fprintf(&b, "| %s | %s | %s | [%s](../testdata/styles/%s/main.go) |\n", r.style, r.read, r.limits, name, r.dir)
			}
		}
	}
	b.WriteString("\n")
	return b.String()
}
