package summarize

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
)

// A body says of which command a function is the body.
type body struct {
	name *effects.Value
	// group is the same for all functions of one command.
	group string
}

// command tells whether a field holds the body of a CLI subcommand; the entry is
// nil for a field of a first-party type from which command bodies are taken.
func (w *walker) command(owner, field string) (entry *apitable.Entry, ok bool) {
	if entry := w.s.tableCommand(owner, field); entry != nil {
		return entry, true
	}
	return nil, owner != "" && w.s.commandFields[owner+"."+field]
}

// tableCommand is the table's entry of a field that holds a command's body.
func (s *summarizer) tableCommand(owner, field string) *apitable.Entry {
	i := strings.LastIndexByte(owner, '.')
	if i < 0 {
		return nil
	}
	for _, e := range s.Table.Lookup(owner[:i], owner[i+1:]+"."+field) {
		if e.Verb == "command" {
			return &e
		}
	}
	return nil
}

// commandName is the name that the literal gives a command, nil for none.
func (w *walker) commandName(entry *apitable.Entry, lit *ast.CompositeLit) *effects.Value {
	if entry == nil {
		return w.s.eval(lit).FieldValue("Name")
	}
	if name := entry.Arg("name"); name != nil && name.IsParam {
		return w.s.eval(lit).FieldValue(name.Field)
	}
	return nil
}

// commandBody records the function of a CLI subcommand. One that is handed to a
// wrapper, as in Action: wrap(install), is the body all the same.
func (w *walker) commandBody(e ast.Expr, prev int, of body) int {
	ref := effects.Ref{Prev: prev, Command: true, Name: of.name, Group: of.group}
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		w.literal(e)
		ref.ID = w.s.lits[e]
		w.refer(ref)
		return prev
	case *ast.Ident:
		if fn, ok := w.s.objectOf(e).(*types.Func); ok {
			w.refAs(fn, ref)
			return prev
		}
	case *ast.SelectorExpr:
		if fn, ok := w.s.objectOf(e.Sel).(*types.Func); ok {
			w.refAs(fn, ref)
			return w.expr(e.X, prev)
		}
	case *ast.CallExpr:
		for _, a := range e.Args {
			if isFunc(w.s.Info.TypeOf(a)) {
				w.bodies[a] = of
			}
		}
	}
	return w.expr(e, prev)
}

// passedBody tells an argument that is the body of a command: of a wrapper's call, or
// for a parameter from which a command's body is made.
func (w *walker) passedBody(c callee, i int, a ast.Expr) (of body, ok bool) {
	if of, ok := w.bodies[a]; ok {
		return of, true
	}
	if c.fn == nil || len(w.s.commandParams) == 0 {
		return body{}, false
	}
	params := c.fn.Signature().Params()
	return body{}, i < params.Len() && w.s.commandParams[params.At(i)]
}

func isFunc(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// findCommands looks for the parameters and for the fields of own types from which
// the bodies of CLI subcommands are taken.
func (s *summarizer) findCommands() {
	for _, f := range s.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				s.commandsOf(n)
			case *ast.AssignStmt:
				for i, lhs := range n.Lhs {
					if sel, ok := lhs.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) && s.tableCommand(s.fieldOwner(sel), sel.Sel.Name) != nil {
						s.taken(n.Rhs[i])
					}
				}
			}
			return true
		})
	}
}

func (s *summarizer) commandsOf(lit *ast.CompositeLit) {
	if len(lit.Elts) == 0 {
		return
	}
	owner := ""
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return
		}
		key, ok := kv.Key.(*ast.Ident)
		if !ok {
			return
		}
		if owner == "" {
			t := s.Info.TypeOf(lit)
			if t == nil {
				return
			}
			if _, ok := deref(t).Underlying().(*types.Struct); !ok {
				return
			}
			if owner = s.structKey(deref(t)); owner == "" {
				return
			}
		}
		if s.tableCommand(owner, key.Name) != nil {
			s.taken(kv.Value)
		}
	}
	if st, ok := deref(s.Info.TypeOf(lit)).Underlying().(*types.Struct); ok && s.isOwn(owner) && isCommand(owner, st) {
		for i := range st.NumFields() {
			if f := st.Field(i); isBody(f) {
				s.commandFields[owner+"."+f.Name()] = true
			}
		}
	}
}

// isCommand tells the types of first-party code that are made as the go command's
// own Command is: with a usage, with flags, and with a body.
func isCommand(name string, st *types.Struct) bool {
	name = name[strings.LastIndexByte(name, '.')+1:]
	if !strings.HasSuffix(name, "Command") && !strings.HasSuffix(name, "Cmd") {
		return false
	}
	usage, flags, body := false, false, false
	for i := range st.NumFields() {
		f := st.Field(i)
		switch f.Name() {
		case "Usage", "UsageLine", "Use", "Short", "Help", "Synopsis":
			usage = true
		case "Flag", "Flags", "FlagSet":
			flags = true
		}
		body = body || isBody(f)
	}
	return usage && flags && body
}

// isBody tells the fields that hold what a command runs.
func isBody(f *types.Var) bool {
	switch f.Name() {
	case "Run", "RunE", "Func", "Action", "Exec", "Main":
		return isFunc(f.Type()) || isEmptyInterface(f.Type())
	}
	return false
}

// taken records what the body of a command is made of: a parameter, a field, or
// either handed to a wrapper or called by a literal.
func (s *summarizer) taken(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if obj, ok := s.objectOf(e).(*types.Var); ok && isFunc(obj.Type()) {
			if _, isParam := s.params[obj]; isParam {
				s.commandParams[obj] = true
			}
		}
	case *ast.SelectorExpr:
		if owner := s.fieldOwner(e); owner != "" && isFunc(s.Info.TypeOf(e)) {
			s.commandFields[owner+"."+e.Sel.Name] = true
		}
	case *ast.CallExpr:
		for _, a := range e.Args {
			s.taken(a)
		}
	case *ast.FuncLit:
		ast.Inspect(e.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
					s.taken(id)
				}
			}
			return true
		})
	}
}
