// Package link joins the summaries of a program into the contract of a main:
// only what is reachable from it counts, parameters are replaced by what callers
// pass, fields and package variables by all that is assigned to them.
package link

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A Program is a set of summaries that import each other.
type Program struct {
	packages map[string]*effects.Package
	funcs    map[string]*effects.Function
	// methodKeys gives a method's key by its id.
	methodKeys map[string]string
	// forgetful is set by the test that compares outcomes with what they stand for.
	forgetful bool
}

// New takes the summaries of all first-party packages.
func New(packages []*effects.Package) *Program {
	p := &Program{
		packages:   map[string]*effects.Package{},
		funcs:      map[string]*effects.Function{},
		methodKeys: map[string]string{},
	}
	for _, pkg := range packages {
		p.packages[pkg.Path] = pkg
		for id, f := range pkg.Funcs {
			p.funcs[id] = f
		}
		for key, ids := range pkg.Methods {
			for _, id := range ids {
				p.methodKeys[id] = key
			}
		}
	}
	return p
}

// Contract is the contract of the main package at path, seen whole.
func (p *Program) Contract(path string) *effects.Contract {
	pkg := p.packages[path]
	if pkg == nil || pkg.Funcs[path+".main"] == nil {
		return nil
	}
	l := p.linker(path, true)
	l.reach(append([]string{path + ".main"}, l.inits()...))
	l.commands()
	c := l.contract(pkg)
	c.IsMain = true
	c.At = pkg.Funcs[path+".main"].At
	return c
}

// PackageContract is what can be said of one package by itself: of a main
// package what is reachable from main, of any other what its functions do,
// whoever calls them.
func (p *Program) PackageContract(path string) *effects.Contract {
	pkg := p.packages[path]
	if pkg == nil {
		return nil
	}
	l := p.linker(path, false)
	roots := slices.Clone(pkg.Init)
	main := pkg.Funcs[path+".main"]
	isMain := pkg.Name == "main" && main != nil
	if isMain {
		roots = append(roots, main.ID)
	} else {
		for id := range pkg.Funcs {
			if !strings.Contains(id, "$") {
				roots = append(roots, id)
			}
		}
		sort.Strings(roots)
		for _, id := range roots {
			l.open[id] = true
		}
	}
	l.reach(roots)
	l.commands()
	c := l.contract(pkg)
	c.IsMain = isMain
	if isMain {
		c.At = main.At
	}
	return c
}

type linker struct {
	*Program
	// scope are the packages of the program, by path, sorted.
	scope []*effects.Package
	whole bool
	// live and late are the reached functions; late ones only after a call that
	// blocks until the program ends.
	live, late map[string]bool
	// open functions may be called by code that was not seen.
	open    map[string]bool
	parents map[string]edge
	callers map[string][]edge
	// methodCalls are the calls through interfaces, by method key.
	methodCalls map[string][]edge
	// methods are the methods of the scope by their keys, in the scope's order.
	methods   map[string][]string
	pending   []string // commands, in the order in which they were met
	isCommand map[string]bool
	idle      []string // commands that do not serve
	blocking  map[string]int
	unseen    map[string]edge

	// fields and globals are all assignments of the program; runs tells which
	// of them count.
	fields, globals map[string][]effects.Assigned
	exported        map[string]bool
	shapes          map[string]*effects.Shape
	configuration   configuration
	// roots are what runs without being called; reaches says how each reached
	// function is, see reach.go.
	roots   []string
	reaches map[string]effects.Reach
	// extra are instances that no node stands for: of variables that a struct's
	// tags name.
	extra        []effects.Instance
	commandNames map[string]*effects.Value
	// commandGroups are the groups of command bodies, groups their members.
	commandGroups map[string]string
	groups        map[string][]string
	resolver      resolver
}

// An edge is a call of a function.
type edge struct {
	caller string
	call   *effects.Call
	at     finding.Position
	// node is the call's, nil for a function that is handed on.
	node *effects.Node
}

