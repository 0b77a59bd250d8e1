// Area: files
// Style: an archive that is unpacked below a folder
// Read: the archive, the folder
package main

import (
	"archive/zip"
	"io"
	"log"
	"os"
	"path/filepath"
)

func unpack(src, dest string) error {
	r, err := zip.OpenReader(src) // want read "/srv/plugins.zip"
	if err != nil {
		return err
	}
	defer r.Close()
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return err
		}
		out, err := os.Create(filepath.Join(dest, filepath.Base(f.Name))) // want write "/opt/plugins/* durable"
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, in); err != nil {
			return err
		}
		if err := out.Close(); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := unpack("/srv/plugins.zip", "/opt/plugins"); err != nil {
		log.Fatal(err)
	}
}
