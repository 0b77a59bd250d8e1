package compose

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

func (c *service) container(w *deploy.Workload) *deploy.Container {
	s := c.spec
	k := &deploy.Container{
		Name: c.name, Position: w.Position, Image: c.text(s.Image, "image"), PullPolicy: c.text(s.PullPolicy, "pull_policy"),
		Command: c.words(s.Entrypoint, "entrypoint"), Args: c.words(s.Command, "command"), WorkingDir: c.text(s.WorkingDir, "working_dir"),
		Privileged: value(c, s.Privileged, "privileged"), ReadOnlyRoot: value(c, s.ReadOnly, "read_only"),
		StopSignal: c.text(s.StopSignal, "stop_signal"), Stdin: value(c, s.StdinOpen, "stdin_open"), TTY: value(c, s.Tty, "tty"),
		InitProcess: value(c, s.Init != nil && *s.Init, "init"),
	}
	for _, missing := range []*deploy.Field[deploy.Probe]{&k.Readiness, &k.Liveness, &k.Startup} {
		missing.Position = c.at("healthcheck").At
	}
	k.Health = c.health()
	c.security(k)
	c.resourcesOf(k)
	c.env(k)
	k.Ports = c.ports()
	c.volumesOf(w, k)
	c.hooks(k)
	if s.Build != nil {
		k.Build = c.build()
	}
	return k
}

// health reads a healthcheck with its defaults (Dockerfile reference,
// "HEALTHCHECK", whose meaning Compose takes over).
func (c *service) health() deploy.Field[deploy.Probe] {
	at := c.at("healthcheck")
	f := deploy.Field[deploy.Probe]{Set: at.Set(), Position: at.At}
	h := c.spec.HealthCheck
	if !f.Set || h == nil {
		return f
	}
	p := deploy.Probe{Kind: "exec", Position: c.at("healthcheck", "test").At}
	p.PathPosition, p.PortPosition = p.Position, p.Position
	test := h.Test
	switch {
	case h.Disable || len(test) > 0 && test[0] == "NONE":
		p.Disabled = true
	case len(test) > 1 && test[0] == "CMD":
		p.Command = test[1:]
	case len(test) > 1 && test[0] == "CMD-SHELL":
		p.Command = []string{"/bin/sh", "-c", test[1]}
	case len(test) == 1:
		p.Command = []string{"/bin/sh", "-c", test[0]}
	}
	p.Command = slices.Clone(p.Command)
	for i, word := range p.Command {
		p.Command[i] = c.variables.restore(word)
	}
	duration := func(d *types.Duration, n int, key string) deploy.Field[int] {
		if d == nil {
			return deploy.Field[int]{Value: n, Position: c.at("healthcheck", key).At}
		}
		return value(c, wholeSeconds(d), "healthcheck", key)
	}
	p.Period = duration(h.Interval, 30, "interval")
	p.Timeout = duration(h.Timeout, 30, "timeout")
	p.InitialDelay = duration(h.StartPeriod, 0, "start_period")
	p.FailureThreshold = deploy.Field[int]{Value: 3, Position: c.at("healthcheck", "retries").At}
	if h.Retries != nil {
		p.FailureThreshold = value(c, int(*h.Retries), "healthcheck", "retries")
	}
	p.SuccessThreshold = deploy.Field[int]{Value: 1, Position: at.At}
	f.Value = p
	return f
}

// security reads the rights of a container.
func (c *service) security(k *deploy.Container) {
	s := c.spec
	k.Security = deploy.ContainerSecurity{
		User: c.text(s.User, "user"), Added: c.listed("cap_add"), Dropped: c.listed("cap_drop"), Position: c.at("security_opt").At,
	}
	k.RunAsUser.Position = k.Security.User.Position
	user, group, _ := strings.Cut(k.Security.User.Value, ":")
	if id, err := strconv.ParseInt(user, 10, 64); err == nil && k.Security.User.Known() {
		k.RunAsUser = deploy.Field[int64]{Value: id, Set: true, Position: k.Security.User.Position}
	} else if user == "root" && k.Security.User.Known() {
		k.RunAsUser = deploy.Field[int64]{Set: true, Position: k.Security.User.Position}
	}
	if id, err := strconv.ParseInt(group, 10, 64); err == nil {
		k.Security.RunAsGroup = deploy.Field[int64]{Value: id, Set: true, Position: k.Security.User.Position}
	}
	for _, f := range c.listed("security_opt") {
		name, option, _ := strings.Cut(strings.Replace(f.Value, "=", ":", 1), ":")
		option = strings.TrimSpace(option)
		switch name {
		case "no-new-privileges":
			k.Security.AllowEscalation = deploy.Field[bool]{Value: option == "false", Set: true, Position: f.Position}
		case "seccomp":
			k.Security.Seccomp = deploy.Field[string]{Value: option, Set: true, Unknown: f.Unknown, Position: f.Position}
		case "apparmor":
			k.Security.AppArmor = deploy.Field[string]{Value: option, Set: true, Unknown: f.Unknown, Position: f.Position}
		}
	}
}

