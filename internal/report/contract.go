package report

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// ContractOf is a linked contract as the report shows it: its effects with the
// values that they take where nothing is configured.
func ContractOf(c *effects.Contract) Contract {
	out := Contract{Complete: len(c.Gaps) == 0}
	defaults := envDefaults(c)
	for i := range c.Effects {
		e := &c.Effects[i]
		file, line := e.At.File, e.At.Line
		switch e.Kind {
		case effects.Listen:
			out.Listens = append(out.Listens, listen(e))
		case effects.ReadEnv:
			for _, name := range namesOf(e.Value("name")) {
				if name.Kind != effects.Literal {
					continue
				}
				env := Env{Name: name.Text, ReadBy: "code", File: file, Line: line}
				if d, ok := defaults[name.Text]; ok {
					env.Default = &d
				}
				out.Env = append(out.Env, env)
			}
		case effects.DefFlag:
			for _, name := range e.Value("name").Alternatives() {
				if name.Kind != effects.Literal {
					continue
				}
				f := Flag{Name: name.Text, File: file, Line: line}
				if d, ok := e.Value("default").Default(); ok {
					f.Default = &d
				}
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
			p, _ := e.Value("program").Pattern()
			out.Execs = append(out.Execs, Exec{Program: p, File: file, Line: line})
		}
	}
	out.Shutdown = shutdown(c)
	for _, g := range c.Gaps {
		out.Gaps = append(out.Gaps, Gap{What: g.What, File: g.At.File, Line: g.At.Line})
	}
	return out
}

// namesOf are the names that a value gives, each of a list's too.
func namesOf(v *effects.Value) []*effects.Value {
	var out []*effects.Value
	for _, a := range v.Alternatives() {
		if a.Kind == effects.List {
			for _, e := range a.Args {
				out = append(out, e.Alternatives()...)
			}
			continue
		}
		out = append(out, a)
	}
	return out
}

// wellKnownPorts are the service names that Go programs give instead of a number
// (IANA Service Name and Transport Protocol Port Number Registry).
var wellKnownPorts = map[string]int{"http": 80, "https": 443, "ssh": 22, "smtp": 25, "domain": 53}

func listen(e *effects.Instance) Listen {
	l := Listen{Network: "tcp", File: e.At.File, Line: e.At.Line}
	if n, ok := e.Value("network").Default(); ok && n != "" {
		l.Network = n
	}
	address := e.Value("address")
	l.From = sourcesOf(address)
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
	n, err := strconv.Atoi(text)
	if err != nil {
		known, ok := wellKnownPorts[text]
		if !ok {
			return nil
		}
		n = known
	}
	if n < 0 || n > 65535 {
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

// The roles of paths, by the names that probes and scrapers are usually given
// (Kubernetes documentation, "Configure Liveness, Readiness and Startup Probes";
// Prometheus documentation, scrape_config metrics_path; net/http/pprof).
var healthPaths = []string{"health", "healthz", "healthcheck", "livez", "live", "liveness", "readyz", "ready", "readiness", "ping"}

func route(e *effects.Instance) Route {
	r := Route{Protocol: "http", File: e.At.File, Line: e.At.Line}
	if p := e.Value("protocol"); p != nil && p.Text == "grpc" {
		r.Protocol = "grpc"
	}
	r.Path, _ = e.Value("path").Pattern()
	r.Method, _ = e.Value("method").Default()
	if method, rest, ok := strings.Cut(r.Path, " "); ok && r.Protocol == "http" {
		r.Method, r.Path = method, rest // Go 1.22 patterns: "GET /x"
	}
	last := strings.TrimLeft(r.Path[strings.LastIndexByte(strings.TrimSuffix(r.Path, "/"), '/')+1:], "_")
	switch {
	case r.Protocol == "grpc" && r.Path == "grpc.health.v1.Health", slices.Contains(healthPaths, strings.TrimSuffix(last, "/")):
		r.Role = "health"
	case strings.TrimSuffix(last, "/") == "metrics":
		r.Role = "metrics"
	case strings.Contains(r.Path, "/debug/pprof"):
		r.Role = "profiling"
	}
	return r
}

func dial(e *effects.Instance) Dial {
	d := Dial{Network: "tcp", File: e.At.File, Line: e.At.Line}
	if n, ok := e.Value("network").Default(); ok && n != "" {
		d.Network = n
	}
	for _, name := range []string{"url", "address", "dsn"} {
		if v := e.Value(name); v != nil {
			if text, ok := v.Default(); ok {
				d.Address = text
			}
			d.From = sourcesOf(v)
			break
		}
	}
	return d
}

func access(e *effects.Instance) Access {
	v := e.Value("path")
	a := Access{File: e.At.File, Line: e.At.Line, From: sourcesOf(v)}
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
	for _, e := range c.Of(effects.Drain) {
		if !e.Late && !slices.Contains(s.Drains, e.API) {
			s.Drains = append(s.Drains, e.API)
		}
	}
	slices.Sort(s.Signals)
	s.Signals = slices.Compact(s.Signals)
	slices.Sort(s.Drains)
	return s
}

// envDefaults are the literals that stand beside an environment variable in a
// choice: `if port == "" { port = "8080" }`.
func envDefaults(c *effects.Contract) map[string]string {
	out := map[string]string{}
	for i := range c.Effects {
		for _, v := range c.Effects[i].Values {
			v.Walk(func(x *effects.Value) bool {
				if x.Kind != effects.Choice {
					return true
				}
				for _, a := range x.Alternatives() {
					if name, ok := a.Name(); ok && a.Kind == effects.Env {
						if d, known := x.Default(); known && d != "" {
							out[name] = d
						}
					}
				}
				return true
			})
		}
	}
	return out
}
