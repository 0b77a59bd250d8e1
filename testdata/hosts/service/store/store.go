// Package store keeps bytes in files. Whether that is right depends on who calls it
// and with what.
package store

import (
	"os"
	"path/filepath"
)

// Save is wrong whoever calls it: the finding stands here, and at no caller.
func Save(name string, b []byte) error {
	return os.WriteFile(filepath.Join("/data", name), b, 0o644) // want `diskwrite: writes /data/`
}

// SaveTo writes where its caller says.
func SaveTo(file string, b []byte) error {
	return write(file, b)
}

func write(file string, b []byte) error {
	return os.WriteFile(file, b, 0o644) // check `diskwrite: writes /var/lib/shop/orders\.db`
}

// Path is below the folder that is given.
func Path(dir, name string) string { return filepath.Join(dir, name) }

// Files keeps files in one folder.
type Files struct{ dir string }

// New makes Files of a folder.
func New(dir string) *Files { return &Files{dir: dir} }

// Put writes a file of the folder.
func (f *Files) Put(name string, b []byte) error {
	return os.WriteFile(filepath.Join(f.dir, name), b, 0o644) // check `diskwrite: writes /var/lib/shop/prices`
}
