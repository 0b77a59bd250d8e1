package systemd

import (
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/dockerrun"
	"github.com/cnready/cnready/internal/finding"
)

// container reads a container unit of Podman; nil where it has no image.
func (u *unit) container(out *deploy.Manifests) *deploy.Workload {
	image := u.last("Container", "Image")
	if !image.Set {
		return nil
	}
	at := image.Position
	w := &deploy.Workload{
		Platform: deploy.Quadlet, Kind: "container unit", Name: u.name, Position: at, Controlled: true, Platforms: []deploy.PlatformID{deploy.OnDocker},
		RestartPolicy: u.last("Service", "Restart"), GraceSeconds: seconds(u.last("Container", "StopTimeout")),
		RunsToEnd: u.last("Service", "Type").Value == "oneshot",
	}
	if len(u.machine.Platforms) > 0 {
		w.Platforms = append(u.platforms(), deploy.OnDocker)
	}
	c := &deploy.Container{
		Name: strings.TrimSuffix(strings.TrimSuffix(u.name, ".container"), "@"), Position: at, Image: u.expanded(image), WorkingDir: u.expanded(u.last("Container", "WorkingDir")),
		StopSignal: u.last("Container", "StopSignal"),
	}
	if s := u.setting("Container", "Exec"); s != nil {
		c.Args, c.ArgPositions = u.arguments(s)
	}
	if s := u.setting("Container", "Entrypoint"); s != nil {
		c.Command, c.CommandPositions = u.arguments(s)
	}
	c.Security = deploy.ContainerSecurity{User: u.expanded(u.last("Container", "User")), Position: at}
	if c.Security.User.Set {
		dockerrun.User(c, c.Security.User)
	}
	for key, list := range map[string]*[]deploy.Field[string]{"AddCapability": &c.Security.Added, "DropCapability": &c.Security.Dropped} {
		for _, s := range u.all("Container", key) {
			for _, x := range s.words() {
				*list = append(*list, deploy.Field[string]{Value: x.text, Set: true, Unknown: s.value.Unknown, Position: x.at})
			}
		}
	}
	if f := u.flag("Container", "ReadOnly"); f.Set {
		c.ReadOnlyRoot = f
	}
	if f := u.flag("Container", "NoNewPrivileges"); f.Set {
		c.Security.AllowEscalation = deploy.Field[bool]{Value: !f.Value, Set: true, Unknown: f.Unknown, Position: f.Position}
	}
	if f := u.last("Container", "Network"); f.Set {
		w.NetworkMode = f
		w.HostNetwork = deploy.Field[bool]{Value: f.Value == "host", Set: f.Value == "host", Unknown: f.Unknown, Position: f.Position}
	}
	u.containerEnv(c)
	for _, s := range u.all("Container", "PublishPort") {
		c.Ports = append(c.Ports, dockerrun.Port(u.expanded(s.value)))
	}
	for _, s := range u.all("Container", "Volume") {
		dockerrun.Volume(w, c, u.expanded(s.value))
	}
	if s := u.setting("Container", "HealthCmd"); s != nil && s.value.Value != "none" {
		p := deploy.Probe{Kind: "exec", Position: s.value.Position}
		for _, x := range s.words() {
			p.Command = append(p.Command, x.text)
		}
		c.Health = deploy.Field[deploy.Probe]{Value: p, Set: true, Position: s.value.Position}
	}
	w.Containers = []*deploy.Container{c}
	w.Settings = u.kept("Container", "Service")
	sortSettings(w)
	u.file.Run(out, w, u.format("quadlet"), at)
	return w
}

// expanded is a value with what its specifiers stand for.
func (u *unit) expanded(f deploy.Field[string]) deploy.Field[string] {
	text, known := u.expand(f.Value)
	f.Value, f.Unknown = text, f.Unknown || !known
	return f
}

func (u *unit) arguments(s *setting) (deploy.Field[[]string], []finding.Position) {
	f := deploy.Field[[]string]{Set: true, Position: s.value.Position}
	var places []finding.Position
	for _, x := range s.words() {
		text, open := u.argument(x.text)
		f.Unknown = f.Unknown || open
		f.Value, places = append(f.Value, text), append(places, x.at)
	}
	return f, places
}

func (u *unit) containerEnv(c *deploy.Container) {
	for _, s := range u.all("Container", "Environment") {
		for _, x := range s.words() {
			name, value, ok := strings.Cut(x.text, "=")
			if !ok {
				continue
			}
			e := deploy.Env{Name: name, Position: x.at, ValuePosition: x.at}
			value, known := u.expand(value)
			if e.Value = value; !known {
				e.Value, e.From = "", "unknown"
			}
			c.Env = append(c.Env, e)
		}
	}
	for _, s := range u.all("Container", "EnvironmentFile") {
		c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Name: s.value.Value, Position: s.value.Position})
	}
	for _, s := range u.all("Container", "Secret") {
		// A secret may be a variable: name,type=env,target=DB_PASSWORD.
		if strings.Contains(s.value.Value, "type=env") {
			name, _, _ := strings.Cut(s.value.Value, ",")
			if _, target, ok := strings.Cut(s.value.Value, "target="); ok {
				name, _, _ = strings.Cut(target, ",")
			}
			c.Env = append(c.Env, deploy.Env{Name: name, From: "secret", Position: s.value.Position, ValuePosition: s.value.Position})
		}
	}
}
