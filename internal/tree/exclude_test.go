package tree_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree"
)

func TestExclude(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"main.go", "gen/a.pb.go", "gen/keep/b.go", "legacy/cmd/x/main.go", "legacy/keep.go", "api/api.pb.go",
		"cmd/gen/main.go", "deploy/dev/a.yaml", "deploy/prod/a.yaml",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		patterns []string
		left     string
		counts   []int
	}{
		{nil, "api/api.pb.go cmd/gen/main.go deploy/dev/a.yaml deploy/prod/a.yaml gen/a.pb.go gen/keep/b.go legacy/cmd/x/main.go legacy/keep.go main.go", []int{}},
		{[]string{"legacy/", "*.pb.go"}, "cmd/gen/main.go deploy/dev/a.yaml deploy/prod/a.yaml gen/keep/b.go main.go", []int{2, 2}},
		{[]string{"/gen"}, "api/api.pb.go cmd/gen/main.go deploy/dev/a.yaml deploy/prod/a.yaml legacy/cmd/x/main.go legacy/keep.go main.go", []int{2}},
		{[]string{"gen"}, "api/api.pb.go deploy/dev/a.yaml deploy/prod/a.yaml legacy/cmd/x/main.go legacy/keep.go main.go", []int{3}},
		{[]string{"deploy/*", "!deploy/prod"}, "api/api.pb.go cmd/gen/main.go deploy/prod/a.yaml gen/a.pb.go gen/keep/b.go legacy/cmd/x/main.go legacy/keep.go main.go", []int{1, 0}},
		// A folder that is left out takes what is in it along.
		{[]string{"legacy", "!legacy/keep.go", "nowhere/", "[", ""}, "api/api.pb.go cmd/gen/main.go deploy/dev/a.yaml deploy/prod/a.yaml gen/a.pb.go gen/keep/b.go main.go", []int{2, 0, 0, 0, 0}},
	} {
		tr, err := tree.Open(dir, "")
		if err != nil {
			t.Fatal(err)
		}
		counts := tr.Exclude(tt.patterns)
		var left []string
		for _, f := range tr.Files {
			left = append(left, f.Path)
		}
		if diff := cmp.Diff(tt.left, strings.Join(left, " ")); diff != "" {
			t.Errorf("%q leaves (-want +got):\n%s", tt.patterns, diff)
		}
		if diff := cmp.Diff(tt.counts, counts); diff != "" {
			t.Errorf("%q counts (-want +got):\n%s", tt.patterns, diff)
		}
	}
}

func TestCheckPattern(t *testing.T) {
	for text, ok := range map[string]bool{"gen/": true, "*.pb.go": true, "!a": true, "": false, "# no": false, "a[": false, "/": false} {
		if err := tree.CheckPattern(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
