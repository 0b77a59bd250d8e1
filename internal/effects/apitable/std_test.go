package apitable_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/apitable/apitabletest"
)

// Every entry about the standard library names something that it has. The other
// modules are resolved by the module in the folder resolve.
func TestStandardLibrary(t *testing.T) {
	entries := map[string][]apitable.Entry{}
	apitable.Default().Entries(func(e apitable.Entry) {
		if first, _, _ := strings.Cut(e.Package, "/"); !strings.Contains(first, ".") {
			entries[e.Package] = append(entries[e.Package], e)
		}
	})
	var paths []string
	for path := range entries {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, pkg := range pkgs {
		for _, e := range pkg.Errors {
			t.Errorf("%s: %v", pkg.PkgPath, e)
		}
		for _, e := range entries[pkg.PkgPath] {
			checked++
			if err := apitabletest.Check(pkg.Types, e); err != nil {
				t.Errorf("%s %s: %v", e.Symbol, e.Verb, err)
			}
		}
		delete(entries, pkg.PkgPath)
	}
	for path := range entries {
		t.Errorf("package %s was not loaded", path)
	}
	if checked < 150 {
		t.Errorf("only %d entries were checked", checked)
	}
}
