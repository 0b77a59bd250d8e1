// Package systemd reads service units of systemd, and the container units of
// Podman, into the model of package deploy.
//
// A unit is one process of a machine: it has no image, and what it writes stays
// on the machine's disk. The socket and timer of the same name beside a unit are
// read with it. Units of templates are read too: what Jinja, ERB, Go templates or
// a configure script fill in is not known.
package systemd

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Units is the format of service units: a section Service with an ExecStart. A
// D-Bus service and an Avahi service have neither.
var Units = &source.Format{Name: "systemd", Match: func(p string) bool { return unitName(p, ".service") != "" }, Read: readService}

// Quadlets is the format of Podman's container units: a section Container with an
// Image.
//
// Source: podman-systemd.unit(5).
var Quadlets = &source.Format{Name: "quadlet", Match: func(p string) bool { return unitName(p, ".container") != "" }, Read: readQuadlet}

// suffixes are those that templates add to a unit's name.
var suffixes = []string{".j2", ".jinja2", ".jinja", ".erb", ".epp", ".tmpl", ".tpl", ".tftpl", ".in", ".template", ".gotmpl"}

// unitName is the name of a unit that a file holds, "" for another file.
func unitName(p, kind string) string {
	base := path.Base(p)
	for _, s := range suffixes {
		base = strings.TrimSuffix(base, s)
	}
	if strings.HasSuffix(base, kind) && base != kind {
		return base
	}
	return ""
}

func readService(f *source.File, out *deploy.Manifests) bool {
	return Read(f, out, parse(f), unitName(f.Path, ".service"))
}

// Text reads a unit that stands in another file, such as cloud-init data. at is
// where it stands there.
func Text(name, text string, at finding.Position, file *source.File, out *deploy.Manifests) bool {
	inner := *file
	inner.Text = []byte(text)
	settings := parse(&inner)
	for i := range settings {
		settings[i].value.Position = at
	}
	if !strings.HasSuffix(name, ".service") {
		return false
	}
	u := unit{file: &inner, settings: settings, name: name, embedded: &at}
	return u.read(out)
}

// Read makes the workload of a unit's settings.
func Read(f *source.File, out *deploy.Manifests, settings []setting, name string) bool {
	u := unit{file: f, settings: settings, name: name}
	return u.read(out)
}

type unit struct {
	file     *source.File
	settings []setting
	name     string
	embedded *finding.Position
}

// last is the last assignment of a key; an empty one takes those before it back.
func (u *unit) last(section, key string) deploy.Field[string] {
	for _, s := range slices.Backward(u.settings) {
		if s.section == section && s.key == key {
			if s.value.Value == "" {
				break
			}
			return s.value
		}
	}
	return deploy.Field[string]{Position: u.at(section)}
}

