// Package resolve checks the API table's entries about third-party modules
// against those modules. It is a module of its own, so that the tests of cnready
// need no network: only its test downloads the modules of modules.txt, none of
// their dependencies, and type-checks the packages that the table names without
// function bodies. Nothing is compiled.
//
//	(cd internal/effects/apitable/resolve && go test ./...)
//
// After a change of modules.txt, the test's failure names the checksum of a new
// version.
package resolve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/cnready/cnready/internal/effects/apitable"
)

// A Module is a line of modules.txt.
type Module struct {
	Path, Version, Sum string
	Dir                string // where it was downloaded to
}

// ParseModules reads modules.txt.
func ParseModules(text string) ([]*Module, error) {
	var out []*Module
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		switch len(words) {
		case 0:
		case 3:
			out = append(out, &Module{Path: words[0], Version: words[1], Sum: words[2]})
		default:
			return nil, fmt.Errorf("modules.txt:%d: want PATH VERSION SUM", n)
		}
	}
	return out, nil
}

// Download brings the modules into the module cache, sets their Dir, and
// compares their checksums. It runs the go command in dir, outside any module.
func Download(dir string, modules []*Module) error {
	args := []string{"mod", "download", "-json"}
	byName := map[string]*Module{}
	for _, m := range modules {
		name := m.Path + "@" + m.Version
		args = append(args, name)
		byName[name] = m
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir, "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output() // each module's error is in the output too
	if len(out) == 0 && err != nil {
		return fmt.Errorf("go mod download: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var got struct{ Path, Version, Dir, Sum, Error string }
		if err := dec.Decode(&got); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("go mod download: %w", err)
		}
		m := byName[got.Path+"@"+got.Version]
		switch {
		case got.Error != "":
			return fmt.Errorf("%s %s: %s", got.Path, got.Version, got.Error)
		case m == nil:
		case got.Sum != m.Sum:
			return fmt.Errorf("%s %s has checksum %s, not %s", got.Path, got.Version, got.Sum, m.Sum)
		default:
			m.Dir = got.Dir
		}
	}
	for _, m := range modules {
		if m.Dir == "" {
			return fmt.Errorf("%s %s was not downloaded", m.Path, m.Version)
		}
	}
	return nil
}

// Generations splits modules so that none has two versions of a module: the first
// part has the first version of each, the next one the second versions of those
// that have any.
func Generations(modules []*Module) [][]*Module {
	var out [][]*Module
	seen := map[string]int{}
	for _, m := range modules {
		n := seen[m.Path]
		seen[m.Path]++
		if n == len(out) {
			out = append(out, nil)
		}
		out[n] = append(out[n], m)
	}
	return out
}

// A Loader type-checks packages of the modules and of the standard library
// without function bodies. A package of any other module is empty: what needs
// its types has none.
type Loader struct {
	modules []*Module
	fset    *token.FileSet
	build   build.Context
	seen    map[string]*types.Package
}

// NewLoader makes a loader of the downloaded modules.
func NewLoader(modules []*Module) *Loader {
	l := &Loader{modules: modules, fset: token.NewFileSet(), build: build.Default, seen: map[string]*types.Package{}}
	l.build.CgoEnabled = false
	l.build.GOOS, l.build.GOARCH = "linux", "amd64"
	return l
}

// Candidates are the import paths that a table's unversioned path may stand for.
func (l *Loader) Candidates(pkg string) []string {
	var out []string
	longest := 0
	for _, m := range l.modules {
		prefix := apitable.Unversioned(m.Path)
		rest, ok := strings.CutPrefix(pkg+"/", prefix+"/")
		if !ok || len(prefix) < longest {
			continue
		}
		if len(prefix) > longest {
			longest, out = len(prefix), nil
		}
		out = append(out, path.Join(m.Path, rest))
	}
	return out
}

// Import type-checks a package; it returns nil where there is none.
func (l *Loader) Import(importPath string) *types.Package {
	dir := l.dir(importPath)
	if dir == "" {
		return nil
	}
	pkg, err := l.load(importPath, dir)
	if err != nil {
		return nil
	}
	return pkg
}

func (l *Loader) dir(importPath string) string {
	best := ""
	dir := ""
	for _, m := range l.modules {
		if rest, ok := strings.CutPrefix(importPath+"/", m.Path+"/"); ok && len(m.Path) > len(best) {
			best, dir = m.Path, filepath.Join(m.Dir, filepath.FromSlash(rest))
		}
	}
	if dir != "" {
		return dir
	}
	if first, _, _ := strings.Cut(importPath, "/"); strings.Contains(first, ".") {
		return ""
	}
	return filepath.Join(l.build.GOROOT, "src", filepath.FromSlash(importPath))
}

func (l *Loader) load(importPath, dir string) (*types.Package, error) {
	if pkg, ok := l.seen[importPath]; ok {
		return pkg, nil
	}
	l.seen[importPath] = empty(importPath) // for circles
	p, err := l.build.ImportDir(dir, 0)
	if err != nil && (p == nil || len(p.GoFiles) == 0) {
		delete(l.seen, importPath)
		return nil, err
	}
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(l.fset, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	conf := types.Config{
		IgnoreFuncBodies: true,
		Importer:         importer{l},
		Error:            func(error) {}, // of what other modules would give
	}
	pkg, _ := conf.Check(importPath, l.fset, files, nil)
	l.seen[importPath] = pkg
	return pkg, nil
}

type importer struct{ *Loader }

func (i importer) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	if dir := i.dir(importPath); dir != "" {
		if pkg, err := i.load(importPath, dir); err == nil {
			return pkg, nil
		}
	}
	return empty(importPath), nil
}

// empty stands for a package that is not read.
func empty(importPath string) *types.Package {
	pkg := types.NewPackage(importPath, path.Base(apitable.Unversioned(importPath)))
	pkg.MarkComplete()
	return pkg
}