// listed are the entries of a list that Compose joins over all layers, those that
// count least first.
func (c *service) listed(keys ...string) []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, layer := range slices.Backward(c.layers) {
		for _, f := range layer.Path(keys...).Fields() {
			if text, err := c.variables.substitute(f.Value, c.variables.lookup); err == nil {
				f.Value = c.variables.restore(text)
			}
			if !slices.ContainsFunc(list, func(o deploy.Field[string]) bool { return o.Value == f.Value }) {
				list = append(list, f)
			}
		}
	}
	return list
}

// resourcesOf reads requests and limits, in the deploy section or in the older
// fields (Compose Specification, "mem_limit", "cpus").
func (c *service) resourcesOf(k *deploy.Container) {
	amount := func(places ...[]string) deploy.Field[string] {
		for _, keys := range places {
			if at := c.at(keys...); at.Set() {
				f := at.Field()
				if text, err := c.variables.substitute(f.Value, c.variables.lookup); err == nil {
					f.Value = c.variables.restore(text)
				}
				return f
			}
		}
		return deploy.Field[string]{Position: c.at(places[0]...).At}
	}
	k.Resources = deploy.Resources{
		Position:      c.at("deploy", "resources").At,
		CPURequest:    amount([]string{"deploy", "resources", "reservations", "cpus"}),
		MemoryRequest: amount([]string{"deploy", "resources", "reservations", "memory"}, []string{"mem_reservation"}),
		CPULimit:      amount([]string{"deploy", "resources", "limits", "cpus"}, []string{"cpus"}),
		MemoryLimit:   amount([]string{"deploy", "resources", "limits", "memory"}, []string{"mem_limit"}),
		PIDs:          amount([]string{"deploy", "resources", "limits", "pids"}, []string{"pids_limit"}),
	}
}

// env reads the environment: what the file gives over what its env_file's have
// (Docker documentation, "Environment variables precedence in Compose").
func (c *service) env(k *deploy.Container) {
	s := c.spec
	given := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.Environment)) {
		given[name] = true
		at := c.entry(name, "environment")
		e := deploy.Env{Name: name, Position: at.At, ValuePosition: at.At}
		for _, layer := range c.layers {
			if v := layer.Get("environment").Get(name); v.Set() {
				e.ValuePosition = v.At
				break
			} else if layer.Get("environment").Key(name).Set() {
				break
			}
		}
		switch v := s.Environment[name]; {
		case v == nil: // taken from the shell that starts Compose
			e.From = "unknown"
		default:
			e.Value = c.variables.restore(*v)
			if at.Unknown() {
				e.From = "unknown"
			}
		}
		k.Env = append(k.Env, e)
	}
	// The last of several files counts.
	for _, f := range slices.Backward(s.EnvFiles) {
		k.Env = append(k.Env, c.envFile(k, f, given)...)
	}
	slices.SortStableFunc(k.Env, func(a, b deploy.Env) int { return a.Position.Compare(b.Position) })
}

// envFile reads a file of variables, or leaves a reference to it where it cannot
// be read.
func (c *service) envFile(k *deploy.Container, f types.EnvFile, given map[string]bool) []deploy.Env {
	at, dir := c.at("env_file").At, c.dir
	name := c.variables.restore(f.Path)
	for _, layer := range c.layers {
		list := layer.Get("env_file").Items()
		if one := layer.Get("env_file"); one.Set() && len(list) == 0 {
			list = append(list, one)
		}
		for _, item := range list {
			written := item
			if p := item.Get("path"); p.Set() {
				written = p
			}
			text, err := c.variables.substitute(written.Text(), c.variables.lookup)
			if err == nil && path.Clean(text) == path.Clean(f.Path) || path.Base(written.Text()) == path.Base(f.Path) {
				at = written.At
				break
			}
		}
	}
	ref := deploy.Ref{Kind: "EnvFile", Name: name, Optional: !bool(f.Required), Position: at}
	missing := func() []deploy.Env {
		k.EnvFrom = append(k.EnvFrom, ref)
		return nil
	}
	p, reason := c.local(dir, name)
	if reason != "" {
		return missing()
	}
	text, err := c.tree.Read(p, maxEnvFile)
	if err != nil {
		c.note(p, err.Error())
		return missing()
	}
	values, err := dotenv.ParseWithLookup(bytes.NewReader(text), c.variables.lookup)
	if err != nil {
		c.note(p, "is no file of variables: "+firstLine(err.Error()))
		return missing()
	}
	var list []deploy.Env
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if given[name] {
			continue
		}
		given[name] = true
		place := lineOf(c.tree.Name(p), text, name)
		list = append(list, deploy.Env{
			Name: name, Value: values[name], Ref: deploy.Ref{Kind: "EnvFile", Name: ref.Name, Key: name, Position: at},
			Position: place, ValuePosition: place,
		})
	}
	return list
}

// lineOf is the place of a variable in a file of them.
func lineOf(file string, text []byte, name string) finding.Position {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		body := bytes.TrimLeft(line, " \t")
		column := len(line) - len(body) + 1
		if rest, ok := bytes.CutPrefix(body, []byte("export ")); ok {
			column += len(body) - len(rest)
			body = rest
		}
		if key, _, ok := bytes.Cut(body, []byte("=")); ok && string(bytes.TrimSpace(key)) == name {
			return finding.Position{File: file, Line: n, Column: column, EndLine: n, EndColumn: column + len(name)}
		}
	}
	return finding.Position{File: file}
}

