package kustomize

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// Bounds of one reading.
const (
	maxFileSize = 8 << 20
	maxBytes    = 64 << 20 // of all files
	maxRoots    = 500
	maxLevels   = 64
	maxObjects  = 20_000    // of all overlays together
	maxNodes    = 4_000_000 // that are made of them
	maxPatches  = 5000      // of one overlay
)

// names are those that kustomize looks for.
var names = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// A builder builds the kustomizations of one tree.
type builder struct {
	tree   *tree.Tree
	docs   map[string][]*yamldoc.Document // of files, parsed
	bytes  int
	budget int
	made   int // objects

	// used are the files that the present build read.
	used map[string]bool
	// lacks says what of the present build was left out, and why.
	lacks []finding.NotAnalyzed
	// partial is true where objects that lie elsewhere are missing.
	partial bool
}

// An object is one of those that are built.
type object struct {
	n *node
	// was are the names that it had at the levels below.
	was []string
}

func (o *object) kind() string      { return o.n.get("kind").str() }
func (o *object) name() string      { return o.n.get("metadata", "name").str() }
func (o *object) namespace() string { return o.n.get("metadata", "namespace").str() }
func (o *object) api() string       { return o.n.get("apiVersion").str() }

// A broken is why a kustomization cannot be built.
type broken struct {
	at   finding.Position
	text string
}

func (b *broken) Error() string { return b.text }

func failAt(p place, format string, args ...any) error {
	return &broken{at: p.position(), text: fmt.Sprintf(format, args...)}
}

