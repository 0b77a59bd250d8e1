package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/lazyregexp"
)

const kindFunc = effects.Func

func litOf(e ast.Expr) *ast.FuncLit {
	lit, _ := ast.Unparen(e).(*ast.FuncLit)
	return lit
}

// isOwn tells whether id names a function of first-party code.
func (s *summarizer) isOwn(id string) bool {
	if strings.HasPrefix(id, s.out.Path+".") {
		return true
	}
	i := strings.LastIndexByte(id, '/') + 1
	if j := strings.IndexByte(id[i:], '.'); j >= 0 {
		return s.FirstParty(id[:i+j])
	}
	return false
}

// A walker goes through the body of one function in the order in which it runs
// and records its calls and effects.
type walker struct {
	s  *summarizer
	fn *effects.Function
	// results are the function's result types, for conversions to interfaces.
	results *types.Tuple
	// deferred are the nodes that run when the function returns.
	deferred []int
	// within counts the conditions around the statement, loops the for
	// statements; when are the conditions that could be told.
	within, loops int
	when          []*effects.Value
	// chains are what a chain of calls said of an effect before making it, by
	// kind and place.
	chains map[string]*effects.Effect
	// body is the function's.
	body *ast.BlockStmt
	// saved remembers what saves answers.
	saved *string
	// bodies are arguments that are bodies of commands, with the command's name.
	bodies map[ast.Expr]body
}

func (s *summarizer) newWalker(id string, pos token.Pos) *walker {
	p := s.Fset.Position(pos)
	return &walker{s: s, chains: map[string]*effects.Effect{}, bodies: map[ast.Expr]body{}, fn: &effects.Function{
		ID: id, Exit: -1,
		At: posAt{File: s.name(p.Filename), Line: p.Line, Column: p.Column},
	}}
}

func (w *walker) function(t *ast.FuncType, body *ast.BlockStmt) {
	w.fn.Params = t.Params.NumFields()
	if n := len(t.Params.List); n > 0 {
		_, w.fn.Variadic = t.Params.List[n-1].Type.(*ast.Ellipsis)
	}
	if sig, ok := w.s.Info.TypeOf(t).(*types.Signature); ok {
		w.results = sig.Results()
		w.fn.Handler = w.s.handlerOf(sig)
	}
	w.body = body
	w.fn.Recovers = w.recovers(body)
	w.state(body)
	w.fn.Exit = w.block(body.List, -1)
	for _, i := range w.deferred {
		w.fn.Nodes[i].Prev = w.exitBefore(i)
	}
	w.returns(t, body)
	w.outs(t)
	w.returnedDefaults()
}

// exitBefore is what has run before a deferred call: the way to the exit. A
// deferred call never stands on that way itself.
func (w *walker) exitBefore(i int) int {
	if w.fn.Exit == i {
		return w.fn.Nodes[i].Prev
	}
	return w.fn.Exit
}

// returns evaluates what the function returns.
func (w *walker) returns(t *ast.FuncType, body *ast.BlockStmt) {
	n := t.Results.NumFields()
	if n == 0 {
		return
	}
	results := make([][]*effects.Value, n)
	var here site
	add := func(i int, v *effects.Value) {
		if v == nil {
			v = effects.Unresolved("is nil", posAt{})
		}
		if w.results != nil && i < w.results.Len() {
			v = w.s.under(v, here, w.results.At(i).Type())
		}
		results[i] = append(results[i], v)
	}
	var named []*ast.Ident
	for _, f := range t.Results.List {
		named = append(named, f.Names...)
	}
	w.s.order.walk(body, func(node ast.Node) bool {
		switch r := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			here = w.s.order.here()
			switch {
			case len(r.Results) == n:
				for i, e := range r.Results {
					add(i, w.s.eval(e))
				}
			case len(r.Results) == 1:
				if call, ok := ast.Unparen(r.Results[0]).(*ast.CallExpr); ok {
					for i := range n {
						add(i, w.s.call(call, i))
					}
				}
			case len(r.Results) == 0 && len(named) == n:
				for i, id := range named {
					if obj := w.s.objectOf(id); obj != nil {
						// The value is that which the return statement sees.
						add(i, w.s.object(obj, &ast.Ident{NamePos: r.End(), Name: id.Name}))
					}
				}
			}
		}
		return true
	})
	for _, vs := range results {
		w.fn.Results = append(w.fn.Results, withoutNil(vs))
	}
}

