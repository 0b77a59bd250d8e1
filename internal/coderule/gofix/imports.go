package gofix

import (
	"bytes"
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Import makes sure that the file imports a package of the standard library, and
// returns the name that it has there: that of an import which the file has, else
// the package's own or, where that is taken, another. The import is one line of
// its own in the group where it belongs, so that two fixes of one file can both
// add theirs.
func (e *Edit) Import(importPath string) (name string) {
	if name, ok := e.imports[importPath]; ok {
		return name
	}
	if name, ok := e.site.Imported(importPath); ok {
		e.imports[importPath] = name
		return name
	}
	name = e.site.freeImportName(importPath)
	e.imports[importPath] = name
	spec := strconv.Quote(importPath)
	if name != baseName(importPath) {
		spec = name + " " + spec
	}
	e.missing[importPath] = spec
	return name
}

// addImports adds the imports that the fix asked for, in the order of their paths:
// several may come to stand in one place.
func (e *Edit) addImports() {
	if len(e.missing) > 0 && e.openBlock() {
		return
	}
	for _, p := range slices.Sorted(maps.Keys(e.missing)) {
		e.addImport(p, e.missing[p])
	}
}

// openBlock turns the only import of a file into a block with what is missing. It
// is one edit: another fix can only do the very same, or must wait.
func (e *Edit) openBlock() bool {
	file := e.site.File
	if len(file.Imports) != 1 || len(file.Decls) == 0 {
		return false
	}
	g, ok := file.Decls[0].(*ast.GenDecl)
	only := file.Imports[0]
	if !ok || g.Tok != token.IMPORT || g.Lparen.IsValid() || pathOf(only) == "C" || only.Comment != nil {
		return false
	}
	specs := map[string]string{pathOf(only): e.site.Text(only)}
	maps.Copy(specs, e.missing)
	var std, other []string
	for _, p := range slices.Sorted(maps.Keys(specs)) {
		if standard(p) {
			std = append(std, "\t"+specs[p]+"\n")
		} else {
			other = append(other, "\t"+specs[p]+"\n")
		}
	}
	text := "import (\n" + strings.Join(std, "")
	if len(std) > 0 && len(other) > 0 {
		text += "\n"
	}
	e.Replace(g, text+strings.Join(other, "")+")")
	return true
}

func (e *Edit) addImport(importPath, spec string) {
	var block *ast.GenDecl // the first with parentheses
	var last *ast.GenDecl
	for _, d := range e.site.File.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			continue
		}
		last = g
		if block == nil && e.linewise(g) {
			block = g
		}
	}
	switch {
	case block != nil:
		e.addToBlock(block, importPath, spec)
	case last != nil:
		// Behind import "C" too, whose comment is C code and must stay on it.
		e.addLine(last.End(), "import "+spec)
	default:
		e.addLine(e.site.File.Name.End(), "\nimport "+spec)
	}
}

// addLine puts a line of its own behind the line of a place.
func (e *Edit) addLine(behind token.Pos, text string) {
	at := e.site.offset(behind)
	if i := bytes.IndexByte(e.site.Source[at:], '\n'); i >= 0 {
		e.add(at+i+1, at+i+1, text+"\n")
		return
	}
	e.add(len(e.site.Source), len(e.site.Source), "\n"+text+"\n")
}

// linewise tells whether an import declaration has one line for each import,
// between lines for its parentheses.
func (e *Edit) linewise(g *ast.GenDecl) bool {
	if !g.Lparen.IsValid() || len(g.Specs) == 0 {
		return false
	}
	previous := e.site.line(g.Lparen)
	for _, spec := range g.Specs {
		if pathOf(spec.(*ast.ImportSpec)) == "C" || e.site.line(spec.Pos()) == previous {
			return false
		}
		previous = e.site.line(spec.End())
	}
	return e.site.line(g.Rparen) > previous
}

// addToBlock puts the import into the first group that has packages of the
// standard library, by the order of paths; in front of all where none has.
func (e *Edit) addToBlock(g *ast.GenDecl, importPath, spec string) {
	var behind *ast.ImportSpec
	previous := 0
	for i, s := range g.Specs {
		is := s.(*ast.ImportSpec)
		begin := e.begin(is)
		newGroup := i > 0 && e.site.line(begin) > previous+1
		previous = e.site.line(is.End())
		if behind != nil && newGroup {
			break
		}
		p := pathOf(is)
		if !standard(p) {
			continue
		}
		if p > importPath {
			at := e.lineStart(begin)
			e.add(at, at, e.site.Indent(is.Pos())+spec+"\n")
			return
		}
		behind = is
	}
	if behind != nil {
		e.addLine(behind.End(), e.site.Indent(behind.Pos())+spec)
		return
	}
	first := g.Specs[0].(*ast.ImportSpec)
	e.addLine(g.Lparen, e.site.Indent(first.Pos())+spec+"\n")
}

// begin is where an import begins with its comment.
func (e *Edit) begin(spec *ast.ImportSpec) token.Pos {
	if spec.Doc != nil {
		return spec.Doc.Pos()
	}
	return spec.Pos()
}

// lineStart is the offset at which the line of a place begins.
func (e *Edit) lineStart(p token.Pos) int {
	return bytes.LastIndexByte(e.site.Source[:e.site.offset(p)], '\n') + 1
}

// above is the offset at which a line can be put in front of a statement that
// begins its line: above the comments that belong to it.
func (e *Edit) above(st ast.Stmt) int {
	line := e.site.line(st.Pos())
	at := e.lineStart(st.Pos())
	for _, g := range slices.Backward(e.site.File.Comments) {
		begin := e.lineStart(g.Pos())
		if g.End() < st.Pos() && e.site.line(g.End()) == line-1 && len(bytes.TrimSpace(e.site.Source[begin:e.site.offset(g.Pos())])) == 0 {
			return begin
		}
	}
	return at
}

// standard tells packages of the standard library: their first element has no
// dot. Those of a module without a domain name pass for them.
func standard(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return !strings.Contains(first, ".")
}