// ports reads what is published, and what is only exposed to other services.
func (c *service) ports() []deploy.Port {
	var list []deploy.Port
	for _, p := range c.spec.Ports {
		port := deploy.Port{
			Name: p.Name, Number: int(p.Target), Protocol: strings.ToUpper(p.Protocol), HostIP: c.variables.restore(p.HostIP), Mode: p.Mode,
		}
		if port.Protocol == "" {
			port.Protocol = "TCP"
		}
		port.Published = c.variables.restore(p.Published)
		if n, err := strconv.Atoi(port.Published); err == nil {
			port.HostPort, port.Published = n, ""
		}
		if _, unknown := c.variables.names[strconv.Itoa(port.Number)]; unknown {
			port.Number, port.Unknown = 0, true
		}
		port.Position, port.HostPosition = c.portAt(p)
		if port.HostPort == 0 && port.Published == "" {
			port.Published = "0" // Docker chooses one
		}
		list = append(list, port)
	}
	for _, f := range c.listed("expose") {
		number, protocol, _ := strings.Cut(f.Value, "/")
		n, err := strconv.Atoi(number)
		if protocol == "" {
			protocol = "tcp"
		}
		list = append(list, deploy.Port{
			Number: n, Protocol: strings.ToUpper(protocol), Internal: true, Unknown: err != nil, Position: f.Position, HostPosition: f.Position,
		})
	}
	return list
}

// portAt is where a port is written: the entry of a short form, the fields of a
// long one.
func (c *service) portAt(p types.ServicePortConfig) (target, published finding.Position) {
	for _, layer := range c.layers {
		for _, item := range layer.Get("ports").Items() {
			if item.IsMap() {
				number, _ := c.variables.substitute(item.Get("target").Text(), c.variables.lookup)
				out, _ := c.variables.substitute(item.Get("published").Text(), c.variables.lookup)
				if number == strconv.Itoa(int(p.Target)) && out == p.Published {
					return item.Get("target").At, item.Get("published").At
				}
				continue
			}
			text, err := c.variables.substitute(item.Text(), c.variables.lookup)
			if err != nil {
				continue
			}
			parsed, err := types.ParsePortConfig(text)
			if err == nil && slices.ContainsFunc(parsed, func(o types.ServicePortConfig) bool {
				return o.Target == p.Target && o.Published == p.Published && o.HostIP == p.HostIP
			}) {
				return item.At, item.At
			}
		}
	}
	at := c.at("ports").At
	return at, at
}

// hooks reads what runs in the container after it starts and before it stops.
func (c *service) hooks(k *deploy.Container) {
	hook := func(list []types.ServiceHook, key string) deploy.Field[deploy.Hook] {
		at := c.at(key)
		f := deploy.Field[deploy.Hook]{Set: len(list) > 0, Position: at.At}
		if f.Set {
			f.Value = deploy.Hook{Kind: "exec", Command: list[0].Command, Position: at.At}
		}
		return f
	}
	k.PostStartHook, k.PreStopHook = hook(c.spec.PostStart, "post_start"), hook(c.spec.PreStop, "pre_stop")
	k.PreStop = deploy.Field[bool]{Value: k.PreStopHook.Set, Set: k.PreStopHook.Set, Position: k.PreStopHook.Position}
}

// build reads how the image is built. The context is a folder of the tree where
// it is a path that stays in it.
func (c *service) build() *deploy.Build {
	b := c.spec.Build
	at := c.at("build")
	o := &deploy.Build{Object: c.object("build", c.name, at), Image: c.text(c.spec.Image, "image")}
	o.Position = at.At
	context := c.text(b.Context, "build", "context")
	if at.Text() != "" {
		context = deploy.Field[string]{Value: context.Value, Set: true, Unknown: at.Unknown(), Position: at.At}
	}
	if context.Value == "" {
		context.Value = "."
	}
	remote := strings.Contains(context.Value, "://") || strings.HasPrefix(context.Value, "git@")
	if !context.Unknown && !remote && !path.IsAbs(context.Value) {
		context.Value = path.Join(c.dir, context.Value)
	}
	o.Context = context
	o.Dockerfile = c.text(b.Dockerfile, "build", "dockerfile")
	if o.Dockerfile.Value == "" {
		o.Dockerfile.Value = "Dockerfile" // the default; Set stays false
	}
	if !o.Dockerfile.Unknown && !context.Unknown && !remote {
		o.Dockerfile.Value = path.Join(context.Value, o.Dockerfile.Value)
	}
	o.Target = c.text(b.Target, "build", "target")
	for _, name := range slices.Sorted(maps.Keys(b.Args)) {
		if v := b.Args[name]; v != nil {
			o.Args = append(o.Args, deploy.Pair{Name: name, Value: c.variables.restore(*v), Position: c.entry(name, "build", "args").At})
		}
	}
	return o
}
