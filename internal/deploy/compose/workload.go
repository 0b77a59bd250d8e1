package compose

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// graceSeconds is how long Compose waits for a container to stop where the file
// does not say (Compose Specification, "stop_grace_period").
const graceSeconds = 10

// convert puts what was loaded into the model.
func (l *loaded) convert() {
	awaited := l.awaited()
	for _, name := range l.serviceNames() {
		s, ok := l.services[name]
		if !ok {
			continue
		}
		c := &service{loaded: l, name: name, spec: &s, layers: l.layers(name)}
		if len(c.layers) == 0 {
			continue
		}
		w := c.workload()
		w.RunsToEnd = w.RunsToEnd || awaited[name]
		e := c.endpoint(w)
		w.Services = []*deploy.Endpoint{e}
		l.out.Workloads = append(l.out.Workloads, w)
		l.out.Services = append(l.out.Services, e)
		if b := w.Containers[0].Build; b != nil {
			l.out.Builds = append(l.out.Builds, b)
		}
		o := w.Object()
		l.out.Objects = append(l.out.Objects, &o)
		l.out.Read.Objects++
	}
	l.resources()
	if l.reader.count == nil {
		l.reader.count = map[string]bool{}
	}
	for _, f := range l.files {
		if !l.reader.count[f.path] {
			l.reader.count[f.path] = true
			l.out.Read.Files++
		}
	}
}

// awaited are the services whose end another one waits for.
func (l *loaded) awaited() map[string]bool {
	m := map[string]bool{}
	for _, s := range l.services {
		for name, d := range s.DependsOn {
			if d.Condition == types.ServiceConditionCompletedSuccessfully {
				m[name] = true
			}
		}
	}
	return m
}

// A service is one service of a project, while it is put into the model.
type service struct {
	*loaded
	name   string
	spec   *types.ServiceConfig
	layers []yamldoc.Cursor
}

func (c *service) at(keys ...string) yamldoc.Cursor { return c.find(c.layers, keys...) }

// text is a string that the library made, with the place where it is written.
func (c *service) text(value string, keys ...string) deploy.Field[string] {
	at := c.at(keys...)
	return deploy.Field[string]{Value: c.variables.restore(value), Set: at.Set(), Unknown: at.Unknown(), Position: at.At}
}

// value is any other value: nothing where it is not known.
func value[T any](c *service, v T, keys ...string) deploy.Field[T] {
	at := c.at(keys...)
	f := deploy.Field[T]{Value: v, Set: at.Set(), Unknown: at.Unknown(), Position: at.At}
	if f.Unknown {
		var nothing T
		f.Value = nothing
	}
	return f
}

func (c *service) words(list []string, keys ...string) deploy.Field[[]string] {
	at := c.at(keys...)
	f := deploy.Field[[]string]{Set: at.Set(), Unknown: at.Unknown(), Position: at.At}
	if at.Node != nil && at.IsList() {
		for _, item := range at.Items() {
			f.Unknown = f.Unknown || item.Unknown()
		}
	}
	for _, word := range list {
		f.Value = append(f.Value, c.variables.restore(word))
	}
	return f
}

// wholeSeconds is a duration as the model has it, rounded up.
func wholeSeconds(d *types.Duration) int {
	if d == nil {
		return 0
	}
	return int((time.Duration(*d) + time.Second - 1) / time.Second)
}

func (c *service) workload() *deploy.Workload {
	s := c.spec
	o := c.object("service", c.name, c.layers[len(c.layers)-1])
	w := &deploy.Workload{
		Platform: deploy.Compose, Kind: "service", Name: c.name, Dir: o.Dir, Variant: o.Variant, Bundles: o.Bundles,
		Position: o.Position, Controlled: true,
		Labels:       s.Labels,
		ObjectLabels: s.Labels,
		Annotations:  s.Annotations,
	}
	for _, f := range c.files { // the name stands where the service is first defined
		if at := f.top.Path("services", c.name); at.Set() {
			w.Position = at.At
			break
		}
	}
	w.APIVersion.Position = w.Position
	w.GraceSeconds = deploy.Field[int]{Value: graceSeconds, Position: c.at("stop_grace_period").At}
	if s.StopGracePeriod != nil {
		w.GraceSeconds = value(c, wholeSeconds(s.StopGracePeriod), "stop_grace_period")
	}
	w.RestartPolicy = c.text(s.Restart, "restart")
	w.RuntimeClass = c.text(s.Runtime, "runtime")
	w.Hostname = c.text(s.Hostname, "hostname")
	w.NetworkMode = c.text(s.NetworkMode, "network_mode")
	w.HostNetwork = is(w.NetworkMode, "host")
	w.HostPID = is(c.text(s.Pid, "pid"), "host")
	w.HostIPC = is(c.text(s.Ipc, "ipc"), "host")
	w.FixedName = c.text(s.ContainerName, "container_name")
	w.Profiles = s.Profiles
	c.replicas(w)
	c.swarm(w)
	c.networks(w)
	for _, name := range slices.Sorted(maps.Keys(s.ExtraHosts)) {
		at := c.entry(name, "extra_hosts")
		for _, ip := range s.ExtraHosts[name] {
			w.HostAliases = append(w.HostAliases, deploy.HostAlias{
				IP: deploy.Field[string]{Value: c.variables.restore(ip), Set: true, Unknown: at.Unknown(), Position: at.At}, Names: []string{name}, Position: at.At,
			})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.DependsOn)) {
		d := s.DependsOn[name]
		w.DependsOn = append(w.DependsOn, deploy.Dependency{
			Name: name, Condition: d.Condition, Required: d.Required, Position: c.entry(name, "depends_on").At,
		})
	}
	w.Containers = []*deploy.Container{c.container(w)}
	c.settings(w)
	return w
}

