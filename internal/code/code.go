// Package code loads the Go packages of a tree, summarizes those of its own and
// links the summaries into the contract of each main.
//
// Packages of the tree's modules and workspaces, and of modules of the same
// owner, are first-party: they are type-checked from source, with bodies, and
// summarized. Everything else only lends its types, from source without function
// bodies, so that nothing is ever compiled. What was found is kept between runs.
package code

import (
	"cmp"
	"context"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/effects/link"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// A Main is one main package of the tree with its contract.
type Main struct {
	// Path is the package's import path, Dir its folder relative to the tree.
	Path string
	Dir  string
	// Module is the module's path, ModuleDir its folder relative to the tree.
	Module    string
	ModuleDir string
	Contract  *effects.Contract
	// Example is true for mains that ship nothing: examples and the like.
	Example bool
	// GoVersion is the go line of the module, "" where it is not known.
	GoVersion string

	names *namer // nil where the packages were not listed
}

// Named tells whether a name, written like an environment variable's, stands as a
// string in some source file of the program, libraries included. known is false
// where it was not found and not all files could be read.
func (m *Main) Named(name string) (found, known bool) {
	if m.names == nil {
		return false, false
	}
	return m.names.has(name)
}

// Code is what was read of a tree's Go code.
type Code struct {
	Mains []*Main
	// Packages is the number of first-party packages that were summarized.
	Packages int
	// NotAnalyzed are packages that were not read, or only in part.
	NotAnalyzed []finding.NotAnalyzed
}

// A Loader reads Go code. The zero Loader works.
type Loader struct {
	// Table says what functions of other modules do; nil is the built-in table.
	Table *apitable.Table
	// FirstParty are import path prefixes, whole elements, of further modules
	// whose code is read like the tree's own where the module cache has it.
	FirstParty []string
	// CacheDir is the folder in which summaries are kept between runs: "" for
	// the user's cache folder or what CNREADY_CACHE names, "off" for none.
	CacheDir string

	// noWorkspace leaves go.work files out of account.
	noWorkspace bool
	cache       *cache
}

// table is the API table that the loader uses.
func (l *Loader) table() *apitable.Table {
	if l.Table != nil {
		return l.Table
	}
	return apitable.Default()
}

// Load reads the Go code of a tree.
func (l *Loader) Load(ctx context.Context, t *tree.Tree) *Code {
	c := &Code{}
	gs := groups(t, c)
	running := *l
	l = &running
	if len(gs) > 0 {
		l.cache = openCache(l.CacheDir)
	}
	if l.cache != nil {
		go thisBuild() // while the go command lists
	}
	// Two at a time: while one waits for its go command another type-checks.
	parts := make([]*Code, len(gs))
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	for i, g := range gs {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			parts[i] = &Code{}
			l.loadGroup(ctx, t, g, parts[i])
		})
	}
	wg.Wait()
	l.cache.trim(time.Now(), maxCacheSize)
	for _, p := range parts {
		c.Mains = append(c.Mains, p.Mains...)
		c.Packages += p.Packages
		c.NotAnalyzed = append(c.NotAnalyzed, p.NotAnalyzed...)
	}
	slices.SortFunc(c.Mains, func(a, b *Main) int { return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Path, b.Path)) })
	return c
}

// A group is what one go command can list: a module, a workspace, or the Go
// files of no module.
type group struct {
	dir      string   // relative to the tree
	patterns []string // for go list
	module   string   // module path, for reading without the go command
	loose    bool     // no go.mod
	members  []group  // of a workspace: its modules
}

// maxGoMod is the largest go.mod or go.work that is read, in bytes.
const maxGoMod = 4 << 20

// groups finds the modules and workspaces of a tree.
func groups(t *tree.Tree, c *Code) []group {
	modules := map[string]string{} // folder to module path
	var order []string
	workspaces := map[string][]string{} // folder to module folders
	covered := map[string]bool{}
	anyGo := false
	for _, f := range t.Files {
		dir, base := path.Split(f.Path)
		dir = path.Clean(dir)
		switch {
		case base == "go.mod" && !tree.IsExample(f.Path):
			data, err := t.Read(f.Path, maxGoMod)
			if err != nil {
				c.note(t.Name(f.Path), err.Error())
				continue
			}
			modules[dir] = modfile.ModulePath(data)
			order = append(order, dir)
		case base == "go.work":
			data, err := t.Read(f.Path, maxGoMod)
			if err != nil {
				c.note(t.Name(f.Path), err.Error())
				continue
			}
			w, err := modfile.ParseWork(f.Path, data, nil)
			if err != nil {
				c.note(t.Name(f.Path), "does not parse: "+err.Error())
				continue
			}
			for _, use := range w.Use {
				workspaces[dir] = append(workspaces[dir], path.Join(dir, filepath.ToSlash(use.Path)))
			}
		case strings.HasSuffix(base, ".go") && !strings.HasSuffix(base, "_test.go"):
			anyGo = true
		}
	}
	var out []group
	for _, dir := range sortedKeys(workspaces) {
		g := group{dir: dir}
		for _, m := range workspaces[dir] {
			if _, ok := modules[m]; !ok {
				continue
			}
			covered[m] = true
			rel, err := filepath.Rel(dir, m)
			if err == nil {
				g.patterns = append(g.patterns, "./"+path.Join(filepath.ToSlash(rel), "..."))
				g.members = append(g.members, group{dir: m, patterns: []string{"./..."}, module: modules[m]})
			}
		}
		if len(g.patterns) > 0 {
			out = append(out, g)
		}
	}
	for _, dir := range order {
		if !covered[dir] {
			out = append(out, group{dir: dir, patterns: []string{"./..."}, module: modules[dir]})
		}
	}
	if len(out) == 0 && anyGo {
		out = append(out, group{dir: ".", loose: true})
	}
	return out
}

