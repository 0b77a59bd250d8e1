package code

import (
	"go/ast"
	"path"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// nameMissing gives the imports of packages that could not be loaded the names
// that these most likely have: the type checker takes the last element of the
// path, which for example.com/echo/v4 is v4.
func nameMissing(files []*ast.File, missing func(importPath string) bool) {
	for _, f := range files {
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil || spec.Name != nil || p == "C" || !missing(p) {
				continue
			}
			if name := packageName(p); name != path.Base(p) {
				spec.Name = &ast.Ident{Name: name, NamePos: spec.Path.Pos()}
			}
		}
	}
}

var (
	majorElement = lazyregexp.New(`^v[0-9]+$`)
	majorEnding  = lazyregexp.New(`\.v[0-9]+$`)
)

// packageName is the name that a package most likely has, by its import path: the
// last element that is no major version (The Go Blog, "Package names"; Go Modules
// Reference, "Major version suffixes"), without go- before and -go, .go or .vN
// behind it.
func packageName(importPath string) string {
	name := path.Base(importPath)
	if majorElement.MatchString(name) {
		name = path.Base(path.Dir(importPath))
	}
	name = majorEnding.ReplaceAllString(name, "")
	if strings.Contains(name, ".") && strings.TrimSuffix(importPath, "/"+path.Base(importPath)) == name {
		name = name[:strings.LastIndexByte(name, '.')] // a module at the root of its host
	}
	for _, affix := range []string{".go", "-go"} {
		name = strings.TrimSuffix(name, affix)
	}
	name = strings.TrimPrefix(name, "go-")
	if i := strings.LastIndexAny(name, "-."); i >= 0 && i+1 < len(name) {
		name = name[i+1:]
	}
	return name
}
