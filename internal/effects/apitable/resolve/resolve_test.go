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

// withdrawn are modules that the public module proxy refuses to serve. Their
// entries were held against copies of the modules' repositories.
var withdrawn = []string{
	"github.com/RichardKnop/machinery",
	"github.com/aliyun/fc-runtime-go-sdk",
	"github.com/asim/go-micro",
	"github.com/astaxie/beego",
	"github.com/beego/beego",
	"github.com/cloudflare/tableflip",
	"github.com/cloudwego/kitex",
	"github.com/facebookgo/grace",
	"github.com/fermyon/spin",
	"github.com/fermyon/spin-go-sdk",
	"github.com/fvbock/endless",
	"github.com/gobuffalo/buffalo",
	"github.com/gogf/gf",
	"github.com/jpillora/overseer",
	"github.com/judwhite/go-svc",
	"github.com/spinframework/spin-go-sdk",
	"github.com/tencentyun/scf-go-lib",
	"github.com/tylerb/graceful",
	"go-micro.dev",
	"knative.dev/func-go",
}

func isWithdrawn(pkg string) bool {
	return slices.ContainsFunc(withdrawn, func(m string) bool { return strings.HasPrefix(pkg+"/", m+"/") })
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
	var loaders []*Loader
	for _, g := range Generations(modules) {
		loaders = append(loaders, NewLoader(g))
	}
	var entries []apitable.Entry
	apitable.Default().Entries(func(e apitable.Entry) {
		if first, _, _ := strings.Cut(e.Package, "/"); strings.Contains(first, ".") && !isWithdrawn(e.Package) {
			entries = append(entries, e)
		}
	})
	slices.SortStableFunc(entries, func(a, b apitable.Entry) int { return strings.Compare(a.Symbol, b.Symbol) })
	used := map[string]bool{}
	for _, e := range entries {
		found := false
		var missing error
		for _, loader := range loaders {
			for _, candidate := range loader.Candidates(e.Package) {
				if e.Only != "" && e.Only != candidate {
					continue // the entry says nothing about this version
				}
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
