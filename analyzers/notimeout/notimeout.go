package notimeout

import (
	_ "embed"
	"fmt"
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
		Name: "notimeout", Doc: coderule.Doc(doc),
		Property: finding.MicroservicesOriented, Severity: finding.Warning,
	},
	Judge: judge,
	Fix:   fix,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

func judge(c *effects.Contract, r *finding.Recorder) {
	if c.IsMain && !c.Serves() {
		return
	}
	var order []finding.Position
	calls := map[finding.Position][]*effects.Instance{}
	files := inFile(c)
	for _, i := range c.Of(effects.Request) {
		if !concerned(i) || effects.Elsewhere(i.At.File) || files && protocol(i) == "sql" {
			continue
		}
		if calls[i.At] == nil {
			order = append(order, i.At)
		}
		calls[i.At] = append(calls[i.At], i)
	}
	clients := clients{by: map[finding.Position]*finding.Finding{}}
	for _, at := range order {
		judgeCall(calls[at], r, &clients)
	}
	for _, at := range clients.order {
		r.Fails(0, "client at "+at.Short(), *clients.by[at])
	}
}

// clients are those without a bound, by where they are made: the calls through one
// are mended in one place.
type clients struct {
	order []finding.Position
	by    map[finding.Position]*finding.Finding
}

func (c *clients) add(at finding.Position, i *effects.Instance) {
	f := c.by[at]
	if f == nil {
		f = &finding.Finding{Position: at, Message: clientMessage(i)}
		if at.Line == i.At.Line {
			f.Related = related(i)
		}
		c.by[at] = f
		c.order = append(c.order, at)
	}
	if len(f.Related) < 3 && at.Line != i.At.Line {
		f.Related = append(f.Related, finding.Related{Position: i.At, Message: i.API + " waits here"})
	}
}

// concerned tells whether the rule speaks of a call at all.
func concerned(i *effects.Instance) bool {
	switch protocol(i) {
	case "http":
		return i.Value("stream") == nil
	case "tcp":
		return remote(i.Value("network"))
	}
	// Elsewhere a background context is what start-up code and workers have.
	return i.Handling != nil
}

func protocol(i *effects.Instance) string {
	if p := i.Value("protocol"); p != nil {
		return p.Text
	}
	return ""
}

// remote tells networks on which a peer may be far and may not answer.
func remote(network *effects.Value) bool {
	if network == nil {
		return true
	}
	for _, a := range network.Alternatives() {
		if a.Kind != effects.Literal || !strings.HasPrefix(a.Text, "tcp") {
			return false
		}
	}
	return true
}

// judgeCall judges one call by all ways to it: it fails where one of them has no
// bound.
func judgeCall(ways []*effects.Instance, r *finding.Recorder, clients *clients) {
	verdict, worst, why := finding.Holds, ways[0], ""
	if p := protocol(worst); p != "http" && p != "tcp" {
		judgePassed(ways, r)
		return
	}
	for _, i := range ways {
		switch v, reason := bounded(i); {
		case v == finding.Fails:
			verdict, worst = v, i
		case v == finding.CannotTell && verdict == finding.Holds:
			verdict, why = v, reason
		}
		if verdict == finding.Fails {
			break
		}
	}
	i := worst
	subject := i.API + " at " + i.At.Short()
	switch verdict {
	case finding.Holds:
		r.Holds(0, subject)
	case finding.CannotTell:
		r.CannotTell(0, subject, "whether "+i.API+" is bounded in time could not be told: "+why, i.At)
	case finding.Fails:
		if at, ok := literal(i.Value("client")); ok && protocol(i) == "http" {
			if effects.Elsewhere(at.File) {
				return // for a library to mend
			}
			clients.add(at, i)
			return
		}
		r.Fails(0, subject, finding.Finding{Position: i.At, Message: message(i), Related: related(i)})
	}
}

// judgePassed judges a call that is bounded by its context alone. It fails where
// all that come to it give it one that nothing ends: which of several a request
// handler gives cannot be told.
func judgePassed(ways []*effects.Instance, r *finding.Recorder) {
	i := ways[0]
	subject := i.API + " at " + i.At.Short()
	all, none := true, true
	for _, way := range ways {
		for _, a := range way.Value("context").Alternatives() {
			if one(a) == background {
				none = false
			} else {
				all = false
			}
		}
	}
	switch {
	case all:
		r.Fails(0, subject, finding.Finding{Position: i.At, Message: message(i), Related: related(i)})
	case !none:
		r.CannotTell(0, subject, "whether "+i.API+" is bounded in time could not be told: some of those that come to it give it a context that nothing ends", i.At)
	}
}

