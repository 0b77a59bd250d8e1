// Package azure reads what declares resources of Azure into the model of package
// deploy: ARM templates, Bicep files, and the YAML files of Container Instances and
// Container Apps. All of them have the same resources; only the language differs.
//
// Expressions of ARM templates and of Bicep are not evaluated: their values are not
// known.
package azure

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/finding"
)

// Templates is the format of ARM templates in JSON.
var Templates = &source.Format{Name: "ARM template", Match: source.JSONName, Read: readTemplate}

// Files is the format of the YAML files that az container create and
// az containerapp create take.
var Files = &source.Format{Name: "Azure container YAML", Match: source.YAMLName, Read: readFile}

// BicepFiles is the format of Bicep files, of which the resources are read and
// nothing is evaluated.
var BicepFiles = &source.Format{Name: "Bicep", Match: func(p string) bool { return path.Ext(p) == ".bicep" }, Read: readBicep}

func readTemplate(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("deploymentTemplate.json#") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, true) {
		if d.Top.Get("resources").Set() {
			found = true
			n := 0
			templateResources(f, out, d.Top.Get("resources"), 0, &n)
		}
	}
	return found
}

// templateResources reads resources, those inside of others and of nested
// deployments too. Since language version 2 they are a mapping.
func templateResources(f *source.File, out *deploy.Manifests, list source.Value, depth int, n *int) {
	if depth > 8 {
		return
	}
	items := list.List
	for _, e := range list.Entries {
		items = append(items, e.Value)
	}
	for _, item := range items {
		if *n++; *n > source.MaxObjects {
			return
		}
		item = expressions(item)
		Resource(f, out, "ARM", item.Get("type").Text, name(item), item)
		templateResources(f, out, item.Get("resources"), depth+1, n)
		templateResources(f, out, item.Get("properties", "template", "resources"), depth+1, n)
	}
}

// expressions marks the expressions of a template, which stand in brackets, as not
// known (Azure Resource Manager documentation, "Template syntax and expressions").
func expressions(v source.Value) source.Value {
	switch v.Kind {
	case source.Scalar:
		if strings.HasPrefix(v.Text, "[") && strings.HasSuffix(v.Text, "]") && !strings.HasPrefix(v.Text, "[[") {
			v.Unknown = true
		}
	case source.Map:
		v.Entries = slices.Clone(v.Entries)
		for i := range v.Entries {
			v.Entries[i].Value = expressions(v.Entries[i].Value)
		}
		if v.Get("copy").IsList() {
			v.Unknown = true
		}
	case source.List:
		v.List = slices.Clone(v.List)
		for i := range v.List {
			v.List[i] = expressions(v.List[i])
		}
	}
	return v
}

func readFile(f *source.File, out *deploy.Manifests) bool {
	if !f.Has("properties") || !f.Has("containers") || f.Has("deploymentTemplate.json#") {
		return false
	}
	found := false
	for _, d := range f.YAML(out, f.Has("Microsoft.ContainerInstance") || f.Has("Microsoft.App/")) {
		kind := d.Top.Get("type").Text
		properties := d.Top.Get("properties")
		if kind == "" && properties.Get("template", "containers").IsList() && properties.Get("configuration").IsMap() {
			kind = "Microsoft.App/containerApps"
		}
		found = Resource(f, out, "Azure YAML", kind, name(d.Top), d.Top) || found
	}
	return found
}

func name(v source.Value) source.Value {
	n := v.Get("name")
	if !n.Set() {
		n = source.Value{Kind: source.Scalar, At: v.Get("type").At}
	}
	return n
}