// is tells whether a field has one word.
func is(f deploy.Field[string], word string) deploy.Field[bool] {
	return deploy.Field[bool]{Value: f.Value == word, Set: f.Set, Unknown: f.Unknown, Position: f.Position}
}

// entry is the place of one entry of a mapping or of a list of "name=value",
// "name:value" or names, in the layer that has it.
func (c *service) entry(name string, keys ...string) yamldoc.Cursor {
	for _, layer := range c.layers {
		at := layer.Path(keys...)
		if at.IsMap() {
			if v := at.Get(name); v.Set() {
				key := at.Key(name)
				key.Node = v.Node
				return key
			}
			if key := at.Key(name); key.Set() { // without a value
				return yamldoc.Cursor{Doc: key.Doc, At: key.At}
			}
		}
		for _, item := range at.Items() {
			text := item.Text()
			if substituted, err := c.variables.substitute(text, c.variables.lookup); err == nil {
				text = c.variables.restore(substituted)
			}
			if text == name || strings.HasPrefix(text, name+"=") || strings.HasPrefix(text, name+":") {
				return item
			}
		}
	}
	return yamldoc.Cursor{Doc: c.at(keys...).Doc, At: c.at(keys...).At}
}

// replicas reads the number of instances: scale, or what a swarm runs.
func (c *service) replicas(w *deploy.Workload) {
	s := c.spec
	w.Replicas = deploy.Field[int]{Value: 1, Position: c.at("deploy", "replicas").At}
	switch {
	case s.Deploy != nil && s.Deploy.Replicas != nil:
		w.Replicas = value(c, *s.Deploy.Replicas, "deploy", "replicas")
	case s.Scale != nil:
		w.Replicas = value(c, *s.Scale, "scale")
	}
}

// swarm reads the deploy section (Compose Deploy Specification).
func (c *service) swarm(w *deploy.Workload) {
	d := c.spec.Deploy
	if d == nil {
		d = &types.DeployConfig{}
	}
	w.Swarm.Mode = c.text(d.Mode, "deploy", "mode")
	w.Swarm.EndpointMode = c.text(d.EndpointMode, "deploy", "endpoint_mode")
	if p := d.RestartPolicy; p != nil {
		w.Swarm.Restart = c.text(p.Condition, "deploy", "restart_policy", "condition")
		if p.MaxAttempts != nil {
			w.Swarm.MaxAttempts = value(c, int(*p.MaxAttempts), "deploy", "restart_policy", "max_attempts")
		}
	} else {
		w.Swarm.Restart.Position = c.at("deploy", "restart_policy").At
	}
	w.RunsToEnd = strings.HasSuffix(d.Mode, "-job")
	w.Update.Position = c.at("deploy", "update_config").At
	w.Update.Strategy = deploy.Field[string]{Position: w.Update.Position}
	if u := d.UpdateConfig; u != nil {
		w.Update.Strategy = c.text(u.Order, "deploy", "update_config", "order")
		if w.Update.Strategy.Value == "" {
			w.Update.Strategy.Value = "stop-first"
		}
		w.Update.OnFailure = c.text(u.FailureAction, "deploy", "update_config", "failure_action")
		w.Update.Parallelism = deploy.Field[int]{Value: 1, Position: w.Update.Position}
		if u.Parallelism != nil {
			w.Update.Parallelism = value(c, int(*u.Parallelism), "deploy", "update_config", "parallelism")
		}
	}
	w.Placement.Constraints = c.at("deploy", "placement", "constraints").Fields()
	w.Placement.MaxPerNode = value(c, int(d.Placement.MaxReplicas), "deploy", "placement", "max_replicas_per_node")
	for _, item := range c.at("deploy", "placement", "preferences").Items() {
		w.Placement.Spread = append(w.Placement.Spread, deploy.Spread{Topology: item.Get("spread").Field()})
	}
	// replicas and resources alone are heeded by Compose too.
	for _, key := range []string{"placement", "update_config", "rollback_config", "endpoint_mode", "restart_policy", "mode"} {
		w.Swarm.Set = w.Swarm.Set || c.at("deploy", key).Set()
	}
	for _, n := range c.loaded.networks {
		w.Swarm.Set = w.Swarm.Set || n.Driver == "overlay"
	}
}