// all are the assignments of a key behind the last empty one.
func (u *unit) all(section, key string) []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, s := range u.settings {
		switch {
		case s.section != section || s.key != key:
		case s.value.Value == "":
			list = nil
		default:
			list = append(list, s.value)
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
	return finding.Position{File: u.file.Name, Line: 1}
}

func (u *unit) read(out *deploy.Manifests) bool {
	start := u.last("Service", "ExecStart")
	if !start.Set {
		return false
	}
	w := &deploy.Workload{
		Platform: deploy.Systemd, Kind: "unit", Name: u.name, Position: start.Position, Controlled: true,
		Platforms: []deploy.PlatformID{deploy.OnVM}, RestartPolicy: u.last("Service", "Restart"),
		GraceSeconds: seconds(u.last("Service", "TimeoutStopSec")),
	}
	if !w.GraceSeconds.Set {
		w.GraceSeconds = seconds(u.last("Service", "TimeoutSec"))
	}
	kind := u.last("Service", "Type")
	w.RunsToEnd = kind.Value == "oneshot" || u.beside(".timer") != nil
	w.Schedule = u.beside(".timer") != nil
	c := &deploy.Container{Name: strings.TrimSuffix(strings.TrimSuffix(u.name, ".service"), "@"), Position: start.Position}
	u.command(c, start)
	u.environment(c)
	u.rights(c)
	u.folders(w, c)
	c.WorkingDir = u.last("Service", "WorkingDirectory")
	c.WorkingDir.Value = strings.TrimPrefix(c.WorkingDir.Value, "-")
	c.StopSignal = u.last("Service", "KillSignal")
	c.Resources = deploy.Resources{
		Position: u.at("Service"), MemoryLimit: u.last("Service", "MemoryMax"), MemoryRequest: u.last("Service", "MemoryMin"),
		CPULimit: u.last("Service", "CPUQuota"), PIDs: u.last("Service", "TasksMax"),
	}
	for _, f := range []*deploy.Field[string]{&c.Resources.MemoryLimit, &c.Resources.MemoryRequest} {
		if f.Value == "infinity" {
			f.Set = false
		}
	}
	c.Ports = u.ports()
	for _, s := range u.settings {
		if s.section == "Service" || s.section == "Unit" {
			w.Settings = append(w.Settings, deploy.Setting{Name: s.section + "." + s.key, Value: s.value.Value, Position: s.value.Position})
		}
	}
	slices.SortStableFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	w.Containers = []*deploy.Container{c}
	if runsContainer(start.Value) {
		w.Platforms = append(w.Platforms, deploy.OnDocker)
	}
	u.file.Run(out, w, "systemd", start.Position)
	return true
}

// runsContainer tells of a unit that starts a container by Docker's command.
func runsContainer(command string) bool {
	argv := words(command)
	for i, word := range argv[:min(len(argv), 3)] {
		if path.Base(strings.TrimLeft(word, "@-:+!")) == "docker" && i+1 < len(argv) {
			return argv[i+1] == "run" || argv[i+1] == "start" || argv[i+1] == "compose"
		}
	}
	return false
}

// command reads what the unit starts.
func (u *unit) command(c *deploy.Container, start deploy.Field[string]) {
	argv := words(start.Value)
	c.Command = deploy.Field[[]string]{Set: true, Unknown: start.Unknown, Position: start.Position}
	c.Args.Position, c.Image.Position = start.Position, start.Position
	if len(argv) == 0 {
		c.Command.Unknown = true
		return
	}
	prefix := len(argv[0]) - len(strings.TrimLeft(argv[0], "@-:+!|"))
	named := strings.Contains(argv[0][:prefix], "@")
	argv[0] = argv[0][prefix:]
	if named && len(argv) > 1 {
		argv = append(argv[:1], argv[2:]...) // the second word is only argv[0]
	}
	c.Command.Value = argv[:1]
	if len(argv) > 1 {
		c.Args = deploy.Field[[]string]{Value: argv[1:], Set: true, Unknown: start.Unknown, Position: start.Position}
	}
}

// environment reads variables, and the files that they come from.
func (u *unit) environment(c *deploy.Container) {
	for _, f := range u.all("Service", "Environment") {
		for _, word := range words(f.Value) {
			name, value, ok := strings.Cut(word, "=")
			if !ok {
				if f.Unknown {
					source.MoreEnv(c, f.Position)
				}
				continue
			}
			e := deploy.Env{Name: name, Value: value, Position: f.Position, ValuePosition: f.Position}
			if filledIn(value) || strings.Contains(value, "%") {
				e.Value, e.From = "", "unknown"
			}
			c.Env = append(c.Env, e)
		}
	}
	for _, f := range u.all("Service", "EnvironmentFile") {
		name, optional := strings.CutPrefix(f.Value, "-")
		c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Name: name, Optional: optional, Position: f.Position})
	}
	for _, key := range []string{"PassEnvironment", "LoadCredential", "SetCredential"} {
		if f := u.last("Service", key); f.Set && key == "PassEnvironment" {
			for _, name := range words(f.Value) {
				c.Env = append(c.Env, deploy.Env{Name: name, From: "unknown", Position: f.Position, ValuePosition: f.Position})
			}
		}
	}
}

// rights reads whom the unit runs as, and what it may do. DynamicUser means
// ProtectSystem=strict, PrivateTmp and NoNewPrivileges (systemd.exec(5)).
func (u *unit) rights(c *deploy.Container) {
	user := u.last("Service", "User")
	dynamic := u.flag("DynamicUser")
	c.Security = deploy.ContainerSecurity{User: user, Position: u.at("Service")}
	c.RunAsUser.Position, c.RunAsNonRoot.Position = user.Position, user.Position
	if user.Known() {
		if id, err := strconv.ParseInt(user.Value, 10, 64); err == nil {
			c.RunAsUser.Value, c.RunAsUser.Set = id, true
		} else if user.Value == "root" {
			c.RunAsUser.Set = true
		} else {
			c.RunAsNonRoot.Value, c.RunAsNonRoot.Set = true, true
		}
	}
	if dynamic.Value {
		c.RunAsNonRoot = deploy.Field[bool]{Value: true, Set: true, Position: dynamic.Position}
	}
	for _, f := range u.all("Service", "AmbientCapabilities") {
		for _, name := range words(f.Value) {
			if !strings.HasPrefix(name, "~") {
				c.Security.Added = append(c.Security.Added, deploy.Field[string]{Value: name, Set: true, Unknown: f.Unknown, Position: f.Position})
			}
		}
	}
	if none := u.flag("NoNewPrivileges"); none.Set {
		c.Security.AllowEscalation = deploy.Field[bool]{Value: !none.Value, Set: true, Unknown: none.Unknown, Position: none.Position}
	}
	protect := u.last("Service", "ProtectSystem")
	c.ReadOnlyRoot.Position = protect.Position
	switch {
	case protect.Known() && protect.Value == "strict":
		c.ReadOnlyRoot = deploy.Field[bool]{Value: true, Set: true, Position: protect.Position}
	case dynamic.Value:
		c.ReadOnlyRoot = deploy.Field[bool]{Value: true, Set: true, Position: dynamic.Position}
	}
}

