package containerpackaged

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// PortMismatch finds ports that a workload declares, probes or serves and on which
// its program does not listen.
var PortMismatch = &rule.Rule{
	Rule: finding.Rule{
		Name: "portmismatch",
		Doc: `the workload names a port on which the program does not listen

A container port, a probe's port and the target port of a Service say where the
program is to be reached, and nothing compares them with the code. Where the program
listens elsewhere, a probe fails until the container is killed, and requests are
refused.

The rule evaluates every address on which the program may listen under the
workload's environment and arguments, and the image's. It fails where all of them
are known and none has the port; it is a warning where no probe and no Service uses
the declared port, and the program listens on another one that is declared.

# Fails

	args: [--port=9898]                  // http.ListenAndServe(":"+port, nil)
	ports:
	- containerPort: 8080

# Holds

	args: [--port=9898]
	ports:
	- containerPort: 9898

# How to mend it

Write the port on which the program listens, or pass the program the port that is
declared. Best declare it once, with a name, and use the name in probes and
Services.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      portMismatch,
}

func portMismatch(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil || !listensSeen(p.Contract) {
		return
	}
	w, c := p.Workload, p.Container
	j := portJudge{p: p, join: join, listens: p.Service.Listens(join), done: map[int]bool{}}
	for i := range c.Ports {
		port := &c.Ports[i]
		if port.Unknown || port.Number == 0 || port.Protocol != "" && port.Protocol != "TCP" {
			continue
		}
		what := "declares the container port " + strconv.Itoa(port.Number)
		if w.Platform == deploy.Compose {
			what = "publishes the container's port " + strconv.Itoa(port.Number)
		}
		if w.Machine() {
			what = fmt.Sprintf("is handed port %d by its socket", port.Number)
		}
		if port.Name != "" {
			what += fmt.Sprintf(" (%s)", port.Name)
		}
		severity := finding.Warning
		if user := j.userOf(port); user != "" {
			what += ", to which " + user + " leads"
			severity = finding.Error
		} else if len(c.Ports) == 1 || !j.anyDeclared() {
			severity = finding.Error
		}
		j.judge(severity, port.Number, port.Position, what)
	}
	for _, probe := range probesOf(c) {
		if number, err := strconv.Atoi(probe.Value.Port); err == nil && probe.Value.Host == "" && probe.Value.Kind != "exec" {
			j.judge(finding.Error, number, probe.Value.PortPosition, "probes port "+probe.Value.Port)
		}
	}
	if len(w.Containers) != 1 || len(c.Ports) > 0 {
		return // targetport compares the Service with the declared ports
	}
	for _, e := range w.Services {
		for i := range e.Ports {
			target := e.Ports[i].TargetPort
			if target == "" {
				target = strconv.Itoa(e.Ports[i].Number)
			}
			number, err := strconv.Atoi(target)
			if err == nil && number > 0 && !e.Implied && (e.Ports[i].Protocol == "" || e.Ports[i].Protocol == "TCP") {
				j.judge(finding.Error, number, e.Ports[i].TargetPosition, fmt.Sprintf("is reached through %s on port %s", e.ID(), target))
			}
		}
	}
}

// listensSeen tells whether all that the program listens on was seen: nothing
// serves without an address, and no code is missing.
func listensSeen(c *effects.Contract) bool {
	if !c.Whole || len(c.Of(effects.Listen)) == 0 {
		return false
	}
	if slices.ContainsFunc(c.Gaps, func(g effects.Gap) bool { return strings.HasSuffix(g.What, "was not read") }) {
		return false
	}
	for _, e := range c.Of(effects.Unseen) {
		name := e.API[strings.LastIndexByte(e.API, '.')+1:]
		if strings.Contains(name, "Listen") || strings.Contains(name, "Serve") || strings.Contains(name, "Start") || strings.Contains(name, "Run") {
			return false
		}
	}
	return true
}

// probesOf are a container's probes that are set, by kind.
func probesOf(c *deploy.Container) []deploy.Field[deploy.Probe] {
	return slices.DeleteFunc([]deploy.Field[deploy.Probe]{c.Readiness, c.Liveness, c.Startup}, func(f deploy.Field[deploy.Probe]) bool { return !f.Known() })
}

type portJudge struct {
	p       *rule.Pass
	join    *service.WorkloadJoin
	listens []service.Listening
	done    map[int]bool
}

// userOf is what leads to a declared port: a probe or a Service.
func (j *portJudge) userOf(port *deploy.Port) string {
	number := strconv.Itoa(port.Number)
	is := func(name string) bool { return name == number || name != "" && name == port.Name }
	for _, f := range probesOf(j.p.Container) {
		if f.Value.Kind != "exec" && is(f.Value.Port) {
			return "a probe"
		}
	}
	for _, e := range j.p.Workload.Services {
		for _, ep := range e.Ports {
			if is(ep.TargetPort) || ep.TargetPort == "" && strconv.Itoa(ep.Number) == number {
				return e.ID()
			}
		}
	}
	return ""
}

// anyDeclared tells whether the program listens on some port that is declared.
func (j *portJudge) anyDeclared() bool {
	return slices.ContainsFunc(j.p.Container.Ports, func(c deploy.Port) bool {
		return slices.ContainsFunc(j.listens, func(l service.Listening) bool { return l.Known && l.Port == c.Number })
	})
}

func (j *portJudge) judge(severity finding.Severity, number int, at finding.Position, what string) {
	if j.done[number] {
		return
	}
	j.done[number] = true
	p := j.p
	subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, "port "+strconv.Itoa(number))
	var open []string
	var nearest *effects.Instance
	for _, l := range j.listens {
		switch {
		case l.Network == "unix":
			continue
		case !l.Known:
			p.CannotTell(0, subject, fmt.Sprintf("on which port the program listens (%s) could not be told", called(l.Effect)), l.Effect.At)
			return
		case l.Port == number:
			p.Holds(0, subject)
			return
		case l.Port == 0:
			continue
		}
		if text := strconv.Itoa(l.Port); !slices.Contains(open, text) {
			open = append(open, text)
		}
		if nearest == nil {
			nearest = l.Effect
		}
	}
	if nearest == nil {
		p.CannotTell(0, subject, "nothing was seen that listens on a port", p.Contract.At)
		return
	}
	p.Fails(severity, subject, finding.Finding{
		Position: at,
		Message: fmt.Sprintf("%s %s, but as it is run %s listens on %s only (%s): connections to %d are refused; name the port on which it listens, or configure the program for this one",
			p.Workload.ID(), what, p.Service.Name, strings.Join(open, " and "), called(nearest), number),
		Related: []finding.Related{relatedCode(nearest, "listens on "+open[0])},
	})
}
