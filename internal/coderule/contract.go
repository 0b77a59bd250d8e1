package coderule

import (
	"path/filepath"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/effects/summarize"
)

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
