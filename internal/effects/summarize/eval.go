package summarize

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
)

// Bounds of one evaluation: the nesting of the expression, and the number of
// expressions that it leads to. A package that takes more than maxAllSteps in all
// goes on with fewSteps for each.
const (
	maxDepth    = 40
	maxSteps    = 10_000
	maxAllSteps = 200_000
	fewSteps    = 50

	// minSteps is the number of steps from which on it is worth remembering what
	// an expression in a circle came to.
	minSteps = 4

	// Bounds of what is looked at of one variable: its assignments, and those of
	// its fields.
	maxAssignments = 64
	maxFieldStores = 512
)

// eval is the symbolic value of an expression; nil means that it adds nothing,
// as a variable does that is being evaluated already.
func (s *summarizer) eval(e ast.Expr) *effects.Value {
	e = ast.Unparen(e)
	if v, ok := s.memo[e]; ok {
		return v
	}
	if s.running == 0 {
		if v, ok := s.whole[e]; ok {
			s.cuts++
			return v
		}
	}
	if s.depth == 0 {
		s.begin()
	}
	s.steps++
	s.allSteps++
	if v, ok := recall(&s.reuse, s.exprs, e, s.depth); ok {
		return v
	}
	limit := maxSteps
	if s.allSteps > maxAllSteps {
		limit = fewSteps
	}
	switch {
	case s.steps > limit:
		s.tooLong++
		return effects.Unresolved("is too large to follow", s.position(e))
	case s.depth > maxDepth:
		s.tooDeep++
		return effects.Unresolved("is too large to follow", s.position(e))
	}
	from, steps := s.start(s.depth), s.steps
	s.depth++
	v := s.evaluate(e).Bounded()
	s.depth--
	switch {
	case s.counts == from.counts:
		s.memo[e] = v
	case s.running == 0:
		// What was cut short in a circle, or lay too deep, is the whole only where
		// it is asked for from outside.
		s.whole[e] = v
	case s.steps-steps >= minSteps:
		remember(&s.reuse, s.exprs, e, v, from)
	}
	return v
}

// begin begins an evaluation.
func (s *summarizer) begin() {
	s.steps = 0
	if len(s.byID) > maxMarks {
		s.forget()
	}
}

func (s *summarizer) evaluate(e ast.Expr) *effects.Value {
	at := s.position(e)
	if id, ok := e.(*ast.Ident); ok {
		if c, ok := s.objectOf(id).(*types.Const); ok {
			return s.constant(c, e)
		}
	}
	if tv, ok := s.Info.Types[e]; ok && tv.Value != nil {
		if sel, ok := e.(*ast.SelectorExpr); ok {
			if c, ok := s.objectOf(sel.Sel).(*types.Const); ok {
				return s.constant(c, e)
			}
		}
		// A constant made of constants is taken apart: its first part stands
		// where a reader would change it.
		if sum, ok := e.(*ast.BinaryExpr); !ok || sum.Op != token.ADD || tv.Value.Kind() != constant.String {
			return effects.Lit(constantText(tv.Value), at)
		}
	}
	switch e := e.(type) {
	case *ast.BasicLit: // without types
		if e.Kind == token.STRING {
			return effects.Lit(strings.Trim(e.Value, "`\""), at)
		}
		return effects.Lit(e.Value, at)
	case *ast.Ident:
		if e.Name == "nil" {
			return nil
		}
		obj := s.objectOf(e)
		if obj == nil {
			return effects.Unresolved("its type could not be told", at)
		}
		return s.object(obj, e)
	case *ast.SelectorExpr:
		return s.selector(e)
	case *ast.StarExpr:
		return s.eval(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return s.eval(e.X)
		}
		if e.Op == token.ARROW {
			return effects.Unresolved("comes through a channel", at)
		}
		return effects.Unresolved("is computed", at)
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			l, r := s.eval(e.X), s.eval(e.Y)
			if l == nil || r == nil {
				return effects.Unresolved("grows in a loop", at)
			}
			return effects.ConcatOf(l, r)
		}
		return effects.Unresolved("is computed", at)
	case *ast.CallExpr:
		return s.call(e, 0)
	case *ast.CompositeLit:
		return s.composite(e)
	case *ast.FuncLit:
		return &effects.Value{Kind: effects.Func, Text: s.lits[e], At: at}
	case *ast.TypeAssertExpr:
		return s.eval(e.X)
	case *ast.IndexExpr:
		if tv, ok := s.Info.Types[e.Index]; ok && tv.IsType() {
			return s.eval(e.X) // an instantiated generic function
		}
		return s.elementOf(s.eval(e.X), s.eval(e.Index), at)
	case *ast.IndexListExpr:
		return s.eval(e.X)
	case *ast.SliceExpr:
		if t := s.Info.TypeOf(e.X); t != nil {
			if _, isSlice := t.Underlying().(*types.Slice); isSlice {
				return s.eval(e.X)
			}
		}
		return effects.Unresolved("is part of a string", at)
	}
	return effects.Unresolved("is not followed", at)
}

