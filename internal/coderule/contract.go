package coderule

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/effects/summarize"
	"github.com/cnready/cnready/internal/finding"
)

// contractOf is what can be said of one package, shared by all rules.
var contractOf = &analysis.Analyzer{
	Name:             "cnreadycontract",
	Doc:              "summarizes what a package needs from its surroundings",
	ResultType:       reflect.TypeFor[*view](),
	FactTypes:        []analysis.Fact{new(exports)},
	RunDespiteErrors: true,
	Run:              func(pass *analysis.Pass) (any, error) { return look(pass, true) },
}

// contractAlone is what can be said of one package without looking at others.
var contractAlone = &analysis.Analyzer{
	Name:             "cnreadycontractalone",
	Doc:              "summarizes what a package needs from its surroundings, by itself",
	ResultType:       reflect.TypeFor[*view](),
	RunDespiteErrors: true,
	Run:              func(pass *analysis.Pass) (any, error) { return look(pass, false) },
}

// look makes the view of a package, nil for packages of others.
func look(pass *analysis.Pass, facts bool) (v *view, err error) {
	if !firstParty(pass) {
		return nil, nil
	}
	err = guarded(pass, func() { v = newView(pass, facts) })
	return v, err
}

// A view is what a pass sees.
type view struct {
	contract *effects.Contract
	own      string
	// imported are the packages of which facts tell, by path.
	imported map[string]*effects.Package
}

func newView(pass *analysis.Pass, facts bool) *view {
	own := pass.Pkg.Path()
	v := &view{own: own}
	if facts {
		v.imported = imported(pass)
	}
	related := family(pass)
	summary := summarize.Package(summarize.Input{
		Fset: pass.Fset, Files: pass.Files, Pkg: pass.Pkg, Info: pass.TypesInfo,
		FirstParty: func(p string) bool {
			// What the table knows of a package says more than that it was not
			// read.
			return p == own || v.imported[p] != nil || related(p) && !apitable.Default().KnowsPackage(p)
		},
		Table:    apitable.Default(),
		FileName: filepath.Base,
	})
	v.contract = link.New([]*effects.Package{summary}).PackageContract(own)
	all := []*effects.Package{summary}
	if len(v.imported) > 0 {
		// What an import hands on is known although the package does not import
		// it itself.
		for path, p := range v.imported {
			all = append(all, p)
			summary.Imports = append(summary.Imports, path)
		}
		slices.Sort(summary.Imports)
		summary.Imports = slices.Compact(summary.Imports)
		joined := link.New(all).PackageContract(own)
		joined.Gaps = append(joined.Gaps, v.contract.Gaps...)
		v.contract = joined
	}
	if facts {
		export(pass, link.New(all).Exported(own), v.imported)
	}
	return v
}

func export(pass *analysis.Pass, told *effects.Package, known map[string]*effects.Package) {
	if pass.Pkg.Name() == "main" {
		return
	}
	others := handOn(pass.Pkg, known)
	if told == nil && len(others) == 0 {
		return
	}
	if told == nil {
		told = &effects.Package{Path: pass.Pkg.Path(), Name: pass.Pkg.Name()}
	}
	if fact := encodeFact(told, others); fact != nil {
		pass.ExportPackageFact(fact)
	}
}

// of is the contract that a rule judges: without the effects of other packages
// that it finds wrong whoever causes them. These are told where they stand.
func (v *view) of(r *Rule) *effects.Contract {
	toldThere := map[string]bool{}
	key := func(i *effects.Instance) string { return i.Func + " " + string(i.Kind) + " " + i.API }
	isTold := func(i *effects.Instance) bool {
		k := key(i)
		told, judged := toldThere[k]
		if !judged {
			told = v.failsAnyway(r, i)
			toldThere[k] = told
		}
		return told
	}
	c := *v.contract
	c.Effects = slices.DeleteFunc(slices.Clone(c.Effects), func(i effects.Instance) bool {
		return v.elsewhere(i.Func) && isTold(&i)
	})
	return &c
}

// elsewhere tells the functions of other packages.
func (v *view) elsewhere(fn string) bool {
	if v.function(fn) == nil {
		return false
	}
	return !strings.HasPrefix(fn, v.own+".")
}

// function is what facts tell of a function.
func (v *view) function(id string) *effects.Function {
	name := id
	for i := strings.LastIndexByte(name, '.'); i > 0; i = strings.LastIndexByte(name, '.') {
		name = name[:i]
		if p := v.imported[name]; p != nil {
			return p.Funcs[id]
		}
	}
	return nil
}

// failsAnyway tells whether a rule fails an effect of another package without
// knowing what is passed to it, as it does there.
func (v *view) failsAnyway(r *Rule, i *effects.Instance) bool {
	c := &effects.Contract{Main: v.own}
	for _, n := range v.function(i.Func).Nodes {
		if n.Effect == nil || n.Effect.Kind != i.Kind || n.Effect.API != i.API {
			continue
		}
		there := effects.Instance{Kind: i.Kind, API: i.API, At: n.At, Func: i.Func, Names: n.Effect.Names, Blocks: i.Blocks, Late: i.Late}
		for _, value := range n.Effect.Values {
			there.Values = append(there.Values, unbound(value))
		}
		c.Effects = append(c.Effects, there)
	}
	rec := finding.NewRecorder(&r.Rule)
	r.Judge(c, rec)
	return slices.ContainsFunc(rec.Results(), func(res finding.Result) bool { return res.Verdict == finding.Fails })
}

// unbound is a value without what a caller passes.
func unbound(v *effects.Value) *effects.Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case effects.Param, effects.Select:
		return effects.Unresolved("comes from a caller that was not seen", v.At)
	}
	out := v.WithArgs(nil)
	for _, a := range v.Args {
		out.Args = append(out.Args, unbound(a))
	}
	return out
}

// placeOf is where a pass can show a finding: its place, or, where that is in
// another package, the first related place in this one.
func placeOf(pass *analysis.Pass, f *finding.Finding) finding.Position {
	if start, _ := tokenRange(pass, f.Position); start.IsValid() {
		return f.Position
	}
	for _, rel := range f.Related {
		if start, _ := tokenRange(pass, rel.Position); start.IsValid() {
			return rel.Position
		}
	}
	return f.Position
}
