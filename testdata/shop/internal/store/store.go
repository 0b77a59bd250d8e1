// Package store keeps documents in a folder.
package store

import (
	"fmt"
	"os"
	"path/filepath"
)

// A Folder holds one file for each document.
type Folder struct {
	root string
}

// Open makes the folder if it is not there yet.
func Open(root string) (*Folder, error) {
	if err := os.MkdirAll(root, 0o750); err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	return &Folder{root: root}, nil
}

// Save writes a document, in place of an older one of the same name.
func (f *Folder) Save(name string, document []byte) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("%q is no name of a document", name)
	}
	return os.WriteFile(filepath.Join(f.root, name), document, 0o640)
}
