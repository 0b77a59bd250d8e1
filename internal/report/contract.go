package report

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/effects"
)

// ContractOf is a linked contract as the report shows it: its effects with the
// values that they take where nothing is configured.
func ContractOf(c *effects.Contract) Contract {
	out := Contract{Complete: len(c.Gaps) == 0}
	for i := range c.Effects {
		e := &c.Effects[i]
		file, line := e.At.File, e.At.Line
		switch e.Kind {
		case effects.Listen:
			out.Listens = append(out.Listens, listen(e))
		case effects.DefFlag:
			for _, name := range e.Value("name").Elements() {
				if name.Kind != effects.Literal {
					continue
				}
				f := Flag{Name: name.Text, File: file, Line: line}
				f.Default = e.DefaultText()
				out.Flags = append(out.Flags, f)
			}
		case effects.Route:
			out.Routes = append(out.Routes, route(e))
		case effects.Dial:
			out.Dials = append(out.Dials, dial(e))
		case effects.Read:
			out.Reads = append(out.Reads, access(e))
		case effects.Write, effects.Mkdir:
			out.Writes = append(out.Writes, access(e))
		case effects.Exec:
			program := e.Value("program")
			p, _ := program.Pattern()
			out.Execs = append(out.Execs, Exec{Program: p, Expression: program.Expression(), File: file, Line: line})
		}
		if use, ok := useOf(e); ok && !slices.Contains(out.Uses, use) {
			out.Uses = append(out.Uses, use)
		}
	}
	out.Env = environment(c)
	out.Shutdown = shutdown(c)
	for _, s := range c.Subcommands {
		out.Subcommands = append(out.Subcommands, Subcommand{Name: s.Name, Serves: s.Serves, File: s.At.File, Line: s.At.Line})
	}
	for _, g := range c.Gaps {
		out.Gaps = append(out.Gaps, Gap{What: g.What, File: g.At.File, Line: g.At.Line})
	}
	return out
}

// environment are the variables that are read, one entry for each name and place.
func environment(c *effects.Contract) []Env {
	var out []Env
	for _, v := range c.Environment() {
		out = append(out, Env{Name: v.Name, Required: v.Required, Default: v.Default, ReadBy: v.ReadBy, File: v.At.File, Line: v.At.Line})
	}
	return out
}

// useKinds are the effects that a report lists as uses.
var useKinds = []effects.EffectKind{
	effects.Timezone, effects.User, effects.TLS, effects.Cgo, effects.Election,
	effects.Schedule, effects.Memory, effects.Serverless, effects.Temp, effects.Archive,
}

func useOf(e *effects.Instance) (Use, bool) {
	if !slices.Contains(useKinds, e.Kind) {
		return Use{}, false
	}
	u := Use{Kind: string(e.Kind), What: e.API, File: e.At.File, Line: e.At.Line}
	for _, name := range []string{"name", "what"} {
		if text, ok := e.Value(name).Pattern(); ok && text != "" && text != "*" {
			u.What = text
		}
	}
	return u, true
}

func listen(e *effects.Instance) Listen {
	l := Listen{Network: "tcp", File: e.At.File, Line: e.At.Line}
	if n, ok := e.Value("network").Default(); ok && n != "" {
		l.Network = n
	}
	address := e.Address()
	l.From, l.Expression = sourcesOf(address), address.Expression()
	if strings.HasPrefix(l.Network, "unix") {
		l.Host, _ = address.Pattern()
		return l
	}
	text, ok := address.Default()
	switch {
	case address == nil:
	case ok && text == "":
		// net/http: "If srv.Addr is blank, :http is used." Where configuration
		// names the address, nothing listens without it.
		if p := e.Value("protocol"); p != nil && p.Text == "http" && !address.Configurable() {
			l.Port = port("http")
		}
	case ok:
		host, p, err := net.SplitHostPort(text)
		if err != nil {
			break
		}
		l.Host, l.Port = host, port(p)
	default:
		// The host may be unknown and the port known: "*:8080".
		pattern, _ := address.Pattern()
		if i := strings.LastIndexByte(pattern, ':'); i >= 0 {
			l.Host, l.Port = pattern[:i], port(pattern[i+1:])
		}
	}
	return l
}