// read parses a file of the tree.
func (b *builder) read(p string) ([]*yamldoc.Document, error) {
	b.used[p] = true
	if docs, ok := b.docs[p]; ok {
		return docs, nil
	}
	text, err := b.tree.Read(p, maxFileSize)
	if err != nil {
		return nil, err
	}
	if b.bytes += len(text); b.bytes > maxBytes {
		return nil, fmt.Errorf("the kustomizations take in more than %d MiB", maxBytes>>20)
	}
	docs := yamldoc.Split(b.tree.Name(p), bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")))
	if len(docs) > yamldoc.MaxDocuments {
		return nil, fmt.Errorf("%s has more than %d documents", p, yamldoc.MaxDocuments)
	}
	for _, d := range docs {
		if isDefinition(d.Text) {
			d.Text = identityOf(d.Text)
		}
		if err := d.Parse(); err != nil {
			budget := 0
			return nil, errors.New(d.File + ": " + d.Reason(err, &budget))
		}
		if d.Root != nil {
			if _, err := yamldoc.Check(d.Root); err != nil {
				return nil, errors.New(d.File + ": " + d.Say(0, err.Error()))
			}
		}
	}
	b.docs[p] = docs
	return docs, nil
}

var (
	definition = regexp.MustCompile(`(?m)^kind:[ \t]+["']?CustomResourceDefinition\b`)
	ownFields  = regexp.MustCompile(`(?m)^(?:---.*|apiVersion:.*|kind:.*|metadata:[ \t]*|  name:.*)$`)
)

func isDefinition(text []byte) bool { return definition.Match(text) }

// identityOf blanks what is not read of the definition of a custom resource,
// which is long: its lines stay where they are.
func identityOf(text []byte) []byte {
	out := make([]byte, 0, len(text)/4)
	named := false
	for l := range bytes.Lines(text) {
		bare := bytes.TrimRight(l, "\r\n")
		isName := bytes.HasPrefix(bare, []byte("  name:"))
		if ownFields.Match(bare) && !(isName && named) {
			out = append(out, bare...)
			named = named || isName
		}
		out = append(out, '\n')
	}
	return out
}

// kustomization is the file of a folder, "" where there is none.
func (b *builder) kustomization(dir string) string {
	for _, name := range names {
		if p := path.Join(dir, name); b.tree.Has(p) {
			return p
		}
	}
	return ""
}

// load reads the objects of a file.
func (b *builder) load(p string) ([]*object, error) {
	docs, err := b.read(p)
	if err != nil {
		return nil, err
	}
	var list []*object
	for _, d := range docs {
		if d.Root == nil || d.Root.Kind != yaml.MappingNode {
			continue
		}
		n, err := from(d, d.Root, &b.budget, 0)
		if err != nil {
			return nil, err
		}
		for _, o := range flatten(n, 0) {
			if o.get("kind").str() == "" || o.get("metadata", "name").str() == "" {
				return nil, failAt(o.at, "an object without a kind or a name")
			}
			if b.made++; b.made > maxObjects {
				return nil, errLarge
			}
			list = append(list, &object{n: o})
		}
	}
	return list, nil
}

// flatten takes lists of objects apart.
func flatten(n *node, depth int) []*node {
	if strings.HasSuffix(n.get("kind").str(), "List") && n.get("items") != nil && depth < 4 {
		var out []*node
		for _, item := range n.get("items").list() {
			out = append(out, flatten(item, depth+1)...)
		}
		return out
	}
	return []*node{n}
}

// A target is one kustomization that is being built.
type target struct {
	*builder
	dir  string
	file string
	n    *node
	list []*object
}

// open reads the kustomization of a folder.
func (b *builder) open(dir string) (*target, error) {
	file := b.kustomization(dir)
	if file == "" {
		return nil, fmt.Errorf("%s has no kustomization.yaml", b.tree.Name(dir))
	}
	docs, err := b.read(file)
	if err != nil {
		return nil, err
	}
	t := &target{builder: b, dir: dir, file: file, n: &node{kind: mapping}}
	for _, d := range docs {
		if d.Root != nil && d.Root.Kind == yaml.MappingNode {
			if t.n, err = from(d, d.Root, &b.budget, 0); err != nil {
				return nil, err
			}
			break
		}
	}
	return t, nil
}

// build is what a folder's kustomization makes. above are the folders that led
// here; given are the objects that a component changes.
func (b *builder) build(dir string, above []string, given []*object) ([]*object, error) {
	if slices.Contains(above, dir) {
		return nil, fmt.Errorf("the kustomizations take each other in: %s", b.tree.Name(dir))
	}
	if len(above) > maxLevels {
		return nil, fmt.Errorf("the kustomizations take each other in more than %d deep", maxLevels)
	}
	t, err := b.open(dir)
	if err != nil {
		return nil, err
	}
	above = append(slices.Clone(above), dir)
	t.list = given
	for _, key := range []string{"resources", "bases"} {
		for _, item := range t.n.get(key).list() {
			if err := t.take(item, above); err != nil {
				return nil, err
			}
		}
	}
	t.unread()
	if err := t.generate(); err != nil {
		return nil, err
	}
	for _, item := range t.n.get("components").list() {
		p, ok := t.local(item)
		if !ok {
			continue
		}
		if t.list, err = b.build(p, above, t.list); err != nil {
			return nil, err
		}
	}
	if err := t.transform(); err != nil {
		return nil, err
	}
	if b.budget < 0 {
		return nil, errLarge
	}
	return t.list, nil
}

// lack notes what is left out of a build.
func (t *target) lack(at place, format string, args ...any) {
	p := at.position()
	file := t.tree.Name(t.file)
	reason := fmt.Sprintf(format, args...)
	t.lacks = append(t.lacks, finding.NotAnalyzed{File: file, Reason: yamldoc.Say(finding.Position{File: file, Line: p.Line}, file, reason)})
}

// local is the path of an entry in the tree. One that lies elsewhere is noted.
func (t *target) local(item *node) (p string, ok bool) {
	name := item.str()
	p = path.Join(t.dir, name)
	switch {
	case name == "":
	case t.tree.Has(p) || t.kustomization(p) != "":
		return p, true
	case strings.Contains(name, "://") || strings.Contains(name, "?ref=") || remote.MatchString(name) || path.IsAbs(name) || strings.HasPrefix(p, "../"):
		t.partial = true
		t.lack(item.at, "%s does not lie in this tree, and was not read", name)
	default:
		t.partial = true
		t.lack(item.at, "%s is not there", name)
	}
	return "", false
}

// remote are the ways in which kustomize names repositories.
var remote = regexp.MustCompile(`^(?:git@|git::|(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|net|io|dev)[/:])`)

// take takes in a file or a folder.
func (t *target) take(item *node, above []string) error {
	p, ok := t.local(item)
	if !ok {
		return nil
	}
	if t.kustomization(p) != "" {
		list, err := t.build(p, above, nil)
		if err != nil {
			return err
		}
		t.list = append(t.list, list...)
		return nil
	}
	list, err := t.load(p)
	if err != nil {
		return err
	}
	t.list = append(t.list, list...)
	return nil
}

// unread notes the fields that are not carried out: they may change what is
// built.
func (t *target) unread() {
	for _, key := range []string{"helmCharts", "helmChartInflationGenerator", "generators", "vars", "configurations"} {
		if v := t.n.get(key); v != nil && len(v.list()) > 0 {
			t.lack(t.n.entry(key).at, "%s are not carried out", key)
			t.partial = t.partial || strings.HasPrefix(key, "helm") || key == "generators"
		}
	}
}
