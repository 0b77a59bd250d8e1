package tree

import (
	"fmt"
	"path"
	"slices"
)

// CheckPattern says what is wrong with a pattern of Exclude, nil if nothing is.
func CheckPattern(text string) error {
	if _, ok := parsePattern(text); !ok {
		return fmt.Errorf("%q is no pattern: write one as in a .gitignore file, for instance generated/ or *.pb.go", text)
	}
	return nil
}

// Exclude takes the files out of the tree that patterns match, which are read as
// the lines of a .gitignore file in the tree's root (gitignore(5)): the last that
// matches decides, and ! takes a file back in unless a folder above it is left
// out. It returns how many files each pattern left out; what is no pattern leaves
// out nothing.
func (t *Tree) Exclude(patterns []string) []int {
	counts := make([]int, len(patterns))
	by := decider(patterns)
	t.Files = slices.DeleteFunc(t.Files, func(f File) bool {
		i := by(f.Path)
		if i >= 0 {
			counts[i]++
		}
		return i >= 0
	})
	return counts
}

// Matcher tells of a path, with forward slashes, whether patterns match it, which
// are read as Exclude reads them. Not safe for concurrent use.
func Matcher(patterns []string) func(path string) bool {
	by := decider(patterns)
	return func(path string) bool { return by(path) >= 0 }
}

// decider gives the index of the pattern that a path meets, or -1.
func decider(patterns []string) func(string) int {
	compiled := make([]*pattern, len(patterns))
	for i, text := range patterns {
		if p, ok := parsePattern(text); ok {
			compiled[i] = &p
		}
	}
	// decide is the index of the pattern that leaves a path out, or -1.
	decide := func(p string, isDir bool) int {
		for i := len(compiled) - 1; i >= 0; i-- {
			if c := compiled[i]; c != nil && c.match(p, isDir) {
				if c.negated {
					return -1
				}
				return i
			}
		}
		return -1
	}
	folders := map[string]int{".": -1, "/": -1}
	var folder func(dir string) int
	folder = func(dir string) int {
		by, known := folders[dir]
		if !known {
			if by = folder(path.Dir(dir)); by < 0 {
				by = decide(dir, true)
			}
			folders[dir] = by
		}
		return by
	}
	return func(p string) int {
		by := folder(path.Dir(p))
		if by < 0 {
			by = decide(p, false)
		}
		return by
	}
}
