// Package coderule gives a rule on Go code its two callers. The command judges
// the linked contract of a whole program; a go/analysis pass judges what can be
// told of one package. Words and thresholds are the same code.
package coderule

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"

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
