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
				f.Default = flagDefault(e)
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
	required := map[string]bool{}
	add := func(e *effects.Instance, names *effects.Value, readBy string, def *string) {
		if def != nil && *def == "" {
			def = nil
		}
		for _, name := range names.Elements() {
			if name.Kind != effects.Literal || name.Text == "" {
				continue
			}
			env := Env{Name: name.Text, ReadBy: readBy, Default: def, File: e.At.File, Line: e.At.Line}
			i := slices.IndexFunc(out, func(o Env) bool { return o.Name == env.Name && o.File == env.File && o.Line == env.Line })
			if i < 0 {
				out = append(out, env)
				continue
			}
			if out[i].Default == nil {
				out[i].Default = def
			}
		}
	}
	for i := range c.Effects {
		e := &c.Effects[i]
		switch e.Kind {
		case effects.ReadEnv:
			add(e, e.Value("name"), readBy(e), flagDefault(e))
		case effects.DefFlag:
			// What sets a flag is a variable of the program too.
			add(e, e.Value("env"), "library", flagDefault(e))
		case effects.Require:
			for _, name := range e.Value("name").Elements() {
				if name.Kind == effects.Literal {
					required[name.Text] = true
				}
			}
		}
	}
	// Some are named only where the program stops without them.
	for i := range c.Effects {
		e := &c.Effects[i]
		if e.Kind != effects.Require {
			continue
		}
		for _, name := range e.Value("name").Elements() {
			if !slices.ContainsFunc(out, func(o Env) bool { return o.Name == name.Text }) {
				add(e, name, readBy(e), nil)
			}
		}
	}
	defaults := envDefaults(c)
	for i := range out {
		out[i].Required = required[out[i].Name]
		if d, ok := defaults[out[i].Name]; ok && out[i].Default == nil {
			out[i].Default = &d
		}
	}
	return out
}

// flagDefault is the default of what defines a flag or reads a variable, as a user
// would write it; nil where it is not known.
func flagDefault(e *effects.Instance) *string {
	d, ok := e.Value("default").Default()
	if !ok {
		return nil
	}
	if strings.Contains(e.API, "Duration") {
		d = durationText(d)
	}
	return &d
}

// durationText writes a number of nanoseconds as flags of the kind are written.
func durationText(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n).String()
	}
	return text
}

// readBy says who reads a variable.
func readBy(e *effects.Instance) string {
	if by := e.Value("by"); by != nil && by.Kind == effects.Literal {
		switch by.Text {
		case "library", "runtime", "entrypoint":
			return by.Text
		}
	}
	return "code"
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

// envDefaults are the literals that stand beside an environment variable in a
// choice: `if port == "" { port = "8080" }`.
func envDefaults(c *effects.Contract) map[string]string {
	out := map[string]string{}
	durations := map[string]bool{} // flags
	for _, e := range c.Of(effects.DefFlag) {
		if name := e.Value("name"); name != nil && name.Kind == effects.Literal && strings.Contains(e.API, "Duration") {
			durations[name.Text] = true
		}
	}
	for i := range c.Effects {
		for _, v := range c.Effects[i].Values {
			v.Walk(func(x *effects.Value) bool {
				if x.Kind != effects.Choice {
					return true
				}
				d, known := x.Default()
				if !known || d == "" {
					return true
				}
				alternatives := x.Alternatives()
				if slices.ContainsFunc(alternatives, func(a *effects.Value) bool {
					name, ok := a.Name()
					return ok && a.Kind == effects.Flag && durations[name]
				}) {
					d = durationText(d)
				}
				for _, a := range alternatives {
					if name, ok := a.Name(); ok && a.Kind == effects.Env {
						out[name] = d
					}
				}
				return true
			})
		}
	}
	return out
}