// withoutNil is the choice of what is returned; a nil beside values, as on an
// error path, says nothing about them.
func withoutNil(vs []*effects.Value) *effects.Value {
	var kept []*effects.Value
	for _, v := range vs {
		if plain := v.Alternatives()[0]; plain.Kind != effects.Unknown || plain.Text != "is nil" {
			kept = append(kept, v)
		}
	}
	if v := effects.ChoiceOf(kept...); v != nil {
		return v
	}
	return effects.Unresolved("is nil", posAt{})
}

// outs evaluates what is stored through pointer parameters.
func (w *walker) outs(t *ast.FuncType) {
	i := 0
	for _, f := range t.Params.List {
		for _, name := range f.Names {
			var vs []*effects.Value
			if obj := w.s.Info.Defs[name]; obj != nil {
				for _, e := range w.s.outs[obj] {
					vs = append(vs, w.s.eval(e))
				}
				for _, src := range w.s.sources[obj] {
					// The parameter is handed on to a function that sets it.
					if src.how == out {
						vs = append(vs, w.s.source(src))
					}
				}
			}
			if v := effects.ChoiceOf(vs...); v != nil {
				if w.fn.Outs == nil {
					w.fn.Outs = map[int]*effects.Value{}
				}
				w.fn.Outs[i] = v
			}
			i++
		}
		if len(f.Names) == 0 {
			i++
		}
	}
}

// block walks statements; prev is the last node that has run for certain, and so
// is the result, for what follows.
func (w *walker) block(list []ast.Stmt, prev int) int {
	open := len(w.when)
	for _, st := range list {
		prev = w.stmt(st, prev)
		// What follows runs only where this did not leave the function.
		if c, ok := st.(*ast.IfStmt); ok && c.Else == nil && leaves(c.Body) && !w.dies(c.Body) {
			w.passed(c.Cond)
		}
	}
	w.when = w.when[:open]
	return prev
}

func (w *walker) stmt(st ast.Stmt, prev int) int {
	switch st := st.(type) {
	case *ast.ExprStmt:
		return w.expr(st.X, prev)
	case *ast.AssignStmt:
		return w.assign(st, prev)
	case *ast.DeclStmt:
		if g, ok := st.Decl.(*ast.GenDecl); ok {
			for _, spec := range g.Specs {
				if vs, ok := spec.(*ast.ValueSpec); ok {
					for i, v := range vs.Values {
						w.convert(typeOfSpec(w.s.Info, vs), v)
						first := len(w.fn.Nodes)
						prev = w.expr(v, prev)
						if i < len(vs.Names) {
							w.defaulted(vs.Names[i], first)
						}
					}
				}
			}
		}
	case *ast.ReturnStmt:
		for i, e := range st.Results {
			if w.results != nil && len(st.Results) == w.results.Len() {
				w.convert(w.results.At(i).Type(), e)
			}
			prev = w.expr(e, prev)
		}
	case *ast.IfStmt:
		if st.Init != nil {
			prev = w.stmt(st.Init, prev)
		}
		prev = w.expr(st.Cond, prev)
		w.required(st, prev)
		w.needsFile(st, prev)
		w.within++
		w.under(guard{cond: st.Cond}, func() { w.block(st.Body.List, prev) })
		if st.Else != nil {
			w.under(guard{cond: st.Cond, negate: true}, func() { w.stmt(st.Else, prev) })
		}
		w.within--
	case *ast.ForStmt:
		if st.Init != nil {
			prev = w.stmt(st.Init, prev)
		}
		if st.Cond != nil {
			prev = w.expr(st.Cond, prev)
		}
		w.loops++
		w.block(st.Body.List, prev)
		w.loops--
		if st.Post != nil {
			w.stmt(st.Post, prev)
		}
	case *ast.RangeStmt:
		prev = w.expr(st.X, prev)
		w.loops++
		w.block(st.Body.List, prev)
		w.loops--
	case *ast.SwitchStmt:
		if st.Init != nil {
			prev = w.stmt(st.Init, prev)
		}
		if st.Tag != nil {
			prev = w.expr(st.Tag, prev)
			for _, c := range st.Body.List {
				if c, ok := c.(*ast.CaseClause); ok {
					for _, e := range c.List {
						w.comparedPath(st.Tag, e, prev)
					}
				}
			}
		}
		w.clauses(st, st.Body, prev)
	case *ast.TypeSwitchStmt:
		if st.Init != nil {
			prev = w.stmt(st.Init, prev)
		}
		prev = w.stmt(st.Assign, prev)
		w.clauses(st, st.Body, prev)
	case *ast.SelectStmt:
		w.clauses(st, st.Body, prev)
	case *ast.BlockStmt:
		return w.block(st.List, prev)
	case *ast.LabeledStmt:
		return w.stmt(st.Stmt, prev)
	case *ast.GoStmt:
		w.callExpr(st.Call, prev, true)
	case *ast.DeferStmt:
		first := len(w.fn.Nodes)
		w.callExpr(st.Call, prev, false)
		for i := first; i < len(w.fn.Nodes); i++ {
			w.deferred = append(w.deferred, i)
		}
	case *ast.SendStmt:
		prev = w.expr(st.Chan, prev)
		return w.expr(st.Value, prev)
	case *ast.IncDecStmt:
		return w.expr(st.X, prev)
	}
	return prev
}

