// Package marathon reads apps, pods and groups of Marathon, a scheduler of Mesos, into
// the model of package deploy.
//
// Sources: Marathon documentation, "Application Basics", "Pods", "Ports", "Networking",
// "Health Checks", "Persistent Volumes" and "REST API" (app.raml), as of its last
// release in 2021.
package marathon

import (
	"path"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Files is the format of Marathon's JSON: an object, or a list of objects, with an id
// that is a path and what an app, a pod or a group has. app.json of Heroku has neither
// cpus nor mem.
var Files = &source.Format{Name: "Marathon", Match: source.JSONName, Read: read}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has(`"id"`) || !f.Has("cpus") && !f.Has("apps") && !f.Has("groups") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, false) {
		if d.Top.IsList() {
			for _, v := range d.Top.List {
				found = entry(f, v, "", out, 0) || found
			}
			continue
		}
		found = entry(f, d.Top, "", out, 0) || found
	}
	return found
}

// maxDepth is how deep groups may stand in each other.
const maxDepth = 20

// entry reads an app, a pod or a group; within is the id of the group around it.
func entry(f *source.File, v source.Value, within string, out *deploy.Manifests, depth int) bool {
	id := v.Get("id")
	if !v.IsMap() || id.Kind != source.Scalar || id.Text == "" || depth > maxDepth {
		return false
	}
	name := id.Text
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/"+within, name)
	}
	switch {
	case isApp(v):
		f.Run(out, app(v, name), "Marathon", id.At)
		return true
	case v.Get("containers").IsList() && (v.Get("scaling").Set() || v.Get("networks").Set() || v.Get("scheduling").Set()):
		f.Run(out, pod(v, name), "Marathon", id.At)
		return true
	}
	found := false
	for _, key := range []string{"apps", "groups", "pods"} {
		for _, inner := range v.Get(key).List {
			found = entry(f, inner, name, out, depth+1) || found
		}
	}
	return found
}

// isApp tells of an object that starts something and says how much it needs.
func isApp(v source.Value) bool {
	starts := v.Get("cmd").Set() || v.Get("args").IsList() || v.Get("container").IsMap()
	return starts && v.Get("cpus").Set() && v.Get("mem").Set()
}

func workload(v source.Value, kind, name string) *deploy.Workload {
	id := v.Get("id")
	w := &deploy.Workload{
		Platform: deploy.Marathon, Kind: kind, Name: strings.TrimPrefix(name, "/"), Position: id.At, Controlled: true,
		Platforms: []deploy.PlatformID{deploy.OnMarathon},
	}
	w.GraceSeconds.Position = id.At
	if grace := v.Get("taskKillGracePeriodSeconds").Int(); grace.Set {
		w.GraceSeconds = grace
	}
	for _, key := range []string{"constraints", "requirePorts", "residency", "unreachableStrategy", "uris", "fetch"} {
		if s := v.Get(key); s.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: key, Value: s.Known(), Position: v.Key(key)})
		}
	}
	upgrade := v.Get("upgradeStrategy")
	w.Update.Position = upgrade.At
	return w
}

func app(v source.Value, name string) *deploy.Workload {
	w := workload(v, "app", name)
	w.Replicas = v.Get("instances").Int()
	container := v.Get("container")
	docker := container.Get("docker")
	c := newContainer(path.Base(name), v.Get("id").At, v)
	c.Image = docker.Get("image").Field()
	if cmd := v.Get("cmd"); cmd.Set() {
		c.Command = deploy.Field[[]string]{Value: []string{"/bin/sh", "-c", cmd.Text}, Set: true, Unknown: cmd.Unknown, Position: cmd.At}
	} else {
		c.Args = v.Get("args").Words()
	}
	c.Privileged = docker.Get("privileged").Bool()
	user := v.Get("user").Field()
	c.Security.User = user
	if n, err := strconv.ParseInt(user.Value, 10, 64); err == nil && user.Known() {
		c.RunAsUser = deploy.Field[int64]{Value: n, Set: true, Position: user.Position}
	}
	host := networks(w, v, docker)
	mappings := container.Get("portMappings")
	if !mappings.Set() {
		mappings = docker.Get("portMappings")
	}
	for _, p := range mappings.Blocks() {
		c.Ports = append(c.Ports, port(p, "containerPort"))
	}
	if host {
		// The app takes ports of the machine, which $PORT0 and so on name. Only those
		// that are required are those that are written.
		required := v.Get("requirePorts").Bool()
		for _, p := range v.Get("portDefinitions").Blocks() {
			o := port(p, "port")
			o.HostPort, o.HostPosition = o.Number, o.Position
			o.Unknown = o.Unknown || !required.Value || o.Number == 0
			c.Ports = append(c.Ports, o)
		}
		c.Env = append(c.Env, ambient(v.Get("id").At)...)
	}
	volumes(w, c, container.Get("volumes"), "containerPath")
	probes(c, v.Get("healthChecks"))
	w.Containers = []*deploy.Container{c}
	return w
}

