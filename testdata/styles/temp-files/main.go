// Area: files
// Style: temporary files and folders
// Read: that what is written below them need not stay
package main

import (
	"log"
	"os"
	"path/filepath"
)

func main() {
	dir, err := os.MkdirTemp("", "work")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), nil, 0o600); err != nil { // want write "$tempfile/a.txt"
		log.Print(err)
	}
	if err := os.WriteFile(filepath.Join(os.TempDir(), "b.txt"), nil, 0o600); err != nil { // want write "$tempdir/b.txt"
		log.Print(err)
	}
}
