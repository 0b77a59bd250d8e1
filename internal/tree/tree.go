// Package tree lists the files of a checked directory, leaving out what git
// ignores and what is not the project's own, and reads them within bounds.
package tree

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"

	"github.com/cnready/cnready/internal/finding"
)

// Limits of one walk. They are far above any repository seen, and keep a
// hostile one from eating the machine.
const (
	maxFiles     = 500_000
	maxDepth     = 64
	maxIgnoreLen = 1 << 20 // bytes of one .gitignore
)

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
	// NotAnalyzed are folders that could not be listed.
	NotAnalyzed []finding.NotAnalyzed
}

// skippedDirs are never the project's own shipped files.
var skippedDirs = map[string]bool{
	".git": true, "vendor": true, "testdata": true, "node_modules": true,
}

// Open lists the files under root. prefix is put before paths in reports.
func Open(root, prefix string) (*Tree, error) {
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
	t := &Tree{Root: abs, Prefix: prefix}
	t.walk(nil, patternsAbove(abs), 0)
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return t, nil
}

// Name is the path of a file of the tree as reports show it.
func (t *Tree) Name(p string) string { return path.Join(t.Prefix, p) }

// Has tells whether the tree has a file or folder at a path.
func (t *Tree) Has(p string) bool {
	p = path.Clean(p)
	if p == "." {
		return true
	}
	i, found := slices.BinarySearchFunc(t.Files, p, func(f File, p string) int { return strings.Compare(f.Path, p) })
	if found {
		return true
	}
	// Files below p sort behind p, but not next to it: "a-b" stands between "a"
	// and "a/b".
	for ; i < len(t.Files) && strings.HasPrefix(t.Files[i].Path, p); i++ {
		if strings.HasPrefix(t.Files[i].Path[len(p):], "/") {
			return true
		}
	}
	return false
}

// Read returns a file's bytes, and an error if it has more than limit.
func (t *Tree) Read(p string, limit int64) ([]byte, error) {
	f, err := os.Open(filepath.Join(t.Root, filepath.FromSlash(p)))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", errors.Unwrap(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("is larger than %d bytes", limit)
	}
	return data, nil
}

// IsExample tells whether a path is that of an example rather than of what
// ships: an examples folder, or a name like config.example.yaml.
func IsExample(p string) bool {
	dir, base := path.Split(p)
	for _, part := range strings.Split(path.Clean(dir), "/") {
		switch strings.ToLower(strings.TrimLeft(part, "_.")) {
		case "example", "examples", "sample", "samples":
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

func (t *Tree) walk(dir []string, patterns []gitignore.Pattern, depth int) {
	name := strings.Join(dir, "/")
	abs := filepath.Join(append([]string{t.Root}, dir...)...)
	entries, err := os.ReadDir(abs)
	if err != nil {
		t.note(name, "cannot be listed: "+errText(err))
		return
	}
	if depth > maxDepth {
		t.note(name, fmt.Sprintf("folders are nested deeper than %d", maxDepth))
		return
	}
	patterns = append(patterns[:len(patterns):len(patterns)], readPatterns(abs, dir)...)
	matcher := gitignore.NewMatcher(patterns)
	for _, e := range entries {
		if len(t.Files) >= maxFiles {
			t.note(name, fmt.Sprintf("there are more than %d files; the rest was not read", maxFiles))
			return
		}
		sub := append(dir[:len(dir):len(dir)], e.Name())
		if e.IsDir() {
			if skippedDirs[e.Name()] || matcher.Match(sub, true) {
				continue
			}
			t.walk(sub, patterns, depth+1)
			continue
		}
		// Symbolic links are left out: what they point to inside the tree is
		// read there, and what they point to outside is not the tree's.
		if !e.Type().IsRegular() || matcher.Match(sub, false) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // removed while we were listing
		}
		t.Files = append(t.Files, File{Path: strings.Join(sub, "/"), Size: info.Size()})
	}
}

func (t *Tree) note(dir, reason string) {
	if dir == "" {
		dir = "."
	}
	t.NotAnalyzed = append(t.NotAnalyzed, finding.NotAnalyzed{File: t.Name(dir), Reason: reason})
}

// patternsAbove collects the .gitignore files from the repository's top down to
// the parent of root, so that checking a subfolder ignores what git ignores.
// Their domains are rewritten to be relative to root.
func patternsAbove(root string) []gitignore.Pattern {
	var dirs []string
	for d := root; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil {
			break
		}
		if filepath.Dir(d) == d {
			return nil // not in a repository
		}
		dirs = append(dirs, filepath.Dir(d))
	}
	var patterns []gitignore.Pattern
	for _, d := range slices.Backward(dirs) {
		below, err := filepath.Rel(d, root)
		if err != nil {
			continue
		}
		for _, line := range readLines(filepath.Join(d, ".gitignore")) {
			if p, ok := rebase(line, filepath.ToSlash(below)); ok {
				patterns = append(patterns, gitignore.ParsePattern(p, nil))
			}
		}
	}
	return patterns
}

// rebase turns a pattern of a folder above into one for the folder below: one
// without a slash matches at any depth and stays; an anchored one stays only
// with its part beyond that folder.
func rebase(pattern, below string) (string, bool) {
	negate := strings.HasPrefix(pattern, "!")
	bare := strings.TrimPrefix(pattern, "!")
	if !strings.Contains(strings.TrimSuffix(bare, "/"), "/") || strings.HasPrefix(bare, "**/") {
		return pattern, true
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(bare, "/"), below+"/")
	if !ok || rest == "" {
		return "", false
	}
	rest = "/" + rest
	if negate {
		rest = "!" + rest
	}
	return rest, true
}

func readPatterns(abs string, domain []string) []gitignore.Pattern {
	var patterns []gitignore.Pattern
	for _, line := range readLines(filepath.Join(abs, ".gitignore")) {
		patterns = append(patterns, gitignore.ParsePattern(line, domain))
	}
	return patterns
}

// readLines returns the patterns of an ignore file; a missing or unreadable one
// has none, as for git.
func readLines(file string) []string {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	var lines []string
	scanner := bufio.NewScanner(io.LimitReader(f, maxIgnoreLen))
	for scanner.Scan() {
		line := strings.TrimRight(scanner.Text(), "\r")
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}

func errText(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}