func (u *unit) flag(key string) deploy.Field[bool] {
	f := u.last("Service", key)
	b := deploy.Field[bool]{Set: f.Set, Unknown: f.Unknown, Position: f.Position}
	switch strings.ToLower(f.Value) {
	case "yes", "true", "on", "1":
		b.Value = true
	case "no", "false", "off", "0", "":
	default:
		b.Unknown = true
	}
	return b
}

// managed are the folders that systemd makes for a unit, and whether what is in
// them outlives a stop.
//
// Source: systemd.exec(5), "RuntimeDirectory=, StateDirectory=, CacheDirectory=,
// LogsDirectory=, ConfigurationDirectory=".
var managed = []struct {
	key, below, variable string
	persistent           bool
}{
	{"StateDirectory", "/var/lib", "STATE_DIRECTORY", true},
	{"CacheDirectory", "/var/cache", "CACHE_DIRECTORY", true},
	{"LogsDirectory", "/var/log", "LOGS_DIRECTORY", true},
	{"ConfigurationDirectory", "/etc", "CONFIGURATION_DIRECTORY", true},
	{"RuntimeDirectory", "/run", "RUNTIME_DIRECTORY", false},
}

// folders reads where the unit may write, as volumes: the folders that systemd
// makes for it, and those that it keeps writable.
func (u *unit) folders(w *deploy.Workload, c *deploy.Container) {
	add := func(name, kind, p string, persistent, readOnly bool, at finding.Position) {
		if w.Volume(name) != nil || !path.IsAbs(p) {
			return
		}
		w.Volumes = append(w.Volumes, deploy.Volume{Name: name, Kind: kind, Source: p, Persistent: persistent, ReadOnly: readOnly, Position: at, SourcePosition: at})
		c.Mounts = append(c.Mounts, deploy.Mount{Volume: name, Path: p, ReadOnly: readOnly, Position: at, VolumePosition: at})
	}
	for _, m := range managed {
		var paths []string
		for _, f := range u.all("Service", m.key) {
			for _, name := range words(f.Value) {
				name, _, _ = strings.Cut(name, ":")
				if filledIn(name) || strings.Contains(name, "%") {
					continue
				}
				p := path.Join(m.below, name)
				paths = append(paths, p)
				add(m.key+" "+name, m.key, p, m.persistent, false, f.Position)
			}
		}
		if len(paths) > 0 {
			at := u.last("Service", m.key).Position
			c.Env = append(c.Env, deploy.Env{Name: m.variable, Value: strings.Join(paths, ":"), Position: at, ValuePosition: at})
		}
	}
	for _, f := range u.all("Service", "ReadWritePaths") {
		for _, p := range words(f.Value) {
			p = strings.TrimLeft(p, "-+")
			add("ReadWritePaths "+p, "ReadWritePaths", p, true, false, f.Position)
		}
	}
	if tmp := u.flag("PrivateTmp"); tmp.Value || u.flag("DynamicUser").Value {
		at := tmp.Position
		if !tmp.Set {
			at = u.flag("DynamicUser").Position
		}
		for _, p := range []string{"/tmp", "/var/tmp"} {
			add("PrivateTmp "+p, "emptyDir", p, false, false, at)
		}
	}
}

// beside are the settings of a unit of another kind and the same name in the same
// folder, nil where there is none.
func (u *unit) beside(kind string) []setting {
	if u.embedded != nil || u.file.Tree == nil {
		return nil
	}
	p := strings.Replace(u.file.Path, ".service", kind, 1)
	if p == u.file.Path || !u.file.Tree.Has(p) {
		return nil
	}
	return parse(source.Open(u.file.Tree, p))
}

// ports are those of the socket unit that hands them to the service.
func (u *unit) ports() []deploy.Port {
	var list []deploy.Port
	for _, s := range u.beside(".socket") {
		protocol := map[string]string{"ListenStream": "TCP", "ListenDatagram": "UDP"}[s.key]
		if s.section != "Socket" || protocol == "" || strings.HasPrefix(s.value.Value, "/") || s.value.Value == "" {
			continue
		}
		number := s.value.Value[strings.LastIndexByte(s.value.Value, ':')+1:]
		n, err := strconv.Atoi(number)
		list = append(list, deploy.Port{Number: n, Protocol: protocol, Unknown: err != nil, Position: s.value.Position, HostPosition: s.value.Position})
	}
	return list
}

