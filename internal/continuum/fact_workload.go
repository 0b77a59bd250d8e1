package continuum

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/service"
)

// containers are those that the verdict is about: that of the service, or all of a
// workload that runs something else. A refused sidecar refuses the whole of a
// declared workload.
func (r *running) containers() []*deploy.Container {
	switch {
	case r.workload == nil:
		return nil
	case r.container != nil && !r.declared:
		return []*deploy.Container{r.container}
	}
	return slices.Concat(r.workload.Containers, r.workload.Init)
}

func privileged(_ *Constraint, r *running) answer {
	var list []Offence
	for _, c := range r.containers() {
		if c.Privileged.Known() && c.Privileged.Value {
			list = append(list, Offence{At: c.Privileged.Position, What: fmt.Sprintf("container %q of %s is privileged", c.Name, r.workload.ID()), Mend: "leave out privileged, and what needs it"})
		}
	}
	return verdictOf(list)
}

func hostNetwork(_ *Constraint, r *running) answer {
	if w := r.workload; w != nil {
		if w.HostNetwork.Known() && w.HostNetwork.Value {
			return offends(Offence{At: w.HostNetwork.Position, What: w.ID() + " uses the host's network", Mend: "leave out the host's network and publish the ports"})
		}
		if w.Platform == deploy.Compose && w.NetworkMode.Known() && w.NetworkMode.Value == "host" {
			return offends(Offence{At: w.NetworkMode.Position, What: w.ID() + " uses the host's network", Mend: "leave out network_mode: host and publish the ports"})
		}
	}
	return holds()
}

func hostNamespaces(_ *Constraint, r *running) answer {
	var list []Offence
	if w := r.workload; w != nil {
		for what, f := range map[string]deploy.Field[bool]{"the host's processes": w.HostPID, "the host's IPC objects": w.HostIPC} {
			if f.Known() && f.Value {
				list = append(list, Offence{At: f.Position, What: w.ID() + " sees " + what, Mend: "leave it out"})
			}
		}
	}
	slices.SortFunc(list, func(a, b Offence) int { return strings.Compare(a.What, b.What) })
	return verdictOf(list)
}

// hostVolumes are the folders of the host that containers mount. A folder of the
// project that a compose file mounts is configuration that goes elsewhere with it.
func (r *running) hostVolumes() []mounted {
	var list []mounted
	for _, c := range r.containers() {
		for i := range c.Mounts {
			v := r.workload.Volume(c.Mounts[i].Volume)
			if v == nil || v.Kind != "hostPath" || v.Unknown || !path.IsAbs(v.Source) {
				continue
			}
			list = append(list, mounted{v, &c.Mounts[i]})
		}
	}
	return list
}

type mounted struct {
	volume *deploy.Volume
	mount  *deploy.Mount
}

func hostPath(k *Constraint, r *running) answer {
	var list []Offence
	for _, m := range r.hostVolumes() {
		source := path.Clean(m.volume.Source)
		readable := m.mount.ReadOnly || m.volume.ReadOnly
		if readable && slices.ContainsFunc(k.Except, func(dir string) bool { return service.Within(source, dir) }) {
			continue
		}
		at := m.volume.SourcePosition
		if !at.IsValid() {
			at = m.volume.Position
		}
		list = append(list, Offence{
			At: at, What: fmt.Sprintf("%s mounts %s of the host", r.workload.ID(), source), Mend: "use a volume of the platform, or do without it",
			Perhaps: !r.declared && !ofSystem(source),
		})
	}
	return verdictOf(list)
}

// ofSystem tells folders that are the machine's own. Others have data, which a
// volume of another platform can hold as well.
func ofSystem(dir string) bool {
	if dir == "/" || strings.HasSuffix(dir, ".sock") {
		return true
	}
	return slices.ContainsFunc([]string{"/proc", "/sys", "/dev", "/run", "/var/run", "/boot", "/lib/modules", "/var/lib/docker", "/var/lib/containerd", "/var/lib/kubelet", "/var/log", "/etc/kubernetes", "/etc/cni"}, func(d string) bool {
		return service.Within(dir, d)
	})
}

func hostSocket(_ *Constraint, r *running) answer {
	var list []Offence
	for _, m := range r.hostVolumes() {
		if m.volume.HostType == "Socket" || strings.HasSuffix(m.volume.Source, ".sock") {
			list = append(list, Offence{At: m.volume.SourcePosition, What: fmt.Sprintf("%s mounts the host's socket %s", r.workload.ID(), m.volume.Source), Mend: "reach it over the network"})
		}
	}
	return verdictOf(list)
}

func hostPort(_ *Constraint, r *running) answer {
	if r.workload == nil || r.workload.Platform != deploy.Kubernetes {
		return holds() // elsewhere a published port is what an endpoint is here
	}
	var list []Offence
	for _, c := range r.containers() {
		for _, p := range c.Ports {
			if p.HostPort > 0 {
				list = append(list, Offence{At: p.HostPosition, What: fmt.Sprintf("%s takes port %d of the host", r.workload.ID(), p.HostPort), Mend: "publish it by a Service"})
			}
		}
	}
	return verdictOf(list)
}

