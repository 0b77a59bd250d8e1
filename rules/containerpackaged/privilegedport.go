package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// PrivilegedPort finds ports below 1024 that another user than root opens.
var PrivilegedPort = &rule.Rule{
	Rule: finding.Rule{
		Name: "privilegedport",
		Doc: `a port below 1024 is opened by another user than root

Linux lets only root, and who has the capability NET_BIND_SERVICE, listen on ports
below net.ipv4.ip_unprivileged_port_start, which is 1024 (ip(7), ip-sysctl). Docker
since 20.10, Podman, and containerd since 2.0 set it to 0 in each container, so
that the image works there. Kubernetes itself does not: on a node whose runtime
does not, the program ends with "bind: permission denied". Whether the image works
is then a matter of the node.

The rule fails where the program listens on such a port by default, or by the
environment and arguments that image and workload give it, and runs as another
user than root. It is silent where the workload sets the sysctl, adds the
capability, or runs as root, where the program's file has the capability, and
under compose.

# Fails

	FROM gcr.io/distroless/static-debian13:nonroot
	COPY --from=build /app /app      // http.ListenAndServe(":80", nil)
	ENTRYPOINT ["/app"]

# Holds

	FROM gcr.io/distroless/static-debian13:nonroot
	COPY --from=build /app /app      // http.ListenAndServe(":8080", nil)
	ENTRYPOINT ["/app"]

# How to mend it

Listen on a port above 1023, such as 8080. The Service or load balancer in front
maps 80 to it. Where the port must stay, set the sysctl in the pod:

	securityContext:
	  sysctls:
	  - name: net.ipv4.ip_unprivileged_port_start
	    value: "0"`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs:   rule.Image,
	Applies: listensLow,
	Run:     worst(privilegedPort),
}

func privilegedPort(p *rule.Pass) {
	for _, e := range p.Contract.Of(effects.Listen) {
		if e.Reach == effects.OnRequest {
			continue
		}
		for _, r := range runnings(p) {
			if port, known := portOf(e, r.settings); known {
				judgePort(p, e, r, port, fmt.Sprintf("port %d", port))
			}
		}
	}
}

// portOf is the port of a listening effect; known is false where it has none, or
// it cannot be told.
func portOf(e *effects.Instance, s effects.Settings) (port int, known bool) {
	if network, ok := e.Value("network").Default(); ok && strings.HasPrefix(network, "unix") {
		return 0, false
	}
	if v := e.Value("port"); v != nil {
		text, ok := v.Under(s).Default()
		n, err := strconv.Atoi(strings.TrimPrefix(text, ":"))
		return n, ok && err == nil
	}
	text, ok := e.Value("address").Under(s).Default()
	if !ok {
		return 0, false
	}
	_, last, found := cutLast(text, ":")
	if !found {
		return 0, false
	}
	switch last {
	case "http":
		return 80, true
	case "https":
		return 443, true
	}
	n, err := strconv.Atoi(last)
	return n, err == nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func judgePort(p *rule.Pass, e *effects.Instance, r running, port int, subject string) {
	if port >= 1024 || port == 0 {
		p.Holds(0, subject)
		return
	}
	switch r.root(p) {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, "whom the container runs as cannot be told", p.Image.User().At)
		return
	}
	user, at := r.user(p)
	if user == "" && dropsRoot(p.Stage) != "" {
		p.CannotTell(0, subject, "its entrypoint may change the user", at)
		return
	}
	if r.workload != nil && r.workload.Platform == deploy.Compose || allowed(r, port) {
		p.Holds(0, subject)
		return
	}
	if r.workload != nil && r.workload.Platform != deploy.Kubernetes {
		p.CannotTell(0, subject, "whether its platform lets any user take such ports is not known", r.workload.Position)
		return
	}
	if run := setcap(p); run != nil {
		p.Holds(0, subject)
		return
	}
	who := user
	if who == "" {
		who = p.Image.User().Name
	}
	if !at.IsValid() {
		at = p.Stage.Base.Position
	}
	p.Fails(0, subject, finding.Finding{
		Position: at,
		Message: fmt.Sprintf("listens on port %d (%s), but runs as %s%s: where the container runtime does not lower net.ipv4.ip_unprivileged_port_start, as Docker does and Kubernetes does not, it ends with \"bind: permission denied\"; listen on a port above 1023, such as %d",
			port, called(e), who, r.by(), above(port)),
		Related: []finding.Related{relatedCode(e, fmt.Sprintf("listens on port %d", port))},
	})
}

func above(port int) int {
	switch port {
	case 80:
		return 8080
	case 443:
		return 8443
	}
	return port + 8000
}

// allowed tells whether a workload lets its user open the port.
func allowed(r running, port int) bool {
	if r.workload == nil {
		return false
	}
	for _, s := range r.workload.Security.Sysctls {
		if s.Name == "net.ipv4.ip_unprivileged_port_start" {
			n, err := strconv.Atoi(strings.TrimSpace(s.Value))
			return err != nil || n <= port
		}
	}
	return slices.ContainsFunc(r.container.Security.Added, func(c deploy.Field[string]) bool {
		name := strings.TrimPrefix(strings.ToUpper(c.Value), "CAP_")
		return name == "NET_BIND_SERVICE" || name == "ALL"
	}) || r.container.Privileged.Value
}

// setcap is a command of a build that gives a program a capability, or nil.
func setcap(p *rule.Pass) *image.Run {
	for _, img := range stagesOf(p.Image) {
		for _, run := range img.Runs() {
			if len(run.Words) > 0 && path.Base(run.Words[0]) == "setcap" {
				return &run
			}
		}
	}
	return nil
}
