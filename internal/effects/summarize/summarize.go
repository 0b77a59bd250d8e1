// Package summarize takes the summary of one package from its syntax and types:
// what each function does, in terms of its parameters, fields and globals, and
// whom it calls.
//
// It works on syntax and types rather than on SSA. That keeps the place of every
// literal, survives packages with type errors and missing imports, and costs a
// vet process only a few milliseconds. Flow within a function is not followed
// statement by statement: a variable is a choice of all that is assigned to it.
// That is what `x := default; if env != "" { x = env }` means anyway.
package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/finding"
)

// Input is one package to summarize. Info may be filled in part only: what has
// no type is read as far as its syntax goes.
type Input struct {
	Fset  *token.FileSet
	Files []*ast.File
	Pkg   *types.Package
	Info  *types.Info
	// FirstParty tells whether calls into a package lead to code that is
	// summarized too.
	FirstParty func(importPath string) bool
	Table      *apitable.Table
	// FileName is the name under which a file appears in positions; nil leaves
	// names as they are.
	FileName func(string) string
}

// Package summarizes one package. Test files are left out.
func Package(in Input) *effects.Package { return newSummarizer(in).run() }

func newSummarizer(in Input) *summarizer {
	return &summarizer{
		Input:     in,
		sources:   map[types.Object][]source{},
		fields:    map[types.Object][]fieldStore{},
		outs:      map[types.Object][]ast.Expr{},
		params:    map[types.Object]param{},
		lits:      map[*ast.FuncLit]string{},
		initFuncs: map[*ast.FuncDecl]int{},
		aliases:   map[types.Object]ast.Expr{},
		origins:   map[types.Object]string{},
		built:     map[types.Object][]piece{},
		memo:      map[ast.Expr]*effects.Value{},
		whole:     map[ast.Expr]*effects.Value{},
		reuse:     newReuse(),
		names:     map[string]string{},
		opened:    map[string]bool{},
		holding:   map[string]bool{},
		keeping:   map[string]bool{},

		commandFields: map[string]bool{},
		commandParams: map[types.Object]bool{},
		out: &effects.Package{
			Path:     in.Pkg.Path(),
			Name:     in.Pkg.Name(),
			Funcs:    map[string]*effects.Function{},
			Globals:  map[string][]effects.Assigned{},
			Fields:   map[string][]effects.Assigned{},
			Exported: map[string]bool{},
			Methods:  map[string][]string{},
			Shapes:   map[string]*effects.Shape{},
			Kept:     map[string]*effects.Kept{},
			Tagged:   map[string]string{},
			Lasting:  map[string][]string{},
		},
	}
}

func (s *summarizer) run() *effects.Package {
	s.Files = slices.DeleteFunc(slices.Clone(s.Files), func(f *ast.File) bool {
		return strings.HasSuffix(s.Fset.Position(f.Package).Filename, "_test.go")
	})
	if s.FileName == nil {
		s.FileName = func(name string) string { return name }
	}
	if len(s.Files) == 0 {
		return s.out
	}
	s.out.Dir = filepath.Dir(s.Fset.Position(s.Files[0].Package).Filename)
	s.imports()
	for _, f := range s.Files {
		s.nameFunctions(f)
	}
	s.order = newOrder(s.Files)
	for _, f := range s.Files {
		s.collect(f)
	}
	// What was evaluated on the way did not know of all assignments.
	clear(s.memo)
	clear(s.whole)
	s.forget()
	s.storedBy = map[string][]int{}
	for i, st := range s.stored {
		key := st.owner + "." + st.field
		s.storedBy[key] = append(s.storedBy[key], i)
	}
	s.findCommands()
	s.tagged()
	s.methods()
	s.variables()
	for _, f := range s.Files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				s.declared(fn)
			}
		}
	}
	s.stores()
	s.lasting()
	return s.out
}

