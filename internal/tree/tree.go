// Package tree lists the files of a checked directory, leaving out what git
// ignores and what is not the project's own, and reads them within bounds.
//
// What git ignores is told from the .gitignore files, from the repository's top
// down, and from .git/info/exclude (gitignore(5)). A file that the repository's
// index has is listed whatever they say, as git does. One thing differs from what
// git lists: the user's own excludes file (core.excludesFile) is not read, so
// that a report does not depend on whose machine it was made on. In a directory
// that lies in no repository, an unpacked archive for instance, .gitignore files
// count all the same; there is no index then, and what was tracked in spite of
// them cannot be told.
//
// A repository within the checked one, a submodule for instance, is left out and
// noted, as it is a project of its own. Where the checked directory is only the
// place in which several repositories lie, all are read.
package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// limits bound one walk.
type limits struct {
	files  int
	depth  int
	ignore int64 // bytes of one ignore file
	index  int64 // bytes of a repository's index
}

// defaultLimits are far above any repository seen, and keep a hostile one from
// eating the machine.
var defaultLimits = limits{files: 500_000, depth: 64, ignore: 1 << 20, index: 256 << 20}

// A File is one file of a tree.
type File struct {
	// Path is relative to the tree's root, with forward slashes.
	Path string
	Size int64
}

// A Tree is a directory as it was listed.
type Tree struct {
	// Root is the directory's absolute path.
	Root string
	// Prefix is put before a path in reports; "" for the checked directory
	// itself, and a relative path for a tree beside it.
	Prefix string
	// Files are sorted by path.
	Files []File
	// NotAnalyzed are folders that were not listed, or not whole.
	NotAnalyzed []finding.NotAnalyzed

	limits limits
	full   bool // as many files as the limit allows
}

// skippedDirs are never the project's own shipped files.
var skippedDirs = map[string]bool{
	".git": true, "vendor": true, "testdata": true, "node_modules": true,
}

// Open lists the files under root. prefix is put before paths in reports. The
// error, if any, is one that whoever gave the path can mend: it names no folder
// that can be read.
func Open(root, prefix string) (*Tree, error) {
	return open(root, prefix, defaultLimits)
}

func open(root, prefix string, limits limits) (*Tree, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s does not exist: give the folder of a repository or service", root)
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", root, err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file: give the folder of a repository or service", root)
	}
	t := &Tree{Root: abs, Prefix: prefix, limits: limits}
	in, inRepository := openRepository(abs, limits)
	t.walk("", in, inRepository, 0)
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return t, nil
}

// Name is the path of a file of the tree as reports show it.
func (t *Tree) Name(p string) string { return path.Join(t.Prefix, p) }

// Has tells whether the tree has a file or folder at a path, which is relative
// to the root. Folders without a listed file are not there, as in git.
func (t *Tree) Has(p string) bool {
	p = path.Clean(p)
	if p == "." {
		return true
	}
	if _, found := t.search(p); found {
		return true
	}
	// What lies below p sorts from "p/" on, which is not next to p: "a-b" stands
	// between "a" and "a/b".
	i, _ := t.search(p + "/")
	return i < len(t.Files) && strings.HasPrefix(t.Files[i].Path, p+"/")
}

func (t *Tree) search(p string) (int, bool) {
	return slices.BinarySearchFunc(t.Files, p, func(f File, p string) int { return strings.Compare(f.Path, p) })
}