func port(text string) *int {
	n, ok := effects.PortNumber(text)
	if !ok {
		return nil
	}
	return &n
}

func sourcesOf(v *effects.Value) []Source {
	var out []Source
	for _, s := range v.Sources() {
		kind := map[effects.Kind]string{
			effects.Env: "env", effects.Flag: "flag", effects.Config: "config", effects.Literal: "literal",
		}[s.Kind]
		src := Source{Kind: kind}
		if s.Kind == effects.Literal {
			src.Value = s.Text
		} else {
			src.Name, _ = s.Name()
			src.Value, _ = s.Default()
		}
		out = append(out, src)
	}
	return out
}

func route(e *effects.Instance) Route {
	served, path := effects.ServedBy(e), e.Value("path")
	return Route{
		Protocol: served.Protocol, Method: served.Method, Path: served.Path, Role: served.Role,
		From: sourcesOf(path), Expression: path.Expression(), File: e.At.File, Line: e.At.Line,
	}
}

func dial(e *effects.Instance) Dial {
	d := Dial{Network: "tcp", File: e.At.File, Line: e.At.Line}
	if n, ok := e.Value("network").Default(); ok && n != "" {
		d.Network = n
	}
	for _, v := range []*effects.Value{e.Value("url"), e.Address(), e.Value("dsn")} {
		if v != nil {
			if text, ok := v.Default(); ok {
				d.Address = text
			}
			d.From, d.Expression = sourcesOf(v), v.Expression()
			break
		}
	}
	return d
}

func access(e *effects.Instance) Access {
	v := e.Value("path")
	a := Access{File: e.At.File, Line: e.At.Line, From: sourcesOf(v), Expression: v.Expression()}
	a.Path, _ = v.Pattern()
	if e.Kind != effects.Read && v != nil {
		for _, alt := range v.Alternatives() {
			a.Durable = a.Durable || effects.ClassifyPath(alt) == effects.DurablePath
		}
	}
	return a
}

func shutdown(c *effects.Contract) *Shutdown {
	var s *Shutdown
	for _, e := range c.Of(effects.Signal) {
		names, known := effects.SignalNames(e.Value("signals"))
		if !known || e.Late {
			continue
		}
		if s == nil {
			s = &Shutdown{File: e.At.File, Line: e.At.Line}
		}
		for _, n := range names {
			if !slices.Contains(s.Signals, n) {
				s.Signals = append(s.Signals, n)
			}
		}
	}
	for _, e := range c.Of(effects.Managed) {
		if s == nil {
			s = &Shutdown{File: e.At.File, Line: e.At.Line}
		}
		s.Signals = append(s.Signals, "SIGTERM")
		s.Drains = append(s.Drains, e.API)
	}
	if s == nil {
		return nil
	}
	longest, bounded := 0.0, true
	for _, e := range c.Of(effects.Drain) {
		if e.Late {
			continue
		}
		if !slices.Contains(s.Drains, e.API) {
			s.Drains = append(s.Drains, e.API)
		}
		seconds, ok := secondsOf(e.Value("timeout"))
		bounded = bounded && ok
		longest = max(longest, seconds)
	}
	if bounded && longest > 0 {
		s.TimeoutSeconds = &longest
	}
	slices.Sort(s.Signals)
	s.Signals = slices.Compact(s.Signals)
	slices.Sort(s.Drains)
	return s
}

// secondsOf is a duration by default: a number of nanoseconds, as constants of
// time.Duration fold to, or a text as time.ParseDuration reads it.
func secondsOf(v *effects.Value) (float64, bool) {
	text, known := v.Default()
	if !known {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n).Seconds(), n > 0
	}
	d, err := time.ParseDuration(text)
	return d.Seconds(), err == nil && d > 0
}
