package compose

import (
	"path"
	"strings"

	"github.com/compose-spec/compose-go/v2/format"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// volumesOf reads what is mounted into a container: volumes, tmpfs, secrets and
// configs.
func (c *service) volumesOf(w *deploy.Workload, k *deploy.Container) {
	have := map[string]bool{}
	add := func(v deploy.Volume, m deploy.Mount) {
		m.Volume = v.Name
		if !have[v.Name] {
			have[v.Name] = true
			w.Volumes = append(w.Volumes, v)
		}
		k.Mounts = append(k.Mounts, m)
	}
	for _, s := range c.spec.Volumes {
		at := c.volumeAt(s)
		v, m := c.volume(s, at)
		add(v, m)
	}
	for _, f := range c.tmpfs() {
		target, _, _ := strings.Cut(f.Value, ":")
		add(deploy.Volume{Name: target, Kind: "emptyDir", Medium: deploy.Field[string]{Value: "Memory", Set: true, Position: f.Position}, Position: f.Position, SourcePosition: f.Position},
			deploy.Mount{Path: target, Position: f.Position, SubPathPosition: f.Position, ReadOnlyPosition: f.Position, VolumePosition: f.Position})
	}
	grant := func(key, kind, model, dir string, ref types.FileReferenceConfig) {
		source, target := c.variables.restore(ref.Source), c.variables.restore(ref.Target)
		if target == "" {
			target = source
		}
		if !path.IsAbs(target) {
			target = path.Join(dir, target)
		}
		at := c.sourced(key, source)
		add(deploy.Volume{
			Name: model + "/" + source, Kind: model, Source: source, ReadOnly: true, Position: at.At, SourcePosition: at.At,
			Refs: []deploy.Ref{{Kind: kind, Name: source, Position: at.At}},
		}, deploy.Mount{Path: target, ReadOnly: true, Position: at.At, SubPathPosition: at.At, ReadOnlyPosition: at.At, VolumePosition: at.At})
	}
	// Where they are mounted: Compose Specification, "secrets" and "configs".
	for _, s := range c.spec.Secrets {
		grant("secrets", "Secret", "secret", "/run/secrets", types.FileReferenceConfig(s))
	}
	for _, s := range c.spec.Configs {
		grant("configs", "ConfigMap", "configMap", "/", types.FileReferenceConfig(s))
	}
}

// volume reads one entry of volumes.
func (c *service) volume(s types.ServiceVolumeConfig, at yamldoc.Cursor) (deploy.Volume, deploy.Mount) {
	written := at
	if source := at.Get("source"); source.Set() {
		written = source
	}
	mountAt := at
	if target := at.Get("target"); target.Set() {
		mountAt = target
	}
	source, target := c.variables.restore(s.Source), c.variables.restore(s.Target)
	v := deploy.Volume{
		Name: source, Source: source, Unknown: strings.Contains(source, "$") && written.Unknown(),
		Position: at.At, SourcePosition: written.At,
	}
	m := deploy.Mount{Path: target, ReadOnly: s.ReadOnly, Position: mountAt.At, SubPathPosition: at.At, ReadOnlyPosition: at.At, VolumePosition: written.At}
	if s.Volume != nil {
		m.SubPath = c.variables.restore(s.Volume.Subpath)
	}
	kind := s.Type
	if kind == types.VolumeTypeVolume && v.Unknown {
		// A path or a name: the variable decides.
		v.Kind = "unknown"
		return v, m
	}
	switch kind {
	case types.VolumeTypeBind:
		v.Kind = "hostPath"
		if !path.IsAbs(source) && !strings.HasPrefix(source, "~") && !v.Unknown {
			v.Source = path.Join(c.dir, source)
		}
	case types.VolumeTypeTmpfs:
		v.Kind, v.Name = "emptyDir", target
		v.Medium = deploy.Field[string]{Value: "Memory", Set: true, Position: at.At}
	case types.VolumeTypeImage:
		v.Kind, v.ReadOnly = "image", true
	case types.VolumeTypeNamedPipe:
		v.Kind = "hostPath"
	default:
		if source == "" {
			v.Kind, v.Name = "emptyDir", target // anonymous: goes with the container
			break
		}
		v.Kind, v.Persistent = "volume", true
		v.Refs = []deploy.Ref{{Kind: "volume", Name: source, Position: written.At}}
		// The options of the local driver are those of mount(8) (Docker
		// documentation, "docker volume create").
		switch o := c.volumes[source].DriverOpts; {
		case o["type"] == "tmpfs":
			v.Kind, v.Persistent = "emptyDir", false
		case o["type"] == "none" && strings.Contains(o["o"], "bind") && o["device"] != "":
			v.Kind, v.Persistent, v.Source = "hostPath", false, c.variables.restore(o["device"])
		}
	}
	return v, m
}

// volumeAt is the entry of a list of volumes that a mount was read from: that
// with the same target.
func (c *service) volumeAt(s types.ServiceVolumeConfig) yamldoc.Cursor {
	for _, layer := range c.layers {
		for _, item := range layer.Get("volumes").Items() {
			if item.IsMap() {
				if target, _ := c.variables.substitute(item.Get("target").Text(), c.variables.lookup); path.Clean(target) == path.Clean(s.Target) {
					return item
				}
				continue
			}
			text, err := c.variables.substitute(item.Text(), c.variables.lookup)
			if err != nil {
				continue
			}
			if parsed, err := format.ParseVolume(text); err == nil && path.Clean(parsed.Target) == path.Clean(s.Target) {
				return item
			}
		}
	}
	return c.at("volumes")
}

// tmpfs are the entries of tmpfs, which may be one word.
func (c *service) tmpfs() []deploy.Field[string] {
	if one := c.at("tmpfs"); one.Text() != "" {
		return []deploy.Field[string]{c.text(one.Text(), "tmpfs")}
	}
	return c.listed("tmpfs")
}

// sourced is the entry of a list of secrets or configs with a source.
func (c *service) sourced(key, source string) yamldoc.Cursor {
	for _, layer := range c.layers {
		for _, item := range layer.Get(key).Items() {
			if item.Text() == source {
				return item
			}
			if at := item.Get("source"); at.Text() == source {
				return at
			}
		}
	}
	return c.at(key)
}
