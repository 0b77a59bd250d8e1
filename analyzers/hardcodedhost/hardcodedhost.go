package hardcodedhost

import (
	_ "embed"
	"fmt"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "hardcodedhost", Doc: coderule.Doc(doc),
		Property: finding.MicroservicesOriented, Severity: finding.Error,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	byLiteral := map[finding.Position]*finding.Finding{}
	var order []finding.Position
	failing := map[finding.Position]string{}
	for _, d := range c.Of(effects.Dial, effects.Resolve) {
		v := address(d)
		if v == nil || local(d) || v.Kind == effects.Literal && !v.At.IsValid() || effects.Elsewhere(d.At.File) {
			continue // a literal without a place is the library's own
		}
		subject := d.API + " at " + d.At.Short()
		hosts, verdict := hostsOf(v)
		switch verdict {
		case finding.Holds:
			r.Holds(0, subject)
		case finding.CannotTell:
			r.CannotTell(0, subject, fmt.Sprintf("the address that %s connects to %s", d.API, orElse(v.Reason(), "depends on the run")), d.At)
		case finding.Fails:
			for _, h := range hosts {
				at := h.at
				if effects.Elsewhere(at.File) {
					continue // the library's own
				}
				if !at.IsValid() {
					at = d.At
				}
				f := byLiteral[at]
				if f == nil {
					f = &finding.Finding{Position: at, Message: message(h.name, d)}
					byLiteral[at] = f
					order = append(order, at)
					failing[at] = subject
				}
				if d.At.Line != at.Line && len(f.Related) < 3 {
					f.Related = append(f.Related, finding.Related{Position: d.At, Message: d.API + " connects to it here"})
				}
			}
		}
	}
	for _, at := range order {
		r.Fails(0, "host at "+at.Short(), *byLiteral[at])
	}
}

func message(host string, d *effects.Instance) string {
	return fmt.Sprintf("the host %s is fixed in the code and reaches %s: no flag, environment variable or config key can point it elsewhere; "+
		"read it from the environment, with this value as the default", host, d.API)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func address(d *effects.Instance) *effects.Value {
	for _, name := range []string{"url", "address", "dsn"} {
		if v := d.Value(name); v != nil {
			return v
		}
	}
	return nil
}

// local tells dials that stay on the machine or send nothing: Unix sockets,
// embedded databases, and the idiom of "connecting" a UDP socket to learn one's
// own address.
func local(d *effects.Instance) bool {
	if n := d.Value("network"); n != nil {
		switch n.Text {
		case "unix", "unixgram", "unixpacket", "udp", "udp4", "udp6", "ip", "vsock":
			return true
		}
	}
	if drv := d.Value("driver"); drv != nil {
		switch drv.Text {
		case "sqlite", "sqlite3", "duckdb", "ramsql", "txdb":
			return true
		}
	}
	return false
}