func (w *walker) clauses(sw ast.Stmt, body *ast.BlockStmt, prev int) {
	w.within++
	defer func() { w.within-- }()
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			for _, e := range c.List {
				w.expr(e, prev)
			}
			w.underAll(clauseGuards(sw, c), func() { w.block(c.Body, prev) })
		case *ast.CommClause:
			p := prev
			if c.Comm != nil {
				p = w.stmt(c.Comm, prev)
			}
			w.block(c.Body, p)
		}
	}
}

func (w *walker) assign(st *ast.AssignStmt, prev int) int {
	for i, rhs := range st.Rhs {
		if len(st.Lhs) == len(st.Rhs) {
			lhs := ast.Unparen(st.Lhs[i])
			if t := w.s.Info.TypeOf(lhs); t != nil && st.Tok == token.ASSIGN {
				w.convert(t, rhs)
			}
			if sel, ok := lhs.(*ast.SelectorExpr); ok {
				if _, ok := w.command(w.s.fieldOwner(sel), sel.Sel.Name); ok {
					prev = w.commandBody(rhs, prev, body{group: w.fn.ID + " " + types.ExprString(sel.X)})
					continue
				}
			}
		}
		first := len(w.fn.Nodes)
		prev = w.expr(rhs, prev)
		if i < len(st.Lhs) {
			w.defaulted(st.Lhs[i], first)
		}
	}
	for _, lhs := range st.Lhs {
		if ix, ok := ast.Unparen(lhs).(*ast.IndexExpr); ok {
			prev = w.expr(ix.Index, prev)
		}
	}
	return prev
}

// expr walks an expression, innermost first, and returns the last node that has
// run for certain.
func (w *walker) expr(e ast.Expr, prev int) int {
	switch e := e.(type) {
	case nil:
	case *ast.Ident:
		w.refIdent(e, prev)
	case *ast.SelectorExpr:
		if fn, ok := w.s.objectOf(e.Sel).(*types.Func); ok {
			w.ref(fn, prev)
		}
		return w.expr(e.X, prev)
	case *ast.ParenExpr:
		return w.expr(e.X, prev)
	case *ast.StarExpr:
		return w.expr(e.X, prev)
	case *ast.UnaryExpr:
		return w.expr(e.X, prev)
	case *ast.BinaryExpr:
		if e.Op == token.EQL || e.Op == token.NEQ {
			w.comparedPath(e.X, e.Y, prev)
			w.comparedPath(e.Y, e.X, prev)
		}
		prev = w.expr(e.X, prev)
		if e.Op == token.LAND || e.Op == token.LOR {
			w.expr(e.Y, prev)
			return prev
		}
		return w.expr(e.Y, prev)
	case *ast.CallExpr:
		return w.callExpr(e, prev, false)
	case *ast.CompositeLit:
		return w.composite(e, prev)
	case *ast.KeyValueExpr:
		return w.expr(e.Value, w.expr(e.Key, prev))
	case *ast.IndexExpr:
		return w.expr(e.Index, w.expr(e.X, prev))
	case *ast.IndexListExpr:
		return w.expr(e.X, prev)
	case *ast.SliceExpr:
		return w.expr(e.X, prev)
	case *ast.TypeAssertExpr:
		return w.expr(e.X, prev)
	case *ast.FuncLit:
		w.literal(e)
		w.refer(effects.Ref{ID: w.s.lits[e], Prev: prev})
	}
	return prev
}

