package systemd

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/dockerrun"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// platforms are where the machine's units run.
func (u *unit) platforms() []deploy.PlatformID {
	if len(u.machine.Platforms) > 0 {
		return slices.Clone(u.machine.Platforms)
	}
	return []deploy.PlatformID{deploy.OnVM}
}

func (u *unit) format(own string) string {
	if u.machine.Format != "" {
		return u.machine.Format
	}
	return own
}

// service reads a service unit; nil where it starts nothing.
func (u *unit) service(out *deploy.Manifests) *deploy.Workload {
	start := u.setting("Service", "ExecStart")
	if start == nil {
		return nil
	}
	w := u.docker(start)
	if w == nil {
		w = u.process(start)
	}
	w.RunsToEnd = u.last("Service", "Type").Value == "oneshot"
	if u.beside(".timer") != nil {
		w.RunsToEnd, w.Schedule = true, true
	}
	w.RestartPolicy = u.last("Service", "Restart")
	if w.RestartPolicy.Position == u.at("Service") {
		w.RestartPolicy.Position = start.value.Position
	}
	grace := seconds(u.last("Service", "TimeoutStopSec"))
	if !grace.Set {
		grace = seconds(u.last("Service", "TimeoutSec"))
	}
	if grace.Set {
		w.GraceSeconds = grace
	} else {
		w.GraceSeconds.Position = start.value.Position
	}
	w.Settings = u.kept("Service", "Unit")
	for _, s := range u.beside(".socket") {
		if s.section == "Socket" {
			w.Settings = append(w.Settings, deploy.Setting{Name: "Socket." + s.key, Value: s.value.Value, Position: s.value.Position})
		}
	}
	sortSettings(w)
	u.file.Run(out, w, u.format("systemd"), start.value.Position)
	return w
}

func (u *unit) kept(sections ...string) []deploy.Setting {
	var list []deploy.Setting
	for _, s := range u.settings {
		if slices.Contains(sections, s.section) {
			list = append(list, deploy.Setting{Name: s.section + "." + s.key, Value: s.value.Value, Position: s.value.Position})
		}
	}
	return list
}

func sortSettings(w *deploy.Workload) {
	slices.SortStableFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
}

// docker is the container that a unit starts by a command of Docker's or
// Podman's; nil where it starts none.
func (u *unit) docker(start *setting) *deploy.Workload {
	var words []dockerrun.Word
	for _, x := range start.words() {
		text, _ := u.argument(x.text)
		words = append(words, dockerrun.Word{Text: text, At: x.at})
	}
	w := dockerrun.Parse(words)
	if w == nil {
		return nil
	}
	w.Kind, w.Name, w.Position = "unit", u.name, start.value.Position
	w.FixedName = deploy.Field[string]{Position: w.Position} // the unit is one anyway
	w.Platforms = append(u.platforms(), deploy.OnDocker)
	return w
}

// process is what a unit starts on the machine itself.
func (u *unit) process(start *setting) *deploy.Workload {
	at := start.value.Position
	w := &deploy.Workload{Platform: deploy.Systemd, Kind: "unit", Name: u.name, Position: at, Controlled: true, Platforms: u.platforms()}
	c := &deploy.Container{Name: strings.TrimSuffix(strings.TrimSuffix(u.name, ".service"), "@"), Position: at}
	c.Image.Position = at
	u.command(c, start)
	u.environment(c)
	u.rights(c)
	u.folders(w, c)
	c.WorkingDir = u.workingDir()
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
	w.Containers = []*deploy.Container{c}
	return w
}

// workingDir is the folder in which the program starts, the root unless the unit
// says otherwise.
func (u *unit) workingDir() deploy.Field[string] {
	f := u.last("Service", "WorkingDirectory")
	if !f.Set {
		f.Value = "/"
		return f
	}
	text, known := u.expand(strings.TrimPrefix(f.Value, "-"))
	f.Value, f.Unknown = text, f.Unknown || !known || text == "~"
	return f
}

// command reads what the unit starts.
func (u *unit) command(c *deploy.Container, start *setting) {
	at := start.value.Position
	c.Command = deploy.Field[[]string]{Set: true, Position: at}
	c.Args.Position = at
	list := start.words()
	if len(list) == 0 {
		c.Command.Unknown = true
		return
	}
	first := list[0].text
	prefix := len(first) - len(strings.TrimLeft(first, "@-:+!|"))
	if _, hole := holeAt(first, 0); hole {
		prefix = 0 // @bindir@/shop
	}
	if strings.Contains(first[:prefix], "@") && len(list) > 1 {
		list = append(list[:1:1], list[2:]...) // the second word is only argv[0]
	}
	program, known := u.expand(first[prefix:])
	c.Command.Value, c.CommandPositions, c.Command.Unknown = []string{program}, []finding.Position{list[0].at}, !known
	for _, x := range list[1:] {
		text, open := u.argument(x.text)
		c.Args.Unknown = c.Args.Unknown || open
		c.Args.Value = append(c.Args.Value, text)
		c.ArgPositions = append(c.ArgPositions, x.at)
	}
	if len(c.Args.Value) > 0 {
		c.Args.Set, c.Args.Position = true, list[1].at
	}
}

