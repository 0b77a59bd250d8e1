package compose

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// A file is one compose file as nodes.
type file struct {
	path string // in the tree
	text []byte
	top  yamldoc.Cursor
	err  string // why it cannot be read, or ""
}

// isCompose tells whether a file holds a compose model, or was meant to.
func (r *reader) isCompose(p string) bool {
	f := r.file(p)
	if f.err != "" {
		return true
	}
	top := f.top
	return top.Get("services").IsMap() || top.Get("include").IsList() ||
		slices.Contains([]string{"docker-compose.yml", "docker-compose.yaml"}, path.Base(p)) && firstFormat(top)
}

// firstFormat tells of a file in Compose's first format, whose services stand at
// the top.
func firstFormat(top yamldoc.Cursor) bool {
	for _, name := range top.Keys() {
		if s := top.Get(name); s.Get("image").Set() || s.Get("build").Set() {
			return true
		}
	}
	return false
}

// file reads a file once.
func (r *reader) file(p string) *file {
	p = path.Clean(p)
	if f := r.files[p]; f != nil {
		return f
	}
	f := &file{path: p}
	r.files[p] = f
	if !r.has(p) {
		f.err = "is not in the tree"
		return f
	}
	text, err := r.tree.Read(p, maxFileSize)
	if err != nil {
		f.err = err.Error()
		return f
	}
	f.text = bytes.TrimPrefix(text, []byte("\ufeff"))
	docs := yamldoc.Split(r.tree.Name(p), f.text)
	if len(docs) == 0 {
		f.top = (&yamldoc.Document{File: r.tree.Name(p)}).Top()
		return f
	}
	d := docs[0]
	if err := d.Parse(); err != nil {
		budget := yamldoc.AllSearchBytes
		f.err = d.Reason(err, &budget)
		return f
	}
	if len(docs) > 1 {
		r.note(p, fmt.Sprintf("has %d documents; only the first was read", len(docs)))
		// The library must see what the places are taken from.
		f.text = append(bytes.Repeat([]byte("\n"), d.Line), d.Text...)
	}
	if d.Root != nil {
		if _, err := yamldoc.Check(d.Root); err != nil {
			f.err = d.Say(0, err.Error())
			return f
		}
		if d.Root.Kind != yaml.MappingNode {
			f.err = d.Say(0, "is no mapping")
			return f
		}
	}
	f.top = d.Top()
	return f
}

// has tells of a regular file of the tree.
func (r *reader) has(p string) bool {
	return r.tree.Has(p) && !strings.HasPrefix(p, "../") && slices.ContainsFunc(r.tree.Files, func(f treeFile) bool { return f.Path == p })
}
