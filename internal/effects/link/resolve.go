package link

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one value's resolution; what goes beyond becomes unknown.
const (
	maxDepth = 48
	maxSteps = 5_000
	maxImpls = 8
)

// A frame binds a function's parameters to the arguments of one call.
type frame struct {
	fn    string
	recv  *effects.Value
	args  []*effects.Value
	outer *frame
	// at is the call, for a frame in which a result is told.
	at *finding.Position
}

// made is a router that a function makes, told apart by the calls of the function:
// each call makes another one.
func (f *frame) made(v *effects.Value) *effects.Value {
	where := ""
	for n := 0; f != nil && n < 4; f = f.outer {
		if f.at != nil {
			where += " " + f.at.String()
			n++
		}
	}
	if where == "" {
		return v
	}
	return &effects.Value{Kind: v.Kind, Text: v.Text + where, Names: v.Names, At: v.At}
}

type resolver struct {
	*linker
	// memo remembers values for good: under no frame and in no circle.
	memo map[*effects.Value]*effects.Value
	reuse
	// cuts counts how often a circle was cut.
	cuts  int
	steps int
	// states remembers what is done with fields.
	states map[string]*fieldState
	// many remembers which methods many types have.
	many map[string]bool
	// certain remembers which functions run for certain.
	certain map[string]bool
	// rows are the elements of lists, by the list's summary, that stand for all of
	// them while the rows of a table are resolved one by one.
	rows map[*effects.Value]int
	// kept is the function whose parameters stay what they are, see Exported.
	kept string
}

// value resolves v; frame binds parameters where it does, and elsewhere they
// stand for what all callers pass. The result is never nil.
func (r *resolver) value(v *effects.Value, f *frame) *effects.Value {
	r.steps, r.repeated, r.met = 0, 0, r.met[:0]
	out := r.resolve(v, f, 0)
	if out == nil {
		return effects.Unresolved("is never assigned", at(v))
	}
	return out
}

func at(v *effects.Value) (p finding.Position) {
	if v != nil {
		p = v.At
	}
	return p
}

// resolve returns nil for a value that adds nothing: a cycle, an unset variable.
func (r *resolver) resolve(v *effects.Value, f *frame, depth int) *effects.Value {
	fresh := r.fresh
	r.fresh = false
	if v == nil {
		return nil
	}
	switch v.Kind {
	case effects.Literal, effects.Unknown, effects.System:
		return v
	case effects.Router:
		return f.made(v)
	}
	if f == nil {
		if known, ok := r.memo[v]; ok {
			return known
		}
	}
	s := subject{v, f}
	if r.reusing() {
		if o := r.recall(s, depth); o != nil {
			return o.value
		}
	}
	a := r.attempt(s, depth, fresh)
	if r.beyondBounds(a) {
		return effects.Unresolved("is too large to follow", v.At)
	}
	out := r.dispatch(v, f, depth+1).Bounded()
	r.done(a, out)
	return out
}

func (r *resolver) dispatch(v *effects.Value, f *frame, depth int) *effects.Value {
	switch v.Kind {
	case effects.Env, effects.Flag, effects.Config:
		return r.named(v, f, depth)
	case effects.Param:
		return r.param(v, f, depth)
	case effects.Field:
		return r.field(v.Text, v, depth)
	case effects.Global:
		return r.global(v, depth)
	case effects.Select:
		return r.selected(v, f, depth)
	case effects.Result:
		return r.result(v, f, depth)
	case effects.Out:
		callee := r.funcs[v.Text]
		if callee == nil {
			return effects.Unresolved("is set by a function that was not read", v.At)
		}
		return r.within(callee, callee.Outs[v.Index], v, f, depth)
	case effects.Element:
		return r.element(v, f, depth)
	case effects.Concat:
		args := r.all(v.Args, f, depth)
		for i, a := range args {
			if a == nil {
				args[i] = effects.Unresolved("grows in a loop", v.At)
			}
		}
		return effects.ConcatOf(args...)
	case effects.Choice:
		args := make([]*effects.Value, 0, len(v.Args))
		for _, a := range v.Args {
			x := r.resolve(a, f, depth)
			if a.Kind == effects.When && x != nil && x.Kind != effects.When {
				args = args[:0] // it holds for certain, and overrides what was there before
			}
			args = append(args, x)
		}
		return effects.ChoiceOf(args...)
	case effects.When:
		return r.when(v, f, depth)
	case effects.Spread:
		if len(v.Args) == 1 {
			return r.resolve(v.Args[0], f, depth)
		}
	}
	out := v.WithArgs(nil)
	if len(v.Args) > 0 {
		out.Args = make([]*effects.Value, 0, len(v.Args))
	}
	for _, a := range v.Args {
		x := r.resolve(a, f, depth)
		if x == nil {
			x = effects.Unresolved("is never assigned", a.At)
		}
		if v.Kind == effects.List && a.Kind == effects.Spread && x.Kind == effects.List {
			out.Args = append(out.Args, x.Args...)
			continue
		}
		out.Args = append(out.Args, x)
	}
	return out
}

