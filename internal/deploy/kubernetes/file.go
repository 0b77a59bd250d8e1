package kubernetes

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// maxLists is how deep lists of objects may hold lists of objects.
const maxLists = 4

// A parsedFile is what one file holds.
type parsedFile struct {
	name string // as reports show it
	path string // in its tree
	dir  string // of name

	objects   int
	workloads []*parsedWorkload
	services  []*deploy.Endpoint
	limits    []*limits
	// found is everything else, and every object's identity.
	found deploy.Manifests
	// variant and origin are those of text that something rendered.
	variant  string
	origin   yamldoc.Origin
	rendered bool

	kustomization *kustomization
	artifacts     []artifact

	// template is true for a file that a template engine fills in first.
	template bool
	notes    []fileNote
	more     int // notes that were left out
}

// A fileNote says what of a file could not be read. Where it is a document that
// is no YAML, the reason is worked out later, for it takes time to find the line.
type fileNote struct {
	reason string
	d      *yamldoc.Document
	err    error
}

func (f *parsedFile) note(reason string) { f.add(fileNote{reason: reason}) }

func (f *parsedFile) add(n fileNote) {
	if len(f.notes) >= maxNotes {
		f.more++
		return
	}
	f.notes = append(f.notes, n)
}

// read takes in the text of a file.
func (f *parsedFile) read(text []byte) {
	overlay := isKustomization(f.name) && !f.rendered
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		if plain := bytes.ReplaceAll(text, []byte{0}, nil); maybeManifest(plain) {
			f.note("is in UTF-16: save it as UTF-8")
		}
		return
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if isTiltfile(f.name) {
		f.artifacts = readTiltfile(f.name, text)
		return
	}
	if !overlay && !maybeManifest(text) {
		return
	}
	for i, d := range yamldoc.Split(f.name, text) {
		d.Origin = f.origin
		if f.objects >= maxObjects || i >= maxObjects {
			f.note(fmt.Sprintf("has more than %d objects; the rest was not read", maxObjects))
			return
		}
		switch {
		case overlay || mayBeWanted(d.Text):
			f.readDocument(d, overlay)
		case looksLikeObject(d.Text):
			f.objects++ // of a kind that is not read: most of the bytes of many trees
			f.glance(d)
		}
	}
}

// mayBeWanted tells whether text can hold an object that is read: not whether
// it does. Most of the bytes of many trees are objects of other kinds, and not
// worth parsing.
func mayBeWanted(text []byte) bool {
	found := bytes.Contains(text, []byte("skaffold/")) || bytes.Contains(text, []byte("containers")) && topKind(text) != "CustomResourceDefinition"
	fields(text, "kind", func(_ int, value []byte) bool {
		// An anchor or a tag may stand before the value.
		for len(value) > 0 && (value[0] == '&' || value[0] == '!') {
			end := bytes.IndexAny(value, " \t\r\n")
			if end < 0 {
				return true
			}
			value = bytes.TrimLeft(value[end:], " \t\r\n")
		}
		value = bytes.TrimLeft(value, `"'`)
		end := bytes.IndexFunc(value, func(r rune) bool { return r < 'A' || r > 'z' })
		if end < 0 {
			end = len(value)
		}
		kind := string(value[:end])
		found = found || kinds[kind] != nil || readers[kind] != nil || kind == "Template" || strings.HasSuffix(kind, "List")
		return !found
	})
	return found
}

// fields calls visit with the place and what follows of every "key:" in text,
// quoted or not, until visit returns false.
func fields(text []byte, key string, visit func(at int, value []byte) bool) {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(key))
		if i < 0 {
			return
		}
		start := at + i
		at = start + len(key)
		rest := text[at:]
		if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
			rest = rest[1:]
		}
		rest = bytes.TrimLeft(rest, " \t")
		if len(rest) > 0 && rest[0] == ':' && !visit(start, bytes.TrimLeft(rest[1:], " \t\r\n")) {
			return
		}
	}
}

// looksLikeObject tells of text that was not parsed whether it was meant to be
// an object: it has the fields of one at the start of a line.
func looksLikeObject(text []byte) bool {
	if body := bytes.TrimLeft(text, " \t\r\n"); len(body) > 0 && body[0] == '{' {
		var object struct{ APIVersion, Kind string }
		return json.Unmarshal(body, &object) == nil && object.APIVersion != "" && object.Kind != ""
	}
	for _, key := range []string{"apiVersion", "kind"} {
		found := false
		fields(text, key, func(at int, _ []byte) bool {
			if at > 0 && (text[at-1] == '"' || text[at-1] == '\'') {
				at--
			}
			found = at == 0 || text[at-1] == '\n' || text[at-1] == '\r'
			return !found
		})
		if !found {
			return false
		}
	}
	return true
}