// Resource reads one resource of the Azure API, and tells whether its type is known.
// v is the resource with its type and properties, format the language of the file.
func Resource(f *source.File, out *deploy.Manifests, format, kind string, name, v source.Value) bool {
	kind, _, _ = strings.Cut(kind, "@")
	properties := v.Get("properties")
	title := name.Known()
	if title == "" {
		title, _, _ = strings.Cut(path.Base(f.Path), ".")
	}
	switch strings.ToLower(kind) {
	case "microsoft.containerinstance/containergroups":
		f.Run(out, Group(properties, kind, title, name.At), format, v.Get("type").At)
	case "microsoft.app/containerapps":
		f.Run(out, App(properties, kind, title, name.At, false), format, v.Get("type").At)
	case "microsoft.app/jobs":
		f.Run(out, App(properties, kind, title, name.At, true), format, v.Get("type").At)
	case "microsoft.web/sites":
		if strings.Contains(strings.ToLower(v.Get("kind").Text), "functionapp") {
			w := FunctionApp(properties, kind, title, name.At)
			if Foreign(w) {
				return true
			}
			f.Run(out, w, format, v.Get("kind").At)
		}
	case "microsoft.containerservice/managedclusters":
		f.Declare(out, deploy.OnAKS, format, kind, title, name.At).Evidence = v.Get("type").At
	default:
		return false
	}
	return true
}

// Group is the workload of a container group (Azure Container Instances
// documentation, "YAML reference").
func Group(v source.Value, kind, name string, at finding.Position) *deploy.Workload {
	w := &deploy.Workload{
		Platform: deploy.ContainerInstances, Kind: kind, Name: name, Position: at, Controlled: true, Platforms: []deploy.PlatformID{deploy.OnACI},
		RestartPolicy: v.Get("restartPolicy").Field(),
	}
	w.RunsToEnd = w.RestartPolicy.Known() && w.RestartPolicy.Value != "Always"
	w.GraceSeconds.Position = at
	for _, item := range v.Get("volumes").Blocks() {
		w.Volumes = append(w.Volumes, groupVolume(item))
	}
	public := map[string]bool{}
	for _, p := range v.Get("ipAddress", "ports").Blocks() {
		public[p.Get("port").Text] = true
	}
	for _, item := range v.Get("containers").List {
		w.Containers = append(w.Containers, container(item, item.Get("properties")))
	}
	for _, item := range v.Get("initContainers").List {
		w.Init = append(w.Init, container(item, item.Get("properties")))
	}
	return w
}

func groupVolume(v source.Value) deploy.Volume {
	o := deploy.Volume{Name: v.Get("name").Text, Position: v.Get("name").At, SourcePosition: v.Get("name").At}
	for _, kind := range []string{"azureFile", "emptyDir", "secret", "gitRepo"} {
		if v.Get(kind).Set() || kind == "emptyDir" && v.Key(kind) != v.At {
			o.Kind, o.Persistent = kind, kind == "azureFile"
		}
	}
	if o.Kind == "" {
		o.Unknown = true
	}
	return o
}

// container reads a container; v holds its name, and p its properties.
func container(v, p source.Value) *deploy.Container {
	at := v.At
	if v.Get("name").Set() {
		at = v.Get("name").At
	}
	c := &deploy.Container{
		Name: v.Get("name").Text, Position: at, Image: p.Get("image").Field(), Command: p.Get("command").Words(), Args: p.Get("args").Words(),
		Readiness: probe(p.Get("readinessProbe")), Liveness: probe(p.Get("livenessProbe")),
	}
	c.Startup.Position = at
	env := p.First("environmentVariables", "env")
	source.SetEnv(c, env)
	for i, item := range env.List {
		if ref := item.First("secretRef", "secureValue"); ref.Set() && i < len(c.Env) {
			for n := range c.Env {
				if c.Env[n].Name == item.Get("name").Text {
					c.Env[n].From, c.Env[n].Value, c.Env[n].ValuePosition = "secret", "", ref.At
				}
			}
		}
	}
	for _, item := range p.Get("ports").Blocks() {
		n := item.Get("port").Int()
		protocol := strings.ToUpper(item.Get("protocol").Known())
		if protocol == "" {
			protocol = "TCP"
		}
		c.Ports = append(c.Ports, deploy.Port{Number: n.Value, Unknown: !n.Known(), Protocol: protocol, Position: n.Position, HostPosition: n.Position})
	}
	for _, item := range p.Get("volumeMounts").Blocks() {
		if target := item.Get("mountPath"); target.Known() != "" {
			volume := item.First("name", "volumeName")
			c.Mounts = append(c.Mounts, deploy.Mount{
				Volume: volume.Text, Path: target.Text, ReadOnly: item.Get("readOnly").Bool().Value, Position: target.At, VolumePosition: volume.At,
			})
		}
	}
	resources := p.Get("resources")
	amounts := resources
	if resources.Get("requests").Set() {
		amounts = resources.Get("requests")
	}
	c.Resources = deploy.Resources{Position: resources.At, CPURequest: amounts.Get("cpu").Field(), MemoryRequest: gigabytes(amounts)}
	if limits := resources.Get("limits"); limits.Set() {
		c.Resources.CPULimit, c.Resources.MemoryLimit = limits.Get("cpu").Field(), gigabytes(limits)
	} else {
		// What is asked for is what a container gets, on both platforms.
		c.Resources.CPULimit, c.Resources.MemoryLimit = c.Resources.CPURequest, c.Resources.MemoryRequest
	}
	c.Privileged = p.Get("securityContext", "privileged").Bool()
	c.RunAsUser = p.Get("securityContext", "runAsUser").Int64()
	c.Security.Position = p.Get("securityContext").At
	return c
}

