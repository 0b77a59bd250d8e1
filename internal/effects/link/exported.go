package link

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of what a package says of itself to its importers.
const (
	maxExported        = 400 // functions of a package
	maxExportedEffects = 12  // effects of a function
	maxExportedCalls   = 200 // calls that are followed from a function
	maxExportedDepth   = 6   // how deep these may stand
	maxExportedSize    = 40  // parts of a value
	maxExportedFields  = 24  // of a struct that is returned
)

// decided are the effects that a caller can make right or wrong by what it
// passes.
var decided = map[effects.EffectKind]bool{
	effects.Listen: true, effects.Serve: true, effects.Dial: true, effects.Resolve: true, effects.Read: true,
	effects.Write: true, effects.Mkdir: true, effects.Remove: true, effects.Archive: true,
	effects.Temp: true, effects.Exec: true, effects.Timezone: true, effects.User: true,
}

// serving are the effects that make a program one that serves, whatever their
// values are.
var serving = map[effects.EffectKind]bool{effects.Listen: true, effects.Serve: true, effects.Managed: true}

// Exported is what a package says of itself to its importers: of each exported
// function and method what a caller decides of it, and whether it serves. The
// functions are linked already, through helpers and imports: they hold effects
// but no calls, and results, in terms of their own parameters only. Nothing else
// of the package is in it. Functions of which nothing is to be said are left out;
// nil where that is all of them.
func (p *Program) Exported(path string) *effects.Package {
	pkg := p.packages[path]
	if pkg == nil || pkg.Name == "main" {
		return nil
	}
	l := p.linker(path, false)
	roots := slices.Clone(pkg.Init)
	for _, id := range sortedKeys(pkg.Funcs) {
		if !strings.Contains(id, "$") {
			roots = append(roots, id)
			l.open[id] = true
		}
	}
	l.reach(roots)
	l.dynamicCalls()
	l.configure()
	l.openStructs()

	out := &effects.Package{Path: path, Name: pkg.Name, Funcs: map[string]*effects.Function{}}
	worth := l.worthwhile()
	for _, id := range sortedKeys(pkg.Funcs) {
		if len(out.Funcs) == maxExported {
			break
		}
		f := pkg.Funcs[id]
		if !exportedID(id, path) || !worth[id] && !returnsText(f) {
			continue
		}
		x := exporter{linker: l, path: path, root: f}
		if done := x.function(); done != nil {
			out.Funcs[id] = done
		}
	}
	if len(out.Funcs) == 0 {
		return nil
	}
	return out
}

// exportedID tells functions and methods that importers can call.
func exportedID(id, path string) bool {
	name := strings.TrimPrefix(id, path+".")
	if strings.ContainsAny(name, "$#") {
		return false
	}
	// A method of an unexported type can be called where a function returns it.
	return ast.IsExported(name[strings.LastIndexByte(name, '.')+1:])
}

// returnsText tells functions whose results may be text or hold it.
func returnsText(f *effects.Function) bool {
	return slices.ContainsFunc(f.Results, func(v *effects.Value) bool {
		return v != nil && v.Kind != effects.Unknown && v.Kind != effects.Func
	})
}

