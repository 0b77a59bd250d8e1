package summarize

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
)

// opens are the calls of functions that set the fields of a struct by its tags.
// What they set is told when the program is linked, for a wrapper may hand the
// struct on as an interface.
func (w *walker) opens(entries []apitable.Entry, c callee, call *ast.CallExpr) []*effects.Effect {
	var out []*effects.Effect
	at := w.s.position(call)
	for _, entry := range entries {
		if entry.Verb != "opens" {
			continue
		}
		e := &effects.Effect{Kind: effects.Opens, API: c.String()}
		add := func(name string, v *effects.Value) {
			e.Names = append(e.Names, name)
			e.Values = append(e.Values, v)
		}
		var t types.Type
		switch {
		case entry.Index == apitable.Returned:
			if t = w.s.Info.TypeOf(call); t != nil {
				if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
					t = tuple.At(0).Type()
				}
			}
		case entry.Index < len(call.Args):
			arg := call.Args[entry.Index]
			t = w.s.Info.TypeOf(arg)
			add("target", w.s.orUnknown(w.s.eval(arg), arg))
		default:
			continue
		}
		add("style", effects.Lit(entry.Style, at))
		w.runs(t, entry.Style, 0)
		if tag := w.s.tagName(call, entry.Index); tag != "" {
			add("tag", effects.Lit(tag, at))
		}
		if key := w.s.shape(t); key != "" {
			add("type", effects.Lit(key, at))
		}
		for _, a := range entry.Args {
			if values := w.s.tableArg(a, c, call); len(values) > 0 {
				add(a.Name, values[0])
			}
		}
		out = append(out, e)
	}
	return out
}

// runs records the methods by which libraries run the command that a nested
// struct stands for: Run with kong, Execute with go-flags.
func (w *walker) runs(t types.Type, style string, depth int) {
	marks := map[string][2]string{"kong": {"cmd", "Run"}, "goflags": {"command", "Execute"}}[style]
	if marks[0] == "" || t == nil || depth > maxShapeDepth {
		return
	}
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i := range st.NumFields() {
		f := st.Field(i)
		name, isCommand := reflect.StructTag(st.Tag(i)).Lookup(marks[0])
		if isCommand {
			if name == "" {
				name = strings.ToLower(f.Name())
			}
			obj, _, _ := types.LookupFieldOrMethod(f.Type(), true, f.Pkg(), marks[1])
			if fn, ok := obj.(*types.Func); ok {
				w.refAs(fn, effects.Ref{Prev: -1, Command: true, Name: effects.Lit(name, w.s.objectPosition(f))})
			}
		}
		w.runs(f.Type(), style, depth+1)
	}
}

// opened records the shapes of structs that are handed to first-party code as an
// interface or a type parameter: it may hand them on to a decoder.
func (w *walker) opened(sig *types.Signature, call *ast.CallExpr) {
	if sig == nil {
		return
	}
	for i, a := range call.Args {
		t := paramType(sig, i)
		if t == nil {
			continue
		}
		if src := w.s.Info.TypeOf(a); isEmptyInterface(t) && isPointerToStruct(src) {
			w.s.shape(src)
		}
	}
}

// shape records the shape of a struct, of what it points to, and of what is in
// it, and returns its key; "" for any other type.
func (s *summarizer) shape(t types.Type) string {
	key, _ := s.shapeOf(t, 0)
	return key
}

// maxShapeDepth bounds how deep structs in structs are recorded.
const maxShapeDepth = 8

func (s *summarizer) shapeOf(t types.Type, depth int) (key string, many bool) {
	for range 8 {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
			continue
		case *types.Slice:
			t, many = u.Elem(), true
			continue
		case *types.Array:
			t, many = u.Elem(), true
			continue
		case *types.Map:
			t, many = u.Elem(), true
			continue
		}
		break
	}
	if t == nil || depth > maxShapeDepth {
		return "", false
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || isText(t) {
		return "", false
	}
	key = s.structKey(t)
	if key == "" {
		return "", false
	}
	if s.out.Shapes[key] != nil {
		return key, many
	}
	shape := &effects.Shape{}
	s.out.Shapes[key] = shape
	for i := range st.NumFields() {
		f := st.Field(i)
		if !f.Exported() && !f.Embedded() {
			continue
		}
		sf := effects.ShapeField{Name: f.Name(), Tag: st.Tag(i), Embedded: f.Embedded(), At: s.objectPosition(f)}
		sf.Type, sf.Many = s.shapeOf(f.Type(), depth+1)
		shape.Fields = append(shape.Fields, sf)
	}
	return key, many
}

// objectPosition is where an object's name is declared.
func (s *summarizer) objectPosition(obj types.Object) posAt {
	p := s.Fset.Position(obj.Pos())
	if !p.IsValid() {
		return posAt{}
	}
	return posAt{File: s.name(p.Filename), Line: p.Line, Column: p.Column, EndLine: p.Line, EndColumn: p.Column + len(obj.Name())}
}

