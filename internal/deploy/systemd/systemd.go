// Package systemd reads service units of systemd, and the container units of
// Podman, into the model of package deploy.
//
// A unit is one process of a machine: it has no image, and what it writes stays
// on the machine's disk. What belongs to it is read with it: its drop-ins, and the
// socket and timer of its name. Units of templates are read too: what Jinja, ERB,
// Go templates or a configure script fill in is not known.
//
// Sources: systemd.syntax(7), systemd.unit(5), systemd.service(5), systemd.exec(5),
// systemd.socket(5), systemd.mount(5), systemd.kill(5) and
// systemd.resource-control(5), of systemd 257; podman-systemd.unit(5) of Podman 5.
package systemd

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// Units is the format of service units: a section Service with an ExecStart. A
// D-Bus service and an Avahi service have neither. Units of users are left out:
// they belong to a desktop.
var Units = &source.Format{Name: "systemd", Match: func(p string) bool { return match(p, ".service") }, Read: readFile}

// Quadlets is the format of Podman's container units: a section Container with an
// Image.
var Quadlets = &source.Format{Name: "quadlet", Match: func(p string) bool { return match(p, ".container") }, Read: readFile}

// Mounts is the format of mount units: a section Mount with a What and a Where.
var Mounts = &source.Format{Name: "systemd mount", Match: func(p string) bool { return match(p, ".mount") }, Read: readFile}

// suffixes are those that templates add to a unit's name.
var suffixes = []string{".j2", ".jinja2", ".jinja", ".erb", ".epp", ".tmpl", ".tpl", ".tftpl", ".in", ".template", ".gotmpl"}

// Name is the name of the unit that a file holds: that of the file without what a
// template adds to it.
func Name(p string) string {
	base := path.Base(p)
	for _, s := range suffixes {
		base = strings.TrimSuffix(base, s)
	}
	return base
}

func match(p, kind string) bool {
	name := Name(p)
	return strings.HasSuffix(name, kind) && name != kind && path.Base(path.Dir(p)) != "user"
}

func readFile(f *source.File, out *deploy.Manifests) bool {
	m := Machine{}
	name := Name(f.Path)
	if strings.HasSuffix(name, ".service") {
		m = beside(f, name)
	}
	if id, format, ok := installer(f); ok {
		m.Platforms, m.Format = []deploy.PlatformID{id}, format
	}
	m.Units = append([]Unit{{name, f}}, m.Units...)
	if strings.HasSuffix(name, ".mount") {
		return declareMount(f, out)
	}
	return m.read(m.Units[0], out) != nil
}

// declareMount declares the machine that a mount unit gives a volume of data.
func declareMount(f *source.File, out *deploy.Manifests) bool {
	data := (&Machine{Units: []Unit{{Name(f.Path), f}}}).Data()
	if len(data) == 0 {
		return false
	}
	p := f.Declare(out, deploy.OnVM, "systemd", "mount unit", Name(f.Path), data[0].Position)
	p.Data = data
	return true
}

// beside are the units and drop-ins that belong to a service and lie in its folder.
func beside(f *source.File, name string) Machine {
	var m Machine
	if f.Tree == nil {
		return m
	}
	dir := path.Dir(f.Path)
	base := strings.TrimSuffix(name, ".service")
	tail := strings.TrimPrefix(path.Base(f.Path), name) // of a template
	for _, kind := range []string{".socket", ".timer"} {
		for _, p := range []string{path.Join(dir, base+kind+tail), path.Join(dir, base+kind)} {
			if f.Tree.Has(p) {
				m.Units = append(m.Units, Unit{base + kind, source.Open(f.Tree, p)})
				break
			}
		}
	}
	drop := path.Join(dir, name+".d") + "/"
	at, _ := slices.BinarySearchFunc(f.Tree.Files, drop, func(e tree.File, p string) int { return strings.Compare(e.Path, p) })
	for _, e := range f.Tree.Files[at:] {
		if !strings.HasPrefix(e.Path, drop) || len(m.Units) > 50 {
			break
		}
		if strings.HasSuffix(Name(e.Path), ".conf") {
			m.Units = append(m.Units, Unit{name + ".d/" + Name(e.Path), source.Open(f.Tree, e.Path)})
		}
	}
	return m
}

// A Unit is a unit or drop-in of a machine: shop.service, shop.service.d/a.conf.
type Unit struct {
	Name string
	File *source.File
}

// UnitName is the name of a unit or drop-in by the path at which a machine has it,
// "" for another file.
func UnitName(p string) string {
	name := Name(p)
	dir := path.Base(path.Dir(p))
	switch ext := path.Ext(name); {
	case ext == ".conf" && strings.HasSuffix(dir, ".service.d"):
		return dir + "/" + name
	case ext == ".service" || ext == ".socket" || ext == ".timer" || ext == ".mount" || ext == ".container":
		return name
	}
	return ""
}

// A Machine is the units that one machine has.
type Machine struct {
	Units []Unit
	// Platforms are where it runs; machines of which nothing is known are
	// deploy.OnVM.
	Platforms []deploy.PlatformID
	// Format is the language of the file that gives the units to the machine; ""
	// is systemd's own.
	Format string
}