// constant is a constant's value; one declared in this package is placed where
// it is declared, for that is where a reader would change it.
func (s *summarizer) constant(c *types.Const, use ast.Expr) *effects.Value {
	at := s.position(use)
	if c.Pkg() == s.Pkg && c.Pos().IsValid() {
		p := s.Fset.Position(c.Pos())
		at.File, at.Line, at.Column = s.name(p.Filename), p.Line, p.Column
		at.EndLine, at.EndColumn = p.Line, p.Column+len(c.Name())
	}
	return effects.Lit(constantText(c.Val()), at)
}

func constantText(v constant.Value) string {
	if v.Kind() == constant.String {
		return constant.StringVal(v)
	}
	return v.ExactString()
}

// Values of variables of other packages that every program shares. The signal
// numbers are those of POSIX.1 (signal.h).
var knownGlobals = map[string]effects.Value{
	"os.Interrupt": {Kind: effects.Literal, Text: "2"},
	"os.Kill":      {Kind: effects.Literal, Text: "9"},
	"os.Args":      {Kind: effects.System, Text: "argument"},
	// The mux of the package's own functions is at the root.
	"net/http.DefaultServeMux":  {Kind: effects.Literal, Text: ""},
	"net/http.DefaultClient":    {Kind: effects.Struct, Text: "net/http.Client", Names: []string{"default"}, Args: []*effects.Value{{Kind: effects.Literal, Text: "yes"}}},
	"net/http.DefaultTransport": {Kind: effects.Struct, Text: "net/http.Transport"},
}

func (s *summarizer) object(obj types.Object, use ast.Expr) *effects.Value {
	at := s.position(use)
	switch obj := obj.(type) {
	case *types.Func:
		return &effects.Value{Kind: effects.Func, Text: funcID(obj), At: at}
	case *types.Var:
		if !s.local(obj) && !obj.IsField() && obj.Pkg() != nil {
			key := obj.Pkg().Path() + "." + obj.Name()
			if known, ok := knownGlobals[key]; ok {
				known.At = at
				return &known
			}
			return &effects.Value{Kind: effects.Global, Text: key, At: at}
		}
		return s.variable(obj, at, use)
	case *types.Nil:
		return nil
	}
	return effects.Unresolved("is not followed", at)
}

// variable is a choice of all that is assigned to a local variable or parameter
// and that its use can see.
func (s *summarizer) variable(obj *types.Var, at posAt, use ast.Expr) *effects.Value {
	visible, initial := s.order.visible(obj, s.sources[obj], use.Pos())
	if len(visible) > maxAssignments || len(s.fields[obj]) > maxFieldStores {
		return effects.Unresolved("is assigned in many places", at)
	}
	got := s.seen(s.viewOf(obj, visible, initial), visible)
	if got == nil {
		return nil
	}
	var alternatives []*effects.Value
	if p, isParam := s.params[obj]; isParam && initial {
		alternatives = append(alternatives, &effects.Value{Kind: effects.Param, Text: p.fn, Index: p.index, At: at})
	}
	v := effects.ChoiceOf(append(alternatives, got.assigned...)...)
	if v == nil {
		v = s.zero(obj.Type(), at)
	}
	if len(got.stored) > 0 {
		v = s.overlay(v, obj.Type(), s.fields[obj], got.stored, at)
	}
	return v
}

// evaluated are the values of the assignments that a view sees.
type evaluated struct {
	assigned []*effects.Value
	// stored are those that are assigned to the variable's fields; none where a
	// circle was cut there.
	stored []*effects.Value
}

