package kubernetes

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// maxSteps is how often kustomizations are followed in all.
const maxSteps = 5_000_000

// maxBundles is how many kustomizations of a file are kept with its objects.
const maxBundles = 64

// A kustomization is what of such a file says which files it takes in, which of
// them are patches, and which images it replaces. Overlays are not built.
type kustomization struct {
	dir string
	// component is true of a Component, which has an effect only where another takes
	// it in.
	component  bool
	resources  []string // files and folders, as reports show them
	components []string
	patches    []string
	images     []imageEntry
	// labels are those that it adds to pods and to the selectors of Services.
	labels map[string]string
	// configs are what its generators make.
	configs []*deploy.Config
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
func readKustomization(c yamldoc.Cursor, dir string) *kustomization {
	k := &kustomization{dir: dir, component: c.Get("kind").Text() == "Component"}
	paths := func(key string) []string {
		var names []string
		for _, item := range c.Get(key).Items() {
			if name := localPath(dir, item.Text()); name != "" {
				names = append(names, name)
			}
		}
		return names
	}
	k.resources = append(paths("resources"), paths("bases")...)
	k.components = paths("components")
	k.patches = append(paths("patchesStrategicMerge"), paths("patches")...)
	for _, key := range []string{"patches", "patchesJson6902"} {
		for _, item := range c.Get(key).Items() {
			if name := localPath(dir, item.Get("path").Text()); name != "" {
				k.patches = append(k.patches, name)
			}
		}
	}
	k.configs = append(generators(c, "configMapGenerator", "ConfigMap"), generators(c, "secretGenerator", "Secret")...)
	k.labels = map[string]string{}
	addLabels := func(c yamldoc.Cursor) {
		for _, key := range c.Keys() {
			k.labels[key] = c.Get(key).Text()
		}
	}
	addLabels(c.Get("commonLabels"))
	for _, item := range c.Get("labels").Items() {
		if item.Get("includeSelectors").Text() == "true" {
			addLabels(item.Get("pairs"))
		}
	}
	for _, item := range c.Get("images").Items() {
		name := item.Get("name")
		if name.Text() == "" {
			continue
		}
		e := imageEntry{name: name.Text(), replacement: deploy.Replacement{
			Tool: "kustomize", Name: item.Get("newName").Text(),
			Tag: item.Get("newTag").Text(), Digest: item.Get("digest").Text(), Position: name.At,
		}}
		for _, part := range []string{"newName", "newTag", "digest"} {
			if at := item.Get(part); at.Set() {
				e.replacement.Position = at.At
			}
		}
		k.images = append(k.images, e)
	}
	return k
}

// generators are the ConfigMaps or Secrets that a kustomization makes (kustomize
// documentation, "configMapGenerator" and "secretGenerator"). Their names get a
// suffix, and what refers to them too.
func generators(c yamldoc.Cursor, key, kind string) []*deploy.Config {
	var list []*deploy.Config
	for _, item := range c.Get(key).Items() {
		name := item.Get("name")
		if name.Text() == "" {
			continue
		}
		config := &deploy.Config{
			Object: deploy.Object{
				Platform: deploy.Kubernetes, APIVersion: "v1", Kind: kind, Name: name.Text(), Position: name.At, APIPosition: name.At,
				Namespace: first(item.Get("namespace"), c.Get("namespace")).Text(),
			},
			Source: "kustomize", Type: item.Get("type").Text(),
			// The lines of a file of variables are keys too.
			Complete: !item.Get("envs").Set() && !item.Get("env").Set() && item.Get("behavior").Text() != "merge",
		}
		if config.Namespace != "" && !item.Get("namespace").Set() {
			config.Namespace = "" // what it takes in gets the same namespace
		}
		for _, literal := range item.Get("literals").Fields() {
			k, value, _ := strings.Cut(literal.Value, "=")
			entry := deploy.ConfigKey{Name: k, Position: literal.Position, ValuePosition: literal.Position}
			if kind == "ConfigMap" {
				entry.Value = strings.Trim(value, `"'`)
			}
			config.Keys = append(config.Keys, entry)
		}
		for _, file := range item.Get("files").Fields() {
			k, _, named := strings.Cut(file.Value, "=")
			if !named {
				k = path.Base(file.Value)
			}
			config.Keys = append(config.Keys, deploy.ConfigKey{Name: k, Position: file.Position, ValuePosition: file.Position})
		}
		list = append(list, config)
	}
	return list
}

// generated places what a kustomization makes where its resources are.
func (k *kustomize) generated(f *parsedFile) []*deploy.Config {
	var bundles []string
	bundles = append(bundles, f.kustomization.dir)
	bundles = append(bundles, k.bundles(f.kustomization.dir)...)
	for _, c := range f.kustomization.configs {
		c.Dir, c.Bundles = f.dir, bundles
	}
	return f.kustomization.configs
}

// bundles are the folders of the kustomizations that take a file or folder in.
func (k *kustomize) bundles(file string) []string {
	var dirs []string
	for _, one := range k.covering(file) {
		dirs = append(dirs, one.dir)
		if len(dirs) == maxBundles {
			break
		}
	}
	return dirs
}

// optional tells whether nothing but components takes a file in.
func (k *kustomize) optional(file string) bool {
	list := k.covering(file)
	return len(list) > 0 && !slices.ContainsFunc(list, func(one *kustomization) bool { return !one.component })
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