// Read reads the machine's services and containers into out, and gives their
// workloads. Those of a unit that is named twice are those of the first.
func (m *Machine) Read(out *deploy.Manifests) []*deploy.Workload {
	var list []*deploy.Workload
	seen := map[string]bool{}
	for _, u := range m.Units {
		if seen[u.Name] {
			continue
		}
		seen[u.Name] = true
		if w := m.read(u, out); w != nil {
			list = append(list, w)
		}
	}
	return list
}

// Data are the paths of the volumes that the machine's mount units mount, at the
// unit's Where. Those of the kernel and in memory hold no data.
func (m *Machine) Data() []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, u := range m.Units {
		if !strings.HasSuffix(u.Name, ".mount") || u.File.Text == nil {
			continue
		}
		mount := unit{settings: parse(u.File)}
		where, what := mount.last("Mount", "Where"), mount.last("Mount", "What")
		if where.Known() && path.IsAbs(where.Value) && what.Set && HoldsData(what.Value, mount.last("Mount", "Type").Value, where.Value) {
			where.Value = path.Clean(where.Value)
			list = append(list, where)
		}
	}
	return list
}

// HoldsData tells of a file system, by the fields of fstab(5), that it is a volume
// beside the machine's own disk: one of the kernel, in memory, of the system itself
// or for swap is not.
func HoldsData(what, kind, where string) bool {
	switch kind {
	case "tmpfs", "ramfs", "proc", "sysfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "bpf", "debugfs", "tracefs", "hugetlbfs", "securityfs", "overlay", "squashfs", "iso9660", "swap", "fuse.lxcfs":
		return false
	}
	switch where {
	case "", "none", "swap", "/", "/boot", "/boot/efi", "/efi", "/usr", "/tmp", "/proc", "/sys", "/dev", "/run":
		return false
	}
	return path.IsAbs(where) && what != "tmpfs" && what != "none"
}

func (m *Machine) read(of Unit, out *deploy.Manifests) *deploy.Workload {
	if of.File.Text == nil {
		return nil
	}
	u := unit{file: of.File, name: of.Name, settings: parse(of.File), machine: m}
	switch path.Ext(of.Name) {
	case ".service":
		u.drop()
		return u.service(out)
	case ".container":
		return u.container(out)
	}
	return nil
}

// A unit is one that is being read, with its drop-ins.
type unit struct {
	file     *source.File
	name     string
	settings []setting
	machine  *Machine
}

// drop adds the assignments of drop-ins behind the unit's own, in the order of
// their names (systemd.unit(5)).
func (u *unit) drop() {
	var conf []Unit
	for _, o := range u.machine.Units {
		if strings.HasPrefix(o.Name, u.name+".d/") && o.File.Text != nil {
			conf = append(conf, o)
		}
	}
	slices.SortStableFunc(conf, func(a, b Unit) int { return strings.Compare(a.Name, b.Name) })
	for _, o := range conf {
		if len(u.settings) < 2*maxSettings {
			u.settings = append(u.settings, parse(o.File)...)
		}
	}
}

// beside are the settings of the unit of another kind and the same name, nil where
// there is none.
func (u *unit) beside(kind string) []setting {
	name := strings.TrimSuffix(u.name, ".service") + kind
	for _, o := range u.machine.Units {
		if o.Name == name && o.File.Text != nil {
			return parse(o.File)
		}
	}
	return nil
}

// setting is the last assignment of a key; an empty one takes those before it back.
func (u *unit) setting(section, key string) *setting {
	for i := len(u.settings) - 1; i >= 0; i-- {
		if s := &u.settings[i]; s.section == section && s.key == key {
			if s.value.Value == "" {
				return nil
			}
			return s
		}
	}
	return nil
}

// last is the value of the last assignment of a key.
func (u *unit) last(section, key string) deploy.Field[string] {
	if s := u.setting(section, key); s != nil {
		return s.value
	}
	return deploy.Field[string]{Position: u.at(section)}
}

// all are the assignments of a key behind the last empty one.
func (u *unit) all(section, key string) []*setting {
	var list []*setting
	for i := range u.settings {
		switch s := &u.settings[i]; {
		case s.section != section || s.key != key:
		case s.value.Value == "":
			list = nil
		default:
			list = append(list, s)
		}
	}
	return list
}

// at is the first assignment of a section.
func (u *unit) at(section string) finding.Position {
	for _, s := range u.settings {
		if s.section == section {
			return s.value.Position
		}
	}
	if u.file == nil {
		return finding.Position{}
	}
	return u.file.At(0, 0)
}

// flag is a boolean (systemd.syntax(7)).
func (u *unit) flag(section, key string) deploy.Field[bool] {
	f := u.last(section, key)
	b := deploy.Field[bool]{Set: f.Set, Unknown: f.Unknown, Position: f.Position}
	switch strings.ToLower(f.Value) {
	case "yes", "true", "on", "1", "y", "t":
		b.Value = true
	case "no", "false", "off", "0", "n", "f", "":
	default:
		b.Unknown = true
	}
	return b
}
