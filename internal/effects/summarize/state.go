package summarize

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// state records what a function puts into maps, slices and sync.Maps that are
// fields or package variables, and the structs with such fields that it makes.
// Function literals in it are functions of their own.
func (w *walker) state(body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				var rhs ast.Expr
				if len(n.Rhs) == len(n.Lhs) {
					rhs = n.Rhs[i]
				}
				w.stored(lhs, rhs, n.Tok, body)
			}
		case *ast.IncDecStmt:
			w.stored(n.X, nil, token.ADD_ASSIGN, body)
		case *ast.CallExpr:
			w.storedByCall(n, body)
		case *ast.CompositeLit:
			w.makes(w.s.Info.TypeOf(n))
		case *ast.ValueSpec:
			if n.Type != nil {
				w.makes(w.s.Info.TypeOf(n.Type))
			}
		}
		return true
	})
}

func (w *walker) makes(t types.Type) {
	if t == nil {
		return
	}
	key := typeKey(deref(t))
	if key != "" && w.s.isOwn(key) && w.s.keeps(deref(t)) && !slices.Contains(w.fn.Makes, key) {
		w.fn.Makes = append(w.fn.Makes, key)
	}
}

// keeps tells structs that have a map, slice or sync.Map.
func (s *summarizer) keeps(t types.Type) bool {
	key := typeKey(t)
	if known, ok := s.keeping[key]; ok {
		return known
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	found := false
	for i := range st.NumFields() {
		found = found || container(st.Field(i).Type()) != nil
	}
	s.keeping[key] = found
	return found
}

// container is a type that holds many things: a map, slice or sync.Map; nil for
// any other.
func container(t types.Type) types.Type {
	t = deref(t)
	if typeKey(t) == "sync.Map" {
		return t
	}
	switch u := t.Underlying().(type) {
	case *types.Map, *types.Slice:
		return u
	}
	return nil
}

// stored records an assignment to an element of a container, or of a slice with
// one element more.
func (w *walker) stored(lhs, rhs ast.Expr, tok token.Token, body *ast.BlockStmt) {
	lhs = ast.Unparen(lhs)
	base, how := lhs, ""
	for {
		ix, ok := ast.Unparen(base).(*ast.IndexExpr)
		if !ok {
			break
		}
		base, how = ix.X, effects.StorePut
	}
	base = ast.Unparen(base)
	switch t := w.s.Info.TypeOf(base); {
	case t == nil:
		return
	case how == "":
		// x = append(x, ...)
		call, ok := unparen(rhs).(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || !w.isBuiltin(call, "append") || !sameExpr(call.Args[0], lhs) {
			return
		}
		// Bytes and texts are read from somewhere, and not kept one by one.
		sl, ok := t.Underlying().(*types.Slice)
		if !ok || call.Ellipsis.IsValid() && isBasic(sl.Elem()) {
			return
		}
		how, rhs = effects.StoreGrow, call.Args[1]
	default:
		if _, isMap := t.Underlying().(*types.Map); !isMap {
			return
		}
		switch {
		case tok != token.ASSIGN && tok != token.DEFINE, rhs != nil && mentions(rhs, lhs):
			how = effects.StoreGrow
		case w.looksUp(base, body):
			how = effects.StoreFill
		}
	}
	w.store(base, how, rhs)
}

func unparen(e ast.Expr) ast.Expr {
	if e == nil {
		return nil
	}
	return ast.Unparen(e)
}

func (w *walker) isBuiltin(call *ast.CallExpr, name string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != name {
		return false
	}
	_, builtin := w.s.objectOf(id).(*types.Builtin)
	return builtin
}

// storedByCall records what a call of delete or of a method of sync.Map does.
func (w *walker) storedByCall(call *ast.CallExpr, body *ast.BlockStmt) {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if fun.Name == "delete" && len(call.Args) == 2 && w.isBuiltin(call, "delete") {
			w.store(ast.Unparen(call.Args[0]), effects.StoreRemove, nil)
		}
		if fun.Name == "new" && len(call.Args) == 1 && w.isBuiltin(call, "new") {
			w.makes(w.s.Info.TypeOf(call.Args[0]))
		}
	case *ast.SelectorExpr:
		if t := w.s.Info.TypeOf(fun.X); t == nil || typeKey(deref(t)) != "sync.Map" {
			return
		}
		base := ast.Unparen(fun.X)
		switch fun.Sel.Name {
		case "Store", "Swap", "CompareAndSwap":
			how := effects.StorePut
			if w.looksUp(base, body) {
				how = effects.StoreFill
			}
			w.store(base, how, call.Args[len(call.Args)-1])
		case "LoadOrStore":
			w.store(base, effects.StoreFill, call.Args[len(call.Args)-1])
		case "Delete", "LoadAndDelete", "CompareAndDelete", "Clear":
			w.store(base, effects.StoreRemove, nil)
		}
	}
}

// store records a change of what base names, if that is a field or a package
// variable of first-party code.
func (w *walker) store(base ast.Expr, how string, value ast.Expr) {
	var obj *types.Var
	key := ""
	switch b := base.(type) {
	case *ast.Ident:
		v, ok := w.s.objectOf(b).(*types.Var)
		if !ok || v.Pkg() == nil || v.IsField() || w.s.local(v) {
			return
		}
		obj, key = v, v.Pkg().Path()+"."+v.Name()
	case *ast.SelectorExpr:
		v, ok := w.s.objectOf(b.Sel).(*types.Var)
		if !ok || v.Pkg() == nil {
			return
		}
		if obj, key = v, v.Pkg().Path()+"."+v.Name(); v.IsField() {
			owner := w.s.fieldOwner(b)
			if owner == "" || w.ofLocal(b.X) {
				return
			}
			key = owner + "." + v.Name()
		}
	default:
		return
	}
	if !w.s.isOwn(key) {
		return
	}
	s := effects.Store{Key: key, At: w.s.position(base), How: how, Saved: w.saves()}
	if value != nil {
		if t := w.s.Info.TypeOf(value); t != nil {
			s.Value, s.Holds = w.s.ownType(t), w.s.holds(t, 0)
		}
	}
	if slices.ContainsFunc(w.fn.Stores, func(o effects.Store) bool { return o.Key == s.Key && o.How == s.How && o.Value == s.Value }) {
		return
	}
	w.fn.Stores = append(w.fn.Stores, s)
	if w.s.out.Kept[key] == nil {
		w.s.out.Kept[key] = w.s.kept(obj)
		if sel, ok := base.(*ast.SelectorExpr); ok && obj.IsField() {
			w.s.out.Kept[key].Decoded = w.s.decoded(sel, obj)
		}
	}
}

// decoded tells whether a field has a tag: such structs travel, they do not keep.
func (s *summarizer) decoded(sel *ast.SelectorExpr, field *types.Var) bool {
	t := s.Info.TypeOf(sel.X)
	if selection := s.Info.Selections[sel]; selection != nil {
		index := selection.Index()
		for _, i := range index[:len(index)-1] {
			if st, ok := deref(t).Underlying().(*types.Struct); ok && i < st.NumFields() {
				t = st.Field(i).Type()
			}
		}
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i) == field {
			return st.Tag(i) != "" && st.Tag(i) != `json:"-"` && st.Tag(i) != `yaml:"-"`
		}
	}
	return false
}

