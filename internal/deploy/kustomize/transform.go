package kustomize

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// transform changes the objects in kustomize's order: patches, namespace, names,
// labels, annotations, JSON patches, replicas, images, replacements (its documentation, and
// the order of its built-in transformers).
func (t *target) transform() error {
	for _, item := range t.n.get("patchesStrategicMerge").list() {
		if err := t.patchEntry(item, nil); err != nil {
			return err
		}
	}
	for _, item := range t.n.get("patches").list() {
		if item.kind == scalar {
			if err := t.patchEntry(item, nil); err != nil {
				return err
			}
			continue
		}
		which := item.get("path")
		if which == nil {
			which = item.get("patch")
		}
		if which == nil {
			continue
		}
		if err := t.patchEntry(which, item.get("target")); err != nil {
			return err
		}
	}
	t.namespace()
	t.rename()
	t.label()
	for _, item := range t.n.get("patchesJson6902").list() {
		which := item.get("path")
		if which == nil {
			which = item.get("patch")
		}
		if which == nil {
			continue
		}
		if err := t.patchEntry(which, item.get("target")); err != nil {
			return err
		}
	}
	t.replicas()
	t.images()
	if err := t.replace(); err != nil {
		return err
	}
	return t.configured()
}

// configured carries out the transformers that have files of their own, as far
// as they are built in and set labels, annotations, or what patches set.
func (t *target) configured() error {
	for _, item := range t.n.get("transformers").list() {
		p := path.Join(t.dir, item.str())
		if strings.Contains(item.str(), "\n") || !t.tree.Has(p) {
			t.lack(item.at, "a transformer that is no file here is not carried out")
			continue
		}
		docs, err := t.read(p)
		if err != nil {
			return err
		}
		for _, d := range docs {
			n, err := from(d, d.Root, &t.budget, 0)
			if err != nil {
				return err
			}
			builtin := n.get("apiVersion").str() == "builtin"
			switch kind := n.get("kind").str(); {
			case builtin && kind == "LabelTransformer":
				t.setPairs(n, n.get("labels"), []string{"metadata", "labels"})
			case builtin && kind == "AnnotationsTransformer":
				t.setPairs(n, n.get("annotations"), []string{"metadata", "annotations"})
			case builtin && kind == "PatchTransformer" && n.get("patch") != nil:
				if err := t.patchEntry(n.get("patch"), n.get("target")); err != nil {
					return err
				}
			default:
				t.lack(item.at, "the transformer %s is not carried out", kind)
			}
		}
	}
	return nil
}

// setPairs sets labels or annotations at the fields that a transformer names.
func (t *target) setPairs(n, pairs *node, usual []string) {
	if pairs == nil {
		return
	}
	for _, o := range t.list {
		for _, spec := range append(n.get("fieldSpecs").list(), &node{kind: mapping}) {
			fields := strings.Split(spec.get("path").str(), "/")
			if spec.get("path") == nil {
				if n.get("fieldSpecs") != nil {
					continue
				}
				fields = usual
			}
			if k := spec.get("kind").str(); k != "" && k != o.kind() || strings.Contains(spec.get("path").str(), "[") {
				continue
			}
			if spec.get("path") != nil && spec.get("create").str() != "true" && o.n.get(fields...) == nil {
				continue
			}
			for _, e := range pairs.entries {
				o.n.within(e.at, fields...).set(e.key, e.at, e.value)
			}
		}
	}
}

// patchEntry applies a patch: of a file, or one that is written in place.
func (t *target) patchEntry(which, to *node) error {
	var docs []*yamldoc.Document
	p := path.Join(t.dir, which.str())
	switch {
	case !strings.ContainsAny(which.str(), "\n:{") && t.tree.Has(p):
		var err error
		if docs, err = t.read(p); err != nil {
			return err
		}
	case strings.ContainsAny(which.str(), "\n{") || strings.Contains(which.str(), ": "):
		docs = inline(which)
		for _, d := range docs {
			if err := d.Parse(); err != nil {
				return failAt(which.at, "the patch does not parse: %v", err)
			}
			if d.Root != nil {
				if _, err := yamldoc.Check(d.Root); err != nil {
					return failAt(which.at, "the patch %v", err)
				}
			}
		}
	default:
		return failAt(which.at, "the patch %s is not there", which.str())
	}
	if len(docs) > maxPatches {
		return errLarge
	}
	for _, d := range docs {
		if d.Root == nil {
			continue
		}
		n, err := from(d, d.Root, &t.budget, 0)
		if err != nil {
			return err
		}
		if err := t.patch(n, to, which.at); err != nil {
			return err
		}
	}
	return nil
}