// hasDirectives tells of text that a template engine fills in. "${{" is a
// parameter of an OpenShift Template.
func hasDirectives(text []byte) bool {
	return bytes.Count(text, []byte("{{")) > bytes.Count(text, []byte("${{")) || bytes.Contains(text, []byte("{%"))
}

func (f *parsedFile) readDocument(d *yamldoc.Document, overlay bool) {
	if err := d.Parse(); err != nil {
		switch {
		case !overlay && !looksLikeObject(d.Text):
		case hasDirectives(d.Text):
			f.template = true
		default:
			f.add(fileNote{d: d, err: err})
		}
		return
	}
	if d.Root == nil || d.Root.Kind != yaml.MappingNode {
		return
	}
	c := d.Top()
	version, kind := c.Get("apiVersion").Text(), c.Get("kind").Text()
	if overlay && f.kustomization == nil {
		if _, err := yamldoc.Check(d.Root); err != nil {
			f.note(d.Say(0, err.Error()))
			return
		}
		f.kustomization = readKustomization(c, path.Dir(f.name))
		return
	}
	if version == "" || kind == "" {
		return
	}
	if strings.HasPrefix(version, "skaffold/") && kind == "Config" {
		if _, err := yamldoc.Check(d.Root); err == nil {
			f.artifacts = append(f.artifacts, readArtifacts(c)...)
		}
		return
	}
	if !wanted(c, version, kind, 0) {
		f.objects++ // a document, whatever is in it
		f.sighted(identify(c))
		return
	}
	duplicate, err := yamldoc.Check(d.Root)
	if err != nil {
		f.objects++
		f.note(d.Say(0, err.Error()))
		return
	}
	if isTemplate(version, kind) {
		f.readTemplate(c)
		return
	}
	raw, err := toJSON(d, duplicate == nil)
	if err != nil {
		f.objects++
		f.broken(d, fileNote{d: d, err: err})
		return
	}
	if duplicate != nil {
		f.note(d.Say(duplicate.Line, fmt.Sprintf("the key %q is given twice; only one of them counts", duplicate.Value)))
	}
	f.readObject(c, raw, version, kind, 0)
}

// broken notes a document that could not be read, unless it waits for a
// template engine.
func (f *parsedFile) broken(d *yamldoc.Document, n fileNote) {
	if hasDirectives(d.Text) {
		f.template = true
		return
	}
	f.add(n)
}

// wanted tells whether an object, or one in a list, is of a kind that is read.
func wanted(c yamldoc.Cursor, version, kind string, depth int) bool {
	if isList(version, kind) {
		if depth >= maxLists {
			return false
		}
		for _, item := range c.Get("items").Items() {
			v, k := typeOf(item, version, kind)
			if wanted(item, v, k, depth+1) {
				return true
			}
		}
		return false
	}
	return isTemplate(version, kind) || slices.Contains(kinds[kind], version) || readerOf(version, kind) != nil || len(podsIn(c)) > 0
}

// isList tells of the generic v1 List, and of the lists of one kind.
func isList(version, kind string) bool {
	of, ok := strings.CutSuffix(kind, "List")
	return ok && (of == "" && version == "v1" || slices.Contains(kinds[of], version) || readerOf(version, of) != nil)
}

// typeOf is the version and kind of a list's item; in a list of one kind the
// items may leave them out.
func typeOf(item yamldoc.Cursor, version, kind string) (string, string) {
	v, k := item.Get("apiVersion").Text(), item.Get("kind").Text()
	if v == "" && k == "" {
		return version, strings.TrimSuffix(kind, "List")
	}
	return v, k
}

