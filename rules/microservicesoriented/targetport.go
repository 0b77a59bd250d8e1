package microservicesoriented

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// TargetPort finds Services that lead to ports which their pods do not have.
var TargetPort = &rule.Rule{
	Rule: finding.Rule{
		Name: "targetport",
		Doc: `a Service leads to ports that its pods have

A Service sends what comes in at its port to a target port of its pods: a number, or
the name of a container port. A name that no container of the pod has leads
nowhere for certain: the endpoint has no such port. A number is not checked by
anyone. Where the pods declare ports, and none of them is the target, one of the
two was changed and the other forgotten; connections are refused.

Declaring container ports is optional, so a number is judged only where the pod
runs Go code of this repository of which it is known what it listens on.

Sources: Kubernetes documentation, "Service" ("Port definitions"), and the API
reference of Container, field ports.

# Fails

	kind: Service                  kind: Deployment
	spec:                          ...
	  ports:                           ports:
	    - port: 80                       - name: http
	      targetPort: web                  containerPort: 8080

# Holds

	    - port: 80
	      targetPort: http

# How to mend it

Give the container port a name and write it as the target port: then a change of
the number has one place.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Error,
	},
	Needs: rule.Workload,
	Run:   targetPort,
}

func targetPort(p *rule.Pass) {
	w := p.Workload
	if w.Platform != deploy.Kubernetes {
		return
	}
	for _, e := range w.Services {
		if e.Implied {
			continue
		}
		for i := range e.Ports {
			judgeTarget(p, e, &e.Ports[i])
		}
	}
}

func judgeTarget(p *rule.Pass, e *deploy.Endpoint, port *deploy.EndpointPort) {
	w := p.Workload
	subject := rule.Subject(w.Object(), fmt.Sprintf("%s port %d", e.ID(), port.Number), "")
	target := port.TargetPort
	if target == "" {
		if port.Number == 0 {
			return
		}
		target = strconv.Itoa(port.Number)
	}
	if strings.ContainsAny(target, "${}<>%") {
		p.CannotTell(0, subject, e.ID()+" has a target port that something else fills in", port.TargetPosition)
		return
	}
	number, err := strconv.Atoi(target)
	named := err != nil
	protocol := port.Protocol
	if protocol == "" {
		protocol = "TCP"
	}
	declared, open, unknown := 0, false, false
	var like *deploy.Port
	for _, c := range w.Containers {
		own := 0
		for i := range c.Ports {
			cp := &c.Ports[i]
			unknown = unknown || cp.Unknown
			if (cp.Protocol == "" || cp.Protocol == "TCP") != (protocol == "TCP") && cp.Protocol != protocol {
				continue
			}
			own++
			if named && cp.Name == target || !named && cp.Number == number {
				p.Holds(0, subject)
				return
			}
			if like == nil {
				like = cp
			}
		}
		declared += own
		// A container without ports may listen anywhere.
		open = open || own == 0
	}
	f := finding.Finding{Position: port.TargetPosition}
	if like != nil {
		f.Related = []finding.Related{{Position: like.Position, Message: "a port that the pods have"}}
	}
	switch {
	case unknown:
		p.CannotTell(0, subject, "a container port of "+w.ID()+" is filled in by something that was not read", port.TargetPosition)
	case named:
		f.Message = fmt.Sprintf("%s sends port %d to the container port named %s, and no container of %s has a port of that name (%s): the endpoint has no such port; "+
			"name the container port so, or write a name that there is", e.ID(), port.Number, target, w.ID(), portsOf(w))
		p.Fails(0, subject, f)
	case open:
		p.CannotTell(0, subject, fmt.Sprintf("%s does not declare all ports of its containers; %s leads to %d", w.ID(), e.ID(), number), port.TargetPosition)
	case !surelyClosed(p, number):
		p.CannotTell(0, subject, fmt.Sprintf("%s leads to %d; whether %s listens there was not seen, and container ports need not be declared", e.ID(), number, w.ID()), port.TargetPosition)
	default:
		f.Message = fmt.Sprintf("%s sends port %d to port %d of %s, whose containers declare %s and not that one: connections are refused; write the name or number of a container port",
			e.ID(), port.Number, number, w.ID(), portsOf(w))
		p.Fails(0, subject, f)
	}
}

// surelyClosed tells whether the pod runs nothing but Go code of this repository
// that is known not to listen on a port.
func surelyClosed(p *rule.Pass, number int) bool {
	if p.Service == nil || len(p.Workload.Containers) != 1 {
		return false
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	return join != nil && !p.Service.MayListen(join, number)
}

// portsOf are a workload's declared ports as messages show them.
func portsOf(w *deploy.Workload) string {
	var list []string
	for _, c := range w.Containers {
		for _, cp := range c.Ports {
			s := strconv.Itoa(cp.Number)
			if cp.Name != "" {
				s = cp.Name + " (" + s + ")"
			}
			if !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	if len(list) == 0 {
		return "none are declared"
	}
	return strings.Join(list, ", ")
}