func hostPortDiffers(_ *Constraint, r *running) answer {
	var list []Offence
	for _, c := range r.containers() {
		for _, p := range c.Ports {
			if p.HostPort > 0 && !p.Unknown && p.HostPort != p.Number {
				list = append(list, Offence{At: p.HostPosition, What: fmt.Sprintf("%s maps port %d to port %d of the host", r.workload.ID(), p.Number, p.HostPort), Mend: "leave out the host port"})
			}
		}
	}
	return verdictOf(list)
}

func capabilities(k *Constraint, r *running) answer {
	var list []Offence
	for _, c := range r.containers() {
		for _, a := range c.Security.Added {
			name := strings.TrimPrefix(strings.ToUpper(a.Value), "CAP_")
			if a.Known() && !slices.Contains(k.Except, name) {
				list = append(list, Offence{At: a.Position, What: fmt.Sprintf("container %q of %s adds the capability %s", c.Name, r.workload.ID(), name), Mend: "do without the capability"})
			}
		}
	}
	return verdictOf(list)
}

// fixedUser asks whether a pod names its user's id.
func fixedUser(_ *Constraint, r *running) answer {
	w := r.workload
	if w == nil || w.Platform != deploy.Kubernetes {
		return holds()
	}
	fields := []deploy.Field[int64]{w.RunAsUser, w.Security.FSGroup}
	for _, c := range r.containers() {
		fields = append(fields, c.RunAsUser)
	}
	var list []Offence
	for _, f := range fields {
		// The ranges of projects start at 1000000000.
		if f.Known() && f.Value < 1000000000 {
			list = append(list, Offence{At: f.Position, What: fmt.Sprintf("%s runs as the fixed id %d", w.ID(), f.Value), Mend: "leave out the id; the project gives one", Perhaps: !r.declared})
		}
	}
	return verdictOf(list)
}

func sysctls(_ *Constraint, r *running) answer {
	if r.workload == nil {
		return holds()
	}
	var list []Offence
	for _, s := range r.workload.Security.Sysctls {
		list = append(list, Offence{At: s.Position, What: fmt.Sprintf("%s sets %s", r.workload.ID(), s.Name), Mend: "set it on the machines, or do without it"})
	}
	return verdictOf(list)
}

func joinedNetwork(_ *Constraint, r *running) answer {
	w := r.workload
	if w != nil && w.NetworkMode.Known() && (strings.HasPrefix(w.NetworkMode.Value, "service:") || strings.HasPrefix(w.NetworkMode.Value, "container:")) {
		return offends(Offence{At: w.NetworkMode.Position, What: w.ID() + " joins the network of another container", Mend: "reach it over a network of both"})
	}
	return holds()
}

// podSecurity asks whether a pod offends the profile that its namespace enforces.
func podSecurity(_ *Constraint, r *running) answer {
	w := r.workload
	if w == nil || r.manifests == nil || w.Platform != deploy.Kubernetes {
		return holds()
	}
	var profile, name string
	var at finding.Position
	for _, n := range r.manifests.Namespaces {
		if n.Name == w.Namespace && n.Variant == w.Variant && w.Namespace != "" {
			if p := n.Labels["pod-security.kubernetes.io/enforce"]; p == "baseline" || p == "restricted" {
				profile, name, at = p, n.Name, n.Position
			}
		}
	}
	if profile == "" {
		return holds()
	}
	var list []Offence
	add := func(a answer) { list = append(list, a.offences...) }
	add(privileged(nil, r))
	add(hostNetwork(nil, r))
	add(hostNamespaces(nil, r))
	add(hostPath(&Constraint{}, r))
	add(hostPort(nil, r))
	add(capabilities(&Constraint{Except: []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}}, r))
	if profile == "restricted" {
		list = append(list, restricted(r)...)
	}
	for i := range list {
		list[i].What += fmt.Sprintf(", which namespace %s refuses (profile %s)", name, profile)
		list[i].Related = append(list[i].Related, finding.Related{Position: at, Message: "enforces the profile " + profile})
	}
	return verdictOf(list)
}

// restricted is what only the restricted profile asks: that each container says
// that it does not run as root and may not gain rights (Kubernetes documentation,
// "Pod Security Standards").
func restricted(r *running) []Offence {
	var list []Offence
	w := r.workload
	for _, c := range r.containers() {
		nonRoot := c.RunAsNonRoot
		if !nonRoot.Set {
			nonRoot = w.RunAsNonRoot
		}
		if !nonRoot.Unknown && !(nonRoot.Set && nonRoot.Value) {
			list = append(list, Offence{At: c.Position, What: fmt.Sprintf("container %q of %s does not set runAsNonRoot", c.Name, w.ID()), Mend: "set runAsNonRoot: true"})
		}
		if e := c.Security.AllowEscalation; !e.Unknown && (!e.Set || e.Value) {
			list = append(list, Offence{At: c.Position, What: fmt.Sprintf("container %q of %s may gain rights", c.Name, w.ID()), Mend: "set allowPrivilegeEscalation: false"})
		}
		if !slices.ContainsFunc(c.Security.Dropped, func(f deploy.Field[string]) bool { return f.Unknown || strings.EqualFold(f.Value, "ALL") }) {
			list = append(list, Offence{At: c.Position, What: fmt.Sprintf("container %q of %s keeps the default capabilities", c.Name, w.ID()), Mend: "drop ALL capabilities"})
		}
	}
	return list
}

