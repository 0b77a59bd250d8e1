// Package ecs reads task definitions of Amazon ECS into the model of package
// deploy: those of JSON files as the console and the AWS CLI write them, and those
// that CloudFormation and Terraform hold.
//
// Source: Amazon ECS developer guide, "Task definition parameters".
package ecs

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Definitions is the format of task definitions in JSON or YAML: an object with
// containerDefinitions.
var Definitions = &source.Format{Name: "ECS task definition", Match: source.YAMLName, Read: read}

func read(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("containerDefinitions") || f.Has("AWSTemplateFormatVersion") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, strings.HasPrefix(strings.TrimSpace(string(f.Text)), "{")) {
		top := d.Top
		if inner := top.Get("taskDefinition"); inner.IsMap() {
			top = inner
		}
		// The exact name: a document that only speaks of task definitions, or an
		// API's model, has it elsewhere.
		if !IsDefinition(top) {
			continue
		}
		found = true
		name, at := top.Get("family").Known(), top.Get("family").At
		if name == "" {
			name, _, _ = strings.Cut(path.Base(f.Path), ".")
		}
		if !top.Get("family").Set() {
			at = top.Key("containerDefinitions")
		}
		f.Run(out, Task(top, "TaskDefinition", name, at), "ECS", Evidence(top))
	}
	return found
}

// IsDefinition tells of a mapping that has container definitions.
func IsDefinition(v source.Value) bool {
	list := v.Get("containerDefinitions")
	if !list.IsList() || len(list.List) == 0 {
		return false
	}
	return slices.ContainsFunc(list.List, func(c source.Value) bool { return c.IsMap() && (c.Get("image").Set() || c.Get("name").Set()) })
}

// Task is the workload of a task definition. Amounts of memory are in Kubernetes'
// notation: the 512 of a task is 512Mi.
func Task(v source.Value, kind, name string, at finding.Position) *deploy.Workload {
	w := &deploy.Workload{
		Platform: deploy.ECS, Kind: kind, Name: name, Position: at, Controlled: true,
		Platforms: platforms(v), NetworkMode: v.Get("networkMode").Field(),
	}
	for _, host := range []struct {
		key   string
		field *deploy.Field[bool]
	}{{"networkMode", &w.HostNetwork}, {"pidMode", &w.HostPID}, {"ipcMode", &w.HostIPC}} {
		if m := v.Get(host.key); m.Set() {
			*host.field = deploy.Field[bool]{Value: m.Known() == "host", Set: true, Unknown: m.Unknown, Position: m.At}
		}
	}
	w.Resources = deploy.Resources{Position: v.Get("memory").At, CPULimit: cpu(v.Get("cpu")), MemoryLimit: mebibytes(v.Get("memory"))}
	for _, item := range v.First("volumes", "volume").Blocks() {
		w.Volumes = append(w.Volumes, volume(item))
	}
	settings(w, v, "")
	for _, item := range v.Get("containerDefinitions").List {
		if !item.IsMap() {
			continue
		}
		c := container(item)
		if mode := w.NetworkMode; !mode.Known() || mode.Value != "bridge" && mode.Value != "host" {
			for i := range c.Ports {
				// A task with its own address takes no port of its host; the field
				// then repeats the container's.
				c.Ports[i].HostPort = 0
			}
		}
		w.Containers = append(w.Containers, c)
		settings(w, item, "containerDefinitions.")
		if stop := item.Get("stopTimeout").Int(); stop.Set && !w.GraceSeconds.Set {
			w.GraceSeconds = stop
		}
		for _, d := range item.Get("dependsOn").Blocks() {
			if name := d.Get("containerName"); name.Known() != "" {
				w.DependsOn = append(w.DependsOn, deploy.Dependency{Name: name.Text, Condition: d.Get("condition").Text, Required: true, Position: name.At})
			}
		}
	}
	if !w.GraceSeconds.Set {
		w.GraceSeconds.Position = at
	}
	slices.SortStableFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
	return w
}

// platforms are the launch types that a task definition names. Without them one
// that does not use awsvpc can only run on EC2 (Amazon ECS developer guide,
// "Fargate task networking").
func platforms(v source.Value) []deploy.PlatformID {
	var ids []deploy.PlatformID
	required := v.Get("requiresCompatibilities")
	for _, item := range required.List {
		ids = append(ids, LaunchType(item)...)
	}
	if required.Kind == source.Scalar {
		ids = LaunchType(required)
	}
	if mode := v.Get("networkMode").Known(); len(ids) == 0 && !required.Set() && (mode == "bridge" || mode == "host") {
		ids = append(ids, deploy.OnECSEC2)
	}
	return slices.Compact(ids)
}

// Evidence is what tells which platforms a task definition is for.
func Evidence(v source.Value) finding.Position {
	if required := v.Get("requiresCompatibilities"); required.Set() {
		return required.At
	}
	return v.Get("networkMode").At
}