type summarizer struct {
	Input
	out *effects.Package

	// sources holds all that is assigned to a variable, fields all that is
	// assigned to fields of a variable, outs what is stored through a pointer
	// parameter.
	sources map[types.Object][]source
	fields  map[types.Object][]fieldStore
	outs    map[types.Object][]ast.Expr
	// stored are all assignments to fields, whatever the base; storedBy are
	// their indices by "pkg.Type.field", once all are known.
	stored   []fieldStore
	storedBy map[string][]int
	params   map[types.Object]param
	// aliases are what variables point to that a type switch makes of &x, built
	// what is written to string builders.
	aliases map[types.Object]ast.Expr
	// tracing counts the methods whose receivers are being followed.
	tracing int
	// origins are the packages that the missing types of variables are of.
	origins map[types.Object]string
	built   map[types.Object][]piece
	lits    map[*ast.FuncLit]string
	inits   int
	// initFuncs numbers the init functions in the order of the files.
	initFuncs map[*ast.FuncDecl]int

	// memo are the values of expressions, whole those of expressions in circles,
	// seen from outside.
	memo, whole map[ast.Expr]*effects.Value
	reuse
	depth int
	steps int
	// allSteps counts those of all evaluations.
	allSteps int
	order    order
	// names are the report's names of files.
	names  map[string]string
	opened map[string]bool
	// holding remembers which types hold a request, keeping which have a
	// container.
	holding, keeping map[string]bool
	// commandFields are fields "pkg.Type.field", commandParams parameters, from
	// which the bodies of CLI subcommands are taken.
	commandFields map[string]bool
	commandParams map[types.Object]bool
}

// A source is one thing assigned to a variable.
type source struct {
	expr  ast.Expr
	index int // of a call's results; -1 for a single value
	how   sourceKind
	call  *ast.CallExpr   // for out: the call that sets it
	entry *apitable.Entry // for literalField
	site  site
}

type sourceKind uint8

const (
	plain        sourceKind = iota
	element                 // a range over expr
	unknown                 // something that is not followed: x++, a channel
	out                     // set by a call through &x, argument index
	added                   // an element more: expr
	mapKey                  // a key of the map expr
	literalField            // set through a pointer in the literal expr
)

type fieldStore struct {
	base  ast.Expr
	field string // the field's name
	owner string // "pkg.Type", "" if it could not be told
	src   source
	// literal is set where a composite literal gives the value, local where base
	// is a variable of the function.
	literal, local bool
}

type param struct {
	fn    string
	index int
}

func (s *summarizer) imports() {
	seen := map[string]bool{}
	for _, f := range s.Files {
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err == nil && s.FirstParty(p) && !seen[p] {
				seen[p] = true
				s.out.Imports = append(s.out.Imports, p)
			}
		}
	}
	sort.Strings(s.out.Imports)
}

// nameFunctions gives every function literal its id and every parameter its
// function and index.
func (s *summarizer) nameFunctions(f *ast.File) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			id := s.declID(d)
			if d.Recv != nil {
				s.nameParams(id, d.Recv.List, -1)
			}
			s.nameParams(id, d.Type.Params.List, 0)
			if d.Body != nil {
				s.nameLits(id, d.Body)
			}
		case *ast.GenDecl:
			s.nameLits(s.initID(), d)
		}
	}
}

// initID is the id of the pseudo function that initializes package variables.
func (s *summarizer) initID() string { return s.out.Path + ".init" }

func (s *summarizer) nameLits(parent string, n ast.Node) {
	count := 0
	if parent == s.initID() {
		count = s.inits
	}
	var visit func(parent string, count *int, n ast.Node)
	visit = func(parent string, count *int, n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			lit, ok := n.(*ast.FuncLit)
			if !ok {
				return true
			}
			*count++
			id := parent + "$" + strconv.Itoa(*count)
			s.lits[lit] = id
			s.nameParams(id, lit.Type.Params.List, 0)
			inner := 0
			visit(id, &inner, lit.Body)
			return false
		})
	}
	visit(parent, &count, n)
	if parent == s.initID() {
		s.inits = count
	}
}