// grace asks whether a workload wants more time to stop than there is.
func grace(k *Constraint, r *running) answer {
	if w := r.workload; w != nil && w.GraceSeconds.Known() && w.GraceSeconds.Value > k.Limit {
		return offends(Offence{At: w.GraceSeconds.Position, What: fmt.Sprintf("%s asks for %d s to stop", w.ID(), w.GraceSeconds.Value), Mend: fmt.Sprintf("ask for %d s or less", k.Limit)})
	}
	return holds()
}

// setting asks whether a workload has fields that the platform does not take, or
// values beyond its limits: name, name=value, name<number or name>number.
func setting(k *Constraint, r *running) answer {
	if r.workload == nil {
		return holds()
	}
	var list []Offence
	for _, s := range r.workload.Settings {
		for _, of := range k.Of {
			if !matches(of, s) {
				continue
			}
			short := s.Name[strings.LastIndexByte(s.Name, '.')+1:]
			if s.Value != "" {
				short += " = " + s.Value
			}
			list = append(list, Offence{At: s.Position, What: fmt.Sprintf("%s has %s", r.workload.ID(), short), Mend: "leave it out"})
			break
		}
	}
	return verdictOf(list)
}

func matches(of string, s deploy.Setting) bool {
	i := strings.IndexAny(of, "=<>")
	if i < 0 {
		return s.Name == of
	}
	if s.Name != of[:i] || s.Value == "" {
		return false
	}
	if of[i] == '=' {
		return s.Value == of[i+1:]
	}
	n, err := strconv.Atoi(s.Value)
	limit, err2 := strconv.Atoi(of[i+1:])
	if err != nil || err2 != nil {
		return false
	}
	return of[i] == '>' && n > limit || of[i] == '<' && n < limit
}

// fargateSizes are the memory in MiB that each number of CPU units can have: from,
// to, step.
var fargateSizes = map[int][3]int{
	256: {512, 2048, 512}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

func fargateSize(_ *Constraint, r *running) answer {
	w := r.workload
	if w == nil || w.Platform != deploy.ECS {
		return holds()
	}
	cpu, memory := settingOf(w, "cpu"), settingOf(w, "memory")
	if cpu == nil || memory == nil {
		if slices.ContainsFunc(w.Settings, func(s deploy.Setting) bool { return s.Name == "family" || s.Name == "containerDefinitions" }) {
			return offends(Offence{At: w.Position, What: w.ID() + " does not say how much CPU and memory the task has", Mend: "give the task cpu and memory"})
		}
		return holds()
	}
	units, ok1 := amount(cpu.Value, "vcpu", 1024)
	mib, ok2 := amount(memory.Value, "gb", 1024)
	if !ok1 || !ok2 {
		return unclear("how much CPU and memory the task has could not be told")
	}
	size, offered := fargateSizes[units]
	if !offered {
		return offends(Offence{At: cpu.Position, What: fmt.Sprintf("%s asks for %d CPU units, which are not offered", w.ID(), units), Mend: "ask for 256, 512, 1024, 2048, 4096, 8192 or 16384"})
	}
	if mib < size[0] || mib > size[1] || (mib-size[0])%size[2] != 0 {
		return offends(Offence{
			At: memory.Position, What: fmt.Sprintf("%s asks for %d MiB with %d CPU units, which are not offered together", w.ID(), mib, units),
			Mend: fmt.Sprintf("ask for %d to %d MiB in steps of %d", size[0], size[1], size[2]),
		})
	}
	return holds()
}

func settingOf(w *deploy.Workload, name string) *deploy.Setting {
	for i := range w.Settings {
		if w.Settings[i].Name == name {
			return &w.Settings[i]
		}
	}
	return nil
}

// amount reads a number of units, or of a larger unit: 512, ".5 vCPU", "2 GB".
func amount(text, larger string, factor int) (int, bool) {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	if number, ok := strings.CutSuffix(text, larger); ok {
		f, err := strconv.ParseFloat(number, 64)
		return int(f * float64(factor)), err == nil
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// execPath asks whether a unit starts a program from a place where none can be.
func execPath(k *Constraint, r *running) answer {
	w := r.workload
	if w == nil || !w.Machine() {
		return holds()
	}
	for _, c := range w.Containers {
		if !c.Command.Known() || len(c.Command.Value) == 0 {
			continue
		}
		p := path.Clean(c.Command.Value[0])
		if slices.ContainsFunc(k.Of, func(dir string) bool { return service.Within(p, dir) }) {
			return offends(Offence{At: c.Command.Position, What: fmt.Sprintf("%s starts %s", w.ID(), p), Mend: "run it in a container"})
		}
	}
	return holds()
}

func related(e *effects.Instance, message string) []finding.Related {
	return []finding.Related{{Position: e.At, Message: message}}
}
