package containerpackaged

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// ExposedPort finds EXPOSE lines that name no port on which the program listens.
var ExposedPort = &rule.Rule{
	Rule: finding.Rule{
		Name: "exposedport",
		Doc: `EXPOSE names none of the ports on which the program listens

EXPOSE opens nothing. It is what the image says of itself, and people and tools
believe it: docker run -P publishes these ports, and reverse proxies, development
platforms and generators of manifests take them for the service's.

The rule fails where EXPOSE names ports, all ports on which the program listens by
default, or by the image's environment and arguments, are known, and none of them
is among them.

# Fails

	EXPOSE 3000                     // http.ListenAndServe(":8080", nil)

# Holds

	EXPOSE 8080                     // http.ListenAndServe(":8080", nil)

# How to mend it

Write the port on which the program listens. Where it comes from a variable, set
the variable by ENV and write EXPOSE ${PORT}.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs:   rule.Image,
	Applies: never,
	Run:     exposedPort,
}

func exposedPort(p *rule.Pass) {
	exposed := p.Image.Exposed()
	if len(exposed) == 0 {
		return
	}
	const subject = "EXPOSE"
	if p.Service.Image != nil && !p.Service.Image.Starts {
		return // the image may hold several programs
	}
	alone := imageAlone(p)
	var ports []string
	var first *effects.Instance
	for _, e := range p.Contract.Of(effects.Listen) {
		if network, ok := e.Value("network").Default(); ok && strings.HasPrefix(network, "unix") {
			continue
		}
		port, known := portOf(e, alone.settings)
		if !known || port == 0 {
			p.CannotTell(0, subject, fmt.Sprintf("on which port the program listens (%s) cannot be told", called(e)), e.At)
			return
		}
		if first == nil {
			first = e
		}
		if text := strconv.Itoa(port); !slices.Contains(ports, text) {
			ports = append(ports, text)
		}
	}
	if first == nil {
		return
	}
	var named []string
	for _, x := range exposed {
		if !x.Known || x.Number == 0 {
			p.CannotTell(0, subject, "which port EXPOSE "+x.Text+" names cannot be told", x.At)
			return
		}
		if slices.Contains(ports, strconv.Itoa(x.Number)) {
			p.Holds(0, subject)
			return
		}
		named = append(named, x.Text)
	}
	p.Fails(0, subject, finding.Finding{
		Position: exposed[0].At,
		Message: fmt.Sprintf("EXPOSE names %s, but the program listens on %s (%s): who goes by the image's ports finds nobody there; write EXPOSE %s",
			strings.Join(named, ", "), strings.Join(ports, ", "), called(first), strings.Join(ports, " ")),
		Related: []finding.Related{relatedCode(first, "listens on "+ports[0])},
	})
}