// environment reads variables, and the files that they come from, which come
// before what the unit itself says.
func (u *unit) environment(c *deploy.Container) {
	files := u.all("Service", "EnvironmentFile")
	for _, s := range u.all("Service", "Environment") {
		for _, x := range s.words() {
			name, value, ok := strings.Cut(x.text, "=")
			if !ok || !isVariable(name) {
				if s.value.Unknown {
					source.MoreEnv(c, x.at)
				}
				continue
			}
			e := deploy.Env{Name: name, Position: x.at, ValuePosition: x.at}
			value, known := u.expand(value)
			if e.Value = value; !known || len(files) > 0 {
				e.Value, e.From = "", "unknown"
			}
			c.Env = append(c.Env, e)
		}
	}
	for _, s := range files {
		name, optional := strings.CutPrefix(s.value.Value, "-")
		c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Name: name, Optional: optional, Position: s.value.Position})
	}
	for _, s := range u.all("Service", "PassEnvironment") {
		for _, x := range s.words() {
			c.Env = append(c.Env, deploy.Env{Name: x.text, From: "unknown", Position: x.at, ValuePosition: x.at})
		}
	}
	if creds := u.setting("Service", "LoadCredential"); creds != nil {
		c.Env = append(c.Env, deploy.Env{Name: "CREDENTIALS_DIRECTORY", From: "unknown", Position: creds.value.Position, ValuePosition: creds.value.Position, Implied: true})
	}
}

// rights reads whom the unit runs as, and what it may do.
func (u *unit) rights(c *deploy.Container) {
	user := u.last("Service", "User")
	dynamic := u.flag("Service", "DynamicUser")
	c.Security = deploy.ContainerSecurity{User: user, Position: u.at("Service")}
	c.RunAsUser.Position, c.RunAsNonRoot.Position = user.Position, user.Position
	switch id, err := strconv.ParseInt(user.Value, 10, 64); {
	case dynamic.Value:
		c.RunAsNonRoot = deploy.Field[bool]{Value: true, Set: true, Position: dynamic.Position}
	case user.Unknown || strings.Contains(user.Value, "%") || dynamic.Unknown:
		c.RunAsUser.Set, c.RunAsUser.Unknown = true, true
	case user.Set && err == nil:
		c.RunAsUser.Value, c.RunAsUser.Set = id, true
	case !user.Set || user.Value == "root":
		// A unit without User runs as root.
		c.RunAsUser.Set = true
	default:
		c.RunAsNonRoot.Value, c.RunAsNonRoot.Set = true, true
	}
	for _, s := range u.all("Service", "AmbientCapabilities") {
		for _, x := range s.words() {
			if !strings.HasPrefix(x.text, "~") {
				c.Security.Added = append(c.Security.Added, deploy.Field[string]{Value: x.text, Set: true, Unknown: s.value.Unknown, Position: x.at})
			}
		}
	}
	if none := u.flag("Service", "NoNewPrivileges"); none.Set {
		c.Security.AllowEscalation = deploy.Field[bool]{Value: !none.Value, Set: true, Unknown: none.Unknown, Position: none.Position}
	}
}

