package resolve

import (
	_ "embed"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/apitable/apitabletest"
)

//go:embed modules.txt
var modulesText string

// withdrawn are packages that the public module proxy refuses to serve. Their
// entries rest on the modules' documentation alone; all they do is keep rules
// from claiming that nothing handles signals.
var withdrawn = map[string]bool{
	"github.com/asim/go-micro":              true,
	"github.com/astaxie/beego":              true,
	"github.com/beego/beego/server/web":     true,
	"github.com/facebookgo/grace/gracehttp": true,
	"github.com/fvbock/endless":             true,
	"github.com/tylerb/graceful":            true,
	"go-micro.dev":                          true,
}

// Every entry about a third-party module names something that at least one
// version of the module has, and fits each version that has it.
func TestEveryEntry(t *testing.T) {
	modules, err := ParseModules(modulesText)
	if err != nil {
		t.Fatal(err)
	}
	if err := Download(t.TempDir(), modules); err != nil {
		t.Fatal(err)
	}
	loader := NewLoader(modules)
	var entries []apitable.Entry
	apitable.Default().Entries(func(e apitable.Entry) {
		if first, _, _ := strings.Cut(e.Package, "/"); strings.Contains(first, ".") && !withdrawn[e.Package] {
			entries = append(entries, e)
		}
	})
	slices.SortStableFunc(entries, func(a, b apitable.Entry) int { return strings.Compare(a.Symbol, b.Symbol) })
	used := map[string]bool{}
	for _, e := range entries {
		found := false
		var missing error
		for _, candidate := range loader.Candidates(e.Package) {
			pkg := loader.Import(candidate)
			if pkg == nil {
				continue
			}
			used[candidate] = true
			err := apitabletest.Check(pkg, e)
			if m := apitabletest.Missing(""); errors.As(err, &m) {
				missing = err
				continue
			}
			found = true
			if err != nil {
				t.Errorf("%s %s, in %s: %v", e.Symbol, e.Verb, candidate, err)
			}
		}
		switch {
		case found:
		case missing != nil:
			t.Errorf("%s %s: %v", e.Symbol, e.Verb, missing)
		default:
			t.Errorf("%s %s: no module of modules.txt has the package %s", e.Symbol, e.Verb, e.Package)
		}
	}
	if len(entries) < 400 {
		t.Errorf("only %d entries were resolved", len(entries))
	}
	t.Logf("%d entries in %d packages", len(entries), len(used))
}