// inline are the documents of a patch that stands in the kustomization itself,
// with their places there.
func inline(which *node) []*yamldoc.Document {
	at := which.at
	file, text := at.doc.File, which.text
	docs := yamldoc.Split(file, []byte(text))
	start := at.position()
	origin := func(int, int) finding.Position { return finding.Position{File: file, Line: start.Line} }
	if at.n.Style&yaml.LiteralStyle != 0 {
		indent := 0
		lines := strings.Split(string(at.doc.Text), "\n")
		first := start.Line - at.doc.Line
		for skipped := first; skipped < len(lines); skipped++ {
			if body := strings.TrimLeft(lines[skipped], " "); strings.TrimSpace(body) != "" {
				indent = len(lines[skipped]) - len(body)
				break
			}
		}
		// A first line that is indented deeper than the rest has its blanks in the
		// text, too.
		indent -= len(text) - len(strings.TrimLeft(text, " "))
		origin = func(line, column int) finding.Position {
			return finding.Position{File: file, Line: start.Line + line, Column: column + indent}
		}
	}
	for _, d := range docs {
		d.Origin = origin
	}
	return docs
}

// patch applies one patch to the objects that it is for.
func (t *target) patch(n, to *node, at place) error {
	if n.kind == list {
		if len(n.items) > 0 && n.items[0].get("op") == nil { // a list of patches
			for _, item := range n.items {
				if err := t.patch(item, to, at); err != nil {
					return err
				}
			}
			return nil
		}
		return t.each(to, at, func(o *object) error { return apply(o.n, n.items, &t.budget) })
	}
	if n.kind != mapping {
		return failAt(at, "the patch is no mapping")
	}
	merge := func(o *object) error {
		// A patch does not rename, and what it says to find its object is not what
		// sets it.
		meta := o.n.get("metadata")
		kept := []entry{copyOf(o.n.entry("apiVersion")), copyOf(o.n.entry("kind")), copyOf(meta.entry("name")), copyOf(meta.entry("namespace"))}
		m := merger{lists: mergeable(o.api()), service: o.kind() == "Service", budget: &t.budget}
		o.n = m.merge(o.n, n, 0)
		if o.n == nil {
			return nil
		}
		for i, e := range kept {
			into := o.n
			if i >= 2 {
				into = o.n.within(at, "metadata")
			}
			if e.value != nil {
				into.set(e.key, e.at, e.value)
			} else {
				into.remove([]string{"apiVersion", "kind", "name", "namespace"}[i])
			}
		}
		return nil
	}
	if to != nil {
		return t.each(to, at, merge)
	}
	name := n.get("metadata", "name").str()
	kind, namespace := n.get("kind").str(), n.get("metadata", "namespace").str()
	found := false
	for _, o := range t.list {
		if o.n == nil || o.kind() != kind || group(o.api()) != group(n.get("apiVersion").str()) ||
			o.name() != name && !slices.Contains(o.was, name) || namespace != "" && o.namespace() != "" && namespace != o.namespace() {
			continue
		}
		found = true
		if err := merge(o); err != nil {
			return err
		}
	}
	t.dropDeleted()
	if !found && !t.partial {
		return failAt(n.at, "nothing here is called %s/%s, which the patch is for", kind, name)
	}
	return nil
}

func copyOf(e *entry) entry {
	if e == nil {
		return entry{}
	}
	return *e
}

func (t *target) dropDeleted() {
	t.list = slices.DeleteFunc(t.list, func(o *object) bool { return o.n == nil })
}

// each calls f for the objects that a target chooses.
func (t *target) each(to *node, at place, f func(*object) error) error {
	if to == nil {
		return failAt(at, "the patch has no target")
	}
	found := 0
	for _, o := range t.list {
		if !chosen(o, to) {
			continue
		}
		found++
		if err := f(o); err != nil {
			if t.partial {
				continue
			}
			return failAt(at, "%s/%s: %v", o.kind(), o.name(), err)
		}
	}
	t.dropDeleted()
	return nil
}