// ambient are the variables of a task's ports, whose values Marathon chooses
// ("Task Environment Variables").
func ambient(at finding.Position) []deploy.Env {
	var list []deploy.Env
	for _, name := range []string{"PORT", "PORT0", "PORTS", "HOST"} {
		list = append(list, deploy.Env{Name: name, From: "unknown", Implied: true, Position: at, ValuePosition: at})
	}
	return list
}

func newContainer(name string, at finding.Position, v source.Value) *deploy.Container {
	c := &deploy.Container{Name: name, Position: at}
	c.Image.Position = at
	c.Readiness.Position, c.Liveness.Position, c.Startup.Position, c.Security.Position = at, at, at, at
	env := v.Get("env")
	if !env.Set() {
		env = v.Get("environment")
	}
	for _, e := range env.Entries {
		if e.Value.IsMap() && e.Value.Get("secret").Set() {
			c.Env = append(c.Env, deploy.Env{Name: e.Key, From: "secret", Position: e.KeyAt, ValuePosition: e.Value.Get("secret").At})
			continue
		}
		c.Env = append(c.Env, source.EnvOf(e.Key, e.KeyAt, e.Value))
	}
	resources := v
	if r := v.Get("resources"); r.IsMap() {
		resources = r
	}
	c.Resources = deploy.Resources{Position: resources.At, CPURequest: resources.Get("cpus").Field(), MemoryLimit: mebibytes(resources.Get("mem")), MemoryRequest: mebibytes(resources.Get("mem"))}
	return c
}

// networks reads how the app reaches the network; host is true for that of the machine,
// the default of an app without a mode ("Networking").
func networks(w *deploy.Workload, v, docker source.Value) (host bool) {
	mode := docker.Get("network")
	for _, n := range v.Get("networks").Blocks() {
		mode = n.Get("mode")
	}
	if !mode.Set() {
		return !v.Get("ipAddress").Set()
	}
	w.NetworkMode = mode.Field()
	if host = strings.EqualFold(mode.Known(), "host"); host {
		w.HostNetwork = deploy.Field[bool]{Value: true, Set: true, Position: mode.At}
	}
	return host
}

func port(p source.Value, key string) deploy.Port {
	number, host := p.Get(key).Int(), p.Get("hostPort").Int()
	o := deploy.Port{
		Name: p.Get("name").Known(), Number: number.Value, Unknown: !number.Known(), HostPort: host.Value,
		Protocol: strings.ToUpper(p.Get("protocol").Known()), Position: number.Position, HostPosition: host.Position,
	}
	if o.Protocol == "" {
		o.Protocol = "TCP"
	}
	o.Unknown = o.Unknown || number.Value == 0 || strings.Contains(o.Protocol, ",")
	return o
}

func volumes(w *deploy.Workload, c *deploy.Container, list source.Value, key string) {
	for i, v := range list.Blocks() {
		target := v.Get(key)
		if target.Known() == "" {
			continue
		}
		name := "volume " + strconv.Itoa(i)
		o := deploy.Volume{Name: name, Kind: "emptyDir", Position: target.At, SourcePosition: target.At}
		at := target.Text
		switch host := v.Get("hostPath"); {
		case host.Set():
			o.Kind, o.Source, o.Unknown, o.SourcePosition = "hostPath", host.Text, host.Unknown, host.At
		case v.Get("persistent").IsMap() || v.Get("external").IsMap():
			o.Kind, o.Persistent = "persistentVolume", true
		}
		if !path.IsAbs(at) {
			at = path.Join("/mnt/mesos/sandbox", at) // of a relative path, the task's sandbox
		}
		readOnly := v.Get("mode").Known() == "RO"
		w.Volumes = append(w.Volumes, o)
		c.Mounts = append(c.Mounts, deploy.Mount{Volume: name, Path: at, ReadOnly: readOnly, Position: target.At, VolumePosition: target.At, ReadOnlyPosition: v.Get("mode").At})
	}
}

