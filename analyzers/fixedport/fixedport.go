package fixedport

import (
	_ "embed"
	"fmt"
	"net"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "fixedport", Doc: coderule.Doc(doc),
		Property: finding.MicroservicesOriented, Severity: finding.Note,
	},
	Judge: judge,
	Fix:   func(s *gofix.Site, _ finding.Finding) []finding.Fix { return gofix.PortFromEnv(s, "PORT") },
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	listens := mainListeners(c)
	for _, l := range listens {
		subject := "listener at " + l.At.Short()
		v, port, known := portOf(l)
		switch {
		case v == nil || v.Configurable():
			if v != nil {
				r.Holds(0, subject)
			}
		case !known || !fixed(l, v):
			reason := v.Reason()
			if reason == "" {
				reason = "depends on the run"
			}
			r.CannotTell(0, subject, fmt.Sprintf("the port that %s listens on %s", l.API, reason), l.At)
		case port == "0", l.Reach == effects.OnRequest:
			r.Holds(0, subject)
		case l.Reach == effects.Perhaps:
			r.CannotTell(0, subject, "whether "+l.API+" is reached by default could not be told", l.At)
		default:
			r.Fails(0, subject, explain(l, v, port))
		}
	}
}

// fixed tells whether all that has the port is literal, whatever the host is.
func fixed(l *effects.Instance, v *effects.Value) bool {
	for _, a := range v.Alternatives() {
		switch {
		case a.Kind == effects.HostPort && len(a.Args) == 2:
			if a.Args[1].Kind != effects.Literal {
				return false
			}
		case a.Kind == effects.Concat && l.Value("port") == nil:
			if last := a.Args[len(a.Args)-1]; last.Kind != effects.Literal || !strings.Contains(last.Text, ":") {
				return false
			}
		case a.Kind != effects.Literal:
			return false
		}
	}
	return true
}

// mainListeners are the listeners of the service itself: without those for
// profiles, metrics and the like, without sockets of the file system and without
// those that only the machine reaches.
func mainListeners(c *effects.Contract) []*effects.Instance {
	var out []*effects.Instance
	for _, l := range c.Of(effects.Listen) {
		if n, _ := l.Value("network").Default(); strings.HasPrefix(n, "unix") || n == "vsock" {
			continue
		}
		if !isSide(c, l) {
			out = append(out, l)
		}
	}
	return out
}

// sideNames match functions and variables of listeners beside the service's own.
var sideNames = lazyregexp.New(`(?i)metric|prom|pprof|debug|profil|health|probe|monitor|telemetry|admin|expvar|diagnos`)

func isSide(c *effects.Contract, l *effects.Instance) bool {
	v, _, _ := portOf(l)
	if v == nil {
		return false
	}
	// The folder or file says it too: plugin/health/health.go.
	places := []string{coderule.Function(l.Func), path.Base(l.At.File)}
	if lit := coderule.DefaultOf(v); lit != nil {
		places = append(places, path.Base(path.Dir(lit.At.File))+"/"+path.Base(lit.At.File))
	}
	if n := len(l.Path); n > 0 {
		places = append(places, path.Base(l.Path[n-1].File))
	}
	for _, p := range places {
		if sideNames.MatchString(p) {
			return true
		}
	}
	if text, known := v.Default(); known {
		if host, _, err := net.SplitHostPort(text); err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback()) {
			return true
		}
	}
	for _, s := range c.Of(effects.Serve) {
		if s.At != l.At {
			continue
		}
		for _, h := range s.Value("handler").Alternatives() {
			if h.Kind == effects.System && strings.HasPrefix(h.Text, "role:") {
				return true
			}
			// The default mux, and on it nothing of the service's own.
			if nothing := h.Kind == effects.Unknown && h.Text == "is nil"; nothing && onlyProfiles(c) {
				return true
			}
		}
	}
	return false
}

// onlyProfiles tells whether http.DefaultServeMux has routes that packages register
// by being imported, and no other has its functions.
func onlyProfiles(c *effects.Contract) bool {
	profiles := false
	for _, i := range c.Of(effects.Route) {
		switch {
		case i.API == "pprof" || i.API == "expvar":
			profiles = true
		case i.API == "http.HandleFunc" || i.API == "http.Handle":
			if effects.ServedBy(i).Role == "" {
				return false
			}
		}
	}
	return profiles
}

// portOf is the value that has the port, and the port by default.
func portOf(l *effects.Instance) (v *effects.Value, port string, known bool) {
	if p := l.Value("port"); p != nil {
		port, known = p.Default()
		return p, strings.TrimPrefix(port, ":"), known
	}
	v = l.Value("address")
	text, known := v.Default()
	if !known {
		text, known = v.Pattern() // the host may be unknown and the port not
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 || !known {
		return v, "", false
	}
	port = text[i+1:]
	return v, port, port != "" && !strings.ContainsAny(port, "*$")
}

func explain(l *effects.Instance, v *effects.Value, port string) finding.Finding {
	e := coderule.Evidence{Effect: l, Value: v, Noun: "port"}
	at := l.At
	if lit := coderule.DefaultOf(v); lit != nil {
		at = lit.At // where the mend is made
	}
	return finding.Finding{
		Position: at,
		Message: "the port " + port + " is fixed in the code " + e.Text() + ": platforms that give each instance a port of its own " +
			"cannot say so, nor can a workload that needs another one; read it from the environment variable PORT, with " + port + " as the default",
		Related: e.Related(at),
	}
}