// comparedPath records a route of a handler that compares the request's path
// itself: r.URL.Path == "/healthz".
func (w *walker) comparedPath(e, with ast.Expr, prev int) {
	if !w.requestPath(e) {
		return
	}
	v := w.s.eval(with)
	if v == nil || v.Kind == effects.Unknown {
		return
	}
	w.fn.Nodes = append(w.fn.Nodes, effects.Node{Prev: prev, At: w.s.position(with), Effect: &effects.Effect{
		Kind: effects.Route, API: "http.Request.URL.Path", Names: []string{"path"}, Values: []*effects.Value{v},
	}})
}

// requestPath tells whether an expression is the path of a request: r.URL.Path of
// net/http, string(ctx.Path()) of fasthttp.
func (w *walker) requestPath(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		if e.Sel.Name != "Path" || w.s.fieldOwner(e) != "net/url.URL" {
			return false
		}
		url, ok := ast.Unparen(e.X).(*ast.SelectorExpr)
		return ok && w.s.fieldOwner(url) == "net/http.Request"
	case *ast.CallExpr:
		c := w.s.callee(e)
		if c.kind == conversion && len(e.Args) == 1 {
			return w.requestPath(e.Args[0])
		}
		return c.pkg == "github.com/valyala/fasthttp" && c.name == "RequestCtx.Path"
	}
	return false
}

// literal summarizes a function literal as a function of its own.
func (w *walker) literal(lit *ast.FuncLit) {
	id := w.s.lits[lit]
	if id == "" || w.s.out.Funcs[id] != nil {
		return
	}
	inner := w.s.newWalker(id, lit.Pos())
	inner.function(lit.Type, lit.Body)
	w.s.out.Funcs[id] = inner.fn
}

func (w *walker) composite(lit *ast.CompositeLit, prev int) int {
	t := w.s.Info.TypeOf(lit)
	owner := ""
	var st *types.Struct
	var elem types.Type
	if t != nil {
		switch u := deref(t).Underlying().(type) {
		case *types.Struct:
			st, owner = u, w.s.structKey(deref(t))
		case *types.Slice:
			elem = u.Elem()
		case *types.Array:
			elem = u.Elem()
		case *types.Map:
			elem = u.Elem()
		}
	}
	for i, e := range lit.Elts {
		value := e
		var dst types.Type
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			value = kv.Value
			if st == nil {
				prev = w.expr(kv.Key, prev)
			} else if id, ok := kv.Key.(*ast.Ident); ok {
				if entry, ok := w.command(owner, id.Name); ok {
					prev = w.commandBody(value, prev, body{w.commandName(entry, lit), w.s.position(lit).String()})
					continue
				}
				if f, ok := w.s.objectOf(id).(*types.Var); ok {
					dst = f.Type()
				}
			}
		} else if st != nil && i < st.NumFields() {
			dst = st.Field(i).Type()
		}
		if elem != nil {
			dst = elem
		}
		w.convert(dst, value)
		prev = w.expr(value, prev)
	}
	for _, e := range w.literalEffects(owner, lit) {
		w.fn.Nodes = append(w.fn.Nodes, effects.Node{
			Prev: prev, At: w.s.position(lit), Effect: e,
			Conditional: w.within > 0, When: w.conditions(), Loop: w.loops > 0,
		})
	}
	return prev
}

