package terraform

import (
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/azure"
	"github.com/cnready/cnready/internal/deploy/hclfile"
	"github.com/cnready/cnready/internal/deploy/source"
)

func workload(b *hclfile.Block, platform string, id deploy.PlatformID) *deploy.Workload {
	w := &deploy.Workload{
		Platform: platform, Kind: b.Label(0), Name: b.Label(1), Position: b.At, Controlled: true, Platforms: []deploy.PlatformID{id},
		RunsToEnd: strings.HasSuffix(b.Label(0), "_job"),
	}
	w.GraceSeconds.Position = b.At
	return w
}

// cloudRun is a service or job of google_cloud_run_v2_*. A job has its template in
// a template.
func cloudRun(b *hclfile.Block) *deploy.Workload {
	w := workload(b, deploy.CloudRun, deploy.OnCloudRun)
	template := b.Value().Get("template").One()
	if w.RunsToEnd {
		template = template.Get("template").One()
	}
	scaling := template.Get("scaling").One()
	for _, key := range []string{"min_instance_count", "max_instance_count"} {
		if s := scaling.Get(key); s.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: "scaling." + key, Value: s.Known(), Position: s.At})
		}
	}
	for _, key := range []string{"execution_environment", "timeout"} {
		if s := template.Get(key); s.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: key, Value: s.Known(), Position: s.At})
		}
	}
	for _, v := range template.Get("volumes").Blocks() {
		w.Volumes = append(w.Volumes, cloudRunVolume(v))
	}
	for i, v := range template.Get("containers").Blocks() {
		c := googleContainer(v)
		if i == 0 && !w.RunsToEnd {
			ingress(c)
		}
		if idle := v.Get("resources").One().Get("cpu_idle"); idle.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: "cpu_idle", Value: idle.Known(), Position: idle.At})
		}
		w.Containers = append(w.Containers, c)
	}
	return w
}

// cloudRunV1 is a service of google_cloud_run_service, whose fields are those of
// Knative.
func cloudRunV1(b *hclfile.Block) *deploy.Workload {
	w := workload(b, deploy.CloudRun, deploy.OnCloudRun)
	template := b.Value().Get("template").One()
	for _, v := range template.Get("spec").One().Get("containers").Blocks() {
		c := googleContainer(v)
		if len(w.Containers) == 0 {
			ingress(c)
		}
		w.Containers = append(w.Containers, c)
	}
	for _, v := range template.Get("spec").One().Get("volumes").Blocks() {
		w.Volumes = append(w.Volumes, cloudRunVolume(v))
	}
	for _, p := range template.Get("metadata").One().Get("annotations").Pairs() {
		w.Settings = append(w.Settings, deploy.Setting(p))
	}
	return w
}

func cloudRunVolume(v source.Value) deploy.Volume {
	o := deploy.Volume{Name: v.Get("name").Text, Position: v.Get("name").At, SourcePosition: v.Get("name").At}
	for _, k := range []struct {
		key, kind  string
		persistent bool
	}{{"empty_dir", "emptyDir", false}, {"gcs", "gcs", true}, {"nfs", "nfs", true}, {"secret", "secret", false}, {"cloud_sql_instance", "cloudSQL", false}, {"csi", "csi", false}} {
		if v.Get(k.key).Set() {
			o.Kind, o.Persistent = k.kind, k.persistent
		}
	}
	if o.Kind == "emptyDir" {
		o.Medium = v.Get("empty_dir").One().Get("medium").Field()
	}
	o.Unknown = o.Kind == ""
	return o
}

