// Package source gives the readers of platform files what they share: files
// within bounds, and a tree of values with places that is the same for YAML, JSON
// and HCL.
//
// Real files are templates more often than not. What a template engine fills in
// is no text of the file: it is a value that is not known, whatever it stands in
// the place of, and the rest of the file is read around it.
package source

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one reading.
const (
	MaxFileSize = 2 << 20
	// MaxFiles is how many files of one format are looked into in a tree.
	MaxFiles = 5000
	// MaxObjects is how many platforms and workloads of one file are kept.
	MaxObjects = 500
	// maxNotes is how many notes of one file are kept.
	maxNotes = 10
)

// A Format reads one kind of file.
type Format struct {
	// Name is the format's own: systemd, Terraform.
	Name string
	// Match tells by its path whether a file can be of the format.
	Match func(path string) bool
	// Read reads a file into out, and tells whether it is of the format by what
	// it holds. A file that is not leaves nothing, not even a note.
	Read func(f *File, out *deploy.Manifests) bool
}

// A File is one file of a tree.
type File struct {
	Tree *tree.Tree
	Path string // in the tree
	Name string // as reports show it
	Dir  string // the folder, as reports show it
	Text []byte

	docs   []*Doc
	broken []string // why documents do not parse, as long as nobody was told
	parsed bool
	notes  int
	whole  *yamldoc.Document // knows the places of the text
	inner  *inner            // says where the text stands in another file; else nil
}

// Read reads the trees' files of the formats. Examples (tree.IsExample) and the
// files of tests are left out.
func Read(formats []*Format, trees ...*tree.Tree) *deploy.Manifests {
	m := &deploy.Manifests{}
	for _, t := range trees {
		count := map[*Format]int{}
		for _, entry := range t.Files {
			if LeftOut(entry.Path) {
				continue
			}
			var file *File
			for _, format := range formats {
				if !format.Match(entry.Path) || count[format] > MaxFiles {
					continue
				}
				if count[format]++; count[format] > MaxFiles {
					m.NotAnalyzed = append(m.NotAnalyzed, finding.NotAnalyzed{
						File: t.Name(entry.Path), Reason: fmt.Sprintf("there are more than %d files that may be of the format %s; this one and those behind it were not read", MaxFiles, format.Name),
					})
					continue
				}
				if file == nil {
					file = open(t, entry)
				}
				if file.Text != nil && Guarded(file, m, func() bool { return format.Read(file, m) }) {
					m.Read.Files++
					break
				}
			}
		}
	}
	return m
}

// Guarded runs a reader on a file. One that panics costs what it had not read yet,
// and is noted.
func Guarded(f *File, out *deploy.Manifests, read func() bool) (found bool) {
	defer func() {
		if r := recover(); r != nil {
			f.Note(out, 0, fmt.Sprintf("its reader gave up on it: %v", r))
		}
	}()
	return read()
}

// Open is a file of a tree; its text is nil where it cannot be read.
func Open(t *tree.Tree, p string) *File {
	f := &File{Tree: t, Path: p, Name: t.Name(p), Dir: path.Dir(t.Name(p))}
	if text, err := t.Read(p, MaxFileSize); err == nil {
		f.Text = bytes.TrimPrefix(text, []byte("\ufeff"))
	}
	return f
}

func open(t *tree.Tree, entry tree.File) *File {
	if entry.Size > MaxFileSize {
		return &File{Tree: t, Path: entry.Path, Name: t.Name(entry.Path), Dir: path.Dir(t.Name(entry.Path))}
	}
	return Open(t, entry.Path)
}

// Note says that something of the file was not read; the first few notes of a
// file are kept.
func (f *File) Note(out *deploy.Manifests, line int, reason string) {
	if f.notes++; f.notes > maxNotes {
		return
	}
	if line > 0 {
		reason = fmt.Sprintf("line %d: %s", line, reason)
	}
	out.NotAnalyzed = append(out.NotAnalyzed, finding.NotAnalyzed{File: f.Name, Reason: reason})
}

// Has tells whether the text has all of the words.
func (f *File) Has(words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !bytes.Contains(f.Text, []byte(w)) })
}

// At is the stretch of the file between two offsets of its text.
func (f *File) At(start, end int) finding.Position {
	if f.inner != nil {
		return f.inner.at(start, end)
	}
	if f.whole == nil || len(f.whole.Text) != len(f.Text) || len(f.Text) > 0 && &f.whole.Text[0] != &f.Text[0] {
		f.whole = &yamldoc.Document{File: f.Name, Text: f.Text}
	}
	return f.whole.Position(start, end)
}

// Object is the identity of something that the file declares.
func (f *File) Object(platform, kind, name string, at finding.Position) deploy.Object {
	return deploy.Object{Platform: platform, Kind: kind, Name: name, Dir: f.Dir, Position: at}
}

// Declare adds a platform that the file declares.
func (f *File) Declare(out *deploy.Manifests, id deploy.PlatformID, format, kind, name string, at finding.Position) *deploy.Platform {
	p := &deploy.Platform{ID: id, Object: f.Object(string(id), kind, name, at), Format: format}
	out.Platforms = append(out.Platforms, p)
	return p
}

// Run adds a workload, and the platforms that it is declared for.
func (f *File) Run(out *deploy.Manifests, w *deploy.Workload, format string, evidence finding.Position) {
	w.Dir = f.Dir
	out.Workloads = append(out.Workloads, w)
	o := w.Object()
	out.Objects = append(out.Objects, &o)
	out.Read.Objects++
	for _, id := range w.Platforms {
		p := &deploy.Platform{ID: id, Object: o, Format: format, Workload: w, Evidence: evidence}
		out.Platforms = append(out.Platforms, p)
	}
}

// LeftOut tells of files that deploy nothing: examples, and what tests stand up.
func LeftOut(p string) bool {
	if tree.IsExample(p) {
		return true
	}
	for part := range strings.SplitSeq(path.Dir(p), "/") {
		switch strings.ToLower(part) {
		case "test", "tests", "e2e", "fixtures", "testing", "testdata", "vendor", "node_modules":
			return true
		}
	}
	return false
}

// YAMLName tells of a path that may be that of YAML or JSON, or of a template of
// such.
func YAMLName(p string) bool {
	p = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p, ".tpl"), ".tmpl"), ".j2"), ".tftpl")
	switch path.Ext(p) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}

// JSONName tells of a path that may be that of JSON or of a template of such.
func JSONName(p string) bool {
	return YAMLName(p) && strings.Contains(path.Base(p), ".json")
}
