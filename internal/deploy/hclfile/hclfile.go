// Package hclfile reads files in HashiCorp's configuration language, which
// Terraform and Packer use, into blocks of values with places.
//
// Nothing is evaluated: what a variable, a function or a condition makes is not
// known. What is written out is read through the functions that only wrap it, such
// as jsonencode, and through the locals of the same folder, which nobody can
// change from outside.
package hclfile

import (
	"fmt"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of one file.
const (
	maxSize       = 1 << 20
	maxNesting    = 150
	maxConditions = 2000
	maxBlocks     = 5000
	// maxSteps is how many expressions are looked at, those of locals each time.
	maxSteps = 200_000
)

// A Block is one block at the top of a file: resource "aws_instance" "web".
type Block struct {
	File   *source.File
	Type   string
	Labels []string
	At     finding.Position // of the last label, else of the type
	body   *hclsyntax.Body
	module *Module
}

// A Module is the files of one folder, whose blocks know each other.
type Module struct {
	Blocks []*Block
	locals map[string]local
	steps  int
}

type local struct {
	expr hclsyntax.Expression
	file *source.File
}

// Parse reads a file into the module. The errors are what was not read, by line;
// what stands before a syntax error is read.
func (m *Module) Parse(f *source.File) []string {
	if reason := tooMuch(f.Text); reason != "" {
		return []string{reason}
	}
	parsed, diags := hclsyntax.ParseConfig(f.Text, f.Name, hcl.InitialPos)
	var notes []string
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Subject != nil && len(notes) < 3 {
			notes = append(notes, fmt.Sprintf("line %d: is not valid HCL: %s", d.Subject.Start.Line, d.Summary))
		}
	}
	if parsed == nil {
		return notes
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		return notes
	}
	for _, b := range body.Blocks {
		if len(m.Blocks) >= maxBlocks {
			notes = append(notes, fmt.Sprintf("there are more than %d blocks; those behind were not read", maxBlocks))
			break
		}
		at := position(f, b.TypeRange)
		if n := len(b.LabelRanges); n > 0 {
			at = position(f, b.LabelRanges[n-1])
		}
		if b.Type == "locals" {
			for name, a := range b.Body.Attributes {
				if m.locals == nil {
					m.locals = map[string]local{}
				}
				m.locals[name] = local{a.Expr, f}
			}
		}
		m.Blocks = append(m.Blocks, &Block{File: f, Type: b.Type, Labels: b.Labels, At: at, body: b.Body, module: m})
	}
	return notes
}

// tooMuch says why a file is not given to the parser, which goes as deep as the
// file does.
func tooMuch(text []byte) string {
	if len(text) > maxSize {
		return fmt.Sprintf("is larger than %d MiB", maxSize>>20)
	}
	depth, run, conditions := 0, 0, 0
	for _, c := range text {
		switch c {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			depth = max(depth-1, 0)
		case '?':
			conditions++
		}
		if c == '!' || c == '-' {
			run++
		} else {
			run = 0
		}
		if depth > maxNesting || conditions > maxConditions || run > 2000 {
			return fmt.Sprintf("is nested deeper than %d", maxNesting)
		}
	}
	return ""
}

// Label is a label, "" where there are fewer.
func (b *Block) Label(i int) string {
	if i < len(b.Labels) {
		return b.Labels[i]
	}
	return ""
}

// Name is how the configuration speaks of the block: aws_instance.web.
func (b *Block) Name() string { return strings.Join(b.Labels, ".") }

// Value is the block's body: its attributes, and its blocks as lists.
func (b *Block) Value() source.Value {
	w := &walker{module: b.module, file: b.File}
	return w.body(b.body, b.At, 0)
}

// Inner are the blocks of the block's body, which their types and labels tell
// apart: provisioner "ansible".
func (b *Block) Inner() []*Block {
	var list []*Block
	for _, inner := range b.body.Blocks {
		at := position(b.File, inner.TypeRange)
		if n := len(inner.LabelRanges); n > 0 {
			at = position(b.File, inner.LabelRanges[n-1])
		}
		list = append(list, &Block{File: b.File, Type: inner.Type, Labels: inner.Labels, At: at, body: inner.Body, module: b.module})
	}
	return list
}

// position counts bytes, as all positions do; HCL counts characters.
func position(f *source.File, r hcl.Range) finding.Position {
	return f.At(r.Start.Byte, r.End.Byte)
}

// A walker turns syntax into values.
type walker struct {
	module *Module
	file   *source.File
	locals int // how deep locals lead into each other
}

const maxLocals = 8