// chosen tells whether a target's selector chooses an object: its names are
// anchored regular expressions (kustomize documentation, "patches").
func chosen(o *object, to *node) bool {
	group, version := groupVersion(o.api())
	for _, f := range []struct {
		key  string
		have []string
	}{
		{"kind", []string{o.kind()}}, {"group", []string{group}}, {"version", []string{version}},
		{"namespace", []string{o.namespace()}}, {"name", append([]string{o.name()}, o.was...)},
	} {
		want := to.get(f.key).str()
		if want == "" {
			continue
		}
		re, err := regexp.Compile("^(?:" + want + ")$")
		if err != nil || !slices.ContainsFunc(f.have, re.MatchString) {
			return false
		}
	}
	return labelled(o.n.get("metadata", "labels"), to.get("labelSelector").str()) &&
		labelled(o.n.get("metadata", "annotations"), to.get("annotationSelector").str())
}

// labelled tells whether labels meet a selector of equalities.
func labelled(labels *node, selector string) bool {
	for _, term := range strings.Split(selector, ",") {
		if term = strings.TrimSpace(term); term == "" {
			continue
		}
		key, value, equal := strings.Cut(strings.Replace(term, "==", "=", 1), "=")
		differ := strings.HasSuffix(key, "!")
		have := labels.get(strings.TrimSpace(strings.TrimSuffix(key, "!")))
		switch {
		case !equal && have == nil, equal && !differ && have.str() != strings.TrimSpace(value), differ && have.str() == strings.TrimSpace(value):
			return false
		}
	}
	return true
}

func group(api string) string {
	g, _ := groupVersion(api)
	return g
}

func groupVersion(api string) (group, version string) {
	if g, v, ok := strings.Cut(api, "/"); ok {
		return g, v
	}
	return "", api
}

// clusterKinds are kinds that lie in no namespace (Kubernetes API reference).
var clusterKinds = map[string]bool{
	"Namespace": true, "ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "PersistentVolume": true,
	"StorageClass": true, "PriorityClass": true, "RuntimeClass": true, "IngressClass": true, "Node": true, "APIService": true,
	"ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true, "CSIDriver": true, "ValidatingAdmissionPolicy": true,
	"ValidatingAdmissionPolicyBinding": true, "GatewayClass": true, "ClusterIssuer": true, "PodSecurityPolicy": true, "VolumeSnapshotClass": true,
}

// namespace puts the objects into the kustomization's namespace.
func (t *target) namespace() {
	value := t.n.get("namespace")
	if value.str() == "" {
		return
	}
	at := t.n.entry("namespace").at
	for _, o := range t.list {
		switch {
		case o.kind() == "Namespace":
			o.was = append(o.was, o.name())
			o.n.within(at, "metadata").set("name", at, value)
		case !clusterKinds[o.kind()]:
			o.n.within(at, "metadata").set("namespace", at, value)
		}
		for _, s := range o.n.get("subjects").list() {
			if name := s.get("name").str(); s.get("kind").str() == "ServiceAccount" && (name == "default" || t.find("ServiceAccount", name) != nil) {
				s.set("namespace", at, value)
			}
		}
	}
}

// rename adds the prefix and suffix to the names, and to what refers to them.
func (t *target) rename() {
	prefix, suffix := t.n.get("namePrefix").str(), t.n.get("nameSuffix").str()
	if prefix == "" && suffix == "" {
		return
	}
	renamed := map[string]string{}
	for _, o := range t.list {
		if o.kind() == "Namespace" || o.kind() == "CustomResourceDefinition" || o.kind() == "APIService" {
			continue
		}
		e := o.n.get("metadata").entry("name")
		if e == nil {
			continue
		}
		old := e.value.str()
		value := *e.value
		value.text = prefix + old + suffix
		e.value = &value
		o.was = append(o.was, old)
		renamed[o.kind()+"\x00"+old] = value.text
	}
	for _, o := range t.list {
		refer(o.n, "", "", renamed, 0)
	}
}

// references are the fields that name an object of a kind; those that stand in a
// mapping of a certain name have it before a slash (Kubernetes API reference;
// kustomize, "nameReference").
var references = map[string]string{
	"configMap/name": "ConfigMap", "configMapRef/name": "ConfigMap", "configMapKeyRef/name": "ConfigMap",
	"secret/secretName": "Secret", "secret/name": "Secret", "secretRef/name": "Secret", "secretKeyRef/name": "Secret",
	"imagePullSecrets/name": "Secret", "tls/secretName": "Secret", "nodePublishSecretRef/name": "Secret",
	"persistentVolumeClaim/claimName": "PersistentVolumeClaim", "spec/serviceAccountName": "ServiceAccount",
	"spec/serviceAccount": "ServiceAccount", "spec/serviceName": "Service", "service/name": "Service", "backend/serviceName": "Service",
	"spec/priorityClassName": "PriorityClass",
}