func (f *parsedFile) readObject(c yamldoc.Cursor, raw []byte, version, kind string, depth int) {
	if isList(version, kind) {
		f.readList(c, raw, version, kind, depth)
		return
	}
	f.objects++
	o := identify(c)
	o.APIVersion, o.Kind = version, kind // a list's items may leave them out
	known := slices.Contains(kinds[kind], version)
	if !known {
		if r := readerOf(version, kind); r != nil {
			seen := r.read(&f.found, c, o)
			f.found.Objects = append(f.found.Objects, seen)
		} else {
			f.sighted(o)
			f.readCustom(c, raw, o)
		}
		if strings.Contains(o.Name, "{{") {
			f.template = true
		}
		return
	}
	f.sighted(o)
	var err error
	switch {
	case kind == "Service" && version == "v1":
		var s *deploy.Endpoint
		if s, err = newService(raw, c, f.dir); err == nil {
			f.services = append(f.services, s)
			servingCertificate(&f.found, c, o)
		}
	case kind == "LimitRange":
		var l *limits
		if l, err = newLimits(raw, c, f.dir); l != nil {
			f.limits = append(f.limits, l)
			f.found.LimitRanges = append(f.found.LimitRanges, &deploy.LimitRange{Object: o, Container: l.resources})
		}
	default:
		var w *parsedWorkload
		if w, err = newWorkload(kind, raw, c, f.dir); err != nil {
			break
		}
		f.workloads = append(f.workloads, w)
		switch group(version) {
		case "serving.knative.dev":
			f.found.Autoscalers = append(f.found.Autoscalers, readRevisionScale(c, o))
			if kind == "Service" && w.fragment == "" {
				f.services = append(f.services, knativeEndpoint(w.Workload, o))
			}
		case "keda.sh", "keda.k8s.io":
			f.found.Autoscalers = append(f.found.Autoscalers, readScaledJob(c, o))
		}
	}
	if strings.Contains(o.Name, "{{") {
		f.template = true
	}
	if err != nil {
		f.broken(c.Doc, fileNote{reason: typeReason(c, kind+"/"+o.Name, err)})
	}
}

// sighted keeps an object's identity.
func (f *parsedFile) sighted(o deploy.Object) { f.found.Objects = append(f.found.Objects, &o) }

func (f *parsedFile) readList(c yamldoc.Cursor, raw []byte, version, kind string, depth int) {
	if depth >= maxLists {
		f.note(c.Doc.Say(0, fmt.Sprintf("lists are nested deeper than %d", maxLists)))
		return
	}
	var list struct {
		Items []json.RawMessage `json:"items"`
	}
	if err := decode(raw, &list); err != nil {
		f.broken(c.Doc, fileNote{reason: typeReason(c, kind, err)})
		return
	}
	items := c.Get("items")
	for i, item := range list.Items {
		if f.objects >= maxObjects {
			f.note(fmt.Sprintf("has more than %d objects; the rest was not read", maxObjects))
			return
		}
		at := items.Item(i)
		v, k := typeOf(at, version, kind)
		f.readObject(at, item, v, k, depth+1)
	}
}

// typeReason says in words what of an object does not fit its type, and where.
func typeReason(c yamldoc.Cursor, id string, err error) string {
	at := c.At
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return yamldoc.Say(at, c.Doc.File, fmt.Sprintf("%s does not fit its type: %s", id, strings.TrimPrefix(err.Error(), "json: ")))
	}
	want := typeName(mismatch.Type)
	if node := locate(c.Node, strings.Split(mismatch.Field, "."), want, 0); node != nil {
		at = c.Doc.Span(node)
	}
	given, _, _ := strings.Cut(mismatch.Value, " ")
	return yamldoc.Say(at, c.Doc.File, fmt.Sprintf("%s: %s is a %s where %s is needed, so Kubernetes refuses the object",
		id, mismatch.Field, given, want))
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer, reflect.Interface:
		return "a mapping"
	}
	return "a number"
}

// locate finds the first node at a path of field names, through lists, that is
// not what is wanted there, or nil.
func locate(n *yaml.Node, fields []string, want string, depth int) *yaml.Node {
	n = yamldoc.Resolve(n)
	if n == nil || depth > yamldoc.MaxDepth {
		return nil
	}
	if len(fields) == 0 && fits(n, want) {
		return nil
	}
	var below []*yaml.Node
	switch {
	case n.Kind == yaml.SequenceNode:
		below = n.Content
	case n.Kind == yaml.MappingNode && len(fields) > 0:
		if _, v := yamldoc.Lookup(n, fields[0], 0); v != nil {
			below, fields = []*yaml.Node{v}, fields[1:]
		}
	case n.Kind == yaml.MappingNode: // of values: the type is that of one
		for i := 1; i < len(n.Content); i += 2 {
			below = append(below, n.Content[i])
		}
	case len(fields) == 0:
		return n
	}
	for _, sub := range below {
		if node := locate(sub, fields, want, depth+1); node != nil {
			return node
		}
	}
	if len(fields) == 0 && len(below) == 0 {
		return n
	}
	return nil
}

func fits(n *yaml.Node, want string) bool {
	switch n.Kind {
	case yaml.MappingNode:
		return want == "a mapping"
	case yaml.SequenceNode:
		return want == "a list"
	}
	switch n.ShortTag() {
	case "!!str":
		return want == "a string" && !isOldBool(n)
	case "!!bool":
		return want == "true or false"
	case "!!int", "!!float":
		return want == "a number"
	case "!!null":
		return true
	}
	return false
}
