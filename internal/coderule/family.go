package coderule

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// firstParty tells the packages that the user writes from those of others.
func firstParty(pass *analysis.Pass) bool {
	if len(pass.Files) == 0 {
		return false
	}
	file := filepath.ToSlash(pass.Fset.PositionFor(pass.Files[0].Package, false).Filename)
	if pass.Module == nil || pass.Module.Path == "" {
		// nogo does not tell modules. It names files by their place in Bazel's
		// execution root, which holds the repositories of others below external
		// (Bazel documentation, "Output Directory Layout").
		_, inRoot, ok := strings.Cut(file, "/execroot/")
		if ok {
			_, inRoot, _ = strings.Cut(inRoot, "/") // the workspace's name
		} else {
			inRoot = file
		}
		return !strings.HasPrefix(inRoot, "external/") && !Standard(pass.Pkg.Path(), path.Dir(file))
	}
	return FirstParty(pass.Module, path.Dir(file))
}

// FirstParty tells whether the package in the folder dir, of the given module, is
// one that the user writes: one of the main module or workspace, or of a module
// that a folder replaces. All others have a version, and lie in the module cache,
// in a folder that ends in it, or in a folder vendor (Go Modules Reference,
// "Module cache", "Vendoring").
func FirstParty(m *analysis.Module, dir string) bool {
	if m.Version == "" {
		return true
	}
	dir = filepath.ToSlash(dir)
	return !strings.Contains(dir, "@"+m.Version) && !strings.Contains(dir, "/vendor/")
}

// Standard tells whether the package that is imported by path is one of the
// standard library, by its folder: below the folder src of a Go tree.
func Standard(importPath, dir string) bool {
	src, ok := strings.CutSuffix(filepath.ToSlash(dir), "/"+importPath)
	if !ok || path.Base(src) != "src" {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.FromSlash(src), "runtime", "runtime2.go"))
	return err == nil
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
