// Package dockerrun reads a command line of docker run, or of podman run, into the
// model of package deploy: units, cloud-init data and scripts start containers
// with one.
//
// Source: Docker CLI reference, "docker container run"; podman-run(1).
package dockerrun

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
)

// A Word is one word of a command line. Text has what is not known as $( ) or
// ${ }.
type Word struct {
	Text string
	At   finding.Position
}

// maxWords is how many words of a command line are looked at.
const maxWords = 500

// switches are the options that take no value. Those with one letter may stand
// together.
var switches = []string{
	"-d", "--detach", "--init", "-i", "--interactive", "--no-healthcheck", "--oom-kill-disable", "--privileged", "-P", "--publish-all", "-q", "--quiet", "--read-only",
	"--rm", "--sig-proxy", "-t", "--tty", "--disable-content-trust", "--replace", "--rmi", "--no-hosts", "--tls-verify", "--http-proxy", "--env-host",
}

// Parse reads a command line that starts with the program: docker run IMAGE. It
// gives nil where it runs no container, or its image could not be told from its
// options.
func Parse(words []Word) *deploy.Workload {
	words = words[:min(len(words), maxWords)]
	i := start(words)
	if i < 0 {
		return nil
	}
	at := words[0].At
	if at.File == words[len(words)-1].At.File {
		at.EndLine, at.EndColumn = words[len(words)-1].At.EndLine, words[len(words)-1].At.EndColumn
	}
	w := &deploy.Workload{Platform: deploy.Docker, Kind: "docker run", Controlled: true, Position: at, Platforms: []deploy.PlatformID{deploy.OnDocker}}
	c := &deploy.Container{Position: at}
	w.Containers = []*deploy.Container{c}
	w.GraceSeconds.Position, w.RestartPolicy.Position = at, at
	w.Networks = nil
	for ; i < len(words); i++ {
		text := words[i].Text
		if !strings.HasPrefix(text, "-") || text == "-" {
			break
		}
		name, value, has := strings.Cut(text, "=")
		valueAt := words[i].At
		short := !strings.HasPrefix(name, "--") && len(name) > 2
		if short && !isSwitch(name[:2]) {
			// A value right behind its letter: -p8080:80.
			name, value, has = text[:2], text[2:], true
		} else if short {
			last := "-" + name[len(name)-1:]
			c.Stdin = on(c.Stdin, strings.Contains(name, "i"), valueAt)
			c.TTY = on(c.TTY, strings.Contains(name, "t"), valueAt)
			if isSwitch(last) {
				continue
			}
			name = last
		}
		if !has && !isSwitch(name) {
			if i+1 >= len(words) {
				return nil
			}
			i++
			value, valueAt = words[i].Text, words[i].At
		}
		option(w, c, name, deploy.Field[string]{Value: value, Set: true, Unknown: strings.Contains(value, "$"), Position: valueAt}, has)
	}
	if i >= len(words) || strings.HasPrefix(words[i].Text, "$") && !strings.ContainsAny(words[i].Text, ":/") {
		return nil // what stands in the image's place may be options
	}
	c.Image = field(words[i])
	if c.Name == "" {
		c.Name = nameOf(c.Image.Value)
	}
	w.Name = c.Name
	c.Args.Position, c.Command.Position = words[i].At, valueOr(c.Command.Position, words[i].At)
	if rest := words[i+1:]; len(rest) > 0 {
		c.Args.Set, c.Args.Position = true, rest[0].At
		for _, word := range rest {
			c.Args.Value = append(c.Args.Value, word.Text)
			c.ArgPositions = append(c.ArgPositions, word.At)
		}
	}
	return w
}

// start is the first word behind run, or -1.
func start(words []Word) int {
	for i := range words {
		switch path.Base(strings.TrimLeft(words[i].Text, "@-:+!")) {
		case "sudo", "exec":
			continue
		case "docker", "podman", "nerdctl":
			i++
			if i < len(words) && words[i].Text == "container" {
				i++
			}
			if i < len(words) && words[i].Text == "run" {
				return i + 1
			}
		}
		return -1
	}
	return -1
}