// seen evaluates the assignments of a view; nil where that goes in a circle.
func (s *summarizer) seen(v view, visible []source) *evaluated {
	if got, ok := recall(&s.reuse, s.views, v, s.depth); ok {
		return got
	}
	from := s.start(s.depth)
	m, ok := enter(&s.reuse, s.uses, v)
	if !ok {
		return nil
	}
	got := &evaluated{}
	for _, src := range visible {
		got.assigned = append(got.assigned, s.under(s.source(src), src.site, v.obj.Type()))
	}
	if stores := s.fields[v.obj]; len(stores) > 0 {
		// What is stored in one field may be made of the others: there, they
		// are left to the fields of the type.
		if filling, ok := enter(&s.reuse, s.filled, v.obj); ok {
			for _, st := range stores {
				got.stored = append(got.stored, s.source(st.src))
			}
			s.leave(filling)
		}
	}
	s.leave(m)
	remember(&s.reuse, s.views, v, got, from)
	return got
}

// zero is a variable's value if nothing is assigned to it.
func (s *summarizer) zero(t types.Type, at posAt) *effects.Value {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		if pkg := s.routerPackage(t); pkg != "" {
			return router(pkg, at)
		}
		return &effects.Value{Kind: effects.Struct, Text: s.structKey(t), At: at}
	case *types.Slice, *types.Map, *types.Array:
		return &effects.Value{Kind: effects.List, At: at}
	case *types.Basic:
		if u.Info()&types.IsString != 0 {
			return effects.Lit("", at)
		}
		if u.Info()&types.IsNumeric != 0 {
			return effects.Lit("0", at)
		}
	}
	return effects.Unresolved("is never assigned", at)
}

// router is a router that a package's code makes.
func router(pkg string, at posAt) *effects.Value {
	return &effects.Value{Kind: effects.Router, Text: placeOf(at), Names: []string{pkg}, At: at}
}

// routerPackage is the package of a type of which the table says that its zero
// value is a router, "" for any other.
func (s *summarizer) routerPackage(t types.Type) string {
	for _, e := range s.literalEntries(typeKey(t)) {
		if e.Verb == "returns" && e.Op == "router" {
			return e.Package
		}
	}
	return ""
}

// overlay adds what is assigned to a variable's fields, the values of stores, to
// its value.
func (s *summarizer) overlay(v *effects.Value, t types.Type, stores []fieldStore, values []*effects.Value, at posAt) *effects.Value {
	added := map[string][]*effects.Value{}
	var order []string
	for i, st := range stores {
		if added[st.field] == nil {
			order = append(order, st.field)
		}
		added[st.field] = append(added[st.field], values[i])
	}
	apply := func(base *effects.Value) *effects.Value {
		out := &effects.Value{Kind: effects.Struct, Text: s.structKey(deref(t)), At: at}
		if base.Kind == effects.Struct {
			out.Text = base.Text
			out.At = base.At
			out.Names = append(out.Names, base.Names...)
			out.Args = append(out.Args, base.Args...)
		}
		for _, name := range order {
			value := effects.ChoiceOf(append(added[name], base.FieldValue(name))...)
			if value == nil {
				continue
			}
			replaced := false
			for i, n := range out.Names {
				if n == name {
					out.Args[i], replaced = value, true
				}
			}
			if !replaced {
				out.Names = append(out.Names, name)
				out.Args = append(out.Args, value)
			}
		}
		return out
	}
	var alternatives []*effects.Value
	for _, a := range v.Alternatives() {
		switch a.Kind {
		case effects.Struct, effects.Unknown:
			alternatives = append(alternatives, apply(a))
		default:
			// A parameter or field: what is assigned to its fields is seen
			// through the fields of its type.
			alternatives = append(alternatives, a)
		}
	}
	return effects.ChoiceOf(alternatives...)
}

