// Package ansible reads playbooks and the tasks of roles into the model of package
// deploy: that machines are set up by Ansible, which containers it starts there, and
// which volumes it mounts. Units that lie in a role are read by package systemd.
//
// Sources: Ansible documentation, "Ansible playbooks", "Roles", and the pages of
// ansible.builtin.copy, ansible.builtin.template, ansible.builtin.systemd_service,
// ansible.posix.mount and community.docker.docker_container.
package ansible

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/deploy/systemd"
)

// Files is the format of playbooks and task files: a list of plays, which have hosts and
// tasks or roles, or below a folder tasks or handlers of tasks, which have a module.
var Files = &source.Format{Name: "Ansible", Match: func(p string) bool {
	ext := path.Ext(p)
	return ext == ".yml" || ext == ".yaml"
}, Read: read}

func read(f *source.File, out *deploy.Manifests) bool {
	inRole := slices.Contains([]string{"tasks", "handlers"}, path.Base(path.Dir(f.Path)))
	if !inRole && !(f.Has("hosts:") && (f.Has("tasks:") || f.Has("roles:"))) {
		return false
	}
	found := false
	for _, d := range f.YAML(out, false) {
		if !d.Top.IsList() {
			continue
		}
		for _, item := range d.Top.List {
			switch {
			case isPlay(item):
				p := f.Declare(out, deploy.OnAnsible, "Ansible", "play", nameOf(item, f), item.Get("hosts").At)
				for _, key := range []string{"pre_tasks", "tasks", "post_tasks", "handlers"} {
					tasks(f, item.Get(key), p, out, 0)
				}
				found = true
			case inRole && module(item) != "":
				if found {
					continue
				}
				p := f.Declare(out, deploy.OnAnsible, "Ansible", "tasks", role(f.Path), item.Start)
				tasks(f, d.Top, p, out, 0)
				found = true
			}
		}
	}
	return found
}

// isPlay tells of a play: hosts, and what is done there.
func isPlay(v source.Value) bool {
	if !v.IsMap() || !v.Get("hosts").Set() {
		return false
	}
	return v.Get("tasks").Set() || v.Get("roles").Set() || v.Get("pre_tasks").Set() || v.Get("post_tasks").Set()
}

func nameOf(play source.Value, f *source.File) string {
	if name := play.Get("name").Known(); name != "" {
		return name
	}
	return strings.TrimSuffix(path.Base(f.Path), path.Ext(f.Path))
}

// role is the name of the role that a task file belongs to.
func role(p string) string { return path.Base(path.Dir(path.Dir(p))) }

// modules are those by which a task file is told from another list of mappings, and
// those that are read. They may have the name of a collection in front.
var modules = []string{
	"apt", "apt_repository", "assert", "block", "blockinfile", "command", "copy", "cron", "debug", "dnf", "docker_compose_v2", "docker_container", "docker_image", "fail", "file", "firewalld",
	"get_url", "git", "group", "include_role", "include_tasks", "import_role", "import_tasks", "include_vars", "lineinfile", "meta", "mount", "package", "pip", "podman_container", "raw", "reboot",
	"script", "service", "set_fact", "setup", "shell", "slurp", "stat", "synchronize", "sysctl", "systemd", "systemd_service", "tempfile", "template", "ufw", "unarchive", "uri", "user", "wait_for", "yum",
}

// module is the module that a task calls, without its collection; "" where none is
// known.
func module(task source.Value) string {
	if !task.IsMap() {
		return ""
	}
	for _, e := range task.Entries {
		name := e.Key
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			name = name[i+1:]
			if !slices.Contains(modules, name) {
				return name // of some collection
			}
		}
		if slices.Contains(modules, name) {
			return name
		}
	}
	return ""
}

// maxDepth is how deep blocks may stand in each other.
const maxDepth = 10

// tasks reads a list of tasks.
func tasks(f *source.File, list source.Value, p *deploy.Platform, out *deploy.Manifests, depth int) {
	if depth > maxDepth {
		return
	}
	for _, task := range list.List {
		if !task.IsMap() {
			continue
		}
		for _, key := range []string{"block", "rescue", "always"} {
			tasks(f, task.Get(key), p, out, depth+1)
		}
		for _, e := range task.Entries {
			name := e.Key[strings.LastIndexByte(e.Key, '.')+1:]
			if len(p.Data) >= source.MaxObjects || !e.Value.IsMap() {
				continue
			}
			switch name {
			case "mount":
				where := e.Value.First("path", "name")
				if state := e.Value.Get("state").Known(); state != "absent" && state != "unmounted" && systemd.HoldsData(e.Value.Get("src").Text, e.Value.Get("fstype").Known(), where.Known()) {
					p.Data = append(p.Data, where.Field())
				}
			case "copy":
				// A unit that stands in the task itself.
				dest, text := e.Value.Get("dest").Text, e.Value.Get("content")
				if name := systemd.UnitName(dest); name != "" && text.Set() {
					m := systemd.Machine{Units: []systemd.Unit{{Name: name, File: f.Inner(dest, text)}}, Platforms: []deploy.PlatformID{deploy.OnAnsible}, Format: "Ansible"}
					m.Read(out)
				}
			case "docker_container", "podman_container":
				if w := container(e); w != nil {
					f.Run(out, w, "Ansible", w.Position)
				}
			}
		}
	}
}

