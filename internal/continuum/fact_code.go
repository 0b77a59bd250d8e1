package continuum

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
)

// reachable tells whether the program comes to an effect without being asked to.
func reachable(e *effects.Instance) bool { return e.Reach <= effects.ByDefault }

// listens asks whether the program listens on any port.
func listens(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil || len(c.Of(effects.Listen, effects.Serve, effects.Managed, effects.Serverless)) > 0 {
		return holds()
	}
	if r.workload != nil && r.workload.RunsToEnd {
		return holds()
	}
	whole, reason := r.seen()
	if !whole {
		return unclear(reason)
	}
	for _, e := range c.Of(effects.Unseen) {
		return unclear(e.API + " is third-party code that is not known, and may listen")
	}
	return offends(Offence{At: c.At, What: r.service.Name + " listens on no port", Mend: "run it as a job or worker, or serve its health on $PORT"})
}

// ingressPort asks whether the program listens on the port to which the platform
// sends requests, on all interfaces.
func ingressPort(_ *Constraint, r *running) answer {
	if r.service == nil || r.workload == nil || r.workload.RunsToEnd {
		return holds()
	}
	port, at := 8080, r.workload.Position
	if len(r.container.Ports) > 0 {
		p := r.container.Ports[0]
		if p.Unknown {
			return unclear("the container's port is filled in by something that was not read")
		}
		port, at = p.Number, p.Position
	}
	settings := r.service.Settings(r.join)
	settings.Env["PORT"] = effects.Lit(strconv.Itoa(port), at)
	var other *service.Listening
	for _, e := range r.service.Contract.Of(effects.Listen) {
		for _, v := range e.Address().Under(settings).Alternatives() {
			text, known := v.Default()
			i := strings.LastIndexByte(text, ':')
			if !known || i < 0 {
				return unclear(fmt.Sprintf("on which port the program listens (%s at %s) could not be told", e.API, e.At.Short()))
			}
			n, known := effects.PortNumber(text[i+1:])
			if !known {
				return unclear("on which port the program listens could not be told")
			}
			if n == port {
				return holds()
			}
			if other == nil {
				other = &service.Listening{Effect: e, Port: n}
			}
		}
	}
	if other == nil {
		return holds() // see listens
	}
	if whole, reason := r.seen(); !whole {
		return unclear(reason)
	}
	return offends(Offence{
		At: at, What: fmt.Sprintf("requests come to port %d, but %s listens on %d (%s)", port, r.name(), other.Port, other.Effect.At.Short()),
		Mend: "listen on the port that $PORT names", Related: related(other.Effect, "listens on "+strconv.Itoa(other.Port)),
	})
}

// speaksTLS asks whether all that the program serves is served by TLS.
func speaksTLS(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return holds()
	}
	var first *effects.Instance
	for _, e := range c.Of(effects.Listen) {
		if !reachable(e) {
			continue
		}
		if !strings.Contains(e.API, "TLS") {
			return holds()
		}
		if first == nil {
			first = e
		}
	}
	if first == nil {
		return holds()
	}
	return offends(Offence{At: first.At, What: fmt.Sprintf("%s serves by TLS only (%s)", r.name(), first.API), Mend: "serve plain HTTP where the platform terminates TLS, by an option", Perhaps: first.Reach != effects.Always})
}

func udp(_ *Constraint, r *running) answer {
	var list []Offence
	for _, l := range r.listening() {
		if strings.HasPrefix(l.Network, "udp") || l.Network == "unixgram" {
			if l.Network == "unixgram" || l.Effect.Reach == effects.OnRequest {
				continue
			}
			list = append(list, Offence{
				At: l.Effect.At, What: fmt.Sprintf("%s listens on UDP (%s)", r.name(), l.Effect.API), Mend: "take requests over HTTP or gRPC",
				Perhaps: !reachable(l.Effect),
			})
		}
	}
	return verdictOf(list)
}

// ports asks whether the program listens on more ports than can be reached.
func ports(k *Constraint, r *running) answer {
	var numbers []int
	var last *effects.Instance
	for _, l := range r.listening() {
		if l.Network != "tcp" || !l.Known || l.Port == 0 || !reachable(l.Effect) || slices.Contains(numbers, l.Port) {
			continue
		}
		numbers = append(numbers, l.Port)
		last = l.Effect
	}
	if len(numbers) <= k.Limit {
		return holds()
	}
	var words []string
	for _, n := range numbers {
		words = append(words, strconv.Itoa(n))
	}
	return offends(Offence{
		At: last.At, What: fmt.Sprintf("%s listens on ports %s", r.name(), strings.Join(words, ", ")),
		Mend: "serve health, metrics and profiles on the port of the service, or push them",
	})
}

