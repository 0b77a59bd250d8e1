// Package coderule gives a rule on Go code its two callers. The command judges
// the linked contract of a whole program; a go/analysis pass judges what can be
// told of one package. Words and thresholds are the same code.
package coderule

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/effects/summarize"
	"github.com/cnready/cnready/internal/finding"
)

// A Rule judges the contract of a program.
type Rule struct {
	finding.Rule
	// Judge reports on each subject of the contract. A contract that is not
	// Whole is one package's; then only what is wrong whatever the rest of the
	// program and the deployment do may fail.
	Judge func(*effects.Contract, *finding.Recorder)
}

// Analyzer makes the go/analysis pass of a rule, for go vet, golangci-lint and
// nogo. It needs no flags, no facts and nothing of pass but syntax and types.
func Analyzer(r *Rule) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     r.Name,
		Doc:      r.Doc,
		URL:      r.URL(),
		Requires: []*analysis.Analyzer{contractOf},
		Run: func(pass *analysis.Pass) (any, error) {
			c, _ := pass.ResultOf[contractOf].(*effects.Contract)
			if c == nil {
				return nil, nil
			}
			return nil, guarded(pass, func() { report(pass, r, c) })
		},
	}
}

// contractOf is what can be said of one package, shared by all rules.
var contractOf = &analysis.Analyzer{
	Name:             "cnreadycontract",
	Doc:              "summarizes what a package needs from its surroundings",
	ResultType:       reflect.TypeFor[*effects.Contract](),
	RunDespiteErrors: true,
	Run: func(pass *analysis.Pass) (any, error) {
		var c *effects.Contract
		if !firstParty(pass) {
			return c, nil
		}
		err := guarded(pass, func() {
			own := pass.Pkg.Path()
			firstParty := family(pass)
			summary := summarize.Package(summarize.Input{
				Fset: pass.Fset, Files: pass.Files, Pkg: pass.Pkg, Info: pass.TypesInfo,
				FirstParty: func(p string) bool {
					// What the table knows of a package says more than that it
					// was not read.
					return p == own || firstParty(p) && !apitable.Default().KnowsPackage(p)
				},
				Table:    apitable.Default(),
				FileName: filepath.Base,
			})
			c = link.New([]*effects.Package{summary}).PackageContract(own)
		})
		return c, err
	},
}

// guarded keeps a panic from ending the host: golangci-lint and vet lose all
// findings otherwise.
func guarded(pass *analysis.Pass, f func()) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("cnready: internal error in package %s: %v; please report it\n%s", pass.Pkg.Path(), x, debug.Stack())
		}
	}()
	f()
	return nil
}

// firstParty tells the packages of the main module from its dependencies.
// pass.Module is nil under nogo, which reports on the main repository only.
func firstParty(pass *analysis.Pass) bool {
	return pass.Module == nil || pass.Module.Version == ""
}

// forges are hosts on which the first path element is the owner.
var forges = []string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}

// family tells the import paths of packages that belong to the same program or
// organisation: those of the module and of the same owner's other modules. Calls
// into them may do what the pass does not see.
func family(pass *analysis.Pass) func(importPath string) bool {
	root := pass.Pkg.Path()
	if pass.Module != nil && pass.Module.Path != "" {
		root = pass.Module.Path
	}
	parts := strings.Split(root, "/")
	n := 1 // a workspace without domain names: the first folder
	switch {
	case slices.Contains(forges, parts[0]):
		n = 2 // host and owner
	case pass.Module != nil && pass.Module.Path != "":
		n = len(parts)
	case strings.Contains(parts[0], "."):
		n = 2 // nogo does not say where the module ends
	}
	prefix := strings.Join(parts[:min(n, len(parts))], "/")
	return func(importPath string) bool {
		return importPath == prefix || strings.HasPrefix(importPath, prefix+"/")
	}
}

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