func (p *Program) linker(path string, whole bool) *linker {
	l := &linker{
		Program: p, whole: whole,
		live: map[string]bool{}, late: map[string]bool{}, open: map[string]bool{},
		parents: map[string]edge{}, callers: map[string][]edge{}, methodCalls: map[string][]edge{}, methods: map[string][]string{},
		isCommand: map[string]bool{}, blocking: map[string]int{}, unseen: map[string]edge{},
		fields: map[string][]effects.Assigned{}, globals: map[string][]effects.Assigned{},
		exported: map[string]bool{}, shapes: map[string]*effects.Shape{}, commandNames: map[string]*effects.Value{}, commandGroups: map[string]string{}, groups: map[string][]string{},
	}
	l.scope = p.closure(path)
	for _, pkg := range l.scope {
		for k, vs := range pkg.Fields {
			l.fields[k] = append(l.fields[k], vs...)
		}
		for k, vs := range pkg.Globals {
			l.globals[k] = append(l.globals[k], vs...)
		}
		for k := range pkg.Exported {
			l.exported[k] = true
		}
		for k, shape := range pkg.Shapes {
			l.shapes[k] = shape
		}
		for k, ids := range pkg.Methods {
			l.methods[k] = append(l.methods[k], ids...)
		}
	}
	l.resolver = resolver{linker: l, memo: map[*effects.Value]*effects.Value{}, reuse: newReuse(), certain: map[string]bool{}, many: map[string]bool{}, states: map[string]*fieldState{}}
	return l
}

// closure is the package and all that it imports, sorted by path.
func (p *Program) closure(path string) []*effects.Package {
	seen := map[string]bool{}
	var out []*effects.Package
	var visit func(string)
	visit = func(path string) {
		pkg := p.packages[path]
		if pkg == nil || seen[path] {
			return
		}
		seen[path] = true
		for _, i := range pkg.Imports {
			visit(i)
		}
		out = append(out, pkg)
	}
	visit(path)
	slices.SortFunc(out, func(a, b *effects.Package) int { return cmp.Compare(a.Path, b.Path) })
	return out
}

// inits are the ids of what runs before main, in the packages of the program.
func (l *linker) inits() []string {
	var ids []string
	for _, pkg := range l.scope {
		ids = append(ids, pkg.Init...)
	}
	return ids
}

// reach marks all that can run from the roots: first what runs before a blocking
// call returns, then what runs only after.
func (l *linker) reach(roots []string) {
	l.roots = append(l.roots, roots...)
	l.walk(roots, l.live, false)
	var lateRoots []string
	for _, id := range sortedKeys(l.live) {
		f := l.funcs[id]
		for i := range f.Nodes {
			if l.isLate(f, i) {
				lateRoots = append(lateRoots, l.targets(f, i)...)
			}
		}
		for _, ref := range f.Refs {
			if !ref.Command && l.behind(f, ref.Prev) {
				lateRoots = append(lateRoots, ref.ID)
			}
		}
	}
	l.walk(lateRoots, l.late, true)
}

// walk follows calls and references breadth first, so that the recorded path to
// each function is a shortest one.
func (l *linker) walk(roots []string, set map[string]bool, late bool) {
	queue := []string{}
	push := func(id string, from edge) {
		if l.funcs[id] == nil || set[id] || l.live[id] {
			return
		}
		set[id] = true
		if _, ok := l.parents[id]; !ok && from.caller != "" {
			l.parents[id] = from
		}
		queue = append(queue, id)
	}
	for _, id := range roots {
		push(id, edge{})
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		f := l.funcs[id]
		for i := range f.Nodes {
			n := &f.Nodes[i]
			if n.Call == nil {
				continue
			}
			e := edge{caller: id, call: n.Call, at: n.At, node: n}
			if n.Call.Func != nil {
				continue // see dynamicCalls
			}
			if n.Call.Method != "" {
				l.methodCalls[n.Call.Method] = append(l.methodCalls[n.Call.Method], e)
				continue
			}
			l.callers[n.Call.Callee] = append(l.callers[n.Call.Callee], e)
			if l.funcs[n.Call.Callee] == nil {
				if _, ok := l.unseen[n.Call.Callee]; !ok {
					l.unseen[n.Call.Callee] = e
				}
				continue
			}
			if late || !l.isLate(f, i) {
				push(n.Call.Callee, e)
			}
		}
		for _, ref := range f.Refs {
			if ref.Command {
				if !l.isCommand[ref.ID] {
					l.isCommand[ref.ID] = true
					l.commandNames[ref.ID] = ref.Name
					if ref.Group != "" {
						l.commandGroups[ref.ID] = ref.Group
						l.groups[ref.Group] = append(l.groups[ref.Group], ref.ID)
					}
					l.pending = append(l.pending, ref.ID)
				}
				continue
			}
			l.open[ref.ID] = true
			if late || !l.behind(f, ref.Prev) {
				push(ref.ID, edge{caller: id, at: f.At})
			}
		}
	}
}