func lowPort(_ *Constraint, r *running) answer {
	var list []Offence
	for _, l := range r.listening() {
		if l.Known && l.Port > 0 && l.Port < 1024 && l.Network != "unix" && l.Effect.Reach != effects.OnRequest {
			list = append(list, Offence{
				At: l.Effect.At, What: fmt.Sprintf("%s listens on port %d", r.name(), l.Port), Mend: "listen on a port above 1023 and let the Service map it",
				Perhaps: !reachable(l.Effect),
			})
		}
	}
	return verdictOf(list)
}

// lambda asks whether the program, or an adapter of its image, speaks Lambda's
// runtime API.
func lambda(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return unclear("the program is not in this directory")
	}
	for _, e := range c.Of(effects.Serverless) {
		if p := e.Value("platform"); p != nil && p.Text == "aws-lambda" {
			return holds()
		}
	}
	adapter := image.Unknown
	if i := r.service.Image; i == nil {
		adapter = image.No
	} else if i.Image != nil {
		if slices.ContainsFunc(i.Image.Sources(), func(t image.Transfer) bool { return strings.HasPrefix(t.Dest, "/opt/extensions") }) {
			return holds()
		}
		// No base image that is known has it.
		adapter = i.Image.File(adapterPath).Has
		if _, _, known := i.Image.Base(); known && adapter == image.Unknown {
			adapter = image.No
		}
	}
	switch adapter {
	case image.Yes:
		return holds()
	case image.Unknown:
		return unclear("whether the image has the Lambda Web Adapter could not be told")
	}
	if whole, reason := r.seen(); !whole {
		return unclear(reason)
	}
	o := Offence{At: c.At, What: r.name() + " does not call lambda.Start, and its image has no Lambda Web Adapter"}
	if i := r.service.Image; i != nil && i.Stage != nil {
		o.At = i.Stage.Position
	}
	if o.Mend = "call lambda.Start with its handler"; len(c.Of(effects.Serve)) > 0 {
		o.Mend = "copy the Lambda Web Adapter to " + adapterPath + " in the image"
	}
	return offends(o)
}

// adapterPath is where an image has the adapter (aws-lambda-web-adapter, README).
const adapterPath = "/opt/extensions/lambda-adapter"

// onlyFunction asks whether the program is of use without a function platform.
func onlyFunction(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil || len(c.Of(effects.Listen, effects.Serve, effects.Schedule)) > 0 {
		return holds()
	}
	functions := c.Of(effects.Serverless)
	for _, m := range c.Of(effects.Managed) {
		if !slices.ContainsFunc(functions, func(f *effects.Instance) bool { return f.At == m.At }) {
			return holds() // a framework that serves by itself
		}
	}
	for _, e := range functions {
		if reachable(e) {
			return offends(Offence{At: e.At, What: fmt.Sprintf("%s takes requests only from a function platform's runtime (%s)", r.name(), e.API), Mend: "serve HTTP where the runtime's variables are not set"})
		}
	}
	return holds()
}

// reads asks whether the program reads the variables that the platform sets.
func reads(k *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return unclear("the program is not in this directory")
	}
	for _, name := range k.Of {
		switch has, reason := r.service.ReadsEnv(name); has {
		case image.Unknown:
			return unclear(reason)
		case image.No:
			return offends(Offence{At: c.At, What: fmt.Sprintf("%s does not read %s", r.name(), name), Mend: fmt.Sprintf("listen on the port that %s names, where it is set", name)})
		}
	}
	return holds()
}

// socketActivation asks whether the program listens only on sockets that a service
// manager hands it.
func socketActivation(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return holds()
	}
	all := c.Of(effects.Listen)
	for _, e := range all {
		if !strings.HasPrefix(e.API, "activation.") {
			return holds()
		}
	}
	if len(all) == 0 {
		return holds()
	}
	return offends(Offence{At: all[0].At, What: r.name() + " listens only on sockets that systemd hands it (" + all[0].API + ")", Mend: "open a socket where LISTEN_FDS is not set"})
}