// ofLocal tells whether an expression is a struct that the function made itself,
// and so not what lives longer.
func (w *walker) ofLocal(e ast.Expr) bool {
	id, ok := rootIdent(e)
	if !ok {
		return false
	}
	obj := w.s.objectOf(id)
	if obj == nil || !w.s.local(obj) {
		return false
	}
	if _, isParam := w.s.params[obj]; isParam {
		return false
	}
	for _, src := range w.s.sources[obj] {
		switch e := unparen(src.expr).(type) {
		case *ast.CompositeLit:
			return true
		case *ast.UnaryExpr:
			if _, lit := ast.Unparen(e.X).(*ast.CompositeLit); lit && e.Op == token.AND {
				return true
			}
		}
	}
	return len(w.s.sources[obj]) == 0
}

// kept describes a field or variable.
func (s *summarizer) kept(obj *types.Var) *effects.Kept {
	p := s.Fset.Position(obj.Pos())
	k := &effects.Kept{
		At:    posAt{File: s.name(p.Filename), Line: p.Line, Column: p.Column, EndLine: p.Line, EndColumn: p.Column + len(obj.Name())},
		Holds: effects.HoldsData,
		Type:  types.TypeString(obj.Type(), func(p *types.Package) string { return p.Name() }),
	}
	switch u := container(obj.Type()).(type) {
	case *types.Map:
		k.Value = s.ownType(u.Elem())
		k.Holds = s.holds(u.Elem(), 0)
		if k.Holds == effects.HoldsData {
			k.Holds = s.holds(u.Key(), 0)
		}
	case *types.Slice:
		k.Value = s.ownType(u.Elem())
		k.Holds = s.holds(u.Elem(), 0)
	}
	return k
}

// ownType is the first-party type that is t or to which t points, "" for others.
func (s *summarizer) ownType(t types.Type) string {
	if key := typeKey(deref(t)); key != "" && s.isOwn(key) {
		return key
	}
	return ""
}