// when resolves a value and its conditions. One that no configuration can make
// true adds nothing, and conditions that always hold are left out.
func (r *resolver) when(v *effects.Value, f *frame, depth int) *effects.Value {
	var open []*effects.Value
	for _, c := range v.Args[1:] {
		c = r.resolve(c, f, depth)
		switch c.Always() {
		case effects.False:
			return nil
		case effects.Maybe:
			open = append(open, c)
		}
	}
	return effects.WhenOf(r.resolve(v.Args[0], f, depth), open...)
}

func (r *resolver) all(vs []*effects.Value, f *frame, depth int) []*effects.Value {
	out := make([]*effects.Value, len(vs))
	for i, v := range vs {
		out[i] = r.resolve(v, f, depth)
	}
	return out
}

// named resolves the name and the default of an env, flag or config key. A name
// that is one of several makes a choice of several.
func (r *resolver) named(v *effects.Value, f *frame, depth int) *effects.Value {
	out := v.WithArgs(r.all(v.Args, f, depth))
	if len(out.Args) > 0 && out.Args[0] == nil {
		out.Args[0] = effects.Unresolved("has a name that is not known", v.At)
	}
	if len(out.Args) > 0 && out.Text == "" {
		var each []*effects.Value
		for _, name := range out.Args[0].Alternatives() {
			one := out.WithArgs(append([]*effects.Value{name}, out.Args[1:]...))
			if name.Kind == effects.Literal {
				one.Text = name.Text
			}
			each = append(each, r.configuration.sourced(one))
		}
		return effects.ChoiceOf(each...)
	}
	return r.configuration.sourced(out)
}

func (r *resolver) param(v *effects.Value, f *frame, depth int) *effects.Value {
	for fr := f; fr != nil; fr = fr.outer {
		if fr.fn == v.Text {
			return r.resolve(r.argument(v, fr.recv, fr.args), fr.outer, depth)
		}
	}
	if v.Text == r.kept {
		return v
	}
	m := markOf(r.paramMarks, parameter{v.Text, v.Index})
	r.meet(m)
	if m.active {
		r.cuts++
		return nil
	}
	r.begin(m)
	defer r.end(m)

	callers := r.callersOf(m, v.Text)
	alternatives := make([]*effects.Value, 0, len(callers)+1)
	for _, e := range callers {
		alternatives = append(alternatives, r.resolve(r.argument(v, e.call.Recv, e.call.Args), nil, depth))
	}
	switch method := r.methodKeys[v.Text]; {
	case r.open[v.Text] && len(callers) == 0 || !r.whole && r.open[v.Text]:
		alternatives = append(alternatives, effects.Unresolved("comes from a caller that was not seen", v.At))
	case method != "" && len(r.methodCalls[method]) > 0 && r.manyTypes(method):
		alternatives = append(alternatives, effects.Unresolved("comes from a call through an interface that many types have", v.At))
	}
	return effects.ChoiceOf(alternatives...)
}

// callersOf are the calls of a function, those through interfaces among them. m is
// the mark of one of its parameters, which remembers them.
func (r *resolver) callersOf(m *mark, fn string) []edge {
	if m.callers != nil && r.settled {
		return m.callers
	}
	callers := r.callers[fn]
	if method := r.methodKeys[fn]; method != "" && !r.manyTypes(method) {
		callers = append(callers[:len(callers):len(callers)], r.methodCalls[method]...)
	}
	m.callers = callers
	return callers
}

// manyTypes tells methods that so many types of the program have, or under so
// plain a name, that a call through an interface says nothing of which is meant.
func (r *resolver) manyTypes(method string) bool {
	if known, ok := r.many[method]; ok {
		return known
	}
	n := 0
	for _, id := range r.methods[method] {
		if r.live[id] || r.late[id] {
			n++
		}
	}
	r.many[method] = n > maxHandlerImpls || n > 1 && isPlain(method)
	return r.many[method]
}