// Read returns a file's bytes, and an error if it has more than limit or is no
// regular file. p is relative to the root and may not lead out of it.
func (t *Tree) Read(p string, limit int64) ([]byte, error) {
	local := filepath.FromSlash(path.Clean(p))
	if !filepath.IsLocal(local) {
		return nil, errors.New("cannot be read: it lies outside of the checked directory")
	}
	root, err := os.OpenRoot(t.Root)
	if err != nil {
		return nil, errors.New("cannot be read: " + errText(err))
	}
	defer root.Close()
	// A pipe would be waited on for ever.
	if info, err := root.Stat(local); err != nil {
		return nil, errors.New("cannot be read: " + errText(err))
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("cannot be read: it is no regular file")
	}
	f, err := root.Open(local)
	if err != nil {
		return nil, errors.New("cannot be read: " + errText(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, errors.New("cannot be read: " + errText(err))
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("is larger than %d bytes", limit)
	}
	return data, nil
}

// IsExample tells whether a path is that of an example rather than of what
// ships: a folder of examples or of documentation, or a name like
// config.example.yaml.
func IsExample(p string) bool {
	dir, base := path.Split(p)
	for _, part := range strings.Split(path.Clean(dir), "/") {
		switch strings.ToLower(strings.TrimLeft(part, "_.")) {
		case "example", "examples", "sample", "samples", "doc", "docs", "documentation", "tutorial", "tutorials":
			return true
		}
	}
	for _, part := range strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		switch part {
		case "example", "sample":
			return true
		}
	}
	return false
}

// walk lists a folder. in is the repository that it lies in; outside of any,
// patterns count from the tree's root.
func (t *Tree) walk(dir string, in repository, inRepository bool, depth int) {
	abs := filepath.Join(t.Root, filepath.FromSlash(dir))
	entries, err := os.ReadDir(abs)
	if err != nil {
		t.note(dir, "cannot be listed: "+errText(err))
		if len(entries) == 0 {
			return
		}
	}
	if depth > t.limits.depth {
		t.note(dir, fmt.Sprintf("folders are nested deeper than %d", t.limits.depth))
		return
	}
	at := path.Join(in.above, dir) + "/"
	if at == "/" {
		at = ""
	}
	in.files = append(in.files[:len(in.files):len(in.files)], readIgnore(filepath.Join(abs, ".gitignore"), at, t.limits.ignore))
	for _, e := range entries {
		if t.full {
			return
		}
		sub := path.Join(dir, e.Name())
		switch {
		case e.IsDir():
			t.walkInto(sub, in, inRepository, depth)
		case e.Type().IsRegular() && !in.leavesOut(sub, false):
			t.add(sub, e)
		}
		// Symbolic links are left out: what they point to inside the tree is
		// read there, and what they point to outside is not the tree's. So are
		// pipes, sockets and devices.
	}
}

// walkInto lists a folder of a folder, unless it is left out.
func (t *Tree) walkInto(dir string, in repository, inRepository bool, depth int) {
	if skippedDirs[path.Base(dir)] || in.leavesOut(dir, true) {
		return
	}
	if ignored(in.files, in.above+dir, true) {
		in.onlyTracked = true
	}
	abs := filepath.Join(t.Root, filepath.FromSlash(dir))
	if !isTop(abs) {
		t.walk(dir, in, inRepository, depth+1)
		return
	}
	if inRepository {
		t.note(dir, "is a repository of its own, such as a submodule: check it by itself")
		return
	}
	// The paths of a repository beside others begin at its own top. As patterns
	// are matched against paths from the tree's root, its own exclude file is
	// given that folder.
	own := readIgnore(excludeFile(abs), dir+"/", t.limits.ignore)
	t.walk(dir, repository{files: []ignoreFile{own}, base: dir + "/", tracked: readIndex(abs, t.limits.index)}, true, depth+1)
}

func (t *Tree) add(p string, e fs.DirEntry) {
	if len(t.Files) >= t.limits.files {
		t.full = true
		t.note(path.Dir(p), fmt.Sprintf("there are more than %d files; the rest was not read", t.limits.files))
		return
	}
	info, err := e.Info()
	if err != nil {
		return // removed while we were listing
	}
	t.Files = append(t.Files, File{Path: p, Size: info.Size()})
}

func (t *Tree) note(dir, reason string) {
	if dir == "" {
		dir = "."
	}
	t.NotAnalyzed = append(t.NotAnalyzed, finding.NotAnalyzed{File: t.Name(dir), Reason: reason})
}

// errText is what went wrong, without the path, which the caller names.
func errText(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