// dynamicCalls finds the functions that are called as values. They are reached
// already, for somebody names them.
func (l *linker) dynamicCalls() {
	for _, id := range l.reached() {
		f := l.funcs[id]
		for i := range f.Nodes {
			n := &f.Nodes[i]
			if n.Call == nil || n.Call.Func == nil {
				continue
			}
			for k, fn := range l.functions(n.Call.Func) {
				if k >= maxImpls {
					break
				}
				call := &effects.Call{Callee: fn.Text, Args: n.Call.Args}
				if len(fn.Args) > 0 {
					call.Recv = fn.Args[0]
				}
				l.callers[fn.Text] = append(l.callers[fn.Text], edge{caller: id, call: call, at: n.At})
			}
		}
	}
	l.resolver.forget() // what was resolved did not know of all callers
}

// functions are the first-party functions that a value may be.
func (l *linker) functions(v *effects.Value) []*effects.Value {
	var out []*effects.Value
	for _, a := range l.resolver.value(v, nil).Alternatives() {
		if a.Kind == effects.Func && l.funcs[a.Text] != nil {
			out = append(out, a)
		}
	}
	return out
}

func (l *linker) targets(f *effects.Function, i int) []string {
	if c := f.Nodes[i].Call; c != nil && c.Callee != "" {
		return []string{c.Callee}
	}
	return nil
}

// runs are the assignments of functions that are reached. One of a function that
// nothing reaches, of test servers for instance, says nothing about the program.
func (l *linker) runs(all []effects.Assigned) []*effects.Value {
	var out []*effects.Value
	for _, a := range all {
		if l.counts(a) {
			out = append(out, a.Value)
		}
	}
	return out
}

func (l *linker) counts(a effects.Assigned) bool {
	return !l.whole || l.live[a.Func] || l.late[a.Func] || l.funcs[a.Func] == nil
}

// commands follows the CLI's subcommands. Those that serve are the service, so
// what they reach counts; the others are somebody's tools.
func (l *linker) commands() {
	for len(l.pending) > 0 {
		id := l.pending[0]
		l.pending = l.pending[1:]
		if l.live[id] {
			continue
		}
		// What runs before or after a body that serves is part of the service.
		together := l.groups[l.commandGroups[id]]
		if l.serves(id) || slices.ContainsFunc(together, l.serves) {
			l.open[id] = true
			l.reach([]string{id})
		} else {
			l.idle = append(l.idle, id)
		}
	}
}

// serves tells whether a function leads to a listening or serving effect.
func (l *linker) serves(id string) bool {
	seen := map[string]bool{}
	stack := []string{id}
	for len(stack) > 0 {
		id := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		f := l.funcs[id]
		if f == nil || seen[id] {
			continue
		}
		seen[id] = true
		for i := range f.Nodes {
			if e := f.Nodes[i].Effect; e != nil {
				switch e.Kind {
				case effects.Listen, effects.Serve, effects.Managed:
					return true
				}
			}
			stack = append(stack, l.targets(f, i)...)
		}
		for _, ref := range f.Refs {
			if !ref.Command {
				stack = append(stack, ref.ID)
			}
		}
	}
	return false
}

// isLate tells whether a node runs only after a blocking call has returned.
func (l *linker) isLate(f *effects.Function, i int) bool { return l.behind(f, f.Nodes[i].Prev) }

func (l *linker) behind(f *effects.Function, prev int) bool {
	for ; prev >= 0; prev = f.Nodes[prev].Prev {
		if l.blocks(&f.Nodes[prev]) {
			return true
		}
	}
	return false
}

const (
	unknownYet = iota
	blocksNot
	blocksSurely
)

// blocks tells whether a node returns only when the program ends.
func (l *linker) blocks(n *effects.Node) bool {
	switch {
	case n.Go:
		return false
	case n.Effect != nil:
		return n.Effect.Blocks
	case n.Call.Callee == "":
		return false
	}
	id := n.Call.Callee
	f := l.funcs[id]
	if f == nil {
		return false
	}
	if l.blocking[id] == unknownYet {
		l.blocking[id] = blocksNot // for recursive functions
		if l.behind(f, f.Exit) {
			l.blocking[id] = blocksSurely
		}
	}
	return l.blocking[id] == blocksSurely
}

