package loopbacklisten

import (
	_ "embed"
	"fmt"
	"net"
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
		Name: "loopbacklisten", Doc: coderule.Doc(doc),
		Property: finding.ContainerPackaged, Severity: finding.Error,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

const subject = "main"

func judge(c *effects.Contract, r *finding.Recorder) {
	if !c.IsMain {
		return
	}
	var bound []*effects.Instance
	for _, l := range c.Of(effects.Listen) {
		if n, _ := l.Value("network").Default(); strings.HasPrefix(n, "unix") || n == "vsock" {
			continue
		}
		host, port, known := addressOf(l)
		switch {
		case known && port == "0":
			continue // for a process of its own: nobody else knows the port
		case !known:
			r.CannotTell(0, subject, "the address that "+l.API+" listens on could not be told", l.At)
			return
		case !isBound(host):
			r.Holds(0, subject)
			return
		}
		bound = append(bound, l)
	}
	if len(bound) == 0 {
		return
	}
	l := bound[0]
	for _, g := range c.Gaps {
		if strings.HasSuffix(g.What, "was not read") {
			r.CannotTell(0, subject, g.What+", and may listen", g.At)
			return
		}
	}
	for _, i := range c.Of(effects.Unseen) {
		r.CannotTell(0, subject, i.API+" is third-party code that is not known, and may listen", i.At)
		return
	}
	if !business(c) {
		r.CannotTell(0, subject, "what the listener is for could not be told", l.At)
		return
	}
	host, _, _ := addressOf(l)
	v := valueOf(l)
	severity := finding.Severity(0)
	if v.Configurable() {
		severity = finding.Warning // the deployment can still say otherwise
		if !c.Whole {
			return
		}
	}
	r.Fails(severity, subject, explain(l, v, host, len(bound)))
}

// business tells whether anything but profiles and metrics is served.
func business(c *effects.Contract) bool {
	for _, s := range c.Of(effects.Serve) {
		if p := s.Value("protocol"); p != nil && p.Text != "http" {
			return true
		}
	}
	return len(c.Of(effects.Serve)) > 0 && len(coderule.Own(c)) > 0
}

// valueOf is the address of a listener, nil where it has none.
func valueOf(l *effects.Instance) *effects.Value {
	if a := l.Value("address"); a != nil {
		return a
	}
	return l.Value("host")
}

// addressOf is the host and port that a listener has by default. A host that is
// known beside a port that is not is enough.
func addressOf(l *effects.Instance) (host, port string, known bool) {
	if a := l.Value("address"); a != nil {
		text, known := a.Default()
		if !known {
			pattern, ok := a.Pattern()
			i := strings.LastIndexByte(pattern, ':')
			if !ok || i < 0 || strings.ContainsAny(pattern[:i], "*$") {
				return "", "", false
			}
			return strings.Trim(pattern[:i], "[]"), "", true
		}
		host, port, err := net.SplitHostPort(text)
		if err != nil {
			return "", "", text == "" && !a.Configurable()
		}
		return host, port, true
	}
	h := l.Value("host")
	port, _ = l.Value("port").Default()
	if h == nil {
		return "", port, l.Value("port") != nil
	}
	host, known = h.Default()
	return host, port, known
}

// isBound tells addresses that nothing outside the machine, or only one network,
// reaches.
func isBound(host string) bool {
	host, _, _ = strings.Cut(host, "%")
	if ip := net.ParseIP(host); ip != nil {
		return !ip.IsUnspecified()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

func explain(l *effects.Instance, v *effects.Value, host string, n int) finding.Finding {
	e := coderule.Evidence{Effect: l, Value: v, Noun: "address"}
	what := "listens on " + host + " only"
	if n > 1 {
		what = fmt.Sprintf("each of its %d listeners is bound to one address, this one to %s", n, host)
	}
	if v.Configurable() {
		what += " by default"
	}
	why := "in a container that is reached by nobody outside it, neither by probes nor by other services"
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		why = "every instance gets an address of its own, so this one cannot be bound"
	}
	f := finding.Finding{
		Position: l.At,
		Message:  what + " " + e.Text() + ": " + why + "; listen on all interfaces, as \":8080\" does",
	}
	f.Related = e.Related(l.At)
	return f
}