func googleContainer(v source.Value) *deploy.Container {
	at := v.At
	name := v.Get("name").Known()
	if name == "" {
		name = "app"
	} else {
		at = v.Get("name").At
	}
	c := &deploy.Container{
		Name: name, Position: at, Image: v.Get("image").Field(), Command: v.Get("command").Words(), Args: v.Get("args").Words(),
		WorkingDir: v.Get("working_dir").Field(), Liveness: probe(v.Get("liveness_probe")), Startup: probe(v.Get("startup_probe")), Readiness: probe(v.Get("readiness_probe")),
	}
	env := v.Get("env")
	for _, e := range env.Blocks() {
		if n := e.Get("name"); n.Known() != "" {
			variable := source.EnvOf(n.Text, n.At, e.Get("value"))
			if from := e.First("value_source", "value_from"); from.Set() {
				variable.From, variable.Value, variable.ValuePosition = "secret", "", from.At
			} else if !e.Get("value").Set() {
				variable.From = ""
			}
			c.Env = append(c.Env, variable)
		} else {
			env.Unknown = true
		}
	}
	if env.Unknown || env.Kind == source.Scalar {
		source.MoreEnv(c, env.At)
	}
	for _, p := range v.Get("ports").Blocks() {
		n := p.Get("container_port").Int()
		c.Ports = append(c.Ports, deploy.Port{Name: p.Get("name").Known(), Number: n.Value, Unknown: !n.Known(), Protocol: "TCP", Position: n.Position, HostPosition: n.Position})
	}
	for _, m := range v.Get("volume_mounts").Blocks() {
		if target := m.Get("mount_path"); target.Known() != "" {
			c.Mounts = append(c.Mounts, deploy.Mount{Volume: m.Get("name").Text, Path: target.Text, Position: target.At, VolumePosition: m.Get("name").At})
		}
	}
	limits := v.Get("resources").One().Get("limits")
	c.Resources = deploy.Resources{Position: limits.At, CPULimit: limits.Get("cpu").Field(), MemoryLimit: limits.Get("memory").Field()}
	// What is asked for is what a container gets.
	c.Resources.CPURequest, c.Resources.MemoryRequest = c.Resources.CPULimit, c.Resources.MemoryLimit
	return c
}

// ingress gives the container that requests are sent to what Cloud Run gives it: a
// port of 8080 where it names none, and that port in PORT; a probe without a port
// asks there (Cloud Run documentation, "Container runtime contract").
func ingress(c *deploy.Container) {
	if len(c.Ports) == 0 {
		c.Ports = []deploy.Port{{Number: 8080, Protocol: "TCP", Position: c.Position, HostPosition: c.Position}}
	}
	port := c.Ports[0]
	variable := deploy.Env{Name: "PORT", Value: strconv.Itoa(port.Number), Position: port.Position, ValuePosition: port.Position, Implied: true}
	if port.Unknown {
		variable.Value, variable.From = "", "unknown"
	}
	c.Env = append(c.Env, variable)
	for _, p := range []*deploy.Field[deploy.Probe]{&c.Liveness, &c.Readiness, &c.Startup} {
		if p.Set && p.Value.Port == "" {
			p.Value.Port = strconv.Itoa(port.Number)
			p.Unknown = p.Unknown || port.Unknown
		}
	}
}

// probe reads the probe block of Cloud Run and of a container group.
func probe(block source.Value) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Set: block.Set(), Unknown: block.Unknown || block.Kind == source.Scalar, Position: block.At}
	if !f.Set {
		return f
	}
	v := block.One()
	p := deploy.Probe{Position: block.At}
	for _, k := range []struct{ key, kind string }{{"http_get", "httpGet"}, {"tcp_socket", "tcpSocket"}, {"grpc", "grpc"}} {
		h := v.Get(k.key)
		if !h.Set() {
			continue
		}
		h = h.One()
		p.Kind, p.Path, p.Port, p.Scheme = k.kind, h.First("path", "service").Text, h.Get("port").Text, strings.ToUpper(h.Get("scheme").Known())
		p.PathPosition, p.PortPosition = h.Get("path").At, h.Get("port").At
		f.Unknown = f.Unknown || h.Get("path").Unknown || h.Get("port").Unknown
	}
	if command := v.Get("exec"); command.Set() && p.Kind == "" { // of a container group
		p.Kind, p.Command = "exec", command.Words().Value
		f.Unknown = f.Unknown || command.Words().Unknown
	}
	p.InitialDelay, p.Period, p.Timeout = v.Get("initial_delay_seconds").Int(), v.Get("period_seconds").Int(), v.Get("timeout_seconds").Int()
	p.FailureThreshold = v.Get("failure_threshold").Int()
	f.Value = p
	return f
}

// azureProbe reads the probe blocks of azurerm_container_app: the transport is
// HTTP, HTTPS or TCP.
func azureProbe(block source.Value) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Set: block.Set(), Unknown: block.Unknown || block.Kind == source.Scalar, Position: block.At}
	if !f.Set {
		return f
	}
	v := block.One()
	p := deploy.Probe{Kind: "httpGet", Path: v.Get("path").Text, Port: v.Get("port").Text, Position: block.At, PathPosition: v.Get("path").At, PortPosition: v.Get("port").At}
	transport := v.Get("transport")
	if strings.EqualFold(transport.Known(), "TCP") {
		p.Kind = "tcpSocket"
	}
	f.Unknown = f.Unknown || transport.Unknown || v.Get("path").Unknown || v.Get("port").Unknown
	f.Value = p
	return f
}