// argument is what a call passes for a parameter.
func (r *resolver) argument(param *effects.Value, recv *effects.Value, args []*effects.Value) *effects.Value {
	if param.Index < 0 {
		return recv
	}
	callee := r.funcs[param.Text]
	if callee != nil && callee.Variadic && param.Index == callee.Params-1 {
		rest := args[min(param.Index, len(args)):]
		if len(rest) == 1 && rest[0].Kind == effects.Spread {
			return rest[0]
		}
		r.fresh = true
		return &effects.Value{Kind: effects.List, Args: rest, At: param.At}
	}
	if param.Index >= len(args) {
		return effects.Unresolved("is an argument that is not followed", param.At)
	}
	return args[param.Index]
}

func (r *resolver) field(key string, v *effects.Value, depth int) *effects.Value {
	return r.assigned(markOf(r.fieldMarks, key), key, r.fieldState(key).values, v, depth)
}

// A fieldState is what the program does with a field.
type fieldState struct {
	// values are what reached functions assign.
	values []*effects.Value
	// own is set for a field that first-party code declares, elsewhere where it
	// may be set otherwise than by the literal that makes its struct.
	own, elsewhere bool
}

// fieldState is reckoned once, when no assignment comes any more.
func (r *resolver) fieldState(key string) *fieldState {
	s := r.states[key]
	if s == nil {
		i := lastDot(key)
		s = &fieldState{values: r.runs(r.overriding(r.fields[key])), own: r.packages[key[:lastDot(key[:i])]] != nil}
		s.elsewhere = s.own && (!r.whole && r.exported[key] ||
			slices.ContainsFunc(r.fields[key], func(a effects.Assigned) bool { return !a.Literal }))
		r.states[key] = s
	}
	return s
}

// overriding are the assignments to a field without those of composite literals,
// where a functional option sets the field for certain: an option is a closure
// that is run after the literal is made.
func (r *resolver) overriding(all []effects.Assigned) []effects.Assigned {
	if !slices.ContainsFunc(all, func(a effects.Assigned) bool { return a.Literal }) {
		return all
	}
	certain := slices.ContainsFunc(all, func(a effects.Assigned) bool {
		i := strings.LastIndexByte(a.Func, '$')
		return i > 0 && !a.Literal && a.Value.Kind != effects.When && r.runsForCertain(a.Func[:i])
	})
	if !certain {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(a effects.Assigned) bool { return a.Literal })
}

// runsForCertain tells whether a function is called whatever happens before the
// program is ready.
func (r *resolver) runsForCertain(id string) bool {
	if strings.HasSuffix(id, ".main") {
		return true
	}
	if known, ok := r.certain[id]; ok {
		return known
	}
	r.certain[id] = false // for recursive functions
	r.certain[id] = slices.ContainsFunc(r.callers[id], func(e edge) bool {
		f := r.funcs[e.caller]
		if f == nil {
			return false
		}
		for n := f.Exit; n >= 0; n = f.Nodes[n].Prev {
			if f.Nodes[n].Call == e.call {
				return r.runsForCertain(e.caller)
			}
		}
		return false
	})
	return r.certain[id]
}

func (r *resolver) global(v *effects.Value, depth int) *effects.Value {
	values := r.runs(r.globals[v.Text])
	if len(values) == 0 {
		return effects.Unresolved("is the variable "+v.Text, v.At)
	}
	return r.assigned(markOf(r.globalMarks, v.Text), v.Text, values, v, depth)
}

// assigned is the choice of all that is assigned to a field or global. What is
// made of the field itself, as in c.Path = clean(c.Path), is made of what else is
// assigned to it.
func (r *resolver) assigned(m *mark, key string, values []*effects.Value, v *effects.Value, depth int) *effects.Value {
	r.meet(m)
	if m.active {
		r.cuts++
		return m.provisional
	}
	if len(values) == 0 {
		return effects.Unresolved("is a field that is never assigned", v.At)
	}
	r.begin(m)
	defer r.end(m)
	alternatives := make([]*effects.Value, 0, len(values)+1)
	var circular []int
	for i, a := range values {
		cuts := r.cuts
		alternatives = append(alternatives, r.resolve(a, nil, depth))
		if cuts != r.cuts {
			circular = append(circular, i)
		}
	}
	if len(circular) > 0 && len(circular) < len(values) && m.provisional == nil {
		var base []*effects.Value
		for i, a := range alternatives {
			if !slices.Contains(circular, i) {
				base = append(base, a)
			}
		}
		if m.provisional = effects.ChoiceOf(base...); m.provisional != nil {
			for _, i := range circular {
				alternatives[i] = r.resolve(values[i], nil, depth)
			}
			m.provisional = nil
		}
	}
	if !r.whole && r.exported[key] {
		alternatives = append(alternatives, effects.Unresolved("may be set by a package that was not seen", v.At))
	}
	return effects.ChoiceOf(alternatives...)
}