func (s *summarizer) nameParams(id string, list []*ast.Field, first int) {
	i := first
	for _, field := range list {
		s.declare(field.Names, field.Type)
		for _, name := range field.Names {
			if obj := s.Info.Defs[name]; obj != nil {
				s.params[obj] = param{id, i}
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
}

func (s *summarizer) declID(d *ast.FuncDecl) string {
	if d.Recv != nil && len(d.Recv.List) == 1 {
		return s.out.Path + "." + receiverName(d.Recv.List[0].Type) + "." + d.Name.Name
	}
	if d.Name.Name == "init" {
		n, ok := s.initFuncs[d]
		if !ok {
			n = len(s.initFuncs) + 1
			s.initFuncs[d] = n
		}
		return s.out.Path + ".init#" + strconv.Itoa(n)
	}
	return s.out.Path + "." + d.Name.Name
}

func receiverName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiverName(e.X)
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	case *ast.ParenExpr:
		return receiverName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

// collect records every assignment of the file.
func (s *summarizer) collect(f *ast.File) {
	s.order.walk(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			s.collectAssign(n)
		case *ast.StructType:
			for _, field := range n.Fields.List {
				s.declare(field.Names, field.Type)
			}
		case *ast.ValueSpec:
			s.declare(n.Names, n.Type)
			for i, name := range n.Names {
				switch {
				case len(n.Values) == len(n.Names):
					s.assign(name, source{expr: n.Values[i], index: -1})
				case len(n.Values) == 1:
					s.assign(name, source{expr: n.Values[0], index: i})
				}
			}
		case *ast.RangeStmt:
			if n.Key != nil {
				how := unknown
				if t := s.Info.TypeOf(n.X); t != nil {
					if _, isMap := t.Underlying().(*types.Map); isMap {
						how = mapKey
					}
				}
				s.assign(n.Key, source{expr: n.X, index: -1, how: how})
			}
			if n.Value != nil {
				s.assign(n.Value, source{expr: n.X, index: -1, how: element})
			}
		case *ast.IncDecStmt:
			s.assign(n.X, source{how: unknown})
		case *ast.TypeSwitchStmt:
			s.collectTypeSwitch(n)
		case *ast.UnaryExpr:
			s.collectAddress(n)
		case *ast.CallExpr:
			s.collectOuts(n)
			s.collectBuilt(n)
		case *ast.CompositeLit:
			s.collectComposite(n)
		}
		return true
	})
}

func (s *summarizer) collectAssign(n *ast.AssignStmt) {
	if n.Tok != token.ASSIGN && n.Tok != token.DEFINE {
		if n.Tok == token.ADD_ASSIGN && isString(s.Info.TypeOf(n.Lhs[0])) {
			s.assign(n.Lhs[0], source{expr: &ast.BinaryExpr{X: n.Lhs[0], OpPos: n.TokPos, Op: token.ADD, Y: n.Rhs[0]}, index: -1})
			return
		}
		s.assign(n.Lhs[0], source{how: unknown})
		return
	}
	for i, lhs := range n.Lhs {
		switch {
		case len(n.Rhs) == len(n.Lhs):
			s.assign(lhs, source{expr: n.Rhs[i], index: -1})
		case len(n.Rhs) == 1:
			s.assign(lhs, source{expr: n.Rhs[0], index: i})
		}
	}
}

func (s *summarizer) collectTypeSwitch(n *ast.TypeSwitchStmt) {
	a, ok := n.Assign.(*ast.AssignStmt)
	if !ok || len(a.Rhs) != 1 {
		return
	}
	ta, ok := a.Rhs[0].(*ast.TypeAssertExpr)
	if !ok {
		return
	}
	target, isAlias := aliased(ta.X)
	for _, c := range n.Body.List {
		if obj := s.Info.Implicits[c]; obj != nil {
			if isAlias {
				s.aliases[obj] = target
			}
			s.sources[obj] = append(s.sources[obj], source{expr: ta.X, index: -1})
		}
	}
}

// aliased is x of &x and any(&x).
func aliased(e ast.Expr) (ast.Expr, bool) {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) == 1 {
		e = call.Args[0]
	}
	return pointee(e)
}

