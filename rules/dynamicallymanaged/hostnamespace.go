package dynamicallymanaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// HostNamespace finds workloads that share the namespaces of their node.
var HostNamespace = &rule.Rule{
	Rule: finding.Rule{
		Name: "hostnamespace",
		Doc: `a workload shares the node's network, processes or IPC

In the node's network two instances cannot use the same port on one node, network
policies do not hold, and the node's own services are within reach. With its process
or IPC namespace a container sees, and may stop, what runs beside it.

A DaemonSet that works on its node is a note.

Sources: Kubernetes documentation, "Pod Security Standards" (baseline: host
namespaces, host ports).

# Fails

	spec:
	  hostNetwork: true

# Holds

	ports:
	- containerPort: 8080

# How to mend it

Leave it out, and reach the workload through a Service or a load balancer.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   hostNamespace,
}

func hostNamespace(p *rule.Pass) {
	w := p.Workload
	severity := finding.Warning
	if w.Kind == "DaemonSet" {
		severity = finding.Note
	}
	for _, f := range []struct {
		field deploy.Field[bool]
		what  string
		why   string
	}{
		{w.HostNetwork, "network", "two instances on one node cannot use the same port, and network policies do not hold"},
		{w.HostPID, "processes", "it sees and may signal what runs beside it"},
		{w.HostIPC, "IPC", "it shares memory with what runs beside it"},
	} {
		if f.field.Known() && f.field.Value {
			p.Fails(severity, rule.Subject(w.Object(), "", "host "+f.what), finding.Finding{
				Position: f.field.Position,
				Message:  fmt.Sprintf("%s shares the node's %s: %s; leave it out", w.ID(), f.what, f.why),
			})
		}
	}
	if w.Platform != deploy.Kubernetes || w.HostNetwork.Value {
		return
	}
	for _, c := range w.Containers {
		for i := range c.Ports {
			if port := &c.Ports[i]; port.HostPort > 0 {
				p.Fails(severity, rule.Subject(w.Object(), "container "+c.Name, fmt.Sprintf("host port %d", port.HostPort)), finding.Finding{
					Position: port.HostPosition,
					Message:  fmt.Sprintf("%s takes port %d of the node: only one instance can run on each; use a Service", w.ID(), port.HostPort),
				})
			}
		}
	}
}
