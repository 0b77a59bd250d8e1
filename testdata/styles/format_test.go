package styles

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/report"
)

// foundIn is a contract as wants.
func foundIn(c report.Contract) []want {
	var out []want
	add := func(kind, text, file string, line int) {
		out = append(out, want{file: file, line: line, kind: kind, text: text})
	}
	for _, l := range c.Listens {
		add("listen", listenText(l), l.File, l.Line)
	}
	for _, r := range c.Routes {
		add("route", routeText(r), r.File, r.Line)
	}
	for _, e := range c.Env {
		kind := "env"
		if e.ReadBy != "code" {
			kind = "envlib" // what the code reads is compared both ways
		}
		add(kind, envText(e), e.File, e.Line)
	}
	for _, f := range c.Flags {
		add("flag", strings.TrimSpace(f.Name+defaultText(f.Default)), f.File, f.Line)
	}
	for _, d := range c.Dials {
		address := d.Address
		if address == "" {
			address = "?"
		}
		add("dial", d.Network+" "+address+from(d.From), d.File, d.Line)
	}
	for _, a := range c.Reads {
		add("read", a.Path+from(a.From), a.File, a.Line)
	}
	for _, a := range c.Writes {
		text := a.Path + from(a.From)
		if a.Durable {
			text += " durable"
		}
		add("write", text, a.File, a.Line)
	}
	for _, e := range c.Execs {
		add("exec", e.Program, e.File, e.Line)
	}
	if s := c.Shutdown; s != nil {
		add("shutdown", shutdownText(s), s.File, s.Line)
	}
	for _, g := range c.Gaps {
		add("gap", g.What, g.File, g.Line)
	}
	return out
}

// listenText is "tcp 127.0.0.1:8080 from env PORT", with ? for a port that could
// not be told.
func listenText(l report.Listen) string {
	if strings.HasPrefix(l.Network, "unix") {
		return l.Network + " " + l.Host + from(l.From)
	}
	port := "?"
	if l.Port != nil {
		port = strconv.Itoa(*l.Port)
	}
	return l.Network + " " + net.JoinHostPort(l.Host, port) + from(l.From)
}

// routeText is "GET /path role", or "grpc pkg.Service role"; what is empty is
// left out.
func routeText(r report.Route) string {
	var parts []string
	if r.Protocol != "http" {
		parts = append(parts, r.Protocol)
	}
	for _, s := range []string{r.Method, r.Path, r.Role} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// envText is "NAME required default D by library"; what does not hold, and the
// code that reads it, is left out.
func envText(e report.Env) string {
	text := e.Name
	if e.Required {
		text += " required"
	}
	text += defaultText(e.Default)
	if e.ReadBy != "code" {
		text += " by " + e.ReadBy
	}
	return text
}

func defaultText(d *string) string {
	if d == nil || *d == "" {
		return ""
	}
	return " default " + *d
}

// from names the sources of a value without its literals.
func from(sources []report.Source) string {
	var parts []string
	for _, s := range sources {
		switch s.Kind {
		case "env", "config":
			parts = append(parts, s.Kind+" "+s.Name)
		case "flag":
			parts = append(parts, "flag --"+s.Name)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " from " + strings.Join(parts, ", ")
}

// shutdownText is "SIGINT SIGTERM drains http.Server.Shutdown 10s".
func shutdownText(s *report.Shutdown) string {
	parts := append([]string{}, s.Signals...)
	if len(s.Drains) > 0 {
		parts = append(append(parts, "drains"), s.Drains...)
	}
	if s.TimeoutSeconds != nil {
		parts = append(parts, fmt.Sprint(time.Duration(*s.TimeoutSeconds*float64(time.Second))))
	}
	return strings.Join(parts, " ")
}
