// Package treetest makes the small trees on which tests run readers and rules.
package treetest

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/tree"
)

// Write writes the files of a txtar archive into a folder of the test's own and
// returns that folder.
func Write(t testing.TB, archive string) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// Open writes the files of a txtar archive and opens their folder as a tree.
func Open(t testing.TB, archive string) *tree.Tree {
	t.Helper()
	tr, err := tree.Open(Write(t, archive), "")
	if err != nil {
		t.Fatal(err)
	}
	return tr
}