// LaunchType is the platform that a launch type or capacity provider names: none
// for EXTERNAL, and none where it is not known.
func LaunchType(v source.Value) []deploy.PlatformID {
	switch v.Known() {
	case "FARGATE", "FARGATE_SPOT":
		return []deploy.PlatformID{deploy.OnFargate}
	case "EC2":
		return []deploy.PlatformID{deploy.OnECSEC2}
	}
	return nil
}

// settings keeps the fields as they are written, by their names in the API: the
// platform refuses some of them.
func settings(w *deploy.Workload, v source.Value, prefix string) {
	for _, e := range v.Entries {
		if !e.Value.Set() || len(w.Settings) >= source.MaxObjects {
			continue
		}
		s := deploy.Setting{Name: prefix + lowerCamel(e.Key), Position: e.KeyAt}
		if e.Value.Kind == source.Scalar && !e.Value.Unknown {
			s.Value = e.Value.Text
		}
		if e.Value.IsList() && len(e.Value.List) == 0 {
			continue // empty lists of a described task
		}
		w.Settings = append(w.Settings, s)
		if lowerCamel(e.Key) == "linuxParameters" {
			for _, l := range e.Value.One().Entries {
				w.Settings = append(w.Settings, deploy.Setting{Name: prefix + "linuxParameters." + lowerCamel(l.Key), Position: l.KeyAt})
			}
		}
	}
}

