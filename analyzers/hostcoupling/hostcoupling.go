package hostcoupling

import (
	_ "embed"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "hostcoupling", Doc: coderule.Doc(doc),
		Property: finding.ContainerPackaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	done := map[string]bool{}
	named := map[string]bool{} // functions that say which engine they mean
	for _, d := range c.Of(effects.Dial) {
		if strings.HasSuffix(d.API, ".WithHost") {
			named[d.Func] = true
		}
	}
	for i := range c.Effects {
		e := &c.Effects[i]
		n, v, ok := needOf(e)
		if !ok || n == calls["docker.sock"] && named[e.Func] {
			continue
		}
		key := e.Func + " " + n.what
		if done[key] {
			continue
		}
		done[key] = true
		subject := fmt.Sprintf("%s by %s in %s at %s", n.what, e.API, e.Func, e.At.Short())
		switch {
		case e.Reach == effects.OnRequest:
			r.Holds(0, subject)
		case e.Reach == effects.Perhaps:
			r.CannotTell(0, subject, "whether "+e.API+" is reached by default could not be told", e.At)
		default:
			r.Fails(0, subject, explain(e, v, n))
		}
	}
}

// A need is something of the host that a program asks for.
type need struct {
	what, why, mend string
}

// calls are the needs behind the what of host effects.
var calls = map[string]need{
	"mount":        {"mounts file systems", "that takes CAP_SYS_ADMIN", "let the platform mount volumes"},
	"pivot_root":   {"changes its root file system", "that takes CAP_SYS_ADMIN", "leave this to the container runtime"},
	"chroot":       {"changes its root directory", "that takes CAP_SYS_CHROOT", "rely on the container's own root"},
	"reboot":       {"reboots the machine", "other workloads run on it", "exit and let the platform start a new instance"},
	"sethostname":  {"sets the host name", "that takes CAP_SYS_ADMIN", "let the platform name the instance"},
	"settimeofday": {"sets the clock", "the clock is the machine's", "leave the clock to the machine"},
	"setuid":       {"changes its user", "that takes a start as root, which platforms forbid", "start as the user that the image or workload names"},
	"setns":        {"enters other namespaces", "that takes CAP_SYS_ADMIN", "run it as a part of the node, not of the service"},
	"init_module":  {"loads kernel modules", "the kernel is the machine's", "leave modules to the machine's image"},
	"docker.sock":  {"talks to the host's container engine (/var/run/docker.sock)", "platforms do not offer it, and who has it owns the machine", "ask the platform's API for jobs or instances"},
	"netlink":      {"changes network interfaces and routes", "that takes CAP_NET_ADMIN", "leave the network to the platform"},
	"iptables":     {"changes packet filters", "that takes CAP_NET_ADMIN", "use the platform's network policies"},
	"systemd":      {"talks to the host's systemd", "there is none in a container", "ask the platform's API"},
}

// needOf is what of the host an effect needs, and the value that says so.
func needOf(e *effects.Instance) (n need, v *effects.Value, ok bool) {
	switch e.Kind {
	case effects.Host:
		what, _ := e.Value("what").Default()
		n, ok = calls[what]
		return n, nil, ok
	case effects.Write, effects.Mkdir, effects.Read, effects.Remove:
		v = e.Value("path")
		for _, a := range v.Alternatives() {
			if text, known := a.Default(); known {
				if n, ok = needOfFile(text, e.Kind != effects.Read); ok {
					return n, v, true
				}
			}
		}
	case effects.Dial, effects.Resolve:
		for _, name := range []string{"address", "url", "host"} {
			v = e.Value(name)
			for _, a := range v.Alternatives() {
				if a.Configurable() && !docker(a) {
					continue // the deployment says
				}
				if text, known := beginning(a); known {
					if n, ok = needOfAddress(text); ok {
						return n, v, true
					}
				}
			}
		}
	}
	return need{}, nil, false
}

func docker(v *effects.Value) bool {
	text, _ := v.Default()
	return strings.HasSuffix(text, "docker.sock")
}

// beginning is the text of a value up to what is not known.
func beginning(v *effects.Value) (string, bool) {
	if text, known := v.Default(); known {
		return text, true
	}
	if (v.Kind == effects.Concat || v.Kind == effects.Join) && len(v.Args) > 0 && v.Args[0].Kind == effects.Literal {
		return v.Args[0].Text, true
	}
	return "", false
}

// engines are the sockets of container engines.
var engines = []string{"/docker.sock", "/containerd.sock", "/crio.sock", "/podman.sock"}

// devices are what every container has (OCI runtime specification, "Default
// Devices"), and what stands for open files.
var devices = []string{
	"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/console", "/dev/ptmx",
	"/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/fd", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/log", "/dev/termination-log",
}

func needOfFile(file string, writes bool) (need, bool) {
	below := func(dir string) bool { return file == dir || strings.HasPrefix(file, dir+"/") }
	switch {
	case below("/proc/self"), below("/proc/thread-self"), below("/sys/fs/cgroup"), below("/proc/cgroups"):
		return need{}, false
	case strings.HasSuffix(file, ".sock"):
		return needOfAddress(file)
	case writes && (below("/proc") || below("/sys")):
		return need{"changes the kernel's settings in " + file, "they are the machine's and read-only in a container", "set them for the node, or as the workload's sysctls"}, true
	case below("/proc/1"), below("/host"), below("/rootfs"):
		return need{"looks at the host through " + file, "a container sees its own processes and files only", "run it as a part of the node, or take the facts from the platform's API"}, true
	case writes && (file == "/etc/hosts" || file == "/etc/resolv.conf"):
		return need{"changes " + file, "the platform writes it anew for each instance", "use the platform's names, or the workload's hostAliases"}, true
	case below("/dev"):
		for _, d := range devices {
			if below(d) {
				return need{}, false
			}
		}
		return need{"opens the device " + file, "a container has no devices of the machine", "let the platform assign the device, and say so in the workload"}, true
	}
	return need{}, false
}

func needOfAddress(text string) (need, bool) {
	for _, s := range engines {
		if strings.HasSuffix(text, s) {
			n := calls["docker.sock"]
			n.what = "talks to the host's container engine (" + text + ")"
			return n, true
		}
	}
	if host := hostOf(text); effects.IsMetadataHost(host) {
		return need{"asks the cloud's metadata service at " + strings.TrimSuffix(host, "."), "only machines of one cloud have it, and clusters keep containers from it",
			"take identity and region from the workload's configuration"}, true
	}
	return need{}, false
}

func hostOf(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Hostname()
	}
	if host, _, err := net.SplitHostPort(text); err == nil {
		return host
	}
	host, _, _ := strings.Cut(text, "/")
	return host
}

func explain(i *effects.Instance, v *effects.Value, n need) finding.Finding {
	e := coderule.Evidence{Effect: i, Value: v, Noun: "path"}
	if i.Kind == effects.Dial || i.Kind == effects.Resolve {
		e.Noun = "address"
	}
	return finding.Finding{
		Position: i.At,
		Message:  n.what + " " + e.Text() + ": " + n.why + ", so the service cannot run on any machine; " + n.mend,
		Related:  e.Related(i.At),
	}
}
