// Package oci reads the configurations of bundles of the OCI runtime specification,
// which runc and other runtimes run as they stand, into the model of package
// deploy.
//
// Source: OCI runtime specification 1.2, "Configuration", "Linux Container
// Configuration".
package oci

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
)

// Bundles is the format of config.json files of bundles: an object with
// ociVersion, process and root.
var Bundles = &source.Format{Name: "OCI runtime", Match: match, Read: read}

func match(p string) bool { return source.JSONName(p) && strings.Contains(path.Base(p), "config") }

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has(`"ociVersion"`) {
		return false
	}
	docs := f.YAML(out, true)
	if len(docs) != 1 {
		return false
	}
	top := docs[0].Top
	version, process, root := top.Get("ociVersion"), top.Get("process"), top.Get("root")
	if version.Kind != source.Scalar || !process.IsMap() || !root.IsMap() {
		return false // a configuration of an image, or part of one
	}
	name := top.Get("hostname").Known()
	if name == "" {
		name = path.Base(f.Dir)
	}
	at := top.Key("ociVersion")
	w := &deploy.Workload{Platform: deploy.OCI, Kind: "bundle", Name: name, Position: at, Platforms: []deploy.PlatformID{deploy.OnRunc}}
	w.GraceSeconds.Position, w.RestartPolicy.Position = at, at
	w.Hostname = top.Get("hostname").Field()
	c := &deploy.Container{Name: name, Position: at}
	c.Image.Position = at
	w.Containers = []*deploy.Container{c}
	readProcess(c, process)
	c.ReadOnlyRoot = root.Get("readonly").Bool()
	linux := top.Get("linux")
	namespaces(w, linux)
	mounts(w, c, top.Get("mounts"))
	resources(c, linux.Get("resources"))
	w.Security.Sysctls = append(w.Security.Sysctls, linux.Get("sysctl").Pairs()...)
	f.Run(out, w, "OCI bundle", version.At)
	return true
}

// readProcess reads what is started, as whom and with which rights.
func readProcess(c *deploy.Container, process source.Value) {
	args := process.Get("args")
	c.Command = args.Words()
	for _, a := range args.List {
		c.CommandPositions = append(c.CommandPositions, a.At)
	}
	c.Args.Position = c.Command.Position
	c.WorkingDir = process.Get("cwd").Field()
	c.TTY = process.Get("terminal").Bool()
	for _, e := range process.Get("env").List {
		name, value, _ := strings.Cut(e.Text, "=")
		if e.Kind != source.Scalar || e.Unknown && strings.HasPrefix(e.Text, name+"=") && source.Placeholder(name) {
			source.MoreEnv(c, e.At)
			continue
		}
		v := deploy.Env{Name: name, Value: value, Position: e.At, ValuePosition: e.At}
		if e.Unknown {
			v.Value, v.From = "", "unknown"
		}
		c.Env = append(c.Env, v)
	}
	user := process.Get("user")
	c.RunAsUser = user.Get("uid").Int64()
	c.Security.Position = process.Key("capabilities")
	c.Security.RunAsGroup = user.Get("gid").Int64()
	if none := process.Get("noNewPrivileges").Bool(); none.Set {
		c.Security.AllowEscalation = deploy.Field[bool]{Value: !none.Value, Set: true, Unknown: none.Unknown, Position: none.Position}
	}
	c.Security.AppArmor = process.Get("apparmorProfile").Field()
	// What the process may ever have is the bounding set; nothing else is added to
	// a default, for there is none.
	for _, f := range process.Get("capabilities", "bounding").Fields() {
		if !slices.Contains(defaults, strings.TrimPrefix(f.Value, "CAP_")) {
			c.Security.Added = append(c.Security.Added, f)
		}
	}
	if !process.Get("capabilities", "bounding").Set() {
		at := process.At
		c.Security.Dropped = []deploy.Field[string]{{Value: "ALL", Set: true, Position: at}}
	}
}

// defaults are the capabilities that container engines give without being asked
// (Docker documentation, "docker container run", "Runtime privilege and Linux
// capabilities").
var defaults = []string{
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
}

// namespaces reads which of the host's namespaces the container shares: those that
// it gets no new one of.
func namespaces(w *deploy.Workload, linux source.Value) {
	list := linux.Get("namespaces")
	if !list.IsList() {
		return
	}
	shared := func(kind string) deploy.Field[bool] {
		for _, n := range list.List {
			if n.Get("type").Text == kind {
				return deploy.Field[bool]{Position: n.Get("type").At}
			}
		}
		return deploy.Field[bool]{Value: true, Set: true, Position: list.At}
	}
	w.HostNetwork, w.HostPID, w.HostIPC = shared("network"), shared("pid"), shared("ipc")
}

// ofKernel are the types of file systems that hold nothing of anybody's.
var ofKernel = []string{"proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "bpf"}

func mounts(w *deploy.Workload, c *deploy.Container, list source.Value) {
	for i, m := range list.List {
		target, kind, from := m.Get("destination"), m.Get("type"), m.Get("source")
		if i >= source.MaxObjects || !path.IsAbs(target.Text) || slices.Contains(ofKernel, kind.Text) {
			continue
		}
		var options []string
		for _, o := range m.Get("options").List {
			options = append(options, o.Text)
		}
		p := path.Clean(target.Text)
		if kind.Text == "tmpfs" && (p == "/dev" || p == "/dev/shm") {
			continue
		}
		v := deploy.Volume{Name: p, Kind: "volume", Source: from.Text, Persistent: true, Unknown: from.Unknown, Position: target.At, SourcePosition: from.At}
		switch {
		case kind.Text == "tmpfs":
			v.Kind, v.Source, v.Persistent = "emptyDir", "", false
			v.Medium = deploy.Field[string]{Value: "Memory", Set: true, Position: kind.At}
		case slices.Contains(options, "bind") || slices.Contains(options, "rbind") || kind.Text == "bind":
			v.Kind = "hostPath"
		}
		readOnly := slices.Contains(options, "ro")
		w.Volumes = append(w.Volumes, v)
		c.Mounts = append(c.Mounts, deploy.Mount{
			Volume: v.Name, Path: p, ReadOnly: readOnly, Position: target.At, VolumePosition: target.At, ReadOnlyPosition: m.Get("options").At,
		})
	}
}

func resources(c *deploy.Container, v source.Value) {
	c.Resources.Position = v.At
	if limit := v.Get("memory", "limit"); limit.Set() && limit.Text != "-1" {
		c.Resources.MemoryLimit = limit.Field()
	}
	if pids := v.Get("pids", "limit"); pids.Set() && pids.Text != "-1" && pids.Text != "0" {
		c.Resources.PIDs = pids.Field()
	}
}