func (l *Loader) loadGroup(ctx context.Context, t *tree.Tree, g group, c *Code) {
	var listed []*listedPackage
	var err error
	if g.loose {
		c.note(t.Name(g.dir), "there is no go.mod: the Go files are read without the types of other modules")
		listed = l.listFromSyntax(ctx, t, g)
	} else {
		listed, err = l.list(ctx, filepath.Join(t.Root, filepath.FromSlash(g.dir)), g.patterns)
	}
	switch {
	case err == nil:
	case len(g.members) > 0:
		c.note(t.Name(path.Join(g.dir, "go.work")), withoutRoot(t, err.Error())+": its modules are read one by one")
		for _, m := range g.members {
			l.loadGroup(ctx, t, m, c)
		}
		return
	default:
		// A go.work above may be what is wrong. Otherwise the go command cannot
		// say what belongs together, and the files are read folder by folder.
		alone := *l
		alone.noWorkspace = true
		var again error
		if listed, again = alone.list(ctx, filepath.Join(t.Root, filepath.FromSlash(g.dir)), g.patterns); again != nil {
			c.note(t.Name(path.Join(g.dir, "go.mod")), withoutRoot(t, err.Error())+": its packages are read without the types of other modules")
			listed = l.listFromSyntax(ctx, t, g)
		}
	}
	ld := newChecker(t, listed, l.table(), l.cache)
	var programs key
	if l.cache != nil {
		if keys, ok := ld.makeKeys(); ok {
			ld.keys, programs = keys, ld.groupKey(g, keys)
		}
	}
	var e groupEntry
	if ld.keys == nil || !l.cache.get(programs, &e) {
		e = ld.link(g)
		if ld.keys != nil && len(ld.broken) == 0 {
			l.cache.put(programs, e)
		}
	}
	for _, m := range e.Mains {
		p := ld.byPath[m.Path]
		m.Contract.Dir = p.Dir
		m.names = ld.named(p)
		if p.Module != nil {
			m.GoVersion = p.Module.GoVersion
		}
	}
	c.Mains = append(c.Mains, e.Mains...)
	c.Packages += e.Packages
	c.NotAnalyzed = append(c.NotAnalyzed, e.Notes...)
}

// link summarizes the first-party packages of a group and makes the contracts of
// its mains. The contracts lack their folders, which another run may find
// elsewhere.
func (ld *checker) link(g group) groupEntry {
	summaries, notes := ld.run()
	// What was loaded is needed no more, and linking takes room of its own.
	ld.fset, ld.checked, ld.outlines, ld.texts = nil, nil, nil, nil
	e := groupEntry{Packages: len(summaries), Notes: notes}
	program := link.New(summaries)
	contracts := ld.contracts(program)
	for _, p := range ld.list {
		if !ld.isMain(p) {
			continue
		}
		rel, ok := inTree(ld.tree, p.Dir)
		contract := contracts[p.ImportPath]
		if !ok || contract == nil {
			continue
		}
		contract.Dir = ""
		contract.Linked, contract.LinkedWhole = ld.linked(p)
		m := &Main{Path: p.ImportPath, Dir: rel, Contract: contract, Example: tree.IsExample(rel + "/main.go"), ModuleDir: g.dir}
		if p.Module != nil {
			m.Module = p.Module.Path
			if dir, ok := inTree(ld.tree, p.Module.Dir); ok {
				m.ModuleDir = dir
			}
		}
		e.Mains = append(e.Mains, m)
	}
	return e
}

// isMain tells the packages that make programs of the group's modules.
func (ld *checker) isMain(p *listedPackage) bool {
	return p.Name == "main" && !p.DepOnly && p.firstParty
}

// contracts links the mains, side by side, and gives their contracts by import
// path.
func (ld *checker) contracts(program *link.Program) map[string]*effects.Contract {
	out := map[string]*effects.Contract{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for _, p := range ld.list {
		if _, ok := inTree(ld.tree, p.Dir); !ok || !ld.isMain(p) {
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			c := program.Contract(p.ImportPath)
			mu.Lock()
			out[p.ImportPath] = c
			mu.Unlock()
		})
	}
	wg.Wait()
	return out
}

// withoutRoot is a text without the tree's own place, which is not the same on
// every machine.
func withoutRoot(t *tree.Tree, text string) string {
	return strings.ReplaceAll(text, t.Root+string(filepath.Separator), "")
}

func (c *Code) note(file, reason string) {
	c.NotAnalyzed = append(c.NotAnalyzed, finding.NotAnalyzed{File: file, Reason: reason})
}

// inTree is a folder's path relative to the tree; ok is false for one outside.
func inTree(t *tree.Tree, dir string) (string, bool) {
	rel, err := filepath.Rel(t.Root, dir)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