// assign records that src is stored in what lhs names.
func (s *summarizer) assign(lhs ast.Expr, src source) {
	src.site = s.order.here()
	switch lhs := ast.Unparen(lhs).(type) {
	case *ast.Ident:
		if obj := s.objectOf(lhs); obj != nil {
			s.sources[obj] = append(s.sources[obj], src)
		}
	case *ast.SelectorExpr:
		if obj, ok := s.objectOf(lhs.Sel).(*types.Var); ok && !obj.IsField() {
			s.sources[obj] = append(s.sources[obj], src) // pkg.Var = x
			return
		}
		st := fieldStore{base: lhs.X, field: lhs.Sel.Name, owner: s.fieldOwner(lhs), src: src}
		if id, ok := rootIdent(lhs.X); ok {
			if obj := s.objectOf(id); obj != nil && s.local(obj) {
				_, isParam := s.params[obj]
				st.local = !isParam
				s.fields[obj] = append(s.fields[obj], st)
			}
		}
		s.stored = append(s.stored, st)
	case *ast.IndexExpr:
		// One more element of the list or map.
		if id, ok := ast.Unparen(lhs.X).(*ast.Ident); ok && src.how == plain && src.index < 0 {
			if obj := s.objectOf(id); obj != nil {
				src.how = added
				s.sources[obj] = append(s.sources[obj], src)
			}
		}
	case *ast.StarExpr:
		if id, ok := ast.Unparen(lhs.X).(*ast.Ident); ok && src.expr != nil && src.how == plain && src.index < 0 {
			if obj := s.objectOf(id); obj != nil {
				if target, ok := s.aliases[obj]; ok {
					s.assign(target, src)
					return
				}
				if _, isParam := s.params[obj]; isParam {
					s.outs[obj] = append(s.outs[obj], src.expr)
				}
			}
		}
	}
}

// collectOuts records variables that a call sets through a pointer.
func (s *summarizer) collectOuts(call *ast.CallExpr) {
	c := s.callee(call)
	switch c.kind {
	case builtinCall, conversion:
		return
	}
	entries := s.entries(c)
	pure := slices.ContainsFunc(entries, func(e apitable.Entry) bool { return e.Verb == "pure" })
	opens := slices.ContainsFunc(entries, func(e apitable.Entry) bool { return e.Verb == "opens" })
	for i, arg := range call.Args {
		target, ok := pointee(arg)
		if !ok {
			target, ok = s.handedOn(arg)
		}
		if !ok {
			continue
		}
		known := slices.ContainsFunc(entries, func(e apitable.Entry) bool {
			return e.Verb == "sets" && e.Index == i
		})
		switch {
		case known, c.kind == static:
			s.assign(target, source{how: out, index: i, call: call})
		case opens && !isBasic(s.Info.TypeOf(target)):
			// Its fields are set, which the linker tells.
			s.shape(s.Info.TypeOf(target))
		case !opens && len(entries) > 0:
			// What a known function sets is in the table.
		case pure || isStd(c.pkg) && len(entries) == 0 && c.pkg != "fmt":
			// The standard library sets what it is given in few functions,
			// and those are in the table.
		default:
			s.assign(target, source{how: unknown})
		}
	}
	// An unknown function outside the standard library that takes a pointer as
	// `any` works by reflection: it may set every exported field.
	if len(entries) == 0 && c.kind == extern && !isStd(c.pkg) && c.fn != nil {
		sig := c.fn.Signature()
		for i, arg := range call.Args {
			if t := paramType(sig, i); t != nil && isEmptyInterface(t) && isPointerToStruct(s.Info.TypeOf(arg)) {
				s.open(s.Info.TypeOf(arg), c.pkg+"."+c.name, call, 0)
			}
		}
	}
}

// handedOn is a parameter that points to a plain value and is passed to another
// function, which may set what it points to.
func (s *summarizer) handedOn(arg ast.Expr) (ast.Expr, bool) {
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if !ok {
		return nil, false
	}
	obj := s.objectOf(id)
	if _, isParam := s.params[obj]; !isParam {
		return nil, false
	}
	p, ok := obj.Type().Underlying().(*types.Pointer)
	return id, ok && isBasic(p.Elem())
}

