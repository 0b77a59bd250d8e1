package image

import (
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"golang.org/x/mod/modfile"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// A Context is the folder of the tree that a build sends to the builder: what
// COPY and ADD take files from.
type Context struct {
	Tree *tree.Tree
	// Dir is the folder, relative to the tree.
	Dir string
	// Named are the contexts that the build gives beside it (--build-context,
	// bake's contexts, compose's additional_contexts): a name to a folder of the
	// tree. Other kinds of them are left out; then what they bring is not known.
	Named map[string]string
	// IgnoreFile is the ignore file in force, relative to the tree; "" for none.
	IgnoreFile string
	// NotAnalyzed tells what of the context could not be read.
	NotAnalyzed []finding.NotAnalyzed

	ignore  *patternmatcher.PatternMatcher
	opaque  bool // nobody can tell what the ignore file leaves out
	mains   map[string][]string
	ignored map[string][]string // patterns of .gitignore files, by folder
	images  map[*Stage]*Image
}

// Bounds of what a context is asked for.
const (
	maxIgnoreFile = 1 << 20 // bytes of an ignore file
	maxPatterns   = 2000    // of one ignore file
	maxListed     = 20_000  // files of one folder that are looked through
	maxGoFile     = 1 << 20 // bytes of a Go file whose package clause is read
)

// NewContext opens the build context of a Dockerfile. dir and dockerfile are
// relative to the tree. The ignore file is the one that belongs to the
// Dockerfile, or else the context's .dockerignore (Docker Build documentation,
// "Build context", ".dockerignore files").
func NewContext(t *tree.Tree, dir, dockerfile string) *Context {
	c := &Context{Tree: t, Dir: path.Clean(dir), mains: map[string][]string{}, ignored: map[string][]string{}}
	for _, file := range []string{dockerfile + ".dockerignore", path.Join(c.Dir, ".dockerignore"), path.Join(c.Dir, ".containerignore")} {
		if !hasFile(t, file) {
			continue
		}
		c.IgnoreFile = file
		data, err := t.Read(file, maxIgnoreFile)
		if err != nil {
			c.note(file, err.Error())
			return c
		}
		patterns, err := ignorefile.ReadAll(strings.NewReader(string(data)))
		if err == nil && len(patterns) > maxPatterns {
			c.note(file, "has too many patterns to be read")
			return c
		}
		var m *patternmatcher.PatternMatcher
		if err == nil {
			m, err = patternmatcher.New(patterns)
		}
		if err != nil {
			c.note(file, "cannot be read: "+err.Error())
			return c
		}
		c.ignore = m
		return c
	}
	return c
}

func (c *Context) note(file, reason string) {
	c.opaque = true
	c.NotAnalyzed = append(c.NotAnalyzed, finding.NotAnalyzed{File: c.Tree.Name(file), Reason: reason})
}

// hasFile tells whether the tree lists a regular file at a path.
func hasFile(t *tree.Tree, p string) bool {
	if t == nil {
		return false
	}
	_, ok := slices.BinarySearchFunc(t.Files, path.Clean(p), func(f tree.File, p string) int { return strings.Compare(f.Path, p) })
	return ok
}

// within is the files of the tree below a folder, and the folder's prefix.
func within(t *tree.Tree, dir string) ([]tree.File, string) {
	if dir == "." || dir == "" {
		return t.Files, ""
	}
	prefix := dir + "/"
	i, _ := slices.BinarySearchFunc(t.Files, prefix, func(f tree.File, p string) int { return strings.Compare(f.Path, p) })
	j := i
	for j < len(t.Files) && strings.HasPrefix(t.Files[j].Path, prefix) {
		j++
	}
	return t.Files[i:j], prefix
}

// A contextKind is what stands at a path of a context.
type contextKind uint8

const (
	contextNone    contextKind = iota // not in the repository
	contextFile                       // a file
	contextDir                        // a folder with files
	contextIgnored                    // left out by the ignore file
	contextMaybe                      // may be made by something before the build
)

// at tells what stands at a path, relative to the context.
func (c *Context) at(rel string) contextKind {
	rel = strings.TrimPrefix(path.Clean("/"+rel), "/")
	if rel == "" {
		return contextDir
	}
	p := path.Join(c.Dir, rel)
	file := hasFile(c.Tree, p)
	switch {
	case file && c.leavesOut(rel):
		return contextIgnored
	case file:
		return contextFile
	case c.Tree.Has(p):
		if c.leavesOut(rel) && !c.bringsBack(rel) {
			return contextIgnored
		}
		return contextDir
	case c.leavesOut(rel):
		return contextNone
	case c.generated(rel):
		return contextMaybe
	}
	return contextNone
}

// Ignores tells whether the ignore file leaves a path out, which is relative to the
// context.
func (c *Context) Ignores(rel string) bool { return c.leavesOut(path.Clean(rel)) }

// leavesOut tells whether the ignore file leaves a path out.
func (c *Context) leavesOut(rel string) bool {
	if c.ignore == nil {
		return false
	}
	out, err := c.ignore.MatchesOrParentMatches(rel)
	return err == nil && out
}

// bringsBack tells whether an exception of the ignore file, "!dir/file", may
// bring back something below a folder that is left out.
func (c *Context) bringsBack(rel string) bool {
	if c.ignore == nil || !c.ignore.Exclusions() {
		return false
	}
	files, prefix := within(c.Tree, path.Join(c.Dir, rel))
	for i, f := range files {
		if i > maxListed {
			return true
		}
		if !c.leavesOut(path.Join(rel, strings.TrimPrefix(f.Path, prefix))) {
			return true
		}
	}
	return false
}

// generated tells whether a path that the tree does not have may be there when
// the image is built: git ignores it, or it lies in a folder of a kind that the
// tree does not list.
func (c *Context) generated(rel string) bool {
	parts := strings.Split(rel, "/")
	for _, p := range parts {
		switch p {
		case "vendor", "node_modules", "testdata", ".git":
			return true
		}
	}
	for dir := c.Dir; ; dir = path.Dir(dir) {
		if c.gitIgnores(dir, parts) {
			return true
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	for i := range parts[:len(parts)-1] {
		if c.gitIgnores(path.Join(append([]string{c.Dir}, parts[:i+1]...)...), parts[i+1:]) {
			return true
		}
	}
	return false
}

// gitIgnores tells whether a folder's .gitignore has a pattern whose last
// element fits a part of a path. It says so too often rather than too seldom.
func (c *Context) gitIgnores(dir string, parts []string) bool {
	patterns, ok := c.ignored[dir]
	if !ok {
		if data, err := c.Tree.Read(path.Join(dir, ".gitignore"), maxIgnoreFile); err == nil {
			for line := range strings.SplitSeq(string(data), "\n") {
				line = strings.Trim(strings.TrimSpace(line), "/")
				if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "!") || len(patterns) >= maxPatterns {
					continue
				}
				line = strings.TrimSuffix(strings.TrimSuffix(line, "/**"), "/*")
				patterns = append(patterns, path.Base(line))
			}
		}
		c.ignored[dir] = patterns
	}
	for _, pat := range patterns {
		for _, p := range parts {
			if match(pat, p) {
				return true
			}
		}
	}
	return false
}

// glob lists the paths of a context that a COPY source with wildcards fits,
// sorted, relative to the context (Go's filepath.Match, by the Dockerfile
// reference, "COPY", "Pattern matching").
func (c *Context) glob(pattern string) []string {
	pattern = strings.TrimPrefix(path.Clean("/"+pattern), "/")
	n := strings.Count(pattern, "/") + 1
	seen := map[string]bool{}
	var out []string
	files, prefix := within(c.Tree, c.Dir)
	for _, f := range files {
		parts := strings.SplitN(strings.TrimPrefix(f.Path, prefix), "/", n+1)
		if len(parts) < n {
			continue
		}
		p := strings.Join(parts[:n], "/")
		if seen[p] || !match(pattern, p) {
			continue
		}
		seen[p] = true
		if k := c.at(p); k == contextFile || k == contextDir {
			out = append(out, p)
		}
		if len(out) >= maxListed {
			break
		}
	}
	return out
}

// goDirs are the folders of main packages at a folder of the tree and, if below
// is true, under it.
func (c *Context) goDirs(dir string, below bool) []string {
	if c == nil || c.Tree == nil {
		return nil
	}
	key := dir
	if below {
		key += "/..."
	}
	if dirs, ok := c.mains[key]; ok {
		return dirs
	}
	var dirs []string
	seen := map[string]bool{}
	files, prefix := within(c.Tree, dir)
	for _, f := range files {
		rel := strings.TrimPrefix(f.Path, prefix)
		d := path.Dir(rel)
		if path.Ext(rel) != ".go" || strings.HasSuffix(rel, "_test.go") || seen[d] || !below && d != "." {
			continue
		}
		if len(seen) > maxListed {
			break
		}
		data, err := c.Tree.Read(f.Path, maxGoFile)
		if err != nil {
			continue
		}
		name, ignored := packageClause(data)
		if ignored {
			continue
		}
		seen[d] = true
		if name == "main" {
			dirs = append(dirs, path.Join(dir, d))
		}
	}
	slices.Sort(dirs)
	c.mains[key] = dirs
	return dirs
}

// packageClause is the package name of a Go file; ignored is true where a build
// constraint leaves it out of every ordinary build.
func packageClause(data []byte) (name string, ignored bool) {
	block := false
	for line := range strings.SplitSeq(string(data), "\n") {
		line = strings.TrimSpace(line)
		if block {
			_, after, ok := strings.Cut(line, "*/")
			if !ok {
				continue
			}
			block, line = false, strings.TrimSpace(after)
		}
		if rest, ok := strings.CutPrefix(line, "/*"); ok {
			block = !strings.Contains(rest, "*/")
			continue
		}
		if strings.HasPrefix(line, "//go:build ") && strings.Contains(line, "ignore") || line == "// +build ignore" {
			ignored = true
		}
		if rest, ok := strings.CutPrefix(line, "package "); ok {
			name, _, _ = strings.Cut(strings.TrimSpace(rest), " ")
			name, _, _ = strings.Cut(name, "//")
			return strings.TrimSuffix(name, ";"), ignored
		}
	}
	return "", ignored
}

// importPath is the import path of the package in a folder of the tree: the
// module's path and the folder below the nearest go.mod; "" where there is none.
func (c *Context) importPath(dir string) string {
	if c == nil || c.Tree == nil {
		return ""
	}
	for d := dir; ; d = path.Dir(d) {
		if file := path.Join(d, "go.mod"); hasFile(c.Tree, file) {
			data, err := c.Tree.Read(file, maxGoFile)
			if err != nil {
				return ""
			}
			module := modfile.ModulePath(data)
			rest, _ := cutDir(dir, d)
			if module == "" {
				return ""
			}
			return path.Join(module, rest)
		}
		if d == "." || d == "/" {
			return ""
		}
	}
}

// folderOf is the folder of the tree that has a package of an import path: the
// one below the module of that path, or "".
func (c *Context) folderOf(importPath string) string {
	if c == nil || c.Tree == nil {
		return ""
	}
	files, prefix := within(c.Tree, c.Dir)
	for _, f := range files {
		if path.Base(f.Path) != "go.mod" || strings.Count(strings.TrimPrefix(f.Path, prefix), "/") > 4 {
			continue
		}
		data, err := c.Tree.Read(f.Path, maxGoFile)
		if err != nil {
			continue
		}
		if module := modfile.ModulePath(data); module != "" {
			if rest, ok := cutDir(importPath, module); ok {
				if dir := path.Join(path.Dir(f.Path), rest); c.Tree.Has(dir) {
					return dir
				}
			}
		}
	}
	return ""
}

// cutDir is what of a path lies below a folder, "." for the folder itself.
func cutDir(p, dir string) (string, bool) {
	switch {
	case p == dir:
		return ".", true
	case dir == "/" && strings.HasPrefix(p, "/"), dir == ".":
		return strings.TrimPrefix(p, "/"), true
	}
	return strings.CutPrefix(p, dir+"/")
}

// joinDir is a path as seen from a folder of a stage.
func joinDir(dir, p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join("/", dir, p)
}
