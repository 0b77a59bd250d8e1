package coderule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/finding"
)

// What golangci-lint silences by itself is left to it: it would otherwise take the
// comment for one that is not needed.
func TestLeaveNolintToHost(t *testing.T) {
	const src = `package app

func f() {
	one() //nolint:diskwrite // why
	one() //nolint:cnready // why
	one() //nolint // why
	one() //nolint:all // why
	one() //cnready:ignore diskwrite why
	one() //nolint:gosec // why
	one()
}
`
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "/src/app/app.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	pass := &analysis.Pass{Fset: fset, Files: []*ast.File{f}}
	rule := &Rule{Rule: finding.Rule{Name: "diskwrite"}}
	lines := func() (out []int) {
		for line := 4; line <= 10; line++ {
			if silenced(pass, rule, finding.Position{File: "app.go", Line: line}) {
				out = append(out, line)
			}
		}
		return out
	}
	if got := lines(); len(got) != 5 || got[4] != 8 {
		t.Errorf("go vet: silent in lines %v, want 4 to 8", got)
	}
	LeaveNolintToHost()
	defer hostNolint.Store(false)
	if got := lines(); len(got) != 2 || got[0] != 4 || got[1] != 8 {
		t.Errorf("golangci-lint: silent in lines %v, want 4 and 8", got)
	}
}