// contract collects the effects of all reached functions.
func (l *linker) contract(pkg *effects.Package) *effects.Contract {
	c := &effects.Contract{Main: pkg.Path, Dir: pkg.Dir, Whole: l.whole}
	l.dynamicCalls()
	l.configure()
	l.openStructs()
	l.resolver.settled = true
	l.reachable()
	l.eachEffect(func(f *effects.Function, n *effects.Node) {
		late := !l.live[f.ID] || l.behind(f, n.Prev)
		c.Effects = append(c.Effects, l.instances(f, n, late)...)
	})
	c.Effects = l.drainedThrough(c.Effects)
	for i := range c.Effects {
		c.Effects[i].At = ownPlace(&c.Effects[i])
	}
	c.Effects = append(c.Effects, l.extra...)
	c.Effects = append(c.Effects, l.foundByKey()...)
	c.Effects = unique(l.requests(l.jobs(databases(l.named(routes(c.Effects))))))
	for i := range c.Effects {
		c.Gaps = append(c.Gaps, gaps(&c.Effects[i])...)
	}
	for _, id := range sortedKeys(l.unseen) {
		c.Gaps = append(c.Gaps, effects.Gap{What: id + " is called and was not read", At: l.unseen[id].at})
	}
	c.Commands = l.idle
	sort.Strings(c.Commands)
	c.Subcommands = l.subcommands()
	return c
}

// drainedThrough keeps the drains through an interface's method where the program
// calls it, and says of them whether it does so in time.
func (l *linker) drainedThrough(list []effects.Instance) []effects.Instance {
	out := list[:0]
	for _, inst := range list {
		method := inst.Value("through")
		if inst.Kind != effects.Drain || method == nil {
			out = append(out, inst)
			continue
		}
		called, inTime := false, false
		for _, e := range l.methodCalls[method.Text] {
			f := l.funcs[e.caller]
			called = true
			inTime = inTime || l.live[e.caller] && !l.behind(f, e.node.Prev)
		}
		if called {
			inst = inst.Without("through")
			inst.Late = !inTime
			out = append(out, inst)
		}
	}
	return out
}

// ownPlace is where an effect is: in the tree that is checked the call itself, and
// for one in a module elsewhere the last call on the way to it that is in the tree.
// Files of modules elsewhere are named by module and version.
func ownPlace(i *effects.Instance) finding.Position {
	if !elsewhere(i.At.File) {
		return i.At
	}
	for _, p := range slices.Backward(i.Path) {
		if !elsewhere(p.File) {
			return p
		}
	}
	return i.At
}

// elsewhere tells the files of other modules, and those of other packages where one
// package is seen at a time: exporter.place names them so.
func elsewhere(file string) bool { return strings.Contains(file, "@") || effects.Elsewhere(file) }

// maxInstances bounds how often one effect is told apart by its callers, maxFrames
// how many callers above each other are told apart.
const (
	maxInstances = 64
	maxFrames    = 3
)

// instances is the effect, once for each caller that makes a difference.
func (l *linker) instances(f *effects.Function, n *effects.Node, late bool) []effects.Instance {
	base := effects.Instance{
		Kind: n.Effect.Kind, API: n.Effect.API, At: n.At, Func: f.ID,
		Names: n.Effect.Names, Blocks: n.Effect.Blocks, Late: late, Path: l.path(f.ID),
		Reach: max(l.reaches[f.ID], l.underDefaults(n.When, nil)),
	}
	var out []effects.Instance
	add := func(fr *frame, path []finding.Position) {
		ranged := n.Effect.Values
		if !byRow[n.Effect.Kind] {
			ranged = nil
		}
		l.resolver.eachRow(ranged, fr, func(fr *frame) {
			inst := base
			if path != nil {
				inst.Path = path
			}
			if fr != nil {
				inst.Reach = max(inst.Reach, l.underDefaults(n.When, fr))
			}
			for _, v := range n.Effect.Values {
				inst.Values = append(inst.Values, l.resolver.value(v, fr))
			}
			out = append(out, inst)
		})
	}
	frames := l.frames(paramOf(n.Effect.Values, f.ID), 0)
	if len(frames) < 2 || len(frames) > maxInstances {
		add(nil, nil)
		return out
	}
	for _, fr := range frames {
		before := len(out)
		add(fr.frame, append(l.path(fr.caller), fr.at))
		for i := range out[before:] {
			out[before+i].Reach = max(out[before+i].Reach, fr.reach)
		}
	}
	return out
}