// isText tells a struct that is one value to a decoder: one that reads itself
// from text, such as time.Time and url.URL.
func isText(t types.Type) bool {
	for _, method := range []string{"UnmarshalText", "UnmarshalBinary", "Decode", "EnvDecode"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, method)
		if _, ok := obj.(*types.Func); ok {
			return true
		}
	}
	return false
}

// intoFields records what the table says that a literal's pointer fields are set
// to: &x of cli.StringFlag{Name: "port", Destination: &x}.
func (s *summarizer) intoFields(lit *ast.CompositeLit, owner string) {
	for _, entry := range s.literalEntries(owner) {
		to := entry.Arg("to")
		if entry.Verb != "sets" || to == nil {
			continue
		}
		if target, ok := pointee(fieldExpr(lit, to.Field)); ok {
			s.assign(target, source{how: literalField, index: -1, expr: lit, entry: &entry})
		}
	}
}

// ofLiteral is the value that a literal's entry describes.
func (s *summarizer) ofLiteral(entry *apitable.Entry, lit *ast.CompositeLit) *effects.Value {
	made := s.eval(lit)
	at := s.position(lit)
	var args []*effects.Value
	for _, a := range entry.Args {
		if a.Name == "to" {
			continue
		}
		v := literalArg(a, at)
		if a.IsParam {
			if v = made.FieldValue(a.Field); v == nil {
				v = effects.Lit("", at)
			}
		}
		args = append(args, v)
	}
	return s.operate(entry, args, "a literal", at)
}

// transformation says in a word what a function does to the name of an
// environment variable, as far as its calls tell: lower, upper, and a pair for
// each replacement, "_=.".
func (s *summarizer) transformation(e ast.Expr) *effects.Value {
	if e == nil {
		return nil
	}
	lit := litOf(e)
	if lit == nil {
		return nil
	}
	var words []string
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		c := s.callee(call)
		switch c.pkg + "." + c.name {
		case "strings.ToLower":
			words = append(words, "lower")
		case "strings.Replace", "strings.ReplaceAll":
			if len(call.Args) >= 3 {
				from, to := s.eval(call.Args[1]), s.eval(call.Args[2])
				if from != nil && to != nil && from.Kind == effects.Literal && to.Kind == effects.Literal {
					words = append(words, from.Text+"="+to.Text)
				}
			}
		}
		return true
	})
	slices.Sort(words)
	return effects.Lit(strings.Join(slices.Compact(words), " "), s.position(e))
}

// destination tells whether the table says what a literal's field points to is
// set to.
func (s *summarizer) destination(lit ast.Node, kv *ast.KeyValueExpr) bool {
	c, ok := lit.(*ast.CompositeLit)
	if !ok {
		return false
	}
	id, named := kv.Key.(*ast.Ident)
	if !named {
		return false
	}
	for _, entry := range s.literalEntries(s.structKey(deref(s.Info.TypeOf(c)))) {
		if to := entry.Arg("to"); entry.Verb == "sets" && to != nil && to.Field == id.Name {
			return true
		}
	}
	return false
}

// tagName is the tag that an option of a decoder asks for in place of its own:
// func(c *mapstructure.DecoderConfig) { c.TagName = "yaml" }. The option is among
// the arguments behind the struct.
func (s *summarizer) tagName(call *ast.CallExpr, target int) string {
	tag := ""
	for i := target + 1; i > 0 && i < len(call.Args); i++ {
		body := s.bodyOf(call.Args[i])
		if body == nil {
			continue
		}
		ast.Inspect(body, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			if !ok || len(set.Lhs) != 1 || len(set.Rhs) != 1 {
				return true
			}
			if sel, ok := set.Lhs[0].(*ast.SelectorExpr); ok && sel.Sel.Name == "TagName" {
				if tv, ok := s.Info.Types[set.Rhs[0]]; ok && tv.Value != nil {
					tag = constantText(tv.Value)
				}
			}
			return true
		})
	}
	return tag
}

// bodyOf is the body of a function literal, or of a function of this package that
// is named or called.
func (s *summarizer) bodyOf(e ast.Expr) ast.Node {
	e = ast.Unparen(e)
	if lit, ok := e.(*ast.FuncLit); ok {
		return lit.Body
	}
	if call, ok := e.(*ast.CallExpr); ok {
		e = ast.Unparen(call.Fun)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	fn, ok := s.objectOf(id).(*types.Func)
	if !ok {
		return nil
	}
	for _, f := range s.Files {
		for _, d := range f.Decls {
			if decl, ok := d.(*ast.FuncDecl); ok && s.Info.Defs[decl.Name] == fn && decl.Body != nil {
				return decl.Body
			}
		}
	}
	return nil
}