// literalEffects are what the table says of writing a literal of a type: that it
// defines a flag, for instance.
func (w *walker) literalEffects(owner string, lit *ast.CompositeLit) []*effects.Effect {
	var out []*effects.Effect
	for _, entry := range w.s.literalEntries(owner) {
		e := &effects.Effect{Kind: effects.EffectKind(entry.Verb), API: shortPackage(entry.Package) + strings.TrimPrefix(entry.Symbol, entry.Package)}
		if entry.Verb == "sets" || entry.Verb == "returns" {
			continue // see intoFields and routerPackage
		}
		made := w.s.eval(lit)
		for _, a := range entry.Args {
			v := literalArg(a, w.s.position(lit))
			switch {
			case a.Name == "callback":
				v = w.s.transformation(fieldExpr(lit, a.Field))
			case a.IsParam:
				v = made.FieldValue(a.Field)
			}
			if v != nil && a.Name == "default" && strings.Contains(entry.Symbol, "Duration") {
				v = duration(v, durationType)
			}
			if v != nil {
				e.Names = append(e.Names, a.Name)
				e.Values = append(e.Values, v)
			}
		}
		// One that leaves out what it is about, a flag without an environment
		// variable, has no such effect.
		if len(e.Names) > 0 && len(entry.Args) > 0 && e.Names[0] == entry.Args[0].Name {
			out = append(out, e)
		}
	}
	return out
}

// durationType stands for time.Duration where only the name of a flag's type
// tells that.
var durationType = types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage("time", "time"), "Duration", nil), types.Typ[types.Int64], nil)

// fieldExpr is what a literal gives a field, nil for nothing.
func fieldExpr(lit *ast.CompositeLit, field string) ast.Expr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == field {
				return kv.Value
			}
		}
	}
	return nil
}

func (w *walker) refIdent(id *ast.Ident, prev int) {
	if fn, ok := w.s.objectOf(id).(*types.Func); ok {
		w.ref(fn, prev)
	}
}

// ref records that a function is used as a value.
func (w *walker) ref(fn *types.Func, prev int) { w.refAs(fn, effects.Ref{Prev: prev}) }

func (w *walker) refAs(fn *types.Func, ref effects.Ref) {
	fn = fn.Origin()
	pkg, name := symbol(fn)
	if pkg == "" || name == "" || !w.s.FirstParty(pkg) {
		return
	}
	if recv := fn.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		return
	}
	ref.ID = pkg + "." + name
	w.refer(ref)
}

// refer records a use of a function with what stands around it.
func (w *walker) refer(ref effects.Ref) {
	ref.When, ref.Loop = w.conditions(), w.loops > 0
	w.fn.Refs = append(w.fn.Refs, ref)
}

// convert records the methods that become callable when e is converted to the
// interface type dst.
func (w *walker) convert(dst types.Type, e ast.Expr) {
	if dst == nil {
		return
	}
	iface, ok := dst.Underlying().(*types.Interface)
	if !ok || iface.Empty() {
		return
	}
	src := w.s.Info.TypeOf(e)
	if src == nil || types.IsInterface(src) || typeKey(deref(src)) == "" || w.s.nilPointer(e) {
		return
	}
	for i := range iface.NumMethods() {
		m := iface.Method(i)
		obj, _, _ := types.LookupFieldOrMethod(src, true, m.Pkg(), m.Name())
		if fn, ok := obj.(*types.Func); ok {
			w.ref(fn, -1)
			w.drainable(fn, m, e)
		}
	}
}

// drainable records that a server of a known library may be drained by a call of
// an interface's method.
func (w *walker) drainable(fn, method *types.Func, e ast.Expr) {
	pkg, name := symbol(fn)
	if pkg == "" || name == "" || w.s.FirstParty(pkg) {
		return
	}
	for _, entry := range w.s.Table.Lookup(pkg, name) {
		if entry.Verb == string(effects.Drain) {
			at := w.s.position(e)
			w.fn.Nodes = append(w.fn.Nodes, effects.Node{Prev: -1, At: at, Effect: &effects.Effect{
				Kind: effects.Drain, API: shortPackage(pkg) + "." + name,
				Names: []string{"through"}, Values: []*effects.Value{effects.Lit(methodKey(method), at)},
			}})
			return
		}
	}
}

