package compose

import (
	"context"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	ctree "github.com/cnready/cnready/internal/tree"
)

type treeFile = ctree.File

// A loaded project is what the library made of its files, with their nodes.
type loaded struct {
	*reader
	project
	dir       string // of the first file
	bundle    string
	files     []*file
	variables *variables
	services  map[string]types.ServiceConfig
	volumes   map[string]types.VolumeConfig
	secrets   map[string]types.SecretConfig
	configs   map[string]types.ConfigObjConfig
	networks  map[string]types.NetworkConfig
}

// read reads a project and those that it includes.
func (r *reader) read(p project) {
	r.readPart(p, r.tree.Name(p.files[0]), map[string]bool{}, 0)
}

// readPart reads a project, or one that another includes: that one has folder and
// variables of its own, and its services belong to the same whole (Docker
// documentation, "Include").
func (r *reader) readPart(p project, bundle string, seen map[string]bool, depth int) {
	l := &loaded{reader: r, project: p, dir: path.Dir(p.files[0]), bundle: bundle}
	for _, name := range p.files {
		if seen[name] {
			r.note(p.files[0], "includes itself: "+r.tree.Name(name))
			return
		}
		seen[name] = true
		f := r.file(name)
		if f.err != "" {
			r.note(name, f.err)
			continue
		}
		if !f.top.Get("services").Set() && firstFormat(f.top) {
			r.note(name, "is in Compose's first format, which current versions do not read: put the services under the key services")
			continue
		}
		l.files = append(l.files, f)
	}
	if len(l.files) == 0 {
		return
	}
	l.variables = r.newVariables(l.dir)
	for _, f := range l.files {
		l.variables.texts = append(l.variables.texts, f.text)
		f.top.Doc.Placeholder = l.variables.unknown
	}
	extends := l.checkExtends()
	l.load(extends)
	l.convert()
	for _, f := range l.files {
		for _, item := range f.top.Get("include").Items() {
			r.include(f, item, l, seen, depth)
		}
	}
}

// include reads what an entry of an include list names.
func (r *reader) include(f *file, item yamldoc.Cursor, l *loaded, seen map[string]bool, depth int) {
	list := []yamldoc.Cursor{item}
	if at := item.Get("path"); at.Set() {
		if list = at.Items(); len(list) == 0 {
			list = []yamldoc.Cursor{at}
		}
	}
	part := project{variant: l.variant}
	for _, at := range list {
		name, reason := r.local(path.Dir(f.path), at.Text())
		if reason != "" {
			r.note(f.path, yamldoc.Say(at.At, r.tree.Name(f.path), fmt.Sprintf("include %q %s", at.Text(), reason)))
			return
		}
		part.files = append(part.files, name)
	}
	if depth >= maxLayers || len(seen) > maxIncludes {
		r.note(f.path, fmt.Sprintf("includes more than %d files; the rest was not read", maxIncludes))
		return
	}
	// One file may be included twice, though not by itself.
	mine := maps.Clone(seen)
	r.readPart(part, l.bundle, mine, depth+1)
}

// local is the path in the tree of a file that another one names, or why it is
// not read.
func (r *reader) local(dir, name string) (p, reason string) {
	switch {
	case name == "" || strings.Contains(name, "$"):
		return "", "is filled in by something else, and was not read"
	case strings.Contains(name, "://") || strings.HasPrefix(name, "git@") || strings.HasPrefix(name, "github.com/") || strings.Contains(name, ".git#"):
		return "", "is remote, and was not read"
	case path.IsAbs(name) || filepath.IsAbs(name) || strings.HasPrefix(name, "~"):
		return "", "is not in the tree, and was not read"
	}
	p = path.Join(dir, filepath.ToSlash(name))
	if !r.has(p) {
		return "", "is not in the tree, and was not read"
	}
	return p, ""
}