func azureContainer(v source.Value) *deploy.Container {
	c := &deploy.Container{
		Name: v.Get("name").Text, Position: v.Get("name").At, Image: v.Get("image").Field(), Command: v.First("command", "commands").Words(), Args: v.Get("args").Words(),
	}
	memory := v.Get("memory").Field()
	if memory.Known() && memory.Value != "" && strings.Trim(memory.Value, "0123456789.") == "" {
		memory.Value += "G" // of a group, a number of GB
	}
	c.Resources = deploy.Resources{Position: v.Get("memory").At, CPURequest: v.Get("cpu").Field(), CPULimit: v.Get("cpu").Field(), MemoryRequest: memory, MemoryLimit: memory}
	return c
}

func containerApp(b *hclfile.Block) *deploy.Workload {
	w := workload(b, deploy.ContainerApps, deploy.OnContainerApps)
	v := b.Value()
	template := v.Get("template").One()
	if low, high := template.Get("min_replicas").Int(), template.Get("max_replicas").Int(); low.Known() && high.Known() && low.Value == high.Value {
		w.Replicas = low
	}
	w.GraceSeconds = template.Get("termination_grace_period_seconds").Int()
	for _, o := range template.Get("volume").Blocks() {
		kind := o.Get("storage_type")
		volume := deploy.Volume{Name: o.Get("name").Text, Kind: "emptyDir", Position: o.Get("name").At, SourcePosition: o.Get("name").At, Unknown: kind.Unknown}
		if kind.Known() == "AzureFile" || kind.Known() == "NfsAzureFile" {
			volume.Kind, volume.Persistent = kind.Text, true
		}
		w.Volumes = append(w.Volumes, volume)
	}
	for i, item := range template.Get("container").Blocks() {
		c := azureContainer(item)
		c.Liveness, c.Readiness, c.Startup = azureProbe(item.Get("liveness_probe")), azureProbe(item.Get("readiness_probe")), azureProbe(item.Get("startup_probe"))
		env := item.Get("env")
		for _, e := range env.Blocks() {
			n := e.Get("name")
			if n.Known() == "" {
				env.Unknown = true
				continue
			}
			variable := source.EnvOf(n.Text, n.At, e.Get("value"))
			if from := e.Get("secret_name"); from.Set() {
				variable.From, variable.ValuePosition = "secret", from.At
			}
			c.Env = append(c.Env, variable)
		}
		if env.Unknown {
			source.MoreEnv(c, env.At)
		}
		for _, m := range item.Get("volume_mounts").Blocks() {
			if target := m.Get("path"); target.Known() != "" {
				c.Mounts = append(c.Mounts, deploy.Mount{Volume: m.Get("name").Text, Path: target.Text, Position: target.At, VolumePosition: m.Get("name").At})
			}
		}
		if port := v.Get("ingress").One().Get("target_port").Int(); i == 0 && port.Set {
			c.Ports = append(c.Ports, deploy.Port{Number: port.Value, Unknown: !port.Known(), Protocol: "TCP", Position: port.Position, HostPosition: port.Position})
		}
		w.Containers = append(w.Containers, c)
	}
	return w
}

func containerGroup(b *hclfile.Block) *deploy.Workload {
	w := workload(b, deploy.ContainerInstances, deploy.OnACI)
	v := b.Value()
	w.RestartPolicy = v.Get("restart_policy").Field()
	w.RunsToEnd = w.RestartPolicy.Known() && w.RestartPolicy.Value != "Always"
	for _, item := range v.Get("container").Blocks() {
		c := azureContainer(item)
		c.Liveness, c.Readiness = probe(item.Get("liveness_probe")), probe(item.Get("readiness_probe"))
		for _, key := range []string{"environment_variables", "secure_environment_variables"} {
			source.SetEnv(c, item.Get(key))
		}
		for _, p := range item.Get("ports").Blocks() {
			n := p.Get("port").Int()
			protocol := strings.ToUpper(p.Get("protocol").Known())
			if protocol == "" {
				protocol = "TCP"
			}
			c.Ports = append(c.Ports, deploy.Port{Number: n.Value, Unknown: !n.Known(), Protocol: protocol, Position: n.Position, HostPosition: n.Position})
		}
		for _, m := range item.Get("volume").Blocks() {
			name, target := m.Get("name"), m.Get("mount_path")
			volume := deploy.Volume{Name: name.Text, Kind: "azureFile", Persistent: true, Position: name.At, SourcePosition: name.At}
			if empty := m.Get("empty_dir").Bool(); empty.Known() && empty.Value {
				volume.Kind, volume.Persistent = "emptyDir", false
			} else if m.Get("secret").Set() {
				volume.Kind, volume.Persistent = "secret", false
			} else if m.Get("git_repo").Set() {
				volume.Kind, volume.Persistent = "gitRepo", false
			}
			if w.Volume(volume.Name) == nil {
				w.Volumes = append(w.Volumes, volume)
			}
			if target.Known() != "" {
				c.Mounts = append(c.Mounts, deploy.Mount{Volume: name.Text, Path: target.Text, ReadOnly: m.Get("read_only").Bool().Value, Position: target.At, VolumePosition: name.At})
			}
		}
		w.Containers = append(w.Containers, c)
	}
	return w
}