func (w *walker) body(body *hclsyntax.Body, at finding.Position, depth int) source.Value {
	v := source.Value{Kind: source.Map, At: at, Start: at}
	if depth > maxNesting {
		v.Unknown = true
		return v
	}
	names := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
	for _, a := range body.Attributes {
		names = append(names, a)
	}
	sortAttributes(names)
	for _, a := range names {
		keyAt := position(w.file, a.NameRange)
		value := w.value(a.Expr, depth+1)
		if value.Kind == source.Map || value.Kind == source.List {
			value.At = keyAt
		}
		v.Entries = append(v.Entries, source.Entry{Key: a.Name, KeyAt: keyAt, Value: value})
	}
	add := func(name string, keyAt finding.Position, item source.Value, unknown bool) {
		for i := range v.Entries {
			if v.Entries[i].Key == name && v.Entries[i].Value.Kind == source.List {
				v.Entries[i].Value.List = append(v.Entries[i].Value.List, item)
				v.Entries[i].Value.Unknown = v.Entries[i].Value.Unknown || unknown
				return
			}
		}
		v.Entries = append(v.Entries, source.Entry{Key: name, KeyAt: keyAt, Value: source.Value{Kind: source.List, At: keyAt, Start: keyAt, Unknown: unknown, List: []source.Value{item}}})
	}
	for _, b := range body.Blocks {
		keyAt := position(w.file, b.TypeRange)
		if b.Type == "dynamic" && len(b.Labels) == 1 {
			for _, content := range b.Body.Blocks {
				if content.Type == "content" {
					// How many there are is not known.
					add(b.Labels[0], position(w.file, b.LabelRanges[0]), w.body(content.Body, keyAt, depth+1), true)
				}
			}
			continue
		}
		add(b.Type, keyAt, w.body(b.Body, keyAt, depth+1), false)
	}
	return v
}

func sortAttributes(list []*hclsyntax.Attribute) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].NameRange.Start.Byte < list[j-1].NameRange.Start.Byte; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

// wraps are functions that give what they get, or a text of it.
var wraps = map[string]bool{
	"jsonencode": true, "yamlencode": true, "tolist": true, "toset": true, "tomap": true, "tostring": true, "tonumber": true, "tobool": true,
	"sensitive": true, "nonsensitive": true, "try": true, "base64encode": true, "trimspace": true, "flatten": true,
}

// files are functions that read a file of the tree.
var files = map[string]bool{"file": true, "templatefile": true, "filebase64": true, "base64gzip": false}

func (w *walker) value(e hclsyntax.Expression, depth int) source.Value {
	at := position(w.file, e.Range())
	unknown := source.Value{Kind: source.Scalar, Unknown: true, At: at, Start: at}
	if w.module.steps++; depth > maxNesting || w.module.steps > maxSteps {
		return unknown
	}
	// As it would stand in a template, so that nobody takes it for a text.
	unknown.Text = "${" + string(e.Range().SliceBytes(w.file.Text)) + "}"
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return literal(e.Val, at, unknown)
	case *hclsyntax.ParenthesesExpr:
		return w.value(e.Expression, depth+1)
	case *hclsyntax.TemplateWrapExpr:
		return w.value(e.Wrapped, depth+1)
	case *hclsyntax.TemplateExpr:
		if e.IsStringLiteral() {
			v, _ := e.Value(nil)
			return literal(v, at, unknown)
		}
		if len(e.Parts) == 0 {
			return source.Value{Kind: source.Scalar, At: at, Start: at}
		}
		if text, ok := w.text(e, depth); ok {
			return source.Value{Kind: source.Scalar, Text: text, At: at, Start: at}
		}
		unknown.Call = "template"
		unknown.Text = strings.Trim(string(e.Range().SliceBytes(w.file.Text)), `"`)
		return unknown
	case *hclsyntax.TupleConsExpr:
		v := source.Value{Kind: source.List, At: at, Start: at}
		for _, item := range e.Exprs {
			v.List = append(v.List, w.value(item, depth+1))
		}
		return v
	case *hclsyntax.ObjectConsExpr:
		v := source.Value{Kind: source.Map, At: at, Start: at}
		for _, item := range e.Items {
			key, ok := keyText(item.KeyExpr)
			if !ok {
				v.Unknown = true
				continue
			}
			keyAt := position(w.file, item.KeyExpr.Range())
			value := w.value(item.ValueExpr, depth+1)
			if value.Kind == source.Map || value.Kind == source.List {
				value.At = keyAt
			}
			v.Entries = append(v.Entries, source.Entry{Key: key, KeyAt: keyAt, Value: value})
		}
		return v
	case *hclsyntax.FunctionCallExpr:
		return w.call(e, depth, unknown)
	case *hclsyntax.ScopeTraversalExpr:
		unknown.Call = "ref"
		if name, ok := localName(e.Traversal); ok && w.locals < maxLocals {
			if l, ok := w.module.locals[name]; ok {
				inner := &walker{module: w.module, file: l.file, locals: w.locals + 1}
				v := inner.value(l.expr, depth+1)
				if v.Kind == source.Scalar {
					v.At, v.Start = at, at // where it is used
				}
				return v
			}
		}
		return unknown
	}
	return unknown
}