func (s *summarizer) source(src source) *effects.Value {
	switch src.how {
	case unknown:
		return effects.Unresolved("is set in a way that is not followed", posAt{})
	case element:
		v := s.eval(src.expr)
		if v == nil {
			return nil
		}
		return s.elementOf(v, nil, s.position(src.expr))
	case added:
		if v := s.eval(src.expr); v != nil {
			return &effects.Value{Kind: effects.List, Args: []*effects.Value{v}, At: v.At}
		}
		return nil
	case mapKey:
		v := s.eval(src.expr)
		if v == nil {
			return nil
		}
		return &effects.Value{Kind: effects.Element, Index: effects.Keys, Args: []*effects.Value{v}, At: s.position(src.expr)}
	case out:
		return s.setBy(src.call, src.index)
	case literalField:
		return s.ofLiteral(src.entry, src.expr.(*ast.CompositeLit))
	}
	if src.index >= 0 {
		switch e := ast.Unparen(src.expr).(type) {
		case *ast.CallExpr:
			return s.call(e, src.index)
		case *ast.TypeAssertExpr, *ast.IndexExpr:
			if src.index == 0 {
				return s.eval(e)
			}
		}
		return effects.Unresolved("is not followed", s.position(src.expr))
	}
	return s.eval(src.expr)
}

// elementOf is an element of a list: the index-th if index is a literal.
func (s *summarizer) elementOf(list, index *effects.Value, at posAt) *effects.Value {
	if list == nil {
		return nil
	}
	v := &effects.Value{Kind: effects.Element, Args: []*effects.Value{list}, At: at}
	if index != nil && index.Kind == effects.Literal {
		v.Args = append(v.Args, index)
	}
	return v
}

func (s *summarizer) selector(e *ast.SelectorExpr) *effects.Value {
	at := s.position(e)
	obj := s.objectOf(e.Sel)
	if obj == nil {
		return effects.Unresolved("its type could not be told", at)
	}
	v, ok := obj.(*types.Var)
	if !ok || !v.IsField() {
		if fn, ok := obj.(*types.Func); ok {
			out := &effects.Value{Kind: effects.Func, Text: funcID(fn), At: at}
			if sel := s.Info.Selections[e]; sel != nil && sel.Kind() == types.MethodVal {
				if recv := s.eval(e.X); recv != nil {
					out.Args = []*effects.Value{recv}
				}
			}
			return out
		}
		return s.object(obj, e)
	}
	base := s.eval(e.X)
	owner := s.fieldOwner(e)
	if f := base.FieldValue(e.Sel.Name); f != nil && s.out.Shapes[owner] == nil {
		return f // nothing else sets it
	}
	if owner == "" {
		return effects.Unresolved("is a field whose struct could not be told", at)
	}
	out := &effects.Value{Kind: effects.Select, Text: owner + "." + e.Sel.Name, At: at}
	if base != nil {
		out.Args = []*effects.Value{base}
	}
	return out
}

func (s *summarizer) composite(lit *ast.CompositeLit) *effects.Value {
	at := s.position(lit)
	t := s.Info.TypeOf(lit)
	if t == nil {
		return effects.Unresolved("its type could not be told", at)
	}
	switch u := deref(t).Underlying().(type) {
	case *types.Struct:
		if pkg := s.routerPackage(deref(t)); pkg != "" {
			return router(pkg, at)
		}
		v := &effects.Value{Kind: effects.Struct, Text: s.structKey(deref(t)), At: at}
		for i, e := range lit.Elts {
			name, value := "", e
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					name, value = id.Name, kv.Value
				}
			} else if i < u.NumFields() {
				name = u.Field(i).Name()
			}
			if fv := s.eval(value); name != "" && fv != nil {
				v.Names = append(v.Names, name)
				v.Args = append(v.Args, fv)
			}
		}
		return v
	case *types.Slice, *types.Array, *types.Map:
		v := &effects.Value{Kind: effects.List, At: at}
		for i, e := range lit.Elts {
			if i >= 64 {
				v.Args = append(v.Args, effects.Unresolved("is one of more than 64", at))
				break
			}
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
				if k := s.eval(kv.Key); k != nil && k.Kind == effects.Literal && isMap(u) {
					v.Names = append(v.Names, k.Text)
				}
			}
			if ev := s.eval(e); ev != nil {
				v.Args = append(v.Args, ev)
			}
		}
		if len(v.Names) != len(v.Args) {
			v.Names = nil // not all keys are constants
		}
		return v
	}
	return effects.Unresolved("is not followed", at)
}

func isMap(t types.Type) bool {
	_, ok := t.(*types.Map)
	return ok
}