func functionApp(b *hclfile.Block) *deploy.Workload {
	v := b.Value()
	w := azure.FunctionApp(source.Value{}, b.Label(0), b.Label(1), b.At)
	c := w.Containers[0]
	c.EnvFrom = nil
	settings := v.Get("app_settings")
	source.SetEnv(c, settings)
	docker := v.Get("site_config").One().Get("application_stack").One().Get("docker").One()
	if name := docker.Get("image_name"); name.Set() {
		c.Image = name.Field()
		if tag := docker.Get("image_tag"); tag.Known() != "" && c.Image.Known() {
			c.Image.Value += ":" + tag.Text
		}
	}
	return w
}

// containerOS is what a machine with Container-Optimized OS runs by itself: the
// containers of the declaration in its metadata, which is YAML; nil where there is
// none that can be read (Compute Engine documentation, "Deploying containers on VMs
// and MIGs").
func (m *module) containerOS(b *hclfile.Block) *deploy.Workload {
	text := b.Value().Get("metadata").Get("gce-container-declaration")
	if !text.Set() {
		return nil
	}
	inner, ok := hclfile.Embedded(b.File, text)
	if !ok {
		b.File.Note(m.out, text.At.Line, "the container declaration of "+b.Name()+" is made by something that was not evaluated")
		return nil
	}
	docs := inner.YAML(m.out, true)
	if len(docs) != 1 || !docs[0].Top.Get("spec", "containers").IsList() {
		return nil
	}
	spec := docs[0].Top.Get("spec")
	w := workload(b, deploy.ContainerOS, deploy.OnContainerOS)
	w.RestartPolicy = spec.Get("restartPolicy").Field()
	w.RunsToEnd = w.RestartPolicy.Known() && w.RestartPolicy.Value != "Always"
	for _, v := range spec.Get("volumes").List {
		o := deploy.Volume{Name: v.Get("name").Text, Kind: "emptyDir", Position: v.Get("name").At, SourcePosition: v.Get("name").At}
		if host := v.Get("hostPath", "path"); host.Set() {
			o.Kind, o.Source, o.Unknown, o.SourcePosition = "hostPath", host.Text, host.Unknown, host.At
		} else if disk := v.Get("gcePersistentDisk"); disk.Set() {
			o.Kind, o.Persistent, o.SourcePosition = "gcePersistentDisk", true, disk.At
		}
		w.Volumes = append(w.Volumes, o)
	}
	for _, v := range spec.Get("containers").List {
		c := &deploy.Container{
			Name: v.Get("name").Text, Position: v.Get("name").At, Image: v.Get("image").Field(), Command: v.Get("command").Words(), Args: v.Get("args").Words(),
			Privileged: v.Get("securityContext", "privileged").Bool(), Stdin: v.Get("stdin").Bool(), TTY: v.Get("tty").Bool(),
		}
		source.SetEnv(c, v.Get("env"))
		for _, mount := range v.Get("volumeMounts").List {
			if target := mount.Get("mountPath"); target.Known() != "" {
				c.Mounts = append(c.Mounts, deploy.Mount{
					Volume: mount.Get("name").Text, Path: target.Text, ReadOnly: mount.Get("readOnly").Bool().Value, Position: target.At, VolumePosition: mount.Get("name").At,
				})
			}
		}
		w.Containers = append(w.Containers, c)
	}
	// The containers use the machine's network; there is no mapping of ports.
	w.HostNetwork = deploy.Field[bool]{Value: true, Position: w.Position}
	return w
}