// selected is a field of a struct: of the struct itself where it can be told,
// and else whatever the program assigns to that field.
func (r *resolver) selected(v *effects.Value, f *frame, depth int) *effects.Value {
	name := v.Text[lastDot(v.Text)+1:]
	state := r.fieldState(v.Text)
	if state.elsewhere && len(state.values) > 0 {
		return r.field(v.Text, v, depth) // whatever it is a field of
	}
	var base *effects.Value
	if len(v.Args) > 0 {
		base = r.resolve(v.Args[0], f, depth)
	}
	if base != nil && base.Kind == effects.Param && r.onlyMade(v.Text) {
		return &effects.Value{Kind: effects.Select, Text: v.Text, Args: []*effects.Value{base}, At: v.At}
	}
	var found []*effects.Value
	exact, outside := base != nil, base != nil
	for _, a := range base.Alternatives() {
		outside = outside && (a.Kind == effects.Env || a.Kind == effects.Flag || a.Kind == effects.Config)
		if a.Kind != effects.Struct {
			exact = false
			continue
		}
		holder := embedded(a, v.Text[:lastDot(v.Text)], 0)
		if holder == nil {
			exact = false
			continue
		}
		x := holder.FieldValue(name)
		if x == nil {
			x = effects.Lit("", a.At) // the zero value of a field that the literal leaves out
		}
		found = append(found, x)
	}
	switch {
	case exact && len(found) > 0 && !state.elsewhere:
		return effects.ChoiceOf(found...)
	case outside && !state.own:
		// Part of something configured: the host of a parsed URL.
		return &effects.Value{Kind: effects.Element, Args: []*effects.Value{base}, At: v.At}
	case len(state.values) > 0:
		return r.field(v.Text, v, depth)
	case base != nil && base.Configurable():
		return &effects.Value{Kind: effects.Element, Args: []*effects.Value{base}, At: v.At}
	}
	return effects.Unresolved("is a field that is never assigned", v.At)
}

// onlyMade tells fields that have the value with which their struct was made:
// what the struct's maker was given stands in it.
func (r *resolver) onlyMade(key string) bool {
	all := r.fields[key]
	return len(all) > 0 && !r.exported[key] && !slices.ContainsFunc(all, func(a effects.Assigned) bool { return !a.Literal })
}

// embedded is the struct of type t that v is or holds in an embedded field, nil
// where that cannot be told.
func embedded(v *effects.Value, t string, depth int) *effects.Value {
	if v.Text == t || v.Text == "" {
		return v
	}
	if depth > 3 {
		return nil
	}
	for _, a := range v.Args {
		if a.Kind == effects.Struct {
			if in := embedded(a, t, depth+1); in != nil && in.Text == t {
				return in
			}
		}
	}
	return nil
}

func (r *resolver) result(v *effects.Value, f *frame, depth int) *effects.Value {
	if v.Text == "" {
		return r.applied(v, f, depth)
	}
	if callee := r.funcs[v.Text]; callee != nil {
		if v.Index >= len(callee.Results) {
			return effects.Unresolved("is a result that is not followed", v.At)
		}
		return r.within(callee, callee.Results[v.Index], v, f, depth)
	}
	var alternatives []*effects.Value
	for _, id := range r.methods[v.Text] {
		callee := r.funcs[id]
		if callee == nil || v.Index >= len(callee.Results) || !r.live[id] && !r.late[id] {
			continue
		}
		if len(alternatives) >= maxImpls {
			return effects.Unresolved("is a result of an interface with many implementations", v.At)
		}
		alternatives = append(alternatives, r.within(callee, callee.Results[v.Index], v, f, depth))
	}
	if out := effects.ChoiceOf(alternatives...); out != nil {
		return out
	}
	return effects.Unresolved("is a result of code that was not read", v.At)
}

// applied is a result of a call of a function value.
func (r *resolver) applied(v *effects.Value, f *frame, depth int) *effects.Value {
	var alternatives []*effects.Value
	fn := r.resolve(v.Args[0], f, depth)
	for _, a := range fn.Alternatives() {
		callee := r.funcs[a.Text]
		if a.Kind != effects.Func || callee == nil || v.Index >= len(callee.Results) {
			return effects.Unresolved("is a result of a function value", v.At)
		}
		if len(alternatives) >= maxImpls {
			return effects.Unresolved("is a result of one of many functions", v.At)
		}
		alternatives = append(alternatives, r.within(callee, callee.Results[v.Index], r.callOf(a, v), f, depth))
	}
	if out := effects.ChoiceOf(alternatives...); out != nil {
		return out
	}
	return effects.Unresolved("is a result of a function value", v.At)
}

