package coderule

import (
	"go/ast"
	"go/token"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

func report(pass *analysis.Pass, r *Rule, c *effects.Contract) {
	rec := finding.NewRecorder(&r.Rule)
	r.Judge(c, rec)
	for _, res := range rec.Results() {
		if res.Verdict != finding.Fails {
			continue
		}
		start, end := tokenRange(pass, res.Finding.Position)
		if !start.IsValid() {
			continue
		}
		d := analysis.Diagnostic{
			Pos: start, End: end, Category: r.Name, URL: r.URL(),
			// The go command prints no analyzer name, so the message has it.
			Message: r.Name + ": " + res.Finding.Message,
		}
		for _, rel := range res.Finding.Related {
			if p, e := tokenRange(pass, rel.Position); p.IsValid() {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: p, End: e, Message: rel.Message})
			}
		}
		pass.Report(d)
	}
}

// tokenRange finds a position, named by file base name, among the pass's files.
func tokenRange(pass *analysis.Pass, p finding.Position) (start, end token.Pos) {
	for _, f := range pass.Files {
		tf := fileOf(pass.Fset, f)
		if tf == nil || filepath.Base(pass.Fset.Position(f.Package).Filename) != p.File {
			continue
		}
		start = offset(tf, p.Line, p.Column)
		end = offset(tf, p.EndLine, p.EndColumn)
		return start, end
	}
	return token.NoPos, token.NoPos
}

func fileOf(fset *token.FileSet, f *ast.File) *token.File { return fset.File(f.Package) }

func offset(f *token.File, line, column int) token.Pos {
	if line < 1 || line > f.LineCount() {
		return token.NoPos
	}
	p := f.LineStart(line)
	if column > 1 {
		p += token.Pos(column - 1)
	}
	if int(p) > f.Base()+f.Size() {
		return token.NoPos
	}
	return p
}