func isSwitch(name string) bool { return slices.Contains(switches, name) }

func on(f deploy.Field[bool], set bool, at finding.Position) deploy.Field[bool] {
	if set {
		return deploy.Field[bool]{Value: true, Set: true, Position: at}
	}
	return f
}

func field(w Word) deploy.Field[string] {
	return deploy.Field[string]{Value: w.Text, Set: true, Unknown: strings.Contains(w.Text, "$"), Position: w.At}
}

func valueOr(p, other finding.Position) finding.Position {
	if p.IsValid() {
		return p
	}
	return other
}

// nameOf is the name of an image without its registry, owner, tag and digest.
func nameOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	base := path.Base(image)
	name, _, _ := strings.Cut(base, ":")
	return name
}

// option reads one option; written tells that its value stands in the same word.
func option(w *deploy.Workload, c *deploy.Container, name string, f deploy.Field[string], written bool) {
	yes := deploy.Field[bool]{Value: !written || f.Value == "true", Set: true, Position: f.Position}
	switch name {
	case "--name":
		c.Name, w.FixedName = f.Value, f
	case "-e", "--env":
		variable, value, set := strings.Cut(f.Value, "=")
		e := deploy.Env{Name: variable, Value: value, Position: f.Position, ValuePosition: f.Position}
		if !set || strings.Contains(value, "$") {
			e.Value, e.From = "", "unknown"
		}
		c.Env = append(c.Env, e)
	case "--env-file":
		c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Name: f.Value, Position: f.Position})
	case "-p", "--publish":
		c.Ports = append(c.Ports, Port(f))
	case "-v", "--volume":
		Volume(w, c, f)
	case "--mount":
		mount(w, c, f)
	case "--tmpfs":
		target, _, _ := strings.Cut(f.Value, ":")
		addMount(w, c, deploy.Volume{Name: "tmpfs " + target, Kind: "emptyDir"}, target, false, f)
	case "--restart":
		w.RestartPolicy = f
		w.RestartPolicy.Value, _, _ = strings.Cut(f.Value, ":")
	case "-u", "--user":
		c.Security.User = f
		User(c, f)
	case "-w", "--workdir":
		c.WorkingDir = f
	case "--entrypoint":
		c.Command = deploy.Field[[]string]{Value: []string{f.Value}, Set: true, Unknown: f.Unknown, Position: f.Position}
	case "--net", "--network":
		w.NetworkMode = f
		w.HostNetwork = deploy.Field[bool]{Value: f.Value == "host", Set: f.Value == "host", Unknown: f.Unknown, Position: f.Position}
	case "--pid":
		w.HostPID = deploy.Field[bool]{Value: f.Value == "host", Set: true, Unknown: f.Unknown, Position: f.Position}
	case "--ipc":
		w.HostIPC = deploy.Field[bool]{Value: f.Value == "host", Set: true, Unknown: f.Unknown, Position: f.Position}
	case "--privileged":
		c.Privileged = yes
	case "--read-only":
		c.ReadOnlyRoot = yes
	case "--init":
		c.InitProcess = yes
	case "--cap-add":
		c.Security.Added = append(c.Security.Added, f)
	case "--cap-drop":
		c.Security.Dropped = append(c.Security.Dropped, f)
	case "--stop-signal":
		c.StopSignal = f
	case "--stop-timeout":
		w.GraceSeconds = deploy.Field[int]{Set: true, Position: f.Position}
		n, err := strconv.Atoi(f.Value)
		w.GraceSeconds.Value, w.GraceSeconds.Unknown = n, err != nil
	case "-m", "--memory":
		c.Resources.MemoryLimit = f
	case "--cpus":
		c.Resources.CPULimit = f
	case "--health-cmd":
		c.Health = deploy.Field[deploy.Probe]{Set: true, Position: f.Position, Value: deploy.Probe{Kind: "exec", Command: []string{"sh", "-c", f.Value}, Position: f.Position}}
	case "--hostname", "-h":
		w.Hostname = f
	}
}