// call is result index of a call.
func (s *summarizer) call(e *ast.CallExpr, index int) *effects.Value {
	at := s.position(e)
	c := s.callee(e)
	switch c.kind {
	case conversion:
		if len(e.Args) == 1 {
			return s.eval(e.Args[0])
		}
	case builtinCall:
		return s.builtin(c.name, e)
	}
	if c.pkg == "strings" {
		if v := s.joined(c, e); v != nil {
			return v
		}
	}
	for _, entry := range s.entries(c) {
		if entry.Verb == "returns" && entry.Index == index {
			return s.apply(entry, c, e)
		}
	}
	switch c.kind {
	case static, interfaceCall:
		v := &effects.Value{Kind: effects.Result, Text: c.id, Index: index, At: at}
		recv := s.receiver(c)
		if recv == nil {
			recv = effects.Unresolved("has no receiver", at)
		}
		v.Args = append(v.Args, recv)
		v.Args = append(v.Args, s.arguments(e)...)
		if c.kind == static || c.firstPartyInterface {
			return v
		}
	case dynamic:
		if fn := s.followed(e); fn != nil {
			v := &effects.Value{Kind: effects.Result, Index: index, At: at, Args: []*effects.Value{fn}}
			v.Args = append(v.Args, s.arguments(e)...)
			return v
		}
	}
	return effects.Unresolved("is a result of "+c.String(), at)
}

// spread is the call whose several results are all the arguments of another one:
// g() of f(g()). n is their number.
func (s *summarizer) spread(call *ast.CallExpr) (inner *ast.CallExpr, n int) {
	if len(call.Args) != 1 {
		return nil, 0
	}
	inner, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	if !ok {
		return nil, 0
	}
	tuple, ok := s.Info.TypeOf(inner).(*types.Tuple)
	if !ok || tuple.Len() < 2 {
		return nil, 0
	}
	return inner, tuple.Len()
}

// followed is the function value that a call calls, nil where nothing can be told
// of it.
func (s *summarizer) followed(call *ast.CallExpr) *effects.Value {
	if s.depth > maxDepth/2 {
		s.tooDeep++
		return nil
	}
	v := s.eval(call.Fun)
	if v == nil {
		return nil
	}
	for _, a := range v.Alternatives() {
		switch a.Kind {
		case effects.Param, effects.Select, effects.Global, effects.Element, effects.Result, effects.Func:
			return v
		}
	}
	return nil
}

// arguments evaluates a call's arguments.
func (s *summarizer) arguments(call *ast.CallExpr) []*effects.Value {
	var args []*effects.Value
	if inner, n := s.spread(call); inner != nil {
		for i := range n {
			args = append(args, s.orUnknown(s.call(inner, i), inner))
		}
		return args
	}
	for i, a := range call.Args {
		v := s.orUnknown(s.eval(a), a)
		if call.Ellipsis.IsValid() && i == len(call.Args)-1 {
			v = &effects.Value{Kind: effects.Spread, Args: []*effects.Value{v}, At: v.At}
		}
		args = append(args, v)
	}
	return args
}

func (s *summarizer) receiver(c callee) *effects.Value {
	if c.recv == nil {
		return nil
	}
	return s.eval(c.recv)
}

func (s *summarizer) orUnknown(v *effects.Value, e ast.Expr) *effects.Value {
	if v == nil {
		return effects.Unresolved("is nil or grows in a loop", s.position(e))
	}
	return v
}

func (s *summarizer) builtin(name string, e *ast.CallExpr) *effects.Value {
	at := s.position(e)
	switch name {
	case "append":
		v := &effects.Value{Kind: effects.List, At: at}
		for i, a := range e.Args {
			av := s.eval(a)
			switch {
			case av == nil:
			case i == 0 || e.Ellipsis.IsValid() && i == len(e.Args)-1:
				if av.Kind == effects.List {
					v.Args = append(v.Args, av.Args...)
				} else {
					v.Args = append(v.Args, s.elementOf(av, nil, at))
				}
			default:
				v.Args = append(v.Args, av)
			}
		}
		return v
	case "new":
		if len(e.Args) == 1 {
			if t := s.Info.TypeOf(e.Args[0]); t != nil {
				return s.zero(t, at)
			}
		}
	case "make":
		return &effects.Value{Kind: effects.List, At: at}
	}
	return effects.Unresolved("is computed", at)
}