// convertAny records the exported methods of what is handed to third-party code
// as `any`: it may call them by reflection.
func (w *walker) convertAny(e ast.Expr) {
	src := w.s.Info.TypeOf(e)
	if src == nil || types.IsInterface(src) {
		return
	}
	key := typeKey(deref(src))
	if key == "" || !w.s.isOwn(key) {
		return
	}
	set := types.NewMethodSet(src)
	for i := range set.Len() {
		if fn, ok := set.At(i).Obj().(*types.Func); ok && fn.Exported() {
			w.ref(fn, -1)
		}
	}
}

// callExpr records a call: its effects, or the first-party code that it enters.
func (w *walker) callExpr(call *ast.CallExpr, prev int, concurrent bool) int {
	c := w.s.callee(call)
	// What is called is not a use as a value; its receiver is walked.
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
	case *ast.SelectorExpr:
		prev = w.expr(fun.X, prev)
	case *ast.FuncLit:
		w.literal(fun)
	default:
		prev = w.expr(fun, prev)
	}
	before := len(w.fn.Nodes)
	var sig *types.Signature
	if t := w.s.Info.TypeOf(call.Fun); t != nil {
		sig, _ = t.Underlying().(*types.Signature)
	}
	for i, a := range call.Args {
		if sig != nil && c.kind != conversion && c.kind != builtinCall {
			t := paramType(sig, i)
			w.convert(t, a)
			if t != nil && c.kind == extern && !isStd(c.pkg) && isEmptyInterface(t) {
				w.convertAny(a)
			}
		}
		if c.kind == conversion {
			w.convert(w.s.Info.TypeOf(call), a)
		}
		if of, ok := w.passedBody(c, i, a); ok {
			prev = w.commandBody(a, prev, of)
			continue
		}
		prev = w.expr(a, prev)
	}
	switch c.kind {
	case conversion, builtinCall:
		if e := w.panics(c, call); e != nil {
			w.fn.Nodes = append(w.fn.Nodes, effects.Node{Prev: prev, At: w.s.position(call), Effect: e})
		}
		return prev
	}
	w.registered(c, sig, call)
	entries := w.s.callEntries(c, call)
	w.withinCall(entries, c, call, before)
	at := w.s.position(call)
	add := func(n effects.Node) int {
		n.Prev, n.At, n.Go, n.Conditional = prev, at, concurrent, w.within > 0
		n.When, n.Loop = w.conditions(), w.loops > 0
		w.fn.Nodes = append(w.fn.Nodes, n)
		return len(w.fn.Nodes) - 1
	}
	last := prev
	for _, e := range w.effects(entries, c, call) {
		if w.chained(e, at) {
			continue
		}
		w.streamed(e, call)
		i := add(effects.Node{Effect: e})
		if e.Blocks && !concurrent {
			last = i
		}
	}
	for _, e := range w.opens(entries, c, call) {
		add(effects.Node{Effect: e})
	}
	if e := w.requests(c, sig, call); e != nil {
		add(effects.Node{Effect: e})
	}
	for _, made := range w.callbacks(entries, c, call) {
		add(effects.Node{Call: made})
	}
	var followed *effects.Value
	if c.kind == dynamic {
		followed = w.s.followed(call)
	}
	switch {
	case c.kind == static, c.kind == interfaceCall:
		w.opened(sig, call)
		n := &effects.Call{Recv: w.s.receiver(c)}
		if c.kind == static {
			n.Callee = c.id
		} else {
			n.Method = c.id
		}
		n.Args = w.s.arguments(call)
		i := add(effects.Node{Call: n})
		if !concurrent {
			last = i
		}
	case followed != nil:
		i := add(effects.Node{Call: &effects.Call{Func: followed, Args: w.s.arguments(call)}})
		if !concurrent {
			last = i
		}
	case c.kind == extern && mayHandleSignals(c) && len(w.s.entries(c)) == 0:
		add(effects.Node{Effect: &effects.Effect{Kind: effects.Unseen, API: c.String()}})
	case w.untyped(c, call) && mayRun.MatchString(calledName(call)):
		add(effects.Node{Effect: &effects.Effect{Kind: effects.Unseen, API: shortened(types.ExprString(call.Fun))}})
	}
	return last
}