// within resolves a value of a callee for one call of it.
func (r *resolver) within(callee *effects.Function, value, call *effects.Value, f *frame, depth int) *effects.Value {
	if value == nil {
		return nil
	}
	for fr, n := f, 0; fr != nil; fr, n = fr.outer, n+1 {
		if fr.fn == callee.ID || n > 16 {
			r.cuts++
			return nil // recursion
		}
	}
	return r.resolve(value, r.frameOf(callSite{callee, call, f}), depth)
}

func (r *resolver) element(v *effects.Value, f *frame, depth int) *effects.Value {
	list := r.resolve(v.Args[0], f, depth)
	if list == nil {
		return nil
	}
	if row, picked := r.rows[v.Args[0]]; picked {
		if all := rowsOf(list); row < len(all) {
			if v.Index != effects.Keys {
				return all[row].value
			}
			if all[row].key == nil {
				return effects.Unresolved("is a key of a map that is not followed", v.At)
			}
			return effects.Lit(*all[row].key, v.At)
		}
	}
	if v.Index == effects.Keys {
		return keys(list, v.At)
	}
	index := -1
	key := ""
	if len(v.Args) > 1 {
		key = v.Args[1].Text
		if n, err := strconv.Atoi(v.Args[1].Text); err == nil {
			index = n
		}
	}
	var out []*effects.Value
	for _, l := range list.Alternatives() {
		switch l.Kind {
		case effects.List:
			if at := slices.Index(l.Names, key); key != "" && at >= 0 && at < len(l.Args) {
				out = append(out, l.Args[at])
				continue
			}
			if index >= 0 && index < len(l.Args) {
				out = append(out, l.Args[index])
				continue
			}
			out = append(out, l.Args...)
		case effects.Env, effects.Flag, effects.Config, effects.Unknown, effects.System:
			out = append(out, l)
		default:
			out = append(out, effects.Unresolved("is an element of something that is not followed", v.At))
		}
	}
	return effects.ChoiceOf(out...)
}

// keys are the keys of maps.
func keys(maps *effects.Value, at finding.Position) *effects.Value {
	var out []*effects.Value
	for _, m := range maps.Alternatives() {
		if m.Kind == effects.List && len(m.Names) == 0 && len(out) > 0 {
			continue // an element that is added under a key that is not followed
		}
		if m.Kind != effects.List || len(m.Names) != len(m.Args) {
			return effects.Unresolved("is a key of a map that is not followed", at)
		}
		for _, name := range m.Names {
			out = append(out, effects.Lit(name, at))
		}
	}
	return effects.ChoiceOf(out...)
}

func lastDot(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return i
		}
	}
	return 0
}

// forget drops what was resolved before all assignments and defaults were known.
func (r *resolver) forget() {
	clear(r.memo)
	clear(r.states)
	clear(r.outcomes)
}

// maxRows bounds the rows of a table that are told apart.
const maxRows = 64

// eachRow calls fn once for each row of the table that the values range over, with
// the frame under which the values stand for that row; once where they range over
// none.
func (r *resolver) eachRow(values []*effects.Value, f *frame, fn func(*frame)) {
	table := ranged(values)
	if table == nil {
		fn(f)
		return
	}
	all := rowsOf(r.value(table, f))
	if len(all) < 2 || len(all) > maxRows {
		fn(f)
		return
	}
	if f == nil {
		f = &frame{} // what is resolved for one row is not remembered for others
	}
	r.rows = map[*effects.Value]int{}
	for i := range all {
		r.rows[table] = i
		fn(f)
	}
	r.rows = nil
}

// A row is an element of a list or map, with its key where that is known.
type row struct {
	key   *string
	value *effects.Value
}

// rowsOf are the elements of a list, or of all lists of a choice; nil where not
// all of it is known.
func rowsOf(list *effects.Value) []row {
	var out []row
	for _, l := range list.Alternatives() {
		if l.Kind != effects.List {
			return nil
		}
		for i, a := range l.Args {
			r := row{value: a}
			if i < len(l.Names) {
				r.key = &l.Names[i]
			}
			out = append(out, r)
		}
	}
	return out
}

// ranged is the list over which values range, nil for none.
func ranged(values []*effects.Value) *effects.Value {
	var table *effects.Value
	for _, v := range values {
		v.Walk(func(x *effects.Value) bool {
			if x.Kind == effects.Element && len(x.Args) == 1 && table == nil {
				table = x.Args[0]
			}
			return table == nil
		})
	}
	return table
}
