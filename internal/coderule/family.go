package coderule

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

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
