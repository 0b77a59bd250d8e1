// Package coderule gives a rule on Go code its two callers. The command judges
// the linked contract of a whole program; a go/analysis pass judges what can be
// told of one package. Words and thresholds are the same code.
package coderule

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// A Rule judges the contract of a program.
type Rule struct {
	finding.Rule
	// Judge reports on each subject of the contract. A contract that is not
	// Whole is one package's; then only what is wrong whatever the rest of the
	// program and the deployment do may fail.
	Judge func(*effects.Contract, *finding.Recorder)
	// Fix returns the mends of one of the rule's findings, where a machine can
	// make them safely; nil where there are none. The site is that of the
	// finding. A rule without mends leaves it nil.
	Fix func(*gofix.Site, finding.Finding) []finding.Fix
}

// AddFixes puts the mends of the rule's open findings into them. A mend that
// panics costs itself only.
func (r *Rule) AddFixes(files *gofix.Files, results []finding.Result) {
	if r.Fix == nil {
		return
	}
	for _, res := range results {
		if res.Verdict == finding.Fails && res.Finding != nil {
			res.Finding.Fixes = r.fixes(files, *res.Finding)
		}
	}
}

func (r *Rule) fixes(files *gofix.Files, f finding.Finding) (fixes []finding.Fix) {
	defer func() {
		if recover() != nil {
			fixes = nil
		}
	}()
	s := files.At(f.Position)
	if s == nil {
		return nil
	}
	return r.Fix(s, f)
}

// Analyzer makes the go/analysis pass of a rule, for go vet, golangci-lint and
// nogo. It needs no flags, and nothing of pass but syntax, types and facts.
func Analyzer(r *Rule) *analysis.Analyzer { return analyzer(r, contractOf) }

// AnalyzerAlone is Analyzer without facts: a host then need not read dependencies,
// and what a function of another package does is not known.
func AnalyzerAlone(r *Rule) *analysis.Analyzer { return analyzer(r, contractAlone) }

func analyzer(r *Rule, contract *analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:     r.Name,
		Doc:      r.Doc,
		URL:      r.URL(),
		Requires: []*analysis.Analyzer{contract},
		Run: func(pass *analysis.Pass) (any, error) {
			v, _ := pass.ResultOf[contract].(*view)
			if v == nil {
				return nil, nil
			}
			return nil, guarded(pass, func() { report(pass, r, v.of(r)) })
		},
	}
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