// gigabytes is the memory of a group's container, a number of GB, or of an app's,
// in Kubernetes' notation.
func gigabytes(v source.Value) deploy.Field[string] {
	if f := v.Get("memoryInGB").Field(); f.Set {
		if f.Known() {
			f.Value += "G"
		}
		return f
	}
	return v.Get("memory").Field()
}

// probe reads a probe, which has the form that Kubernetes gives it.
func probe(v source.Value) deploy.Field[deploy.Probe] {
	f := deploy.Field[deploy.Probe]{Set: v.Set(), Unknown: v.Set() && !v.IsMap(), Position: v.At}
	if !f.Set {
		return f
	}
	p := deploy.Probe{Position: v.At}
	for _, kind := range []string{"httpGet", "tcpSocket", "exec"} {
		h := v.Get(kind)
		if !h.Set() {
			continue
		}
		p.Kind, p.Position = kind, h.At
		p.Path, p.Port, p.Scheme = h.Get("path").Text, h.Get("port").Text, h.Get("scheme").Text
		p.PathPosition, p.PortPosition = h.Get("path").At, h.Get("port").At
		p.Command = h.Get("command").Words().Value
		f.Unknown = h.Get("port").Unknown || h.Get("path").Unknown
	}
	p.InitialDelay, p.Period, p.Timeout = v.Get("initialDelaySeconds").Int(), v.Get("periodSeconds").Int(), v.Get("timeoutSeconds").Int()
	p.FailureThreshold, p.SuccessThreshold = v.Get("failureThreshold").Int(), v.Get("successThreshold").Int()
	f.Value = p
	return f
}

