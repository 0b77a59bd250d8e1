package image

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// maxSize bounds one Dockerfile, in bytes. The largest of the official images
// have some 40 kB.
const maxSize = 1 << 20

// Read parses every Dockerfile of the tree. It returns them sorted by path, and
// the files that were not read, or not whole, with the reason. Dockerfiles of
// examples are left out.
func Read(t *tree.Tree) ([]*Dockerfile, []finding.NotAnalyzed) {
	var files []*Dockerfile
	var not []finding.NotAnalyzed
	for _, f := range t.Files {
		kind := classify(path.Base(f.Path))
		if kind == notDockerfile || tree.IsExample(f.Path) {
			continue
		}
		name := t.Name(f.Path)
		if kind == template {
			not = append(not, finding.NotAnalyzed{File: name, Reason: "is a template of a Dockerfile: only what it expands to could be read"})
			continue
		}
		data, err := t.Read(f.Path, maxSize)
		if err != nil {
			not = append(not, finding.NotAnalyzed{File: name, Reason: err.Error()})
			continue
		}
		d := Parse(name, data)
		files = append(files, d)
		not = append(not, d.NotAnalyzed...)
	}
	return files, not
}

type fileKind uint8

const (
	notDockerfile fileKind = iota
	dockerfile
	template
)

// templateExts are the endings of files that a template engine turns into a
// Dockerfile.
var templateExts = map[string]bool{
	"erb": true, "gotmpl": true, "in": true, "j2": true, "jinja": true, "jinja2": true,
	"m4": true, "mustache": true, "template": true, "tmpl": true, "tpl": true,
}

// otherExts are the endings of files that only lie beside a Dockerfile: its
// documentation, its ignore file, and what editors and merges leave behind.
var otherExts = map[string]bool{
	"bak": true, "dockerignore": true, "html": true, "json": true, "md": true, "old": true,
	"orig": true, "rej": true, "rst": true, "save": true, "sh": true, "swo": true,
	"swp": true, "tmp": true, "txt": true, "yaml": true, "yml": true,
}

// classify tells from its name whether a file is a Dockerfile. The names are
// those that Docker's and Podman's documentation use: Dockerfile and
// Containerfile, with a variant before or behind.
func classify(base string) fileKind {
	if strings.HasSuffix(base, "~") || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#") {
		return notDockerfile
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(base), "."))
	stem := base
	kind := dockerfile
	switch {
	case otherExts[ext]:
		return notDockerfile
	case templateExts[ext]:
		kind, stem = template, strings.TrimSuffix(base, path.Ext(base))
	}
	for _, name := range []string{"Dockerfile", "Containerfile"} {
		rest, ok := strings.CutPrefix(stem, name)
		if ok && (rest == "" || strings.ContainsAny(rest[:1], ".-_")) ||
			strings.EqualFold(stem, name) || strings.EqualFold(path.Ext(stem), "."+name) {
			return kind
		}
	}
	return notDockerfile
}