// User reads whom a container runs as: a name or id, with or without a group.
func User(c *deploy.Container, f deploy.Field[string]) {
	c.RunAsUser.Position, c.RunAsNonRoot.Position = f.Position, f.Position
	name, _, _ := strings.Cut(f.Value, ":")
	id, err := strconv.ParseInt(name, 10, 64)
	switch {
	case f.Unknown || name == "":
		c.RunAsUser.Set, c.RunAsUser.Unknown = true, true
	case err == nil:
		c.RunAsUser.Value, c.RunAsUser.Set = id, true
	case name == "root":
		c.RunAsUser.Set = true
	}
}

// Port reads a published port: 127.0.0.1:8080:80/tcp, 8080:80, 80.
func Port(f deploy.Field[string]) deploy.Port {
	p := deploy.Port{Protocol: "TCP", Position: f.Position, HostPosition: f.Position}
	text, protocol, has := cutLast(f.Value, "/")
	if has {
		p.Protocol = strings.ToUpper(protocol)
	}
	host, number, published := cutLast(text, ":")
	if !published {
		host, number = "", text
	}
	n, err := strconv.Atoi(number)
	p.Number, p.Unknown = n, err != nil || n < 0 || n > 65535
	if p.Unknown {
		p.Number = 0
	}
	if address, last, two := cutLast(host, ":"); two {
		p.HostIP, host = strings.Trim(address, "[]"), last
	}
	p.HostPort, _ = strconv.Atoi(host)
	if p.HostPort < 0 || p.HostPort > 65535 {
		p.HostPort = 0
	}
	return p
}

// Volume reads a bind or named volume: /srv/data:/data:ro, data:/data, /data.
func Volume(w *deploy.Workload, c *deploy.Container, f deploy.Field[string]) {
	parts := strings.Split(f.Value, ":")
	v := deploy.Volume{Name: parts[0], Kind: "volume", Source: parts[0], Persistent: true, Unknown: f.Unknown}
	target := parts[0]
	switch {
	case len(parts) == 1:
		v.Kind, v.Source, v.Persistent = "emptyDir", "", false
	case strings.HasPrefix(parts[0], "/"), strings.HasPrefix(parts[0], "."), strings.HasPrefix(parts[0], "~"), strings.HasPrefix(parts[0], "$"), strings.HasPrefix(parts[0], "%"):
		v.Kind, target = "hostPath", parts[1]
	default:
		target = strings.TrimSuffix(parts[1], "/")
	}
	addMount(w, c, v, target, len(parts) > 2 && slices.Contains(strings.Split(parts[2], ","), "ro"), f)
}

// mount reads type=bind,source=/srv,target=/data,readonly.
func mount(w *deploy.Workload, c *deploy.Container, f deploy.Field[string]) {
	v := deploy.Volume{Kind: "volume", Persistent: true, Unknown: f.Unknown}
	target, readOnly := "", false
	for part := range strings.SplitSeq(f.Value, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch key {
		case "type":
			switch value {
			case "bind":
				v.Kind = "hostPath"
			case "tmpfs":
				v.Kind, v.Persistent = "emptyDir", false
			}
		case "source", "src":
			v.Name, v.Source = value, value
		case "target", "destination", "dst":
			target = value
		case "readonly", "ro":
			readOnly = value != "false" && value != "0"
		}
	}
	if v.Name == "" {
		v.Name = v.Kind + " " + target
	}
	addMount(w, c, v, target, readOnly, f)
}

func addMount(w *deploy.Workload, c *deploy.Container, v deploy.Volume, target string, readOnly bool, f deploy.Field[string]) {
	v.Position, v.SourcePosition = f.Position, f.Position
	if w.Volume(v.Name) == nil {
		w.Volumes = append(w.Volumes, v)
	}
	if path.IsAbs(target) {
		c.Mounts = append(c.Mounts, deploy.Mount{Volume: v.Name, Path: path.Clean(target), ReadOnly: readOnly, Position: f.Position, VolumePosition: f.Position})
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
