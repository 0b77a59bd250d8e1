package kubernetes

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
)

// maxSteps is how often kustomizations are followed in all.
const maxSteps = 5_000_000

// A kustomization is what of such a file says which files it takes in, which of
// them are patches, and which images it replaces. Overlays are not built.
type kustomization struct {
	dir        string
	resources  []string // files and folders, as reports show them
	components []string
	patches    []string
	images     []imageEntry
	// labels are those that it adds to pods and to the selectors of Services.
	labels map[string]string
}

// An imageEntry is an entry of a kustomization's images field.
type imageEntry struct {
	name        string
	replacement deploy.Replacement
}

func isKustomization(name string) bool {
	switch path.Base(name) {
	// The names that kustomize looks for.
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

// readKustomization reads the fields of a Kustomization or Component.
func readKustomization(c cursor, dir string) *kustomization {
	k := &kustomization{dir: dir}
	paths := func(key string) []string {
		var names []string
		for _, item := range c.get(key).items() {
			if name := localPath(dir, item.text()); name != "" {
				names = append(names, name)
			}
		}
		return names
	}
	k.resources = append(paths("resources"), paths("bases")...)
	k.components = paths("components")
	k.patches = append(paths("patchesStrategicMerge"), paths("patches")...)
	for _, key := range []string{"patches", "patchesJson6902"} {
		for _, item := range c.get(key).items() {
			if name := localPath(dir, item.get("path").text()); name != "" {
				k.patches = append(k.patches, name)
			}
		}
	}
	k.labels = map[string]string{}
	addLabels := func(c cursor) {
		for _, key := range c.keys() {
			k.labels[key] = c.get(key).text()
		}
	}
	addLabels(c.get("commonLabels"))
	for _, item := range c.get("labels").items() {
		if item.get("includeSelectors").text() == "true" {
			addLabels(item.get("pairs"))
		}
	}
	for _, item := range c.get("images").items() {
		name := item.get("name")
		if name.text() == "" {
			continue
		}
		e := imageEntry{name: name.text(), replacement: deploy.Replacement{
			Tool: "kustomize", Name: item.get("newName").text(),
			Tag: item.get("newTag").text(), Digest: item.get("digest").text(), Position: name.at,
		}}
		for _, part := range []string{"newName", "newTag", "digest"} {
			if at := item.get(part); at.set() {
				e.replacement.Position = at.at
			}
		}
		k.images = append(k.images, e)
	}
	return k
}

// localPath is the name of an entry in the tree, or "" for a remote one and for
// a patch that is written in place.
func localPath(dir, entry string) string {
	if entry == "" || strings.Contains(entry, "://") || strings.ContainsAny(entry, "\n:?") || path.IsAbs(entry) {
		return ""
	}
	return path.Join(dir, entry)
}

// kustomize is what the kustomizations of all trees say together.
type kustomize struct {
	byDir   map[string]*kustomization
	patches map[string]bool
	// parents are the kustomizations that take in a file or a folder.
	parents map[string][]*kustomization
	covers  map[string][]*kustomization // cache of covering
	steps   int
	cut     bool
}

func newKustomize(files []*parsedFile) *kustomize {
	k := &kustomize{
		byDir: map[string]*kustomization{}, patches: map[string]bool{},
		parents: map[string][]*kustomization{}, covers: map[string][]*kustomization{},
	}
	for _, f := range files {
		one := f.kustomization
		if one == nil {
			continue
		}
		k.byDir[one.dir] = one
		for _, name := range one.patches {
			k.patches[name] = true
		}
		for _, name := range one.resources {
			k.parents[name] = append(k.parents[name], one)
		}
		for _, name := range one.components {
			k.parents[name] = append(k.parents[name], one)
		}
	}
	// What a kustomization takes in as it stands is no patch.
	for name := range k.parents {
		delete(k.patches, name)
	}
	return k
}

// covering lists the kustomizations that take in a file, nearest first.
func (k *kustomize) covering(file string) []*kustomization {
	if list, ok := k.covers[file]; ok {
		return list
	}
	var list []*kustomization
	seen := map[*kustomization]bool{}
	next := k.parents[file]
	for len(next) > 0 {
		var above []*kustomization
		for _, one := range next {
			if k.steps++; k.steps > maxSteps {
				k.cut = true
				return list
			}
			if seen[one] {
				continue
			}
			seen[one] = true
			list = append(list, one)
			above = append(above, k.parents[one.dir]...)
		}
		next = above
	}
	k.covers[file] = list
	return list
}

// labels are those that the kustomization adds that alone lists a file among its
// resources, if there is one.
func (k *kustomize) labels(file string) map[string]string {
	if list := k.parents[file]; len(list) == 1 {
		return list[0].labels
	}
	return nil
}

// replacements are the entries for an image in the kustomizations that take in
// a file, and in the components that these use.
func (k *kustomize) replacements(file, image string) []deploy.Replacement {
	var found []deploy.Replacement
	seen := map[*kustomization]bool{}
	var add func(one *kustomization)
	add = func(one *kustomization) {
		if one == nil || seen[one] {
			return
		}
		if k.steps++; k.steps > maxSteps {
			k.cut = true
			return
		}
		seen[one] = true
		k.steps += len(one.images)
		for _, e := range one.images {
			if e.name == image {
				found = append(found, e.replacement)
			}
		}
		for _, dir := range one.components {
			add(k.byDir[dir])
		}
	}
	for _, one := range k.covering(file) {
		add(one)
	}
	return found
}

// together tells whether two files can belong to one deployment: not if both
// are taken in by kustomizations, but never by the same one.
func (k *kustomize) together(a, b string) bool {
	if path.Dir(a) == path.Dir(b) {
		return true
	}
	return len(k.covering(a)) == 0 || len(k.covering(b)) == 0 || k.share(a, b)
}

// share tells whether one kustomization takes in both files.
func (k *kustomize) share(a, b string) bool {
	in := map[*kustomization]bool{}
	for _, one := range k.covering(a) {
		in[one] = true
	}
	for _, one := range k.covering(b) {
		if in[one] {
			return true
		}
	}
	return false
}