// lowerCamel is a field's name in the API: of ContainerDefinitions and of
// container_definitions containerDefinitions.
func lowerCamel(key string) string {
	parts := strings.Split(key, "_")
	for i, p := range parts {
		if p == "" {
			continue
		}
		if i == 0 {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		} else {
			parts[i] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

func container(v source.Value) *deploy.Container {
	at := v.At
	if v.Get("name").Set() {
		at = v.Get("name").At
	}
	c := &deploy.Container{
		Name: v.Get("name").Text, Position: at, Image: v.Get("image").Field(),
		Command: words(v.Get("entryPoint")), Args: words(v.Get("command")), WorkingDir: v.Get("workingDirectory").Field(),
		Privileged: v.Get("privileged").Bool(), ReadOnlyRoot: v.Get("readonlyRootFilesystem").Bool(),
		Stdin: v.Get("interactive").Bool(), TTY: v.Get("pseudoTerminal").Bool(),
		InitProcess: v.Get("linuxParameters").One().Get("initProcessEnabled").Bool(), Health: health(v.Get("healthCheck").One()),
	}
	if v.Unknown && !c.Image.Set {
		c.Image.Set, c.Image.Unknown = true, true
	}
	c.Readiness.Position, c.Liveness.Position, c.Startup.Position = at, at, at
	source.SetEnv(c, v.Get("environment"))
	for _, item := range v.Get("environmentFiles").Blocks() {
		source.MoreEnv(c, item.At)
	}
	secrets := v.Get("secrets")
	for _, item := range secrets.Blocks() {
		if name := item.Get("name"); name.Known() != "" {
			from := item.Get("valueFrom")
			c.Env = append(c.Env, deploy.Env{
				Name: name.Text, From: "secret", Ref: deploy.Ref{Position: from.At}, Position: name.At, ValuePosition: from.At,
			})
		}
	}
	if secrets.Unknown {
		source.MoreEnv(c, secrets.At)
	}
	user := v.Get("user").Field()
	c.Security = deploy.ContainerSecurity{User: user, Position: at}
	c.RunAsUser.Position = user.Position
	name, _, _ := strings.Cut(user.Value, ":")
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && user.Known() {
		c.RunAsUser.Value, c.RunAsUser.Set = id, true
	} else if name == "root" && user.Known() {
		c.RunAsUser.Set = true
	}
	capabilities := v.Get("linuxParameters").One().Get("capabilities").One()
	c.Security.Added, c.Security.Dropped = capabilities.Get("add").Fields(), capabilities.Get("drop").Fields()
	c.Resources = deploy.Resources{
		Position: v.Get("memory").At, CPURequest: cpu(v.Get("cpu")), MemoryLimit: mebibytes(v.Get("memory")), MemoryRequest: mebibytes(v.Get("memoryReservation")),
	}
	for _, p := range v.Get("portMappings").Blocks() {
		c.Ports = append(c.Ports, port(p))
	}
	for _, m := range v.Get("mountPoints").Blocks() {
		name, target := m.Get("sourceVolume"), m.Get("containerPath")
		if target.Set() && !target.Unknown {
			readOnly := m.Get("readOnly").Bool()
			c.Mounts = append(c.Mounts, deploy.Mount{
				Volume: name.Text, Path: target.Text, ReadOnly: readOnly.Value, Position: target.At, VolumePosition: name.At, ReadOnlyPosition: readOnly.Position,
			})
		}
	}
	return c
}

// words are a list's; an empty one, as in a described task, is none.
func words(v source.Value) deploy.Field[[]string] {
	f := v.Words()
	f.Set = f.Set && (f.Unknown || len(f.Value) > 0)
	return f
}

func port(p source.Value) deploy.Port {
	number, host := p.Get("containerPort").Int(), p.Get("hostPort").Int()
	o := deploy.Port{
		Name: p.Get("name").Known(), Number: number.Value, Unknown: !number.Known(), HostPort: host.Value,
		Protocol: strings.ToUpper(p.Get("protocol").Known()), Position: number.Position, HostPosition: host.Position,
	}
	if o.Protocol == "" {
		o.Protocol = "TCP"
	}
	if p.Get("protocol").Unknown {
		o.Unknown = true
	}
	return o
}

// health reads a healthCheck with its defaults.
func health(v source.Value) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Set: v.Set(), Position: v.At}
	if !f.Set {
		return f
	}
	if !v.IsMap() {
		f.Unknown = true
		return f
	}
	command := v.Get("command")
	test := command.Words()
	p := deploy.Probe{Kind: "exec", Position: command.At, PathPosition: command.At, PortPosition: command.At}
	switch {
	case test.Unknown:
		f.Unknown = true
	case len(test.Value) > 1 && test.Value[0] == "CMD-SHELL":
		p.Command = []string{"/bin/sh", "-c", test.Value[1]}
	case len(test.Value) > 1 && test.Value[0] == "CMD":
		p.Command = test.Value[1:]
	case len(test.Value) > 0 && test.Value[0] == "NONE":
		p.Disabled = true
	default:
		p.Command = test.Value
	}
	number := func(key string, otherwise int) deploy.Field[int] {
		n := v.Get(key).Int()
		if !n.Set {
			n.Value = otherwise
		}
		return n
	}
	p.Period, p.Timeout, p.FailureThreshold, p.InitialDelay = number("interval", 30), number("timeout", 5), number("retries", 3), number("startPeriod", 0)
	f.Value = p
	return f
}

// volume reads a volume. One that says nothing of where it lies goes with the task.
func volume(v source.Value) deploy.Volume {
	at := v.At
	if v.Get("name").Set() {
		at = v.Get("name").At
	}
	o := deploy.Volume{Name: v.Get("name").Text, Kind: "emptyDir", Position: at, SourcePosition: at}
	host := v.Get("host").One().First("sourcePath")
	if !host.Set() {
		host = v.Get("host_path") // Terraform's name
	}
	switch {
	case host.Set():
		o.Kind, o.Source, o.Unknown, o.SourcePosition = "hostPath", host.Text, host.Unknown, host.At
	case v.Get("efsVolumeConfiguration").Set():
		o.Kind, o.Persistent, o.SourcePosition = "efs", true, v.Get("efsVolumeConfiguration").At
	case v.Get("fsxWindowsFileServerVolumeConfiguration").Set():
		o.Kind, o.Persistent = "fsx", true
	case v.Get("dockerVolumeConfiguration").Set():
		docker := v.Get("dockerVolumeConfiguration").One()
		o.Kind, o.SourcePosition = "volume", v.Get("dockerVolumeConfiguration").At
		o.Persistent = docker.Get("scope").Known() == "shared"
	case v.Get("configuredAtLaunch").Known() == "true":
		o.Kind, o.Persistent = "ebs", false // goes with the task, unless the service says otherwise
	}
	return o
}

// mebibytes is an amount of memory as Kubernetes writes it: of a number of MiB, or
// of GB, by which ECS means GiB.
func mebibytes(v source.Value) deploy.Field[string] {
	f := v.Field()
	if n, ok := amount(f.Value, "GB", 1024); ok && f.Known() {
		f.Value = strconv.Itoa(n) + "Mi"
	}
	return f
}

// cpu is a number of 1/1024 cores, or of vCPU, as Kubernetes writes it.
func cpu(v source.Value) deploy.Field[string] {
	f := v.Field()
	if n, ok := amount(f.Value, "VCPU", 1024); ok && f.Known() {
		f.Value = strconv.Itoa(n*1000/1024) + "m"
		if n == 0 {
			f.Set = false
		}
	}
	return f
}

// amount is a number of units, or of a larger unit that is a number of them: 512,
// "2 GB", ".5 vCPU" (Amazon ECS developer guide, "Task size").
func amount(text, larger string, factor float64) (int, bool) {
	text = strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if number, ok := strings.CutSuffix(text, larger); ok {
		f, err := strconv.ParseFloat(number, 64)
		return int(f * factor), err == nil && f >= 0 && f < 1e6
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= 0 && n < 1e9
}