// collectAddress records variables of plain types whose address is kept: in a
// table of targets, for instance. Whoever has it may set them.
func (s *summarizer) collectAddress(n *ast.UnaryExpr) {
	if n.Op != token.AND || !isBasic(s.Info.TypeOf(n.X)) {
		return
	}
	stack := s.order.stack
	for i := len(stack) - 2; i >= 0; i-- {
		switch up := stack[i].(type) {
		case *ast.ParenExpr:
			continue
		case *ast.CallExpr, *ast.StarExpr:
			return // a call's argument is told by what the call does with it
		case *ast.KeyValueExpr:
			if i > 0 && s.destination(stack[i-1], up) {
				return // see intoFields
			}
		}
		break
	}
	s.assign(n.X, source{how: unknown})
}

// maxOpenDepth bounds how deep a decoded type's fields are opened.
const maxOpenDepth = 6

// open records that every exported field of a type may be set from outside.
func (s *summarizer) open(t types.Type, by string, at ast.Node, depth int) {
	if t == nil || depth > maxOpenDepth {
		return
	}
	switch u := types.Unalias(t).(type) {
	case *types.Pointer:
		s.open(u.Elem(), by, at, depth)
		return
	case *types.Slice:
		s.open(u.Elem(), by, at, depth)
		return
	case *types.Array:
		s.open(u.Elem(), by, at, depth)
		return
	case *types.Map:
		s.open(u.Elem(), by, at, depth)
		return
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	owner := s.structKey(t)
	if owner == "" || s.opened[owner] {
		return
	}
	s.opened[owner] = true
	for i := range st.NumFields() {
		f := st.Field(i)
		if !f.Exported() {
			continue
		}
		key := owner + "." + f.Name()
		s.out.Fields[key] = append(s.out.Fields[key], effects.Assigned{
			Func: s.enclosing(s.order.here()), Value: effects.Unresolved("may be set by "+by, s.position(at)),
		})
		s.open(f.Type(), by, at, depth+1)
	}
}

func (s *summarizer) collectComposite(lit *ast.CompositeLit) {
	t := s.Info.TypeOf(lit)
	if t == nil {
		return
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return
	}
	owner := s.structKey(deref(t))
	if owner == "" {
		return
	}
	s.intoFields(lit, owner)
	here := s.order.here()
	for i, e := range lit.Elts {
		name, value := "", e
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				name, value = id.Name, kv.Value
			}
		} else if i < st.NumFields() {
			name = st.Field(i).Name()
		}
		if name != "" {
			s.stored = append(s.stored, fieldStore{owner: owner, field: name, literal: true, src: source{expr: value, index: -1, site: here}})
		}
	}
}

// stores evaluates all assignments to fields and package variables.
func (s *summarizer) stores() {
	for _, st := range s.stored {
		if st.owner == "" {
			continue
		}
		if v := s.source(st.src); v != nil {
			if st.src.expr != nil {
				v = s.under(v, st.src.site, s.Info.TypeOf(st.src.expr))
			}
			key := st.owner + "." + st.field
			s.out.Fields[key] = append(s.out.Fields[key], effects.Assigned{Func: s.enclosing(st.src.site), Value: v, Literal: st.literal, Local: st.local, Of: s.boundOf(st)})
			if ast.IsExported(st.field) {
				s.out.Exported[key] = true
			}
		}
	}
	for obj, sources := range s.sources {
		v, ok := obj.(*types.Var)
		if !ok || v.Pkg() == nil || v.Parent() != v.Pkg().Scope() {
			continue
		}
		key := v.Pkg().Path() + "." + v.Name()
		for _, src := range sources {
			if value := s.source(src); value != nil {
				s.out.Globals[key] = append(s.out.Globals[key], effects.Assigned{Func: s.enclosing(src.site), Value: value})
			}
		}
		if v.Exported() {
			s.out.Exported[key] = true
		}
	}
	for _, vs := range s.out.Globals {
		sortValues(vs)
	}
	for _, vs := range s.out.Fields {
		sortValues(vs)
	}
}

// sortValues orders by place, so that a summary does not depend on map order.
func sortValues(vs []effects.Assigned) {
	slices.SortStableFunc(vs, func(a, b effects.Assigned) int { return a.Value.At.Compare(b.Value.At) })
}