// setBy is what a call stores through its argument at index.
func (s *summarizer) setBy(call *ast.CallExpr, index int) *effects.Value {
	c := s.callee(call)
	for _, entry := range s.entries(c) {
		if entry.Verb == "sets" && entry.Index == index {
			return s.apply(entry, c, call)
		}
	}
	v := &effects.Value{Kind: effects.Out, Text: c.id, Index: index, At: s.position(call)}
	recv := s.receiver(c)
	if recv == nil {
		recv = effects.Unresolved("has no receiver", v.At)
	}
	v.Args = append(v.Args, recv)
	for i, a := range call.Args {
		if i == index {
			v.Args = append(v.Args, effects.Unresolved("is set by this call", v.At))
			continue
		}
		v.Args = append(v.Args, s.orUnknown(s.eval(a), a))
	}
	return v
}

// apply makes the value that a table entry describes.
func (s *summarizer) apply(entry apitable.Entry, c callee, call *ast.CallExpr) *effects.Value {
	if entry.Op == "struct" {
		return s.structOf(entry, c, call)
	}
	var args []*effects.Value
	for _, a := range entry.Args {
		args = append(args, s.tableArg(a, c, call)...)
	}
	return s.operate(&entry, args, c.String(), s.position(call))
}

// operate applies an entry's operation to its arguments; by is what it is a
// result of.
func (s *summarizer) operate(entry *apitable.Entry, args []*effects.Value, by string, at posAt) *effects.Value {
	for i, a := range args {
		if a == nil {
			args[i] = effects.Unresolved("is nil or grows in a loop", at)
		}
	}
	first := effects.Unresolved("is missing", at)
	if len(args) > 0 {
		first = args[0]
	}
	named := func(kind effects.Kind) *effects.Value {
		v := &effects.Value{Kind: kind, Args: args, At: at}
		if first.Kind == effects.Literal {
			v.Text = first.Text
		}
		return v
	}
	switch entry.Op {
	case "env":
		return named(effects.Env)
	case "flag":
		return named(effects.Flag)
	case "config":
		return named(effects.Config)
	case "literal":
		return first
	case "arg":
		return first
	case "system":
		return &effects.Value{Kind: effects.System, Text: entry.Args[0].Literal, At: at}
	case "concat":
		if len(args) > 0 {
			return effects.ConcatOf(args...)
		}
	case "join":
		return &effects.Value{Kind: effects.Join, Args: args, At: at}
	case "hostport":
		if len(args) == 2 {
			return &effects.Value{Kind: effects.HostPort, Args: args, At: at}
		}
	case "format":
		if len(args) > 0 {
			return format(first, args[1:], at)
		}
	case "list":
		return &effects.Value{Kind: effects.List, Args: args, At: at}
	case "choice":
		if v := effects.ChoiceOf(args...); v != nil {
			return v
		}
	case "router":
		return router(entry.Package, at)
	case "under":
		if len(args) == 2 {
			return effects.PathBelow(args[0], args[1])
		}
		return first
	case "strip":
		if len(args) == 2 {
			return &effects.Value{Kind: effects.Strip, Args: args, At: at}
		}
	case "expand":
		return effects.Expand(first)
	case "key":
		if len(args) == 2 {
			return sectionKey(first, args[1], at)
		}
	case "contents":
		return &effects.Value{Kind: effects.Contents, Args: args, At: at}
	case "default":
		if len(args) == 2 {
			return withDefault(first, args[1])
		}
		return first
	}
	return effects.Unresolved("is a result of "+by, at)
}

// sectionKey is a key in a section of a file.
func sectionKey(section, key *effects.Value, at posAt) *effects.Value {
	name := effects.ConcatOf(section, effects.Lit(".", at), key)
	if section.Kind == effects.Literal && section.Text == "" {
		name = key
	}
	v := &effects.Value{Kind: effects.Config, Index: effects.FromFile, Args: []*effects.Value{name}, At: at}
	if name.Kind == effects.Literal {
		v.Text = name.Text
	}
	return v
}

// placeOf names a place in the source, for what is known by where it is made.
func placeOf(at posAt) string {
	return at.File + ":" + strconv.Itoa(at.Line) + ":" + strconv.Itoa(at.Column)
}