func literal(v cty.Value, at finding.Position, unknown source.Value) source.Value {
	out := source.Value{Kind: source.Scalar, At: at, Start: at}
	switch {
	case v.IsNull():
		return source.Value{At: at, Start: at}
	case !v.IsKnown():
		return unknown
	case v.Type() == cty.String:
		out.Text = v.AsString()
	case v.Type() == cty.Number:
		out.Text = v.AsBigFloat().Text('f', -1)
	case v.Type() == cty.Bool:
		out.Text = fmt.Sprint(v.True())
	default:
		return unknown
	}
	return out
}

// text is a template of which all parts are known: literals, and locals that are.
func (w *walker) text(e *hclsyntax.TemplateExpr, depth int) (string, bool) {
	var b strings.Builder
	for _, part := range e.Parts {
		v := w.value(part, depth+1)
		if v.Kind != source.Scalar || v.Unknown {
			return "", false
		}
		b.WriteString(v.Text)
	}
	return b.String(), true
}

func keyText(e hclsyntax.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

func localName(t hcl.Traversal) (string, bool) {
	if len(t) != 2 || t.RootName() != "local" {
		return "", false
	}
	attr, ok := t[1].(hcl.TraverseAttr)
	return attr.Name, ok
}

func (w *walker) call(e *hclsyntax.FunctionCallExpr, depth int, unknown source.Value) source.Value {
	unknown.Call = e.Name
	switch {
	case wraps[e.Name] && len(e.Args) > 0:
		v := w.value(e.Args[0], depth+1)
		if e.Name == "try" && len(e.Args) > 1 {
			v.Unknown = true
		}
		return v
	case e.Name == "jsondecode" && len(e.Args) == 1:
		if v := w.value(e.Args[0], depth+1); v.Kind == source.List || v.Kind == source.Map {
			return v // of what jsonencode made
		}
		return unknown
	case files[e.Name] && len(e.Args) > 0:
		if p, ok := w.filePath(e.Args[0]); ok {
			unknown.Text = p
		}
		return unknown
	case e.Name == "merge" || e.Name == "concat":
		out := source.Value{Kind: source.Map, At: unknown.At, Start: unknown.At}
		if e.Name == "concat" {
			out.Kind = source.List
		}
		for _, arg := range e.Args {
			v := w.value(arg, depth+1)
			if v.Kind != out.Kind {
				out.Unknown = true
				continue
			}
			out.Unknown = out.Unknown || v.Unknown
			out.Entries, out.List = append(out.Entries, v.Entries...), append(out.List, v.List...)
		}
		if len(e.Args) == 0 || e.ExpandFinal {
			out.Unknown = true
		}
		return out
	}
	return unknown
}

// filePath is the path, in the tree, of a file that a function names: one below
// the module's folder.
func (w *walker) filePath(e hclsyntax.Expression) (string, bool) {
	text := string(e.Range().SliceBytes(w.file.Text))
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return "", false
	}
	text = strings.TrimPrefix(text[1:len(text)-1], "${path.module}/")
	if text == "" || strings.ContainsAny(text, "${}\"()") || strings.HasPrefix(text, "/") {
		return "", false
	}
	return path.Join(path.Dir(w.file.Path), text), true
}

// Embedded is the text of a heredoc or template as a file of its own, with the
// places that it has in the file: all around it is blank. ok is false where the
// value is none.
func Embedded(f *source.File, v source.Value) (*source.File, bool) {
	if v.Kind != source.Scalar || v.At.EndLine <= v.At.Line || v.At.File != f.Name {
		return nil, false
	}
	inner := &source.File{Tree: f.Tree, Path: f.Path, Name: f.Name, Dir: f.Dir, Text: make([]byte, len(f.Text))}
	line := 1
	for i, c := range f.Text {
		inner.Text[i] = ' '
		if c == '\n' {
			inner.Text[i] = c
			line++
			continue
		}
		// The first line has the opening marker, the last the closing one.
		if line > v.At.Line && line < v.At.EndLine {
			inner.Text[i] = c
		}
	}
	return inner, true
}