// untyped tells whether a call goes to code whose types are missing: to a module
// that could not be loaded.
func (w *walker) untyped(c callee, call *ast.CallExpr) bool {
	switch c.kind {
	case extern:
		return c.fn == nil && len(w.s.entries(c)) == 0
	case dynamic:
		t := w.s.Info.TypeOf(call.Fun)
		return t == nil || t == types.Typ[types.Invalid]
	}
	return false
}

// mayRun matches names of calls that may run a whole program, and so handle its
// signals.
var mayRun = lazyregexp.New(`^(Must)?(Run|Start|Serve|Wait|Main|Execute|Listen)|(?i)signal|graceful|shutdown`)

// calledName is the last word of what is called.
func calledName(call *ast.CallExpr) string {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// shortened is an expression as messages show it.
func shortened(expr string) string {
	if len(expr) > 40 {
		return "..." + strings.ToValidUTF8(expr[len(expr)-40:], "")
	}
	return expr
}

// Third-party functions whose names say that they deal with signals or
// shutdown. They are not judged by their names: they only keep the tool from
// claiming that nothing does.
var signalNames = lazyregexp.New(`(?i)signal|graceful|shutdown|sigterm|lifecycle`)

func mayHandleSignals(c callee) bool {
	return !isStd(c.pkg) && (signalNames.MatchString(c.name) || signalNames.MatchString(c.pkg))
}

// effects are what the table says of a call.
func (w *walker) effects(entries []apitable.Entry, c callee, call *ast.CallExpr) []*effects.Effect {
	var out []*effects.Effect
	for _, entry := range entries {
		switch entry.Verb {
		case "returns", "sets", "opens", "command", "pure", "calls", "within", "gives":
			continue
		}
		e := &effects.Effect{Kind: effects.EffectKind(entry.Verb), API: c.String(), Blocks: entry.Blocks}
		missing := false
		for i, a := range entry.Args {
			values := w.s.tableArg(a, c, call)
			var v *effects.Value
			switch {
			case a.Name == "callback":
				if a.Param < 0 || a.Param >= len(call.Args) {
					missing = true // another version of the function
					continue
				}
				if v = w.s.transformation(call.Args[a.Param]); v == nil {
					continue
				}
			case a.Name == "default" && len(values) > 0:
				v = duration(values[0], w.s.Info.TypeOf(argument(call, a.Param)))
			case a.Rest:
				v = &effects.Value{Kind: effects.List, Args: values, At: w.s.position(call)}
			case len(values) > 0:
				v = values[0]
			default:
				// A call that leaves out what the entry is about has no such effect.
				missing = missing || i == 0 && a.Param >= len(call.Args) && c.fn != nil && c.fn.Signature().Variadic()
				continue
			}
			if a.Name == "flags" {
				if !writes(v) {
					e.Kind = effects.Read
				}
				continue
			}
			e.Names = append(e.Names, a.Name)
			e.Values = append(e.Values, v)
		}
		if !missing {
			out = append(out, e)
		}
	}
	return append(out, w.expanded(entries, c, call)...)
}

// expanded are the variables that a text names which the call expands.
func (w *walker) expanded(entries []apitable.Entry, c callee, call *ast.CallExpr) []*effects.Effect {
	var out []*effects.Effect
	for _, entry := range entries {
		if entry.Verb != "returns" || entry.Op != "expand" {
			continue
		}
		w.s.apply(entry, c, call).Walk(func(v *effects.Value) bool {
			if v.Kind == effects.Env && v.Text != "" {
				out = append(out, &effects.Effect{
					Kind: effects.ReadEnv, API: c.String(), Names: []string{"name"}, Values: []*effects.Value{effects.Lit(v.Text, v.At)},
				})
			}
			return true
		})
	}
	return out
}

// argument is an argument of a call, nil for none.
func argument(call *ast.CallExpr, i int) ast.Expr {
	if i < 0 || i >= len(call.Args) {
		return nil
	}
	return call.Args[i]
}

// duration is a default as its flag shows it: 5s, not a number of nanoseconds.
func duration(v *effects.Value, t types.Type) *effects.Value {
	if t == nil || v.Kind != effects.Literal || t.String() != "time.Duration" {
		return v
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil {
		return v
	}
	return effects.Lit(time.Duration(n).String(), v.At)
}

// chained joins an effect and what other calls of the same chain say of it,
// mux.HandleFunc(p, h).Methods("GET"), whichever comes first. All calls of a chain
// stand at its beginning. It tells whether e was taken up.
func (w *walker) chained(e *effects.Effect, at posAt) bool {
	kind := effects.Route
	names, values := e.Names, e.Values
	switch e.Kind {
	case effects.Methods:
	case effects.Adds:
		if kind = effects.EffectKind(textOf(e.Value("kind"))); len(names) < 2 {
			return true
		}
		names, values = names[1:], values[1:]
	default:
		if more := w.chains[string(e.Kind)+placeOf(at)]; more != nil {
			e.Names = append(e.Names, more.Names...)
			e.Values = append(e.Values, more.Values...)
		}
		return false
	}
	start := placeOf(at)
	for i := len(w.fn.Nodes) - 1; i >= 0; i-- {
		n := &w.fn.Nodes[i]
		if n.Effect != nil && n.Effect.Kind == kind && placeOf(n.At) == start {
			n.Effect.Names = append(n.Effect.Names, names...)
			n.Effect.Values = append(n.Effect.Values, values...)
			return true
		}
	}
	w.chains[string(kind)+start] = &effects.Effect{Names: names, Values: values}
	return true
}

func textOf(v *effects.Value) string {
	if v == nil || v.Kind != effects.Literal {
		return ""
	}
	return v.Text
}

// withinCall says of effects that the call's arguments have made since node first
// what the table says of the call.
func (w *walker) withinCall(entries []apitable.Entry, c callee, call *ast.CallExpr, first int) {
	for _, entry := range entries {
		if entry.Verb != "within" {
			continue
		}
		kind := entry.Arg("kind")
		for _, a := range entry.Args {
			values := w.s.tableArg(a, c, call)
			if a.Name == "kind" || kind == nil || len(values) == 0 || values[0].Kind == effects.Unknown {
				continue
			}
			for i := first; i < len(w.fn.Nodes); i++ {
				if e := w.fn.Nodes[i].Effect; e != nil && string(e.Kind) == kind.Literal && e.Value(a.Name) == nil {
					e.Names = append(e.Names, a.Name)
					e.Values = append(e.Values, values[0])
				}
			}
		}
	}
}

// callbacks are the calls that a function makes of those that it is given, with
// what the table knows of the arguments.
func (w *walker) callbacks(entries []apitable.Entry, c callee, call *ast.CallExpr) []*effects.Call {
	var out []*effects.Call
	for _, entry := range entries {
		if entry.Verb != "calls" || entry.Index >= len(call.Args) {
			continue
		}
		fn := w.s.eval(call.Args[entry.Index])
		if fn == nil || fn.Kind != effects.Func || fn.Text == "" {
			continue
		}
		made := &effects.Call{Callee: fn.Text}
		if len(fn.Args) > 0 {
			made.Recv = fn.Args[0]
		}
		for range entry.Param {
			made.Args = append(made.Args, effects.Unresolved("is given by "+c.String(), w.s.position(call)))
		}
		made.Args = append(made.Args, w.s.apply(entry, c, call))
		out = append(out, made)
	}
	return out
}

// writes tells whether open flags ask for write access: O_WRONLY or O_RDWR, the
// two low bits on every Unix and in Go's own numbering (open(2)).
func writes(flags *effects.Value) bool {
	n, err := strconv.ParseInt(flags.Text, 0, 64)
	return flags.Kind != effects.Literal || err != nil || n&3 != 0
}
