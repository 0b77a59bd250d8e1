package fix

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// maxSize is the largest file that is changed, in bytes.
const maxSize = 16 << 20

// An original is a file as it was found.
type original struct {
	data  []byte
	lines []int // offsets at which lines begin
	mode  os.FileMode
	// refused says why the file must not be changed, to be read behind its name.
	refused string
}

// generated is how generators mark what they write (go.dev/s/generatedcode), also
// in files that are not Go.
var generated = lazyregexp.New(`(?m)^\s*(//|#|/\*|<!--|--)?\s*Code generated .* DO NOT EDIT\.`)

// head is how many bytes of a file are searched for a generator's mark.
const head = 4096

func open(root *os.Root, name string) *original {
	o := &original{}
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) {
		o.refused = "lies outside of the directory"
		return o
	}
	if slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(d string) bool { return d == "vendor" || d == "node_modules" }) {
		o.refused = "is a copy of third-party code"
		return o
	}
	info, err := root.Lstat(local)
	switch {
	case err != nil:
		o.refused = "cannot be read: " + reasonOf(err)
	case info.Mode()&fs.ModeSymlink != 0:
		o.refused = "is a symbolic link: fix the file that it leads to"
	case !info.Mode().IsRegular():
		o.refused = "is no regular file"
	case info.Size() > maxSize:
		o.refused = "is larger than 16 MiB"
	}
	if o.refused != "" {
		return o
	}
	if o.data, err = read(root, local); err != nil {
		o.refused = "cannot be read: " + reasonOf(err)
		return o
	}
	if generated.Match(o.data[:min(len(o.data), head)]) {
		o.refused = "is generated: mend what it is generated from"
		return o
	}
	o.mode = info.Mode().Perm()
	o.lines = []int{0}
	for i, b := range o.data {
		if b == '\n' {
			o.lines = append(o.lines, i+1)
		}
	}
	return o
}

func read(root *os.Root, local string) ([]byte, error) {
	f, err := root.Open(local)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxSize+1))
}

// reasonOf is an error without the path, which is said before it.
func reasonOf(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err.Error()
	}
	return err.Error()
}

// Diff is what changes, as a unified diff that git apply and patch -p1 take.
func (f *File) Diff() string {
	return udiff.Unified("a/"+f.Name, "b/"+f.Name, string(f.Before), string(f.After))
}

// Write puts the new text in the place of the old at once: whoever reads the file
// meanwhile has the one or the other whole. The file keeps its mode. It is an
// error if the file is no longer what the plan was made for.
func (f *File) Write(root *os.Root) (err error) {
	local := filepath.FromSlash(f.Name)
	now, err := read(root, local)
	switch {
	case err != nil:
		return fmt.Errorf("%s: cannot be read: %s", f.Name, reasonOf(err))
	case !bytes.Equal(now, f.Before):
		return fmt.Errorf("%s: was changed while it was being fixed: run cnready fix again", f.Name)
	}
	temp, out, err := f.create(root, local)
	if err != nil {
		return fmt.Errorf("%s: no file can be written beside it: %s", f.Name, reasonOf(err))
	}
	defer func() {
		if err != nil {
			_ = root.Remove(temp) // the first error is the one to tell
			err = fmt.Errorf("%s: cannot be written: %s", f.Name, reasonOf(err))
		}
	}()
	_, err = out.Write(f.After)
	if err == nil {
		err = out.Chmod(f.mode) // what the umask took
	}
	if err == nil {
		err = out.Sync()
	}
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return root.Rename(temp, local)
}

// create makes a new file beside another.
func (f *File) create(root *os.Root, local string) (name string, out *os.File, err error) {
	for i := range 100 {
		name = filepath.Join(filepath.Dir(local), fmt.Sprintf(".%s.cnready-%d-%d", filepath.Base(local), os.Getpid(), i))
		out, err = root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode|0o200)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return name, out, err
}
