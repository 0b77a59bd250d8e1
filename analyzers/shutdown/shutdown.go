package shutdown

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/coderule/gofix"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "shutdown", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Error,
	},
	Judge: judge,
	Fix:   fix,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

const subject = "main"

func judge(c *effects.Contract, r *finding.Recorder) {
	if !c.IsMain || !c.Serves() {
		return
	}
	if len(live(c.Of(effects.Managed))) > 0 {
		r.Holds(0, subject)
		return
	}
	servers := c.Of(effects.Serve)
	sigs := signals(c)
	drains := drained(c)
	switch {
	case sigs.term && (drains || len(servers) == 0):
		r.Holds(0, subject)
		return
	case sigs.unknown:
		r.CannotTell(0, subject, "which signals are handled could not be resolved", sigs.at.At)
		return
	}
	// A claim of absence needs everything seen.
	if gap, ok := hiding(c, sigs.term); ok {
		r.CannotTell(0, subject, gap.What+", and may handle SIGTERM", gap.At)
		return
	}
	r.Fails(0, subject, explain(c, sigs, server(c, servers)))
}

// addSignal ends the message where the signal is all that is missing.
const addSignal = "add syscall.SIGTERM to this call"

func fix(s *gofix.Site, f finding.Finding) []finding.Fix {
	if !strings.HasSuffix(f.Message, addSignal) {
		return nil // without a drain, handling the signal alone mends nothing
	}
	return gofix.AddSIGTERM(s)
}

// live are the effects that run before a blocking call returns.
func live(list []*effects.Instance) []*effects.Instance {
	return slices.DeleteFunc(list, func(i *effects.Instance) bool { return i.Late })
}

// handled is what the program's signal handlers cover.
type handled struct {
	term    bool
	unknown bool
	names   []string          // the signals handled, if SIGTERM is not among them
	at      *effects.Instance // the handler that best shows the intent to stop
}

func signals(c *effects.Contract) handled {
	var h handled
	for _, i := range live(c.Of(effects.Signal)) {
		names, known := effects.SignalNames(i.Value("signals"))
		stops := len(names) == 0 || slices.Contains(names, "SIGINT")
		switch {
		case !known:
			h.unknown = true
		case len(names) == 0 || slices.Contains(names, "SIGTERM"):
			h.term = true
			h.at = i
			return h
		}
		if h.at == nil || stops {
			h.at = i
		}
		for _, n := range names {
			if !slices.Contains(h.names, n) {
				h.names = append(h.names, n)
			}
		}
	}
	return h
}

// drained tells whether a drain can be reached. One behind a blocking Serve
// counts if something closes the server, for then Serve returns.
func drained(c *effects.Contract) bool {
	drains := c.Of(effects.Drain)
	if slices.ContainsFunc(drains, func(i *effects.Instance) bool { return !i.Late }) {
		return true
	}
	return len(drains) > 0 && len(live(c.Of(effects.Close))) > 0
}

// hiding is a gap behind which a signal handler may stand, or, where the signal
// is handled, a drain.
func hiding(c *effects.Contract, handled bool) (effects.Gap, bool) {
	for _, i := range c.Of(effects.Unseen) {
		if !handled && stops(i.API) {
			continue // it stops something when it is called, and waits for no signal
		}
		return effects.Gap{What: i.API + " is third-party code that is not known", At: i.At}, true
	}
	for _, g := range c.Gaps {
		if strings.HasSuffix(g.What, "was not read") {
			return g, true
		}
	}
	return effects.Gap{}, false
}

// stops tells methods that stop a thing from functions that wait for a signal.
func stops(api string) bool {
	switch api[strings.LastIndexByte(api, '.')+1:] {
	case "Shutdown", "ForceShutdown", "GracefulShutdown", "GracefulStop", "ShutdownWithContext":
		return strings.Count(api, ".") > 1 || strings.HasPrefix(api, "...")
	}
	return false
}

// server is the serving call that a reader would call the service's own: the
// first that main's path reaches.
func server(c *effects.Contract, servers []*effects.Instance) *effects.Instance {
	if len(servers) == 0 {
		servers = c.Of(effects.Listen)
	}
	best := servers[0]
	for _, s := range servers[1:] {
		// Beside a gRPC server an HTTP server of the same rank is most often for
		// metrics and health.
		nearer := len(s.Path) - len(best.Path)
		if nearer < 0 || nearer == 0 && isGRPC(s) && !isGRPC(best) {
			best = s
		}
	}
	return best
}

func explain(c *effects.Contract, h handled, srv *effects.Instance) finding.Finding {
	what := "requests in flight are cut off whenever the platform stops or moves an instance"
	mend := "handle it with signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt) and then call " + drainCall(srv)
	serves := finding.Related{Position: srv.At, Message: srv.API + " serves here"}
	switch {
	case h.term:
		f := finding.Finding{
			Position: h.at.At,
			Message: fmt.Sprintf("SIGTERM is handled here, but nothing drains the server: %s; call %s before main returns",
				what, drainCall(srv)),
			Related: []finding.Related{serves},
		}
		for _, d := range c.Of(effects.Drain) {
			f.Message = fmt.Sprintf("SIGTERM is handled here, but %s stands behind %s, which blocks, so it is never reached in time: %s; serve in a goroutine and drain when the signal arrives",
				d.API, srv.API, what)
			f.Related = append(f.Related, finding.Related{Position: d.At, Message: "this runs only after the server has failed"})
			break
		}
		return f
	case slices.Contains(h.names, "SIGINT"):
		add := addSignal
		if !drained(c) {
			add += ", and call " + drainCall(srv) + " before main returns"
		}
		return finding.Finding{
			Position: h.at.At,
			Message: fmt.Sprintf("only %s handled, not SIGTERM, with which platforms stop an instance: %s; %s",
				list(h.names), what, add),
			Related: []finding.Related{serves},
		}
	}
	f := finding.Finding{
		Position: srv.At,
		Message: fmt.Sprintf("main serves here (%s) and nothing handles SIGTERM: %s; %s",
			srv.API, what, mend),
	}
	if h.at != nil {
		f.Message = fmt.Sprintf("main serves here (%s) and SIGTERM is not handled, only %s: %s; %s",
			srv.API, strings.Join(h.names, ", "), what, mend)
		f.Related = append(f.Related, finding.Related{Position: h.at.At, Message: h.at.API + " is called for " + strings.Join(h.names, ", ") + " only"})
	}
	return f
}

func list(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

func drainCall(srv *effects.Instance) string {
	if isGRPC(srv) {
		return "GracefulStop on the gRPC server"
	}
	return "Shutdown on the HTTP server"
}

func isGRPC(srv *effects.Instance) bool {
	p := srv.Value("protocol")
	return p != nil && p.Text == "grpc"
}