// probes reads the health checks: one that fails often enough has the task replaced.
func probes(c *deploy.Container, list source.Value) {
	for _, h := range list.Blocks() {
		p := deploy.Probe{Position: h.At, PathPosition: h.At, PortPosition: h.At}
		switch protocol := strings.ToUpper(h.Get("protocol").Known()); {
		case strings.Contains(protocol, "HTTP") || protocol == "":
			p.Kind, p.Path, p.Scheme = "httpGet", h.Get("path").Known(), "HTTP"
			if strings.Contains(protocol, "HTTPS") {
				p.Scheme = "HTTPS"
			}
			if p.Path == "" {
				p.Path = "/"
			}
			p.PathPosition = h.Get("path").At
		case strings.Contains(protocol, "TCP"):
			p.Kind = "tcpSocket"
		case protocol == "COMMAND":
			command := h.Get("command")
			p.Kind, p.Command = "exec", []string{"/bin/sh", "-c", command.Get("value").Text}
			p.Position = command.At
		default:
			continue
		}
		if n := h.Get("port").Int(); n.Known() {
			p.Port, p.PortPosition = strconv.Itoa(n.Value), n.Position
		} else if i := h.Get("portIndex").Int(); len(c.Ports) > i.Value && i.Value >= 0 && !c.Ports[i.Value].Unknown {
			p.Port, p.PortPosition = strconv.Itoa(c.Ports[i.Value].Number), c.Ports[i.Value].Position
		}
		number := func(key string, otherwise int) deploy.Field[int] {
			n := h.Get(key).Int()
			if !n.Set {
				n.Value = otherwise
			}
			return n
		}
		p.Period, p.Timeout, p.InitialDelay = number("intervalSeconds", 60), number("timeoutSeconds", 20), number("gracePeriodSeconds", 300)
		p.FailureThreshold = number("maxConsecutiveFailures", 3)
		c.Liveness = deploy.Field[deploy.Probe]{Value: p, Set: true, Position: p.Position}
		return
	}
}

func pod(v source.Value, name string) *deploy.Workload {
	w := workload(v, "pod", name)
	w.Replicas = v.Get("scaling", "instances").Int()
	networks(w, v, source.Value{})
	for _, item := range v.Get("containers").Blocks() {
		at := item.Get("name").At
		c := newContainer(item.Get("name").Known(), at, item)
		c.Image = item.Get("image", "id").Field()
		if shell := item.Get("exec", "command", "shell"); shell.Set() {
			c.Command = deploy.Field[[]string]{Value: []string{"/bin/sh", "-c", shell.Text}, Set: true, Unknown: shell.Unknown, Position: shell.At}
		} else if argv := item.Get("exec", "command", "argv"); argv.IsList() {
			c.Command = argv.Words()
		}
		for _, p := range item.Get("endpoints").Blocks() {
			c.Ports = append(c.Ports, port(p, "containerPort"))
		}
		for _, m := range item.Get("volumeMounts").Blocks() {
			target := m.Get("mountPath")
			if target.Known() != "" {
				c.Mounts = append(c.Mounts, deploy.Mount{
					Volume: m.Get("name").Text, Path: target.Text, ReadOnly: m.Get("readOnly").Bool().Value, Position: target.At, VolumePosition: m.Get("name").At,
				})
			}
		}
		w.Containers = append(w.Containers, c)
	}
	for _, item := range v.Get("volumes").Blocks() {
		at := item.Get("name").At
		o := deploy.Volume{Name: item.Get("name").Text, Kind: "emptyDir", Position: at, SourcePosition: at}
		if host := item.Get("host"); host.Set() {
			o.Kind, o.Source, o.Unknown, o.SourcePosition = "hostPath", host.Text, host.Unknown, host.At
		} else if item.Get("persistent").IsMap() {
			o.Kind, o.Persistent = "persistentVolume", true
		}
		w.Volumes = append(w.Volumes, o)
	}
	return w
}

func mebibytes(v source.Value) deploy.Field[string] {
	f := v.Field()
	if f.Known() && f.Value != "" && strings.Trim(f.Value, "0123456789") == "" {
		f.Value += "Mi"
	}
	return f
}