func refer(n *node, parent, field string, renamed map[string]string, depth int) {
	if n == nil || depth > 100 {
		return
	}
	switch n.kind {
	case list:
		for _, item := range n.items {
			refer(item, parent, field, renamed, depth+1)
		}
	case mapping:
		for i := range n.entries {
			e := &n.entries[i]
			kind := references[field+"/"+e.key]
			if e.key == "name" && (field == "scaleTargetRef" || field == "roleRef" || field == "subjects" || field == "targetRef" || field == "workloadRef") {
				kind = n.get("kind").str()
			}
			if to, ok := renamed[kind+"\x00"+e.value.str()]; ok && kind != "" && e.value.kind == scalar {
				value := *e.value
				value.text = to
				e.value = &value
				continue
			}
			refer(e.value, field, e.key, renamed, depth+1)
		}
	}
}

// label adds the labels and annotations that all objects get.
func (t *target) label() {
	add := func(pairs *node, selectors, templates bool) {
		if pairs == nil {
			return
		}
		for _, o := range t.list {
			put := func(path ...string) {
				for _, e := range pairs.entries {
					o.n.within(e.at, path...).set(e.key, e.at, e.value)
				}
			}
			put("metadata", "labels")
			spec := o.n.get("spec")
			if o.kind() == "CronJob" {
				if templates && spec.get("jobTemplate") != nil {
					put("spec", "jobTemplate", "spec", "template", "metadata", "labels")
				}
				continue
			}
			if spec.get("template", "spec") != nil && templates {
				put("spec", "template", "metadata", "labels")
			}
			if !selectors {
				continue
			}
			switch o.kind() {
			case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet":
				put("spec", "selector", "matchLabels")
			case "Service", "ReplicationController":
				put("spec", "selector")
			case "PodDisruptionBudget", "NetworkPolicy":
				for _, field := range []string{"selector", "podSelector"} {
					if spec.get(field, "matchLabels") != nil {
						put("spec", field, "matchLabels")
					}
				}
			}
		}
	}
	for _, item := range t.n.get("labels").list() {
		selectors := item.get("includeSelectors").str() == "true"
		add(item.get("pairs"), selectors, selectors || item.get("includeTemplates").str() == "true")
	}
	add(t.n.get("commonLabels"), true, true)
	if pairs := t.n.get("commonAnnotations"); pairs != nil {
		for _, o := range t.list {
			for _, e := range pairs.entries {
				o.n.within(e.at, "metadata", "annotations").set(e.key, e.at, e.value)
				if o.n.get("spec", "template", "spec") != nil {
					o.n.within(e.at, "spec", "template", "metadata", "annotations").set(e.key, e.at, e.value)
				}
			}
		}
	}
}

// replicas sets the numbers of instances that the kustomization gives.
func (t *target) replicas() {
	for _, item := range t.n.get("replicas").list() {
		name, count := item.get("name").str(), item.entry("count")
		if name == "" || count == nil {
			continue
		}
		for _, o := range t.list {
			if o.name() != name && !slices.Contains(o.was, name) {
				continue
			}
			switch o.kind() {
			case "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet":
				o.n.within(count.at, "spec").set("replicas", count.at, count.value)
			}
		}
	}
}

// images replaces images in all containers.
func (t *target) images() {
	for _, item := range t.n.get("images").list() {
		name := item.get("name").str()
		if name == "" {
			continue
		}
		var visit func(n *node, field string, depth int)
		visit = func(n *node, field string, depth int) {
			if n == nil || depth > 100 {
				return
			}
			for i := range n.items {
				if e := n.items[i].entry("image"); e != nil && (field == "containers" || field == "initContainers") {
					replaced(e, name, item)
				}
				visit(n.items[i], field, depth+1)
			}
			for i := range n.entries {
				visit(n.entries[i].value, n.entries[i].key, depth+1)
			}
		}
		for _, o := range t.list {
			if o.kind() != "CustomResourceDefinition" {
				visit(o.n, "", 0)
			}
		}
	}
}