// seconds is a time span in whole seconds, rounded down.
func seconds(f deploy.Field[string]) deploy.Field[int] {
	n := deploy.Field[int]{Set: f.Set, Unknown: f.Unknown, Position: f.Position}
	if !f.Set || f.Unknown {
		return n
	}
	d, ok := span(f.Value)
	n.Value, n.Unknown = int(d/time.Second), !ok
	return n
}

func readQuadlet(f *source.File, out *deploy.Manifests) bool {
	u := unit{file: f, settings: parse(f), name: unitName(f.Path, ".container")}
	image := u.last("Container", "Image")
	if !image.Set {
		return false
	}
	w := &deploy.Workload{
		Platform: deploy.Quadlet, Kind: "container unit", Name: u.name, Position: image.Position, Controlled: true,
		RestartPolicy: u.last("Service", "Restart"), GraceSeconds: seconds(u.last("Container", "StopTimeout")),
	}
	c := &deploy.Container{
		Name: strings.TrimSuffix(u.name, ".container"), Position: image.Position, Image: image, WorkingDir: u.last("Container", "WorkingDir"),
		StopSignal: u.last("Container", "StopSignal"),
	}
	if f := u.last("Container", "Exec"); f.Set {
		c.Args = deploy.Field[[]string]{Value: words(f.Value), Set: true, Unknown: f.Unknown, Position: f.Position}
	}
	if f := u.last("Container", "Entrypoint"); f.Set {
		c.Command = deploy.Field[[]string]{Value: words(f.Value), Set: true, Unknown: f.Unknown, Position: f.Position}
	}
	c.Security = deploy.ContainerSecurity{User: u.last("Container", "User"), Position: image.Position}
	for _, f := range u.all("Container", "AddCapability") {
		for _, name := range words(f.Value) {
			c.Security.Added = append(c.Security.Added, deploy.Field[string]{Value: name, Set: true, Unknown: f.Unknown, Position: f.Position})
		}
	}
	if f := u.last("Container", "ReadOnly"); f.Known() {
		c.ReadOnlyRoot = deploy.Field[bool]{Value: f.Value == "true" || f.Value == "yes", Set: true, Position: f.Position}
	}
	if f := u.last("Container", "Network"); f.Set {
		w.NetworkMode = f
		w.HostNetwork = deploy.Field[bool]{Value: f.Value == "host", Set: f.Value == "host", Position: f.Position}
	}
	for _, f := range u.all("Container", "Environment") {
		for _, word := range words(f.Value) {
			if name, value, ok := strings.Cut(word, "="); ok {
				c.Env = append(c.Env, deploy.Env{Name: name, Value: value, Position: f.Position, ValuePosition: f.Position})
			}
		}
	}
	for _, f := range u.all("Container", "EnvironmentFile") {
		c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Name: f.Value, Position: f.Position})
	}
	for _, f := range u.all("Container", "PublishPort") {
		host, number, ok := cutLast(f.Value, ":")
		if !ok {
			number = host
		}
		number, protocol, _ := strings.Cut(number, "/")
		n, err := strconv.Atoi(number)
		port := deploy.Port{Number: n, Protocol: strings.ToUpper(protocol), Unknown: err != nil, Position: f.Position, HostPosition: f.Position}
		if port.Protocol == "" {
			port.Protocol = "TCP"
		}
		if _, last, found := cutLast(host, ":"); found {
			host = last
		}
		if ok {
			port.HostPort, _ = strconv.Atoi(host)
		}
		c.Ports = append(c.Ports, port)
	}
	for _, f := range u.all("Container", "Volume") {
		u.volume(w, c, f)
	}
	w.Containers = []*deploy.Container{c}
	u.file.Run(out, w, "quadlet", image.Position)
	return true
}

// volume reads an entry such as /srv/data:/data:ro or data.volume:/data.
func (u *unit) volume(w *deploy.Workload, c *deploy.Container, f deploy.Field[string]) {
	parts := strings.Split(f.Value, ":")
	v := deploy.Volume{Name: parts[0], Kind: "volume", Source: parts[0], Persistent: true, Unknown: f.Unknown, Position: f.Position, SourcePosition: f.Position}
	target := parts[0]
	switch {
	case len(parts) == 1:
		v.Kind, v.Source, v.Persistent = "emptyDir", "", false
	case strings.HasPrefix(parts[0], "/") || strings.HasPrefix(parts[0], ".") || strings.HasPrefix(parts[0], "%"):
		v.Kind, target = "hostPath", parts[1]
	default:
		target = parts[1]
	}
	readOnly := len(parts) > 2 && slices.Contains(strings.Split(parts[2], ","), "ro")
	w.Volumes = append(w.Volumes, v)
	c.Mounts = append(c.Mounts, deploy.Mount{Volume: v.Name, Path: target, ReadOnly: readOnly, Position: f.Position, VolumePosition: f.Position})
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
