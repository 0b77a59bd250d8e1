// Package compose reads Docker Compose files into the model of package deploy.
//
// Files are merged, extended and interpolated by the reference library
// (github.com/compose-spec/compose-go), which knows no lines; the places come
// from the YAML nodes of the files beside it. A field stands where the file that
// sets it has it.
//
// Which files belong together is told only by what Compose itself does and by
// what the repository says: a folder's compose.yaml with its override file is one
// project, and another file such as docker-compose.prod.yml is merged over it
// where a script or a document of the tree gives both to docker compose.
// Otherwise it stands alone, as a variant. Nothing is fetched, and no file
// outside of the tree is read. Variables come from the tree's .env files; one
// that has neither a value there nor a default is not known.
package compose

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one reading.
const (
	maxFileSize = 1 << 20
	maxFiles    = 1000 // compose files of a tree
	maxServices = 250  // of one project; below yamldoc.MaxKeys
	maxLayers   = 32   // files and services that one service is put together of
	maxIncludes = 64   // files that a project includes, and those they include
)

// Names of compose files, in the order in which Compose prefers them (Docker
// documentation, "How Compose works", and cli.DefaultFileNames of compose-go).
var (
	baseNames     = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}
	overrideNames = []string{"compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"}
	anyName       = lazyregexp.New(`^(?:docker-)?(?:compose|stack)(?:[.\-_](.+))?\.ya?ml$`)
	// suffixed are names such as prod.docker-compose.yml.
	suffixed = lazyregexp.New(`^(.+)[.\-_](?:docker-)?compose\.ya?ml$`)
)

var quiet sync.Once

// Read reads the compose projects of the trees. Whatever could not be read is in
// the result's NotAnalyzed. Examples (tree.IsExample) are left out, and so are
// projects in folders of tests.
func Read(trees ...*tree.Tree) *deploy.Manifests {
	// The library writes warnings to a global logger.
	quiet.Do(func() { logrus.SetOutput(io.Discard) })
	m := &deploy.Manifests{}
	for _, t := range trees {
		r := &reader{tree: t, out: m, files: map[string]*file{}}
		for _, p := range projects(t, r) {
			r.read(p)
		}
	}
	slices.SortStableFunc(m.NotAnalyzed, func(a, b finding.NotAnalyzed) int { return strings.Compare(a.File, b.File) })
	m.NotAnalyzed = slices.Compact(m.NotAnalyzed)
	return m
}

// A reader reads the projects of one tree.
type reader struct {
	tree  *tree.Tree
	out   *deploy.Manifests
	files map[string]*file // by path in the tree
	count map[string]bool  // files that were counted
}

func (r *reader) note(file, reason string) {
	r.out.NotAnalyzed = append(r.out.NotAnalyzed, finding.NotAnalyzed{File: r.tree.Name(file), Reason: reason})
}

// A project is what one call of docker compose runs.
type project struct {
	variant string
	files   []string // paths in the tree, in the order in which they are merged
}

// projects lists the projects of a tree, by folder and name.
func projects(t *tree.Tree, r *reader) []project {
	byDir := map[string][]string{}
	var dirs []string
	n := 0
	for _, f := range t.Files {
		base := path.Base(f.Path)
		if !anyName.MatchString(base) && !suffixed.MatchString(base) || tree.IsExample(f.Path) {
			continue
		}
		if n++; n > maxFiles {
			r.note(f.Path, fmt.Sprintf("there are more than %d compose files; this one and those behind it were not read", maxFiles))
			break
		}
		if !r.isCompose(f.Path) {
			continue
		}
		if dir := testFolder(f.Path); dir != "" {
			r.note(dir, "compose files of tests are left out")
			continue
		}
		dir := path.Dir(f.Path)
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], base)
	}
	if len(dirs) == 0 {
		return nil
	}
	var said []merge
	for _, names := range byDir {
		if len(names) > 1 {
			said = mergesIn(t)
			break
		}
	}
	included := r.included(dirs, byDir)
	var list []project
	for _, dir := range dirs {
		for _, p := range projectsOf(dir, byDir[dir], said) {
			if !included[p.files[0]] {
				list = append(list, p)
			}
		}
	}
	return list
}

// included are the files that others include: parts of those projects. Files that
// include each other in a circle are not: nothing else would read them.
func (r *reader) included(dirs []string, byDir map[string][]string) map[string]bool {
	by := map[string]map[string]bool{} // included, including
	for _, dir := range dirs {
		for _, name := range byDir[dir] {
			f := r.file(path.Join(dir, name))
			if f.err != "" {
				continue
			}
			for _, item := range f.top.Get("include").Items() {
				list := item.Get("path").Items()
				if one := item.Get("path"); one.Text() != "" || item.Text() != "" {
					list = append(list, one, item)
				}
				for _, at := range list {
					if p, reason := r.local(dir, at.Text()); reason == "" {
						if by[p] == nil {
							by[p] = map[string]bool{}
						}
						by[p][f.path] = true
					}
				}
			}
		}
	}
	included := map[string]bool{}
	for p := range by {
		// Some file above must be included by none.
		seen := map[string]bool{}
		next := []string{p}
		for len(next) > 0 && !included[p] {
			at := next[0]
			next = next[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			if len(by[at]) == 0 {
				included[p] = at != p
			}
			for above := range by[at] {
				next = append(next, above)
			}
		}
	}
	return included
}

// projectsOf are the projects of one folder.
func projectsOf(dir string, names []string, said []merge) []project {
	var list []project
	taken := map[string]bool{}
	full := func(names ...string) []string {
		var paths []string
		for _, name := range names {
			taken[name] = true
			paths = append(paths, path.Join(dir, name))
		}
		return paths
	}
	first := func(of []string) string {
		for _, name := range of {
			if slices.Contains(names, name) {
				return name
			}
		}
		return ""
	}
	if base := first(baseNames); base != "" {
		p := project{files: full(base)}
		if override := first(overrideNames); override != "" {
			p.files = append(p.files, full(override)...)
		}
		list = append(list, p)
	}
	for _, m := range said {
		if m.dir == "" || m.dir == dir {
			if last := m.names[len(m.names)-1]; slices.ContainsFunc(m.names, func(n string) bool { return !slices.Contains(names, n) }) || taken[last] {
				continue
			}
			// The base may be part of several projects.
			p := project{variant: variantOf(m.names[len(m.names)-1]), files: full(m.names...)}
			list = append(list, p)
		}
	}
	for _, name := range names {
		if !taken[name] {
			list = append(list, project{variant: variantOf(name), files: full(name)})
		}
	}
	return list
}

// variantOf is what a file's name says beside compose: prod of
// docker-compose.prod.yml.
func variantOf(name string) string {
	if m := anyName.FindStringSubmatch(name); len(m) > 1 && m[1] != "" {
		return m[1]
	}
	if m := suffixed.FindStringSubmatch(name); m != nil {
		return strings.Trim(m[1], ".-_")
	}
	return strings.TrimSuffix(name, path.Ext(name))
}

// testFolder is the outermost folder of tests that a file is in, or "".
func testFolder(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts[:len(parts)-1] {
		switch strings.ToLower(part) {
		case "test", "tests", "e2e", "fixtures", "testing":
			return strings.Join(parts[:i+1], "/")
		}
	}
	return ""
}