// background asks whether something goes on between requests that others see.
func background(_ *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return holds()
	}
	var list []Offence
	for _, e := range c.Of(effects.Schedule) {
		ticker := strings.HasPrefix(e.API, "time.")
		if e.Reach == effects.OnRequest || ticker && e.Value("does") == nil {
			continue
		}
		list = append(list, Offence{
			At: e.At, What: fmt.Sprintf("%s runs a job of its own between requests (%s)", r.name(), e.API), Mend: "start the job from the platform's schedule",
			Perhaps: !reachable(e) || ticker,
		})
	}
	return verdictOf(list)
}

// drain asks whether the program takes longer to stop than it gets.
func drain(k *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return holds()
	}
	var list []Offence
	for _, e := range c.Of(effects.Drain) {
		v := e.Value("timeout")
		if r.join != nil {
			v = v.Under(r.service.Settings(r.join))
		}
		if d, known := durationOf(v); known && !e.Late && d > time.Duration(k.Limit)*time.Second {
			list = append(list, Offence{At: e.At, What: fmt.Sprintf("%s drains for up to %s (%s)", r.name(), d, e.API), Mend: fmt.Sprintf("drain for less than %d s", k.Limit)})
		}
	}
	return verdictOf(list)
}

// durationOf is a duration: a number of nanoseconds, or a text as
// time.ParseDuration reads it.
func durationOf(v *effects.Value) (time.Duration, bool) {
	text, known := v.Default()
	if !known || text == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n), n > 0
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}

// host asks whether the code calls the machine below its container.
func host(k *Constraint, r *running) answer {
	c := r.contract()
	if c == nil {
		return holds()
	}
	var list []Offence
	for _, e := range c.Of(effects.Host) {
		what := e.Value("what")
		if what == nil || !slices.Contains(k.Of, what.Text) || e.Reach == effects.OnRequest || effects.Elsewhere(e.At.File) {
			continue
		}
		called := map[string]string{
			"docker.sock": "talks to a container engine", "systemd": "talks to systemd", "netlink": "changes the network's addresses and routes",
			"iptables": "changes the network's filters", "init_module": "loads kernel modules", "settimeofday": "sets the clock",
			"setns": "enters other namespaces", "sethostname": "sets the machine's name", "reboot": "restarts the machine",
			"mount": "mounts file systems", "pivot_root": "changes the root file system",
		}[what.Text]
		list = append(list, Offence{
			At: e.At, What: fmt.Sprintf("%s %s (%s)", r.name(), called, e.API), Mend: "leave that to a program of the machine, or make it an option",
			Perhaps: !reachable(e),
		})
	}
	return verdictOf(list)
}

// writePath asks whether the program writes below folders of the system.
func writePath(k *Constraint, r *running) answer {
	if r.join == nil {
		return holds()
	}
	settings := r.service.Settings(r.join)
	var list []Offence
	for _, e := range r.service.Contract.Of(effects.Write, effects.Mkdir) {
		if e.Reach == effects.OnRequest {
			continue
		}
		paths, _ := r.service.PathsOf(r.join, settings, e.Value("path"))
		for _, p := range paths {
			if slices.ContainsFunc(k.Of, func(dir string) bool { return service.Within(p, dir) }) {
				list = append(list, Offence{At: e.At, What: fmt.Sprintf("%s writes %s (%s)", r.name(), p, e.API), Mend: "keep it below /var", Perhaps: !reachable(e)})
			}
		}
	}
	return verdictOf(list)
}

// notify asks whether the program tells systemd that it is ready, where its unit
// waits for that.
func notify(_ *Constraint, r *running) answer {
	w := r.workload
	if w == nil || r.service == nil {
		return holds()
	}
	for _, s := range w.Settings {
		if s.Name != "Service.Type" || s.Value != "notify" && s.Value != "notify-reload" {
			continue
		}
		switch has, reason := r.service.ReadsEnv("NOTIFY_SOCKET"); has {
		case image.Yes:
			return holds()
		case image.Unknown:
			return unclear(reason)
		}
		return offends(Offence{At: s.Position, What: fmt.Sprintf("%s waits for READY=1 (Type=%s), which %s never sends", w.ID(), s.Value, r.name()), Mend: "call daemon.SdNotify when it serves, or set Type=exec"})
	}
	return holds()
}