// App is the workload of a container app or job (Azure Container Apps
// documentation, "ARM and YAML template specifications").
func App(v source.Value, kind, name string, at finding.Position, job bool) *deploy.Workload {
	template := v.Get("template")
	w := &deploy.Workload{
		Platform: deploy.ContainerApps, Kind: kind, Name: name, Position: at, Controlled: true, Platforms: []deploy.PlatformID{deploy.OnContainerApps},
		RunsToEnd: job, GraceSeconds: template.Get("terminationGracePeriodSeconds").Int(),
	}
	scale := template.Get("scale")
	if low, high := scale.Get("minReplicas").Int(), scale.Get("maxReplicas").Int(); low.Known() && high.Known() && low.Value == high.Value {
		w.Replicas = low
	}
	for _, item := range template.Get("volumes").Blocks() {
		kind := item.Get("storageType")
		o := deploy.Volume{Name: item.Get("name").Text, Kind: kind.Text, Source: item.Get("storageName").Text, Position: item.Get("name").At, SourcePosition: item.Get("storageName").At, Unknown: kind.Unknown}
		switch o.Kind {
		case "", "EmptyDir":
			o.Kind = "emptyDir"
		case "AzureFile", "NfsAzureFile":
			o.Persistent = true
		}
		w.Volumes = append(w.Volumes, o)
	}
	ingress := v.Get("configuration", "ingress")
	for i, item := range template.Get("containers").List {
		c := container(item, item)
		for _, p := range item.Get("probes").Blocks() {
			switch strings.ToLower(p.Get("type").Known()) {
			case "liveness":
				c.Liveness = probe(p)
			case "readiness":
				c.Readiness = probe(p)
			case "startup":
				c.Startup = probe(p)
			}
		}
		if target := ingress.Get("targetPort").Int(); i == 0 && target.Set {
			c.Ports = append(c.Ports, deploy.Port{Number: target.Value, Unknown: !target.Known(), Protocol: "TCP", Position: target.Position, HostPosition: target.Position})
		}
		w.Containers = append(w.Containers, c)
	}
	for _, item := range template.Get("initContainers").List {
		w.Init = append(w.Init, container(item, item))
	}
	for _, key := range []string{"maxReplicas", "minReplicas"} {
		if s := scale.Get(key); s.Set() {
			w.Settings = append(w.Settings, deploy.Setting{Name: "scale." + key, Value: s.Known(), Position: s.At})
		}
	}
	if transport := ingress.Get("transport"); transport.Set() {
		w.Settings = append(w.Settings, deploy.Setting{Name: "transport", Value: transport.Known(), Position: transport.At})
	}
	return w
}

// FunctionApp is the workload of a function app: its settings are the environment
// of its process.
func FunctionApp(v source.Value, kind, name string, at finding.Position) *deploy.Workload {
	w := &deploy.Workload{
		Platform: deploy.AzureFunctions, Kind: kind, Name: name, Position: at, Controlled: true, Platforms: []deploy.PlatformID{deploy.OnAzureFunctions},
	}
	w.GraceSeconds.Position = at
	c := &deploy.Container{Name: name, Position: at}
	c.Image.Position = at
	site := v.Get("siteConfig")
	source.SetEnv(c, site.Get("appSettings"))
	if !site.Get("appSettings").IsList() || site.Unknown {
		source.MoreEnv(c, at)
	}
	if image, ok := strings.CutPrefix(site.Get("linuxFxVersion").Known(), "DOCKER|"); ok {
		c.Image = deploy.Field[string]{Value: image, Set: true, Position: site.Get("linuxFxVersion").At}
	}
	w.Containers = []*deploy.Container{c}
	return w
}

// Foreign tells of a function app whose worker runs another language than Go, which
// runs as a custom handler or in an image (Azure Functions documentation, "App
// settings reference", FUNCTIONS_WORKER_RUNTIME).
func Foreign(w *deploy.Workload) bool {
	for _, c := range w.Containers {
		for _, e := range c.Env {
			if e.Name == "FUNCTIONS_WORKER_RUNTIME" && e.From == "" && !c.Image.Set {
				return !strings.EqualFold(e.Value, "custom")
			}
		}
	}
	return false
}

func readBicep(f *source.File, out *deploy.Manifests) bool {
	if !bytes.Contains(f.Text, []byte("resource")) && !bytes.Contains(f.Text, []byte("module")) {
		return false
	}
	read := false
	found, open := bicepResources(f)
	if open > 0 {
		f.Note(out, open, "the file ends before what starts here does")
	}
	for i, r := range found {
		if i >= source.MaxObjects {
			f.Note(out, r.at.Line, "there are too many resources; this one and those behind it were not read")
			break
		}
		if r.module {
			if id := registered(r.kind); id != "" {
				f.Declare(out, id, "Bicep", "module", r.symbol, r.at).Evidence = r.body.Get("type").At
				read = true
			}
			continue
		}
		name := r.body.Get("name")
		if name.Kind != source.Scalar || name.Unknown {
			name = source.Value{Kind: source.Scalar, Text: r.symbol, At: r.at}
		}
		read = Resource(f, out, "Bicep", r.kind, name, r.body) || read
	}
	return read
}