// bounded tells whether a call ends in time whatever the peer does.
func bounded(i *effects.Instance) (finding.Verdict, string) {
	later := i.Value("later") != nil
	client, why := clientBound(i.Value("client"), later)
	if client == finding.Holds {
		return finding.Holds, ""
	}
	switch given(i.Value("context")) {
	case deadline:
		return finding.Holds, ""
	case inbound:
		return finding.CannotTell, "its context is that of the request being served, which ends with the caller's patience"
	case unknown:
		return finding.CannotTell, "its context " + orElse(i.Value("context").Reason(), "depends on the run")
	}
	if client == finding.CannotTell {
		return finding.CannotTell, why
	}
	return finding.Fails, ""
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clientBound tells whether an http.Client or net.Dialer bounds what it does. Of
// several clients that it may be all must lack a bound, for one of them often is
// what is taken where nobody gives another.
func clientBound(v *effects.Value, later bool) (finding.Verdict, string) {
	if v == nil {
		return finding.Fails, ""
	}
	bounds, lacks := 0, 0
	for _, a := range v.Alternatives() {
		if unassigned(a) {
			continue
		}
		switch verdict, why := oneClient(a, later); verdict {
		case finding.CannotTell:
			return finding.CannotTell, why
		case finding.Holds:
			bounds++
		case finding.Fails:
			lacks++
		}
	}
	switch {
	case lacks == 0 && bounds > 0:
		return finding.Holds, ""
	case lacks == 0:
		return finding.CannotTell, "the client " + orElse(v.Reason(), "is not followed")
	case bounds > 0:
		return finding.CannotTell, "which of several clients it uses depends on the run"
	}
	return finding.Fails, ""
}

// unassigned tells a package variable to which nothing is assigned: it is nil, and
// so no client that is used.
func unassigned(a *effects.Value) bool {
	return a.Kind == effects.Unknown && strings.HasPrefix(a.Text, "is the variable ")
}

func oneClient(a *effects.Value, later bool) (finding.Verdict, string) {
	if a.Kind == effects.Literal { // http.Get: the default client
		if later {
			return finding.CannotTell, "http.DefaultClient is changed elsewhere"
		}
		return finding.Fails, ""
	}
	if a.Kind != effects.Struct || !known(a) {
		return finding.CannotTell, "the client " + orElse(a.Reason(), "is not followed")
	}
	if set(a.FieldValue("Timeout")) || set(a.FieldValue("Deadline")) {
		return finding.Holds, ""
	}
	transport := a.FieldValue("Transport")
	switch verdict := transportBound(transport); {
	case verdict == finding.Holds:
		return finding.Holds, ""
	case verdict == finding.CannotTell:
		return finding.CannotTell, "the client's Transport " + orElse(transport.Reason(), "is made by code that was not read")
	case later:
		return finding.CannotTell, "the timeouts of clients are set elsewhere"
	}
	return finding.Fails, ""
}

// known tells the types whose fields the rule understands.
func known(v *effects.Value) bool { return v.Text == "net/http.Client" || v.Text == "net.Dialer" }

// set tells whether a duration is given, or may be by configuration.
func set(v *effects.Value) bool {
	if v == nil {
		return false
	}
	for _, a := range v.Alternatives() {
		if a.Kind != effects.Literal || strings.Trim(a.Text, "0") != "" {
			return true
		}
	}
	return false
}

// transportBound tells whether a client's Transport bounds the wait for an
// answer. http.Transport does by its ResponseHeaderTimeout; what others do is not
// known.
func transportBound(v *effects.Value) finding.Verdict {
	if v == nil {
		return finding.Fails
	}
	verdict := finding.Holds
	for _, a := range v.Alternatives() {
		switch {
		case a.Kind != effects.Struct || a.Text != "net/http.Transport":
			return finding.CannotTell
		case !set(a.FieldValue("ResponseHeaderTimeout")):
			verdict = finding.Fails
		}
	}
	return verdict
}

type bound int

const (
	background bound = iota // nothing but the end of the program ends it
	deadline
	inbound // the context of the request that is being served
	unknown
)

// given tells what bound a context carries, the worst of those that it may be. A
// call without one has the background's.
func given(v *effects.Value) bound {
	if v == nil {
		return background
	}
	worst := deadline
	for _, a := range v.Alternatives() {
		switch b := one(a); {
		case b == background:
			return background
		case worst == deadline || b == unknown:
			worst = b
		}
	}
	return worst
}

func one(a *effects.Value) bound {
	switch a.Kind {
	case effects.System:
		switch a.Text {
		case "background":
			return background
		case "request":
			return inbound
		case "deadline":
			return deadline
		}
	case effects.Literal:
		// The table gives context.WithTimeout the value of its duration.
		if a.Text == "" || a.Text == "background" {
			return background
		}
		return deadline
	case effects.Env, effects.Flag, effects.Config:
		return deadline
	case effects.Unknown:
		for _, of := range durations {
			if strings.HasPrefix(a.Text, of) {
				return deadline
			}
		}
	}
	return unknown
}

// durations are what is said of values that are not known and can be no contexts:
// nobody computes or decodes one.
var durations = []string{"is computed", "may be set by ", "is a result of time."}

// literal is where a client without a timeout is made, if that is one place.
func literal(v *effects.Value) (finding.Position, bool) {
	var at finding.Position
	for _, a := range v.Alternatives() {
		if a.Kind != effects.Struct || a.FieldValue("default") != nil || at.IsValid() || !a.At.IsValid() {
			return at, false
		}
		at = a.At
	}
	return at, at.IsValid()
}

func clientMessage(i *effects.Instance) string {
	return fmt.Sprintf("this http.Client has no Timeout, and what it is used for (%s) has no deadline%s: "+
		"a peer that accepts the connection and does not answer holds the call for ever; "+
		"set Timeout, or give each request a context with a deadline", i.API, reached(i))
}

func message(i *effects.Instance) string {
	at := reached(i)
	switch protocol(i) {
	case "http":
		return fmt.Sprintf("%s uses %s, and the request has no deadline%s: "+
			"an HTTP peer that accepts the connection and does not answer holds the call for ever; "+
			"use an http.Client with a Timeout, or a request whose context has a deadline", i.API, client(i.Value("client")), at)
	case "tcp":
		return fmt.Sprintf("%s has no timeout%s: where the peer's address does not answer it waits for minutes, as long as the system retries; "+
			"use net.DialTimeout or a net.Dialer with a Timeout", i.API, at)
	}
	return fmt.Sprintf("%s is called with a context that nothing ends%s: the call goes on when its caller has given up, and for ever where the peer does not answer; "+
		"pass the context of the request on, or one with a deadline", i.API, at)
}

func client(v *effects.Value) string {
	for _, a := range v.Alternatives() {
		if a.Kind == effects.Struct && a.FieldValue("default") == nil {
			return "an http.Client without Timeout"
		}
	}
	return "http.DefaultClient, which has no timeout"
}

// reached says who waits.
func reached(i *effects.Instance) string {
	switch h := i.Handling; {
	case h != nil && h.Goroutine:
		return ", started by the request handler " + coderule.Handler(h)
	case h != nil:
		return ", and the request handler " + coderule.Handler(h) + " waits for it"
	}
	if fn := coderule.Function(i.Func); fn != "" && len(i.Path) > 0 {
		return ", reached from main through " + fn
	}
	return ""
}

// related are the handler that waits and the calls on its way, or the call on the
// way from main.
func related(i *effects.Instance) []finding.Related {
	if i.Handling != nil {
		return coderule.HandledAt(i.Handling, i.At)
	}
	if n := len(i.Path); n > 0 && i.Path[n-1].Line != i.At.Line {
		return []finding.Related{{Position: i.Path[n-1], Message: "reached from main by this call"}}
	}
	return nil
}

func fix(s *gofix.Site, f finding.Finding) []finding.Fix {
	if strings.HasPrefix(f.Message, "this http.Client") {
		return gofix.ClientTimeout(s)
	}
	return gofix.DefaultClient(s)
}
