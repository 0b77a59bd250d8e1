package gofix

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// An Edit collects the edits of one fix.
type Edit struct {
	site    *Site
	edits   []textEdit
	imports map[string]string // name by path
	missing map[string]string // import spec by path, of those that the file lacks
	failed  bool
}

type textEdit struct {
	start, end int // offsets
	text       string
}

// Edit starts a fix in the site's file.
func (s *Site) Edit() *Edit {
	return &Edit{site: s, imports: map[string]string{}, missing: map[string]string{}}
}

// Replace puts text in the place of a node.
func (e *Edit) Replace(n ast.Node, text string) { e.replace(n.Pos(), n.End(), text) }

// Insert puts text before a place.
func (e *Edit) Insert(at token.Pos, text string) { e.replace(at, at, text) }

// Remove takes a stretch out.
func (e *Edit) Remove(start, end token.Pos) { e.replace(start, end, "") }

func (e *Edit) replace(start, end token.Pos, text string) {
	if !start.IsValid() || !end.IsValid() || end < start {
		e.failed = true
		return
	}
	e.add(e.site.offset(start), e.site.offset(end), text)
}

func (e *Edit) add(start, end int, text string) {
	if bytes.Contains(e.site.Source, []byte("\r\n")) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	e.edits = append(e.edits, textEdit{start, end, text})
}

// Fix closes the edits and returns them as the fixes of a finding. It returns
// none where edits overlap or the edited file does not parse, so a fix never
// breaks a file.
func (e *Edit) Fix(message string) []finding.Fix {
	if e.failed || len(e.edits) == 0 {
		return nil
	}
	e.addImports()
	slices.SortStableFunc(e.edits, func(a, b textEdit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return a.end - b.end
	})
	var out []byte
	at := 0
	for _, t := range e.edits {
		if t.start < at {
			return nil
		}
		out = append(append(out, e.site.Source[at:t.start]...), t.text...)
		at = t.end
	}
	out = append(out, e.site.Source[at:]...)
	if _, err := parser.ParseFile(token.NewFileSet(), e.site.Name, out, parser.SkipObjectResolution); err != nil {
		return nil
	}
	fix := finding.Fix{Message: message}
	tf := e.site.Fset.File(e.site.File.Package)
	for _, t := range e.edits {
		fix.Edits = append(fix.Edits, finding.Edit{
			Position: e.site.position(tf.Pos(t.start), tf.Pos(t.end)), NewText: t.text,
		})
	}
	return []finding.Fix{fix}
}