// worthwhile are the functions from which an effect that counts can be reached.
func (l *linker) worthwhile() map[string]bool {
	callers := map[string][]string{}
	worth := map[string]bool{}
	var queue []string
	add := func(id string) {
		if !worth[id] {
			worth[id] = true
			queue = append(queue, id)
		}
	}
	for _, pkg := range l.scope {
		for id, f := range pkg.Funcs {
			for i := range f.Nodes {
				if e := f.Nodes[i].Effect; e != nil && (decided[e.Kind] || serving[e.Kind]) {
					add(id)
				}
				for _, to := range l.targets(f, i) {
					callers[to] = append(callers[to], id)
				}
			}
			for _, ref := range f.Refs {
				if !ref.Command {
					callers[ref.ID] = append(callers[ref.ID], id)
				}
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, from := range callers[id] {
			add(from)
		}
	}
	return worth
}

// An exporter links one exported function.
type exporter struct {
	*linker
	path  string
	root  *effects.Function
	out   []effects.Node
	calls int
	stack []string
}

func (x *exporter) function() *effects.Function {
	// What was resolved for another function stands for its parameters.
	clear(x.resolver.memo)
	x.resolver.kept = x.root.ID
	defer func() {
		x.resolver.kept = ""
		clear(x.resolver.memo)
	}()
	f := &effects.Function{ID: x.root.ID, Params: x.root.Params, Variadic: x.root.Variadic, Exit: -1}
	x.follow(x.root, nil, nil)
	f.Nodes = x.out
	if x.behind(x.root, x.root.Exit) {
		// A caller that comes back from it does so when the program ends.
		for i := range f.Nodes {
			if serving[f.Nodes[i].Effect.Kind] {
				f.Nodes[i].Effect.Blocks = true
				f.Exit = i
			}
		}
	}
	known := false
	for _, v := range x.root.Results {
		r := x.result(v)
		known = known || r != nil
		f.Results = append(f.Results, r)
	}
	if !known {
		f.Results = nil
	}
	if len(f.Nodes) == 0 && len(f.Results) == 0 {
		return nil
	}
	return f
}

// follow collects the effects of a function under one chain of calls from the
// root.
func (x *exporter) follow(f *effects.Function, fr *frame, when []*effects.Value) {
	if slices.Contains(x.stack, f.ID) || len(x.stack) > maxExportedDepth {
		return
	}
	x.stack = append(x.stack, f.ID)
	defer func() { x.stack = x.stack[:len(x.stack)-1] }()
	for i := range f.Nodes {
		n := &f.Nodes[i]
		if x.calls++; x.calls > maxExportedCalls || len(x.out) == maxExportedEffects {
			return
		}
		under := when
		for _, c := range n.When {
			c = x.compact(x.resolver.value(c, fr))
			under = append(under[:len(under):len(under)], c)
		}
		if n.Effect != nil {
			x.effect(n, fr, under)
			continue
		}
		for _, id := range x.targets(f, i) {
			if to := x.funcs[id]; to != nil {
				x.follow(to, &frame{fn: id, recv: n.Call.Recv, args: n.Call.Args, outer: fr}, under)
			}
		}
	}
	for _, ref := range f.Refs {
		// A function literal sees the parameters of those around it.
		if to := x.funcs[ref.ID]; to != nil && !ref.Command && strings.HasPrefix(ref.ID, f.ID+"$") {
			x.follow(to, fr, append(when[:len(when):len(when)], ref.When...))
		}
	}
}

func (x *exporter) effect(n *effects.Node, fr *frame, when []*effects.Value) {
	e := n.Effect
	if !decided[e.Kind] && !serving[e.Kind] {
		return
	}
	out := &effects.Effect{Kind: e.Kind, API: e.API, Names: e.Names}
	byCaller := false
	for _, v := range e.Values {
		r := x.compact(x.resolver.value(v, fr))
		byCaller = byCaller || x.ofRoot(r)
		out.Values = append(out.Values, r)
	}
	if !byCaller && !serving[e.Kind] {
		return
	}
	x.out = append(x.out, effects.Node{Prev: -1, At: x.place(n.At), Conditional: n.Conditional, When: when, Loop: n.Loop, Effect: out})
}

// ofRoot tells whether a value depends on what the root's caller passes.
func (x *exporter) ofRoot(v *effects.Value) bool {
	found := false
	v.Walk(func(p *effects.Value) bool {
		found = found || p.Kind == effects.Param && p.Text == x.root.ID
		return !found
	})
	return found
}

// result is a result in terms of the root's parameters, nil where nothing of it
// is known.
func (x *exporter) result(v *effects.Value) *effects.Value {
	if v == nil {
		return nil
	}
	v = x.resolver.value(v, nil)
	for _, a := range v.Alternatives() {
		switch a.Kind {
		case effects.Struct:
			if len(a.Args) > maxExportedFields || !slices.ContainsFunc(a.Args, told) {
				return nil
			}
		case effects.Unknown, effects.Func, effects.Router, effects.List, effects.Strip, effects.Contents:
			return nil
		}
	}
	if v = x.compact(v); v.Kind == effects.Unknown {
		return nil
	}
	return v
}

// told tells fields of which something is known.
func told(v *effects.Value) bool {
	return v != nil && v.Kind != effects.Unknown && v.Kind != effects.Func
}

// compact is a value within bounds, of which each part may leave the package:
// what else it depends on is unknown to others.
func (x *exporter) compact(v *effects.Value) *effects.Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case effects.Unknown:
		return effects.Unresolved(v.Text, finding.Position{})
	case effects.Param:
		if v.Text != x.root.ID {
			return effects.Unresolved("comes from a caller that was not seen", finding.Position{})
		}
	case effects.Global, effects.Field, effects.Result, effects.Out, effects.Func, effects.Router:
		return effects.Unresolved("is told by another package", finding.Position{})
	}
	if v.Size() > maxExportedSize && v.Kind != effects.Struct {
		return effects.Unresolved("is too large to follow", finding.Position{})
	}
	out := v.WithArgs(nil)
	out.At = x.place(v.At)
	for _, a := range v.Args {
		out.Args = append(out.Args, x.compact(a))
	}
	return out
}

// place names a file together with its package: an importer has files of the same
// name.
func (x *exporter) place(p finding.Position) finding.Position {
	if p.File != "" && !strings.Contains(p.File, "@") {
		p.File += "@" + x.path
	}
	return p
}