// withDefault is a value whose flags have the default d.
func withDefault(v, d *effects.Value) *effects.Value {
	switch v.Kind {
	case effects.Flag, effects.Config:
		return v.WithDefault(d)
	case effects.Choice:
		var each []*effects.Value
		for _, a := range v.Args {
			each = append(each, withDefault(a, d))
		}
		return effects.ChoiceOf(each...)
	}
	return v
}

// tableArg evaluates an argument of a table entry; nil for one that the call
// does not have.
func (s *summarizer) tableArg(a apitable.Arg, c callee, call *ast.CallExpr) []*effects.Value {
	if !a.IsParam {
		return []*effects.Value{literalArg(a, s.position(call))}
	}
	var exprs []ast.Expr
	switch {
	case a.Param < 0:
		if c.recv == nil {
			return nil
		}
		exprs = []ast.Expr{c.recv}
	case a.Rest:
		if a.Param < len(call.Args) {
			exprs = call.Args[a.Param:]
		}
	case a.Param < len(call.Args):
		exprs = []ast.Expr{call.Args[a.Param]}
	}
	var values []*effects.Value
	if inner, n := s.spread(call); inner != nil && a.Param >= 0 && a.Field == "" {
		for i := a.Param; i < n && (a.Rest || i == a.Param); i++ {
			values = append(values, s.orUnknown(s.call(inner, i), inner))
		}
		return values
	}
	for _, e := range exprs {
		v := s.eval(e)
		if v != nil && a.Field != "" {
			v = s.fieldOf(v, s.Info.TypeOf(e), a.Field)
		}
		if v != nil && a.Rest && call.Ellipsis.IsValid() && e == call.Args[len(call.Args)-1] {
			if v.Kind == effects.List {
				values = append(values, v.Args...)
				continue
			}
			v = s.elementOf(v, nil, s.position(e))
		}
		if v != nil {
			values = append(values, v)
		}
	}
	return values
}

// literalArg is an argument that stands for itself: a text, several texts, or an
// environment variable.
func literalArg(a apitable.Arg, at posAt) *effects.Value {
	if a.Env != "" {
		v := &effects.Value{Kind: effects.Env, Text: a.Env, At: at}
		if a.Literal != "" {
			return effects.ChoiceOf(v, effects.Lit(a.Literal, at))
		}
		return v
	}
	names := strings.Split(a.Literal, ",")
	if len(names) == 1 {
		// The text stands in no file of the program.
		return effects.Lit(a.Literal, posAt{})
	}
	list := &effects.Value{Kind: effects.List, At: at}
	for _, n := range names {
		list.Args = append(list.Args, effects.Lit(n, posAt{}))
	}
	return list
}

// fieldOf is a field of a struct value whose type is t.
func (s *summarizer) fieldOf(v *effects.Value, t types.Type, field string) *effects.Value {
	if f := v.FieldValue(field); f != nil {
		return f
	}
	if t == nil {
		return nil
	}
	owner := s.structKey(deref(t))
	if owner == "" {
		return nil
	}
	return &effects.Value{Kind: effects.Select, Text: owner + "." + field, Args: []*effects.Value{v}, At: v.At}
}

// format turns fmt verbs into a concatenation. A verb that does more than print
// its operand leaves the part unknown.
func format(f *effects.Value, args []*effects.Value, at posAt) *effects.Value {
	if f.Kind != effects.Literal {
		return effects.Unresolved("has a format that is not a constant", at)
	}
	var parts []*effects.Value
	rest := f.Text
	next := 0
	for {
		text, tail, found := strings.Cut(rest, "%")
		if text != "" {
			parts = append(parts, effects.Lit(text, f.At))
		}
		if !found {
			break
		}
		verb := strings.TrimLeft(tail, "0123456789+-# .")
		if verb == "" {
			return effects.Unresolved("has a format that is not understood", at)
		}
		plain := verb == tail
		rest = verb[1:]
		if verb[0] == '%' {
			parts = append(parts, effects.Lit("%", f.At))
			continue
		}
		if next >= len(args) {
			return effects.Unresolved("has a format with more verbs than operands", at)
		}
		arg := args[next]
		next++
		switch {
		case plain && strings.IndexByte("svd", verb[0]) >= 0:
			parts = append(parts, arg)
		default:
			parts = append(parts, effects.Unresolved("is formatted", at))
		}
	}
	if len(parts) == 0 {
		return effects.Lit("", at)
	}
	return effects.ConcatOf(parts...)
}