// byRow are the effects whose values belong together, so that each row of a table
// makes one of its own.
var byRow = map[effects.EffectKind]bool{
	effects.Route: true, effects.Mount: true, effects.Listen: true, effects.Dial: true,
	effects.ReadEnv: true, effects.Require: true, effects.DefFlag: true,
}

// A framed is a frame and the outermost call that made it.
type framed struct {
	*frame
	caller string
	at     finding.Position
	// reach is that of the call.
	reach effects.Reach
}

// frames are the calls of a function, each told apart by the calls of its caller
// where these decide what it passes. None are told apart where code that was not
// followed may call it too.
func (l *linker) frames(id string, depth int) []framed {
	if id == "" || l.open[id] || depth >= maxFrames {
		return nil
	}
	var out []framed
	for _, e := range l.callers[id] {
		if len(out) > maxInstances {
			return out
		}
		fr := &frame{fn: id, recv: e.call.Recv, args: e.call.Args}
		passed := e.call.Args
		if e.call.Recv != nil {
			passed = append([]*effects.Value{e.call.Recv}, passed...)
		}
		outer := l.frames(paramOf(passed, e.caller), depth+1)
		if len(outer) < 2 || len(outer) > maxInstances {
			out = append(out, framed{fr, e.caller, e.at, max(l.reaches[e.caller], l.ofCall(e))})
			continue
		}
		for _, o := range outer {
			inner := *fr
			inner.outer = o.frame
			out = append(out, framed{&inner, o.caller, o.at, max(o.reach, l.ofCall(e))})
		}
	}
	return out
}

// paramOf is fn where the values depend on its parameters, and else a function
// around it whose parameters they depend on, or "".
func paramOf(values []*effects.Value, fn string) string {
	id := ""
	for _, v := range values {
		v.Walk(func(x *effects.Value) bool {
			if x.Kind == effects.Param && x.Index >= 0 && (id == "" || x.Text == fn) {
				id = x.Text
			}
			return id != fn
		})
	}
	return id
}

// maxPath bounds the recorded way from main to an effect.
const maxPath = 12

// path are the calls that lead from main to a function, outermost first.
func (l *linker) path(id string) []finding.Position {
	var out []finding.Position
	for range maxPath {
		e, ok := l.parents[id]
		if !ok {
			break
		}
		if e.call != nil {
			out = append(out, e.at)
		}
		id = e.caller
	}
	slices.Reverse(out)
	return out
}

// subcommands are the CLI's subcommands, by name.
func (l *linker) subcommands() []effects.Subcommand {
	var out []effects.Subcommand
	for _, id := range sortedKeys(l.isCommand) {
		f := l.funcs[id]
		if f == nil {
			continue
		}
		name, _, _ := strings.Cut(l.text(l.commandNames[id]), " ")
		out = append(out, effects.Subcommand{Name: name, Func: id, At: f.At, Serves: !slices.Contains(l.idle, id)})
	}
	slices.SortStableFunc(out, func(a, b effects.Subcommand) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Func, b.Func))
	})
	return out
}

// unique sorts by place and drops what stands there twice with equal values.
func unique(list []effects.Instance) []effects.Instance {
	key := func(i effects.Instance) string {
		var b strings.Builder
		fmt.Fprintf(&b, "%s %s %v", i.Kind, i.API, i.Late)
		for n, v := range i.Values {
			fmt.Fprintf(&b, " %s=%s", i.Names[n], v.Key())
		}
		return b.String()
	}
	slices.SortStableFunc(list, func(a, b effects.Instance) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(key(a), key(b)))
	})
	return slices.CompactFunc(list, func(a, b effects.Instance) bool {
		return a.At == b.At && key(a) == key(b)
	})
}

// gaps are what of an effect could not be resolved, where that matters.
func gaps(i *effects.Instance) []effects.Gap {
	if i.Kind == effects.Unseen {
		return []effects.Gap{{What: i.API + " is third-party code that is not known", At: i.At}}
	}
	switch i.Kind {
	case effects.Listen, effects.Dial, effects.Route, effects.Signal, effects.Write, effects.Mkdir:
	default:
		return nil
	}
	var out []effects.Gap
	for n, v := range i.Values {
		if v.Resolved() {
			continue
		}
		out = append(out, effects.Gap{
			What: fmt.Sprintf("the %s of %s %s", i.Names[n], i.API, v.Reason()), At: i.At,
		})
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