// ports are those of the socket unit that hands them to the service.
func (u *unit) ports() []deploy.Port {
	var list []deploy.Port
	for _, s := range u.beside(".socket") {
		protocol := map[string]string{"ListenStream": "TCP", "ListenDatagram": "UDP"}[s.key]
		text := s.value.Value
		if s.section != "Socket" || protocol == "" || text == "" || strings.ContainsAny(text[:1], "/@%") || strings.HasPrefix(text, "vsock:") {
			continue
		}
		n, err := strconv.Atoi(text[strings.LastIndexByte(text, ':')+1:])
		list = append(list, deploy.Port{Number: n, Protocol: protocol, Unknown: err != nil, Position: s.value.Position, HostPosition: s.value.Position})
	}
	return list
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

// folders reads where the unit may write and where not, as volumes: the folders
// that systemd makes for it, and what it protects and keeps open.
func (u *unit) folders(w *deploy.Workload, c *deploy.Container) {
	open := false // there is a writable folder that is not known
	add := func(kind, p string, persistent, readOnly bool, at finding.Position) {
		name := kind + " " + p
		if w.Volume(name) != nil || !path.IsAbs(p) {
			return
		}
		volume := "unit folder"
		if !persistent && !readOnly {
			volume = "emptyDir"
		}
		w.Volumes = append(w.Volumes, deploy.Volume{Name: name, Kind: volume, Source: p, Persistent: persistent, ReadOnly: readOnly, Position: at, SourcePosition: at})
		c.Mounts = append(c.Mounts, deploy.Mount{Volume: name, Path: p, ReadOnly: readOnly, Position: at, VolumePosition: at, ReadOnlyPosition: at})
	}
	for _, m := range managed {
		var paths []string
		known := true
		var at finding.Position
		for _, s := range u.all("Service", m.key) {
			for _, x := range s.words() {
				name, _, _ := strings.Cut(x.text, ":")
				text, ok := u.expand(name)
				if !at.IsValid() {
					at = x.at
				}
				if !ok {
					known, open = false, true
					continue
				}
				p := path.Join(m.below, text)
				paths = append(paths, p)
				add(m.key, p, m.persistent, false, x.at)
			}
		}
		if at.IsValid() {
			e := deploy.Env{Name: m.variable, Value: strings.Join(paths, ":"), Position: at, ValuePosition: at, Implied: true}
			if !known {
				e.Value, e.From = "", "unknown"
			}
			c.Env = append(c.Env, e)
		}
	}
	list := func(key string, readOnly bool) {
		for _, s := range u.all("Service", key) {
			for _, x := range s.words() {
				p, known := u.expand(strings.TrimLeft(x.text, "-+"))
				if _, target, ok := strings.Cut(p, ":"); ok && strings.HasPrefix(key, "Bind") {
					p = target
				}
				p, _, _ = strings.Cut(p, ":")
				if !known {
					open = true
					continue
				}
				add(key, path.Clean(p), true, readOnly, x.at)
			}
		}
	}
	list("ReadWritePaths", false)
	list("BindPaths", false)
	list("ReadOnlyPaths", true)
	list("BindReadOnlyPaths", true)
	list("InaccessiblePaths", true)
	if tmp := u.setting("Service", "TemporaryFileSystem"); tmp != nil {
		open = true
	}
	u.temporary(add)
	u.protect(c, add, open)
}

// temporary reads PrivateTmp, which DynamicUser implies.
func (u *unit) temporary(add func(kind, p string, persistent, readOnly bool, at finding.Position)) {
	tmp := u.last("Service", "PrivateTmp")
	at := tmp.Position
	dynamic := u.flag("Service", "DynamicUser")
	if b := u.flag("Service", "PrivateTmp"); !b.Value && tmp.Value != "disconnected" {
		if !dynamic.Value {
			return
		}
		at = dynamic.Position
	}
	for _, p := range []string{"/tmp", "/var/tmp"} {
		add("PrivateTmp", p, false, false, at)
	}
}

// protect reads what the unit may not write: ProtectSystem, which DynamicUser
// implies as strict, and ProtectHome.
func (u *unit) protect(c *deploy.Container, add func(kind, p string, persistent, readOnly bool, at finding.Position), open bool) {
	protect := u.last("Service", "ProtectSystem")
	dynamic := u.flag("Service", "DynamicUser")
	c.ReadOnlyRoot.Position = protect.Position
	strict := deploy.Field[bool]{Value: true, Set: true, Unknown: open, Position: protect.Position}
	switch {
	case protect.Set && protect.Unknown:
		c.ReadOnlyRoot = deploy.Field[bool]{Set: true, Unknown: true, Position: protect.Position}
	case protect.Set && protect.Value == "strict":
		c.ReadOnlyRoot = strict
	case dynamic.Value:
		strict.Position = dynamic.Position
		c.ReadOnlyRoot = strict
	case u.flag("Service", "ProtectSystem").Value || protect.Value == "full":
		for _, p := range []string{"/usr", "/boot", "/efi"} {
			add("ProtectSystem", p, true, true, protect.Position)
		}
		if protect.Value == "full" {
			add("ProtectSystem", "/etc", true, true, protect.Position)
		}
	}
	home := u.last("Service", "ProtectHome")
	if u.flag("Service", "ProtectHome").Value || home.Value == "read-only" {
		for _, p := range []string{"/home", "/root", "/run/user"} {
			add("ProtectHome", p, true, true, home.Position)
		}
	}
}