// container is what a task starts; nil where it removes one, or has no image.
func container(e source.Entry) *deploy.Workload {
	v := e.Value
	image, name := v.Get("image"), v.Get("name")
	if !image.Set() || v.Get("state").Known() == "absent" {
		return nil
	}
	at := name.At
	if !name.Set() {
		at = e.KeyAt
	}
	w := &deploy.Workload{
		Platform: deploy.Docker, Kind: "container", Name: name.Known(), Position: at, Controlled: true,
		Platforms: []deploy.PlatformID{deploy.OnAnsible, deploy.OnDocker}, RestartPolicy: v.Get("restart_policy").Field(), NetworkMode: v.Get("network_mode").Field(),
	}
	if w.Name == "" {
		w.Name = "container"
	}
	w.GraceSeconds = v.Get("stop_timeout").Int()
	if !w.GraceSeconds.Set {
		w.GraceSeconds.Position = at
	}
	c := &deploy.Container{Name: w.Name, Position: at, Image: image.Field(), Command: v.Get("entrypoint").Words(), Args: v.Get("command").Words(), WorkingDir: v.Get("working_dir").Field()}
	c.Readiness.Position, c.Liveness.Position, c.Startup.Position = at, at, at
	c.Privileged, c.ReadOnlyRoot = v.Get("privileged").Bool(), v.Get("read_only").Bool()
	c.Security = deploy.ContainerSecurity{User: v.Get("user").Field(), Added: v.Get("capabilities").Fields(), Dropped: v.Get("cap_drop").Fields(), Position: at}
	source.SetEnv(c, v.Get("env"))
	for _, p := range v.Get("published_ports").Fields() {
		c.Ports = append(c.Ports, port(p))
	}
	for _, m := range v.Get("volumes").Fields() {
		mount(w, c, m)
	}
	w.Containers = []*deploy.Container{c}
	return w
}

// port reads "8080", "80:8080" and "127.0.0.1:80:8080/tcp".
func port(f deploy.Field[string]) deploy.Port {
	o := deploy.Port{Protocol: "TCP", Position: f.Position, HostPosition: f.Position, Unknown: !f.Known()}
	text, protocol, given := strings.Cut(f.Value, "/")
	if given {
		o.Protocol = strings.ToUpper(protocol)
	}
	parts := strings.Split(text, ":")
	o.Number, o.Unknown = number(parts[len(parts)-1], o.Unknown)
	if len(parts) > 1 {
		o.HostPort, _ = number(parts[len(parts)-2], false)
	}
	if len(parts) > 2 {
		o.HostIP = strings.Join(parts[:len(parts)-2], ":")
	}
	return o
}

func number(text string, unknown bool) (int, bool) {
	n := 0
	for _, c := range text {
		if c < '0' || c > '9' || n > 65535 {
			return 0, true
		}
		n = n*10 + int(c-'0')
	}
	return n, unknown || n == 0
}

// mount reads "source:path:mode".
func mount(w *deploy.Workload, c *deploy.Container, f deploy.Field[string]) {
	parts := strings.Split(f.Value, ":")
	if !f.Known() || len(parts) < 2 || !path.IsAbs(parts[1]) {
		return
	}
	o := deploy.Volume{Name: parts[0], Kind: "volume", Persistent: true, Position: f.Position, SourcePosition: f.Position}
	if path.IsAbs(parts[0]) {
		o.Kind, o.Source = "hostPath", parts[0]
	}
	w.Volumes = append(w.Volumes, o)
	c.Mounts = append(c.Mounts, deploy.Mount{
		Volume: parts[0], Path: parts[1], ReadOnly: len(parts) > 2 && slices.Contains(strings.Split(parts[2], ","), "ro"),
		Position: f.Position, VolumePosition: f.Position, ReadOnlyPosition: f.Position,
	})
}