// networks reads what the service is attached to.
func (c *service) networks(w *deploy.Workload) {
	for _, name := range slices.Sorted(maps.Keys(c.spec.Networks)) {
		at := c.entry(name, "networks")
		w.Networks = append(w.Networks, deploy.Ref{Kind: "network", Name: name, Position: at.At})
		n := c.spec.Networks[name]
		if n == nil {
			continue
		}
		for _, fixed := range []struct{ value, key string }{{n.Ipv4Address, "ipv4_address"}, {n.Ipv6Address, "ipv6_address"}} {
			if fixed.value != "" {
				w.FixedAddresses = append(w.FixedAddresses, c.text(fixed.value, "networks", name, fixed.key))
			}
		}
	}
}

// settings lists every field of the service as it is written.
func (c *service) settings(w *deploy.Workload) {
	seen := map[string]bool{}
	for _, layer := range c.layers {
		for _, key := range layer.Keys() {
			if seen[key] || strings.HasPrefix(key, "x-") || !layer.Get(key).Set() {
				continue
			}
			seen[key] = true
			w.Settings = append(w.Settings, deploy.Setting{Name: key, Value: c.variables.restore(layer.Get(key).Text()), Position: layer.Key(key).At})
		}
	}
	slices.SortFunc(w.Settings, func(a, b deploy.Setting) int { return strings.Compare(a.Name, b.Name) })
}

// endpoint is the name under which the other services reach this one (Docker
// documentation, "Networking in Compose").
func (c *service) endpoint(w *deploy.Workload) *deploy.Endpoint {
	e := &deploy.Endpoint{
		Platform: deploy.Compose, Kind: "service", Name: c.name, Dir: w.Dir, Type: "ClusterIP", Position: w.Position,
		Variant: w.Variant, Bundles: w.Bundles, Implied: true, Labels: w.Labels,
	}
	for _, name := range slices.Sorted(maps.Keys(c.spec.Networks)) {
		if n := c.spec.Networks[name]; n != nil {
			for _, alias := range n.Aliases {
				e.Aliases = append(e.Aliases, deploy.Field[string]{Value: c.variables.restore(alias), Set: true, Position: c.at("networks", name, "aliases").At})
			}
		}
	}
	if w.FixedName.Known() && w.FixedName.Value != "" && w.FixedName.Value != c.name {
		e.Aliases = append(e.Aliases, w.FixedName)
	}
	for _, p := range w.Containers[0].Ports {
		if p.HostPort != 0 || p.Published != "" {
			e.Type = "NodePort"
		}
		if !p.Unknown {
			e.Ports = append(e.Ports, deploy.EndpointPort{
				Name: p.Name, Number: p.Number, TargetPort: strconv.Itoa(p.Number), Position: p.Position, TargetPosition: p.Position, Protocol: p.Protocol,
			})
		}
	}
	return e
}

// resources puts what a project defines beside its services into the model.
func (l *loaded) resources() {
	place := func(key, name string) yamldoc.Cursor {
		for _, f := range l.files {
			if at := f.top.Get(key).Key(name); at.Set() {
				return at
			}
		}
		return l.files[0].top
	}
	for _, name := range slices.Sorted(maps.Keys(l.volumes)) {
		claim := &deploy.Claim{Object: l.object("volume", name, place("volumes", name))}
		l.out.Claims = append(l.out.Claims, claim)
		l.out.Objects = append(l.out.Objects, &claim.Object)
	}
	config := func(kind, key, name string, o types.FileObjectConfig) {
		c := &deploy.Config{Object: l.object(kind, name, place(key, name)), External: bool(o.External), Source: "file"}
		if o.File != "" {
			c.Keys = []deploy.ConfigKey{{Name: path.Base(l.variables.restore(o.File)), Position: c.Position, ValuePosition: c.Position}}
		}
		l.out.Configs = append(l.out.Configs, c)
		l.out.Objects = append(l.out.Objects, &c.Object)
	}
	for _, name := range slices.Sorted(maps.Keys(l.configs)) {
		config("ConfigMap", "configs", name, types.FileObjectConfig(l.configs[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(l.secrets)) {
		config("Secret", "secrets", name, types.FileObjectConfig(l.secrets[name]))
	}
}
