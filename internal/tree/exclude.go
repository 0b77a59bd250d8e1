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
	folders := map[string]int{".": -1}
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
	t.Files = slices.DeleteFunc(t.Files, func(f File) bool {
		by := folder(path.Dir(f.Path))
		if by < 0 {
			by = decide(f.Path, false)
		}
		if by >= 0 {
			counts[by]++
		}
		return by >= 0
	})
	return counts
}
