package coderule

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/suppression"
)

func report(pass *analysis.Pass, r *Rule, c *effects.Contract) {
	rec := finding.NewRecorder(&r.Rule)
	r.Judge(c, rec)
	r.AddFixes(filesOf(pass), rec.Results())
	for _, res := range rec.Results() {
		if res.Verdict != finding.Fails {
			continue
		}
		at := placeOf(pass, res.Finding)
		start, end := tokenRange(pass, at)
		if !start.IsValid() || silenced(pass, r, at) {
			continue
		}
		d := analysis.Diagnostic{
			Pos: start, End: end, Category: r.Name, URL: r.URL(),
			// The go command prints no analyzer name, so the message has it.
			Message: r.Name + ": " + words(pass, res.Finding.Message),
		}
		for _, rel := range res.Finding.Related {
			if p, e := tokenRange(pass, rel.Position); p.IsValid() && p != start {
				d.Related = append(d.Related, analysis.RelatedInformation{Pos: p, End: e, Message: words(pass, rel.Message)})
			}
		}
		for _, fix := range res.Finding.Fixes {
			if sf, ok := suggested(pass, fix); ok {
				d.SuggestedFixes = append(d.SuggestedFixes, sf)
			}
		}
		pass.Report(d)
	}
}

// withoutMain says in a package without a main what a finding says of the way
// from main.
var withoutMain = strings.NewReplacer(
	"reached from main through", "through",
	"reached from main by this call", "reached by this call",
	"the way from main begins here", "the way begins here",
)

func words(pass *analysis.Pass, text string) string {
	if pass.Pkg.Name() == "main" {
		return text
	}
	return withoutMain.Replace(text)
}

// hostNolint is set where the host handles //nolint itself.
var hostNolint atomic.Bool

// LeaveNolintToHost says that passes run within golangci-lint: what it silences by
// itself, and counts as used, is left to it. These are the //nolint comments that
// name no linter, all, or cnready. A //nolint that names a rule of cnready, which
// golangci-lint does not know for a linter, and //cnready:ignore still count.
func LeaveNolintToHost() { hostNolint.Store(true) }

// silenced tells whether a comment of the file silences the rule at a place.
func silenced(pass *analysis.Pass, r *Rule, at finding.Position) bool {
	for _, f := range pass.Files {
		if filepath.Base(pass.Fset.Position(f.Package).Filename) != at.File {
			continue
		}
		comments := suppression.Go(pass.Fset, f, at.File)
		if hostNolint.Load() {
			comments = slices.DeleteFunc(comments, func(c *suppression.Comment) bool { return c.Nolint && !c.Names(r.Name) })
		}
		return suppression.For(comments, r.Name, at) != nil
	}
	return false
}

// filesOf are the pass's files, for fixes. A file that stands for another, which
// cgo or a generator read, is left out: edits would land elsewhere.
func filesOf(pass *analysis.Pass) *gofix.Files {
	paths := map[string]string{}
	var names []string
	for _, f := range pass.Files {
		at, real := pass.Fset.Position(f.Package), pass.Fset.PositionFor(f.Package, false)
		if at == real {
			name := filepath.Base(real.Filename)
			paths[name] = real.Filename
			names = append(names, name)
		}
	}
	return &gofix.Files{
		Read: func(name string) ([]byte, error) {
			file, ok := paths[name]
			if !ok {
				return nil, fs.ErrNotExist
			}
			if pass.ReadFile == nil {
				return os.ReadFile(file)
			}
			return pass.ReadFile(file)
		},
		Siblings:  func(string) []string { return names },
		GoVersion: func(string) string { return pass.Pkg.GoVersion() },
	}
}

// suggested is a fix as go vet -fix, gopls and golangci-lint apply it.
func suggested(pass *analysis.Pass, fix finding.Fix) (analysis.SuggestedFix, bool) {
	out := analysis.SuggestedFix{Message: fix.Message}
	for _, e := range fix.Edits {
		start, end := tokenRange(pass, e.Position)
		if !start.IsValid() || !end.IsValid() {
			return out, false
		}
		out.TextEdits = append(out.TextEdits, analysis.TextEdit{Pos: start, End: end, NewText: []byte(e.NewText)})
	}
	return out, len(out.TextEdits) > 0
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