// replaced puts another name, tag or digest into an image; it then stands where
// the kustomization says so.
func replaced(e *entry, name string, item *node) {
	image := e.value.str()
	base, digest, _ := strings.Cut(image, "@")
	tag := ""
	if i := strings.LastIndexByte(base, ':'); i > strings.LastIndexByte(base, '/') {
		base, tag = base[:i], base[i+1:]
	}
	if base != name {
		return
	}
	value := *e.value
	if n := item.get("newName"); n.str() != "" {
		base, value.at = n.str(), n.at
	}
	// A digest takes the place of a tag, and a tag that of a digest.
	if n := item.get("newTag"); n != nil && n.kind == scalar && n.text != "" {
		tag, digest, value.at = n.text, "", n.at
	}
	if n := item.get("digest"); n.str() != "" {
		tag, digest, value.at = "", n.str(), n.at
	}
	value.text = base
	if tag != "" {
		value.text += ":" + tag
	}
	if digest != "" {
		value.text += "@" + digest
	}
	e.value = &value
}

// generate makes the ConfigMaps and Secrets of the generators. Their names get
// no hash, and neither do the references to them.
func (t *target) generate() error {
	for _, g := range []struct{ key, kind string }{{"configMapGenerator", "ConfigMap"}, {"secretGenerator", "Secret"}} {
		for _, item := range t.n.get(g.key).list() {
			name := item.entry("name")
			if name == nil || name.value.str() == "" {
				continue
			}
			text := func(s string) *node { return &node{text: s, at: name.value.at} }
			data := &node{kind: mapping, at: item.at}
			complete := true
			for _, literal := range item.get("literals").list() {
				key, value, _ := strings.Cut(literal.str(), "=")
				data.set(key, literal.at, &node{text: strings.Trim(value, `"'`), at: literal.at})
			}
			for _, f := range item.get("files").list() {
				key, file, given := strings.Cut(f.str(), "=")
				if !given {
					file, key = key, path.Base(key)
				}
				p := path.Join(t.dir, file)
				content, err := t.tree.Read(p, 1<<20)
				if err != nil || strings.HasPrefix(p, "../") {
					content = nil
				}
				t.used[p] = t.used[p] || err == nil && path.Ext(p) != ".yaml" && path.Ext(p) != ".yml"
				data.set(key, f.at, &node{text: string(content), at: f.at})
			}
			for _, key := range []string{"envs", "env"} {
				entries := item.get(key).list()
				if one := item.get(key); one != nil && one.kind == scalar {
					entries = []*node{one}
				}
				for _, f := range entries {
					content, err := t.tree.Read(path.Join(t.dir, f.str()), 1<<20)
					if err != nil {
						complete = false
						t.lack(f.at, "%s is not there", f.str())
						continue
					}
					for l := range strings.Lines(string(content)) {
						k, v, _ := strings.Cut(strings.TrimSpace(l), "=")
						if k != "" && !strings.HasPrefix(k, "#") && len(data.entries) < yamldoc.MaxKeys {
							data.set(k, f.at, &node{text: v, at: f.at})
						}
					}
				}
			}
			field := "data"
			if g.kind == "Secret" {
				field = "stringData"
			}
			if have := t.find(g.kind, name.value.str()); have != nil {
				switch item.get("behavior").str() {
				case "merge":
					for _, e := range data.entries {
						have.n.within(item.at, field).set(e.key, e.at, e.value)
					}
				case "replace":
					have.n.set(field, item.at, data)
				}
				continue
			}
			if b := item.get("behavior").str(); (b == "merge" || b == "replace") && !t.partial {
				return failAt(item.at, "nothing here is called %s/%s, which is to be merged", g.kind, name.value.str())
			}
			if t.made++; t.made > maxObjects {
				return errLarge
			}
			meta := &node{kind: mapping, at: name.at, entries: []entry{{"name", name.at, name.value}}}
			if ns := item.entry("namespace"); ns != nil {
				meta.set("namespace", ns.at, ns.value)
			}
			if !complete {
				// The object is there, with keys that are not known.
				meta.within(item.at, "annotations").set(injected, item.at, text("a file that was not read"))
			}
			o := &node{kind: mapping, at: item.at, entries: []entry{
				{"apiVersion", name.at, text("v1")}, {"kind", name.at, text(g.kind)}, {"metadata", name.at, meta}, {field, item.at, data},
			}}
			t.list = append(t.list, &object{n: o})
		}
	}
	return nil
}

// injected is an annotation by which the reader of the objects knows that something
// else adds keys, as operators that inject them have.
const injected = "cnready.dev/injected-from"

func (t *target) find(kind, name string) *object {
	for _, o := range t.list {
		if o.kind() == kind && (o.name() == name || slices.Contains(o.was, name)) {
			return o
		}
	}
	return nil
}

// String is the object's kind and name.
func (o *object) String() string { return fmt.Sprintf("%s/%s", o.kind(), o.name()) }