// enclosing is the id of the function that a site lies in; what stands outside
// functions belongs to the package's initialization.
func (s *summarizer) enclosing(at site) string {
	switch fn := at.within.(type) {
	case *ast.FuncLit:
		return s.lits[fn]
	case *ast.FuncDecl:
		return s.declID(fn)
	}
	return s.initID()
}

// variables makes the pseudo function that initializes package variables.
func (s *summarizer) variables() {
	w := s.newWalker(s.initID(), s.Files[0].Package)
	for _, f := range s.Files {
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				vs, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, v := range vs.Values {
					w.convert(typeOfSpec(s.Info, vs), v)
					first := len(w.fn.Nodes)
					w.expr(v, -1)
					if i < len(vs.Names) {
						w.defaulted(vs.Names[i], first)
					}
				}
			}
		}
	}
	w.imports()
	if len(w.fn.Nodes) > 0 || len(w.fn.Refs) > 0 {
		s.out.Funcs[w.fn.ID] = w.fn
		s.out.Init = append(s.out.Init, w.fn.ID)
	}
}

// imports records what comes with a package that is imported, and with every
// program: handlers that an init function registers, variables that the runtime
// reads.
func (w *walker) imports() {
	for _, f := range w.s.Files {
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			switch {
			case err != nil:
			case p == "C":
				w.always(effects.Node{Prev: -1, At: w.s.position(spec), Effect: &effects.Effect{Kind: effects.Cgo, API: "cgo"}})
			case !w.s.FirstParty(p):
				w.given(p, "init", spec)
			}
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && w.s.out.Name == "main" && fn.Recv == nil && fn.Name.Name == "main" {
				w.given("runtime", "main", fn.Name)
			}
		}
	}
}

// given records the table's effects of a function that runs without being called.
func (w *walker) given(pkg, name string, at ast.Node) {
	for _, entry := range w.s.Table.Lookup(pkg, name) {
		e := &effects.Effect{Kind: effects.EffectKind(entry.Verb), API: shortPackage(pkg)}
		for _, a := range entry.Args {
			if !a.IsParam {
				e.Names = append(e.Names, a.Name)
				e.Values = append(e.Values, literalArg(a, w.s.position(at)))
			}
		}
		w.always(effects.Node{Prev: -1, At: w.s.position(at), Effect: e})
	}
}

func (w *walker) always(n effects.Node) { w.fn.Nodes = append(w.fn.Nodes, n) }

func typeOfSpec(info *types.Info, vs *ast.ValueSpec) types.Type {
	if vs.Type == nil {
		return nil
	}
	return info.TypeOf(vs.Type)
}

// declared summarizes a declared function.
func (s *summarizer) declared(d *ast.FuncDecl) {
	id := s.declID(d)
	w := s.newWalker(id, d.Name.Pos())
	if d.Recv == nil && d.Name.Name == "init" {
		s.out.Init = append(s.out.Init, id)
	}
	if fn, ok := s.Info.Defs[d.Name].(*types.Func); ok {
		w.results = fn.Signature().Results()
		w.fn.Handler = s.handlerOf(fn.Signature())
	}
	w.function(d.Type, d.Body)
	s.out.Funcs[id] = w.fn
}

// methods indexes the package's methods by name and signature.
func (s *summarizer) methods() {
	scope := s.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(named) {
			continue
		}
		for m := range named.Methods() {
			key := methodKey(m)
			s.out.Methods[key] = append(s.out.Methods[key], s.out.Path+"."+name+"."+m.Name())
		}
	}
}

func (s *summarizer) position(n ast.Node) finding.Position {
	if n == nil {
		return finding.Position{}
	}
	start, end := s.Fset.Position(n.Pos()), s.Fset.Position(n.End())
	return finding.Position{
		File: s.name(start.Filename), Line: start.Line, Column: start.Column,
		EndLine: end.Line, EndColumn: end.Column,
	}
}

// name is the report's name of a file.
func (s *summarizer) name(file string) string {
	name, ok := s.names[file]
	if !ok {
		name = s.FileName(file)
		s.names[file] = name
	}
	return name
}