// handles are types of things that exist in one process only.
var handles = map[string]bool{
	"net.Conn": true, "net.Listener": true, "net/http.ResponseWriter": true, "net/http.Flusher": true,
	"context.CancelFunc": true, "context.CancelCauseFunc": true, "context.Context": true,
	"time.Timer": true, "time.Ticker": true, "os/exec.Cmd": true, "os.File": true, "os.Process": true,
	"database/sql.DB": true, "io.Closer": true, "io.ReadCloser": true, "io.WriteCloser": true,
	"sync.Mutex": true, "sync.RWMutex": true, "sync.WaitGroup": true, "sync.Once": true, "sync.Cond": true,
	"golang.org/x/sync/semaphore.Weighted": true,
}

// holds says what a container of such elements holds.
func (s *summarizer) holds(t types.Type, depth int) string {
	t = types.Unalias(t)
	key := typeKey(deref(t))
	name := key[strings.LastIndexByte(key, '.')+1:]
	switch {
	case strings.HasPrefix(key, "github.com/prometheus/client_golang/"), strings.HasPrefix(key, "go.opentelemetry.io/otel/metric"), strings.HasPrefix(key, "expvar."):
		return effects.HoldsMeters
	case strings.Contains(strings.ToLower(name), "limiter"), strings.HasSuffix(name, "TokenBucket"):
		return effects.HoldsLimits
	case handles[key] && (depth == 0 || !strings.HasPrefix(key, "sync.") && key != "context.Context"):
		return effects.HoldsHandles
	case strings.HasSuffix(name, "Conn"), strings.HasSuffix(name, "Listener") && depth == 0, strings.HasSuffix(name, "Client") && depth == 0 && !s.isData(t):
		return effects.HoldsHandles
	}
	switch u := deref(t).Underlying().(type) {
	case *types.Chan:
		return effects.HoldsHandles
	case *types.Signature:
		if depth == 0 {
			return effects.HoldsHandles
		}
	case *types.Interface:
		if depth == 0 && !u.Empty() {
			if obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close"); obj != nil {
				return effects.HoldsHandles
			}
		}
	case *types.Map:
		if depth == 0 {
			if k := s.holds(u.Elem(), 0); k != effects.HoldsData {
				return k
			}
			return s.holds(u.Key(), 0)
		}
	case *types.Slice:
		if depth == 0 {
			return s.holds(u.Elem(), 0)
		}
	case *types.Struct:
		if depth > 0 {
			break
		}
		found := effects.HoldsData
		for i := range u.NumFields() {
			switch k := s.holds(u.Field(i).Type(), depth+1); {
			case k == effects.HoldsHandles:
				return k
			case found == effects.HoldsData:
				found = k
			}
		}
		return found
	}
	return effects.HoldsData
}

// isData tells a struct that has nothing but plain values: a Client that is
// somebody's record, not a connection.
func (s *summarizer) isData(t types.Type) bool {
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		switch deref(st.Field(i).Type()).Underlying().(type) {
		case *types.Basic, *types.Slice:
		case *types.Struct:
			if key := typeKey(deref(st.Field(i).Type())); key != "time.Time" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// looksUp tells whether the function looks up in a container what it then uses:
// v, ok := m[k] or v, ok := m.Load(k). With _ for v it only asks what is there.
func (w *walker) looksUp(base ast.Expr, body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) == 0 || len(a.Rhs) != 1 {
			return !found
		}
		if id, ok := a.Lhs[0].(*ast.Ident); !ok || id.Name == "_" {
			return !found
		}
		switch r := ast.Unparen(a.Rhs[0]).(type) {
		case *ast.IndexExpr:
			found = found || sameExpr(r.X, base)
		case *ast.CallExpr:
			sel, ok := ast.Unparen(r.Fun).(*ast.SelectorExpr)
			found = found || ok && sel.Sel.Name == "Load" && sameExpr(sel.X, base)
		}
		return !found
	})
	return found
}

func sameExpr(a, b ast.Expr) bool { return types.ExprString(a) == types.ExprString(b) }

// mentions tells whether part of an expression reads as what.
func mentions(e, what ast.Expr) bool {
	text := types.ExprString(what)
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			if _, index := x.(*ast.IndexExpr); index {
				found = types.ExprString(x) == text
			}
		}
		return !found
	})
	return found
}

// lasting records which of the package's structs and variables have a struct with
// a container as a part.
func (s *summarizer) lasting() {
	scope := s.Pkg.Scope()
	add := func(t types.Type, holder string) {
		key := typeKey(t)
		if key != "" && s.isOwn(key) && s.keeps(t) && !slices.Contains(s.out.Lasting[key], holder) {
			s.out.Lasting[key] = append(s.out.Lasting[key], holder)
		}
	}
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Var:
			add(obj.Type(), "")
		case *types.TypeName:
			st, ok := obj.Type().Underlying().(*types.Struct)
			if !ok || obj.IsAlias() {
				continue
			}
			for i := range st.NumFields() {
				add(st.Field(i).Type(), s.out.Path+"."+name)
			}
		}
	}
}