// checkExtends tells whether the library may follow every extends of the
// project: all files lie in the tree and can be read. What cannot be followed is
// noted.
func (l *loaded) checkExtends() bool {
	ok := true
	seen := map[string]bool{}
	var check func(f *file, depth int)
	check = func(f *file, depth int) {
		services := f.top.Get("services")
		for _, name := range services.Keys() {
			at := services.Path(name, "extends", "file")
			if !at.Set() {
				continue
			}
			base, reason := l.local(path.Dir(f.path), at.Text())
			if reason == "" {
				other := l.file(base)
				other.top.Doc = firstDoc(other, l)
				switch {
				case other.err != "":
					reason = "cannot be read: " + other.err
				case depth >= maxLayers:
					reason = "is nested too deep"
				case !seen[base]:
					seen[base] = true
					l.variables.texts = append(l.variables.texts, other.text)
					check(other, depth+1)
				}
			}
			if reason != "" {
				ok = false
				l.note(f.path, yamldoc.Say(at.At, l.tree.Name(f.path), fmt.Sprintf("service %s extends %q, which %s", name, at.Text(), reason)))
			}
		}
	}
	for _, f := range l.files {
		check(f, 0)
	}
	return ok
}

// firstDoc is a file's document, with the project's variables.
func firstDoc(f *file, l *loaded) *yamldoc.Document {
	if f.top.Doc != nil {
		f.top.Doc.Placeholder = l.variables.unknown
	}
	return f.top.Doc
}

// load has the library read the project: with its schema, then without where
// the files do not fit it, then service by service.
func (l *loaded) load(extends bool) {
	model, err := l.try(extends, true, nil)
	if err != nil {
		reason := l.plain(err)
		model, err = l.try(extends, false, nil)
		if err == nil {
			l.note(l.project.files[0], "does not fit the Compose Specification, and was read as far as it does: "+reason)
		} else {
			l.note(l.project.files[0], "was read service by service: "+reason)
		}
	}
	if err == nil {
		l.services, l.volumes, l.secrets, l.configs, l.networks = model.Services, model.Volumes, model.Secrets, model.Configs, model.Networks
		maps.Copy(l.services, model.DisabledServices)
		if !extends {
			l.extend()
		}
		return
	}
	l.services = map[string]types.ServiceConfig{}
	for _, name := range l.serviceNames() {
		layers := l.layers(name)
		alone, err := l.alone(name, layers)
		if err == nil {
			l.services[name] = alone
			continue
		}
		s := types.ServiceConfig{Name: name}
		if len(layers) > 0 {
			s.Image, _ = l.variables.substitute(l.find(layers, "image").Text(), l.variables.lookup)
			l.note(l.project.files[0], yamldoc.Say(layers[0].At, l.tree.Name(l.project.files[0]), fmt.Sprintf("of service %s only the image was read: %s", name, l.plain(err))))
		}
		l.services[name] = s
	}
}

// extend reads by themselves the services that extend others, where the library
// may not follow all of what they extend.
func (l *loaded) extend() {
	for _, name := range l.serviceNames() {
		layers := l.layers(name)
		if !slices.ContainsFunc(layers, func(c yamldoc.Cursor) bool { return c.Get("extends").Set() }) {
			continue
		}
		if s, err := l.alone(name, layers); err == nil {
			l.services[name] = s
		}
	}
}

// alone reads one service from its layers, joined field by field.
func (l *loaded) alone(name string, layers []yamldoc.Cursor) (types.ServiceConfig, error) {
	config := map[string]any{}
	for _, layer := range slices.Backward(layers) {
		var own map[string]any
		if layer.Node != nil && layer.Node.Decode(&own) == nil {
			overlay(config, own, 0)
		}
	}
	delete(config, "extends")
	part, err := l.try(false, false, map[string]any{"services": map[string]any{name: config}})
	if err != nil {
		return types.ServiceConfig{}, err
	}
	return part.Services[name], nil
}

// overlay puts the fields of one mapping over those of another.
func overlay(under, over map[string]any, depth int) {
	for key, value := range over {
		below, isMap := under[key].(map[string]any)
		if own, ok := value.(map[string]any); ok && isMap && depth < maxLayers {
			overlay(below, own, depth+1)
			continue
		}
		under[key] = value
	}
}

// try has the library read the files, or one model in their place.
func (l *loaded) try(extends, schema bool, config map[string]any) (model *types.Project, err error) {
	defer func() {
		if r := recover(); r != nil {
			model, err = nil, fmt.Errorf("the Compose library gives up on it: %v", r)
		}
	}()
	root := filepath.Join(l.tree.Root, filepath.FromSlash(l.dir))
	details := types.ConfigDetails{WorkingDir: root, Environment: maps.Clone(l.variables.values)}
	for _, f := range l.files {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{
			Filename: filepath.Join(l.tree.Root, filepath.FromSlash(f.path)), Content: f.text,
		})
	}
	if config != nil {
		details.ConfigFiles = []types.ConfigFile{{Filename: details.ConfigFiles[0].Filename, Config: config}}
	}
	model, err = loader.LoadWithContext(context.Background(), details, func(o *loader.Options) {
		o.SetProjectName("project", true)
		o.SkipValidation = !schema
		o.SkipExtends = !extends
		o.SkipInclude, o.SkipConsistencyCheck, o.SkipNormalization, o.SkipDefaultValues = true, true, true, true
		o.SkipResolveEnvironment, o.SkipResolveLabels = true, true
		o.ResolvePaths = false
		o.Profiles = []string{"*"}
		o.Interpolate.Substitute = l.variables.substitute
		o.Interpolate.LookupValue = l.variables.lookup
		o.Interpolate.TypeCastMapping = casts(o.Interpolate.TypeCastMapping)
	})
	if err == nil && model.Services == nil {
		model.Services = types.Services{}
	}
	return model, err
}

// plain is an error of the library without this machine's paths and with the
// variables as they are written.
func (l *loaded) plain(err error) string {
	text := strings.ReplaceAll(firstLine(err.Error()), l.tree.Root+string(filepath.Separator), "")
	return l.variables.restore(text)
}

// serviceNames are the services of the project's files, in their order.
func (l *loaded) serviceNames() []string {
	var names []string
	for _, f := range l.files {
		list := f.top.Get("services").Keys()
		for _, name := range list {
			if !slices.Contains(names, name) && !strings.HasPrefix(name, "x-") && f.top.Path("services", name).Set() {
				names = append(names, name)
			}
		}
		if len(list) >= yamldoc.MaxKeys || len(names) > maxServices {
			names = names[:min(len(names), maxServices)]
			l.note(f.path, fmt.Sprintf("the project has more than %d services; the rest was not read", len(names)))
			break
		}
	}
	return names
}

// layers are the mappings that a service is put together of: what counts most
// comes first.
func (l *loaded) layers(name string) []yamldoc.Cursor {
	var list []yamldoc.Cursor
	var add func(f *file, name string, depth int)
	add = func(f *file, name string, depth int) {
		at := f.top.Path("services", name)
		if !at.Set() || depth > maxLayers || len(list) >= maxLayers {
			return
		}
		list = append(list, at)
		extends := at.Get("extends")
		switch {
		case extends.IsMap():
			base := f
			if from := extends.Get("file"); from.Set() {
				p, reason := l.local(path.Dir(f.path), from.Text())
				if reason != "" {
					return
				}
				if base = l.file(p); base.err != "" {
					return
				}
			}
			add(base, extends.Get("service").Text(), depth+1)
		case extends.Text() != "":
			add(f, extends.Text(), depth+1)
		}
	}
	for _, f := range slices.Backward(l.files) {
		add(f, name, 0)
	}
	return list
}

// find is the first layer's field at a path, or the service's place where no
// layer has it.
func (l *loaded) find(layers []yamldoc.Cursor, keys ...string) yamldoc.Cursor {
	if len(layers) == 0 {
		return yamldoc.Cursor{}
	}
	for _, layer := range layers {
		if at := layer.Path(keys...); at.Set() {
			return at
		}
	}
	// The nearest thing that encloses it, in the layer that has most of it.
	for n := len(keys) - 1; n > 0; n-- {
		for _, layer := range layers {
			if at := layer.Path(keys[:n]...); at.Set() {
				return yamldoc.Cursor{Doc: at.Doc, At: at.At}
			}
		}
	}
	last := layers[len(layers)-1]
	return yamldoc.Cursor{Doc: last.Doc, At: last.At}
}

// object is the identity of something that a project defines.
func (l *loaded) object(kind, name string, at yamldoc.Cursor) deploy.Object {
	return deploy.Object{
		Platform: deploy.Compose, Kind: kind, Name: name, Dir: path.Dir(l.tree.Name(l.project.files[0])), Variant: l.variant,
		Bundles: []string{l.bundle}, Position: at.At,
	}
}
