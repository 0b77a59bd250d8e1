package coderule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Answering are the servers whose protocol has requests that others make: HTTP and
// gRPC. That which main reaches by the fewest calls comes first.
func Answering(c *effects.Contract) []*effects.Instance {
	out := slices.DeleteFunc(c.Of(effects.Serve), func(s *effects.Instance) bool {
		p := s.Value("protocol")
		return p == nil || p.Text != "http" && p.Text != "grpc"
	})
	slices.SortStableFunc(out, func(a, b *effects.Instance) int { return cmp.Compare(len(a.Path), len(b.Path)) })
	return out
}

// Own are the routes of the service's own business: those for profiles and
// metrics and gRPC's own services left out. What serves only such is a side door
// of a program that is no service.
func Own(c *effects.Contract) []effects.Served {
	var out []effects.Served
	for _, i := range c.Of(effects.Route) {
		s := effects.ServedBy(i)
		if s.Role == effects.ProfilingRole || s.Role == effects.MetricsRole || strings.HasPrefix(s.Path, "grpc.reflection.") || strings.HasPrefix(s.Path, "grpc.channelz.") {
			continue
		}
		out = append(out, s)
	}
	return out
}

// mayServe matches functions of code that is not known which may register routes.
var mayServe = lazyregexp.New(`^(Must)?(Run|Start|Serve|Listen|Main|Register|Mount|Handle)`)

// HiddenRoutes is a gap behind which a route may stand that was not seen: a path
// or handler that could not be followed, code that was not read. Only without one
// can a route be said to be missing.
func HiddenRoutes(c *effects.Contract) (effects.Gap, bool) {
	for _, i := range c.Of(effects.Route) {
		if static(i.API) {
			continue
		}
		path := i.Value("path")
		text, known := path.Pattern()
		if !known || strings.HasSuffix(text, "*") && !path.Resolved() || strings.Contains(text, "$") && !strings.Contains(text, "{$}") {
			return effects.Gap{What: "the path of a route (" + i.API + ") could not be told", At: i.At}, true
		}
	}
	for _, i := range c.Of(effects.Unseen) {
		if mayServe.MatchString(i.API[strings.LastIndexByte(i.API, '.')+1:]) {
			return effects.Gap{What: i.API + " is third-party code that is not known", At: i.At}, true
		}
	}
	for _, g := range c.Gaps {
		if strings.HasSuffix(g.What, "was not read") {
			return g, true
		}
	}
	for _, s := range c.Of(effects.Serve) {
		for _, a := range s.Value("handler").Alternatives() {
			if a.Kind == effects.Unknown && a.Text != "is nil" {
				return effects.Gap{What: "the handler that " + s.API + " serves could not be followed", At: s.At}, true
			}
		}
	}
	return effects.Gap{}, false
}

// static tells functions that register files, which are no endpoints of the
// program's state.
func static(api string) bool {
	name := api[strings.LastIndexByte(api, '.')+1:]
	return strings.HasPrefix(name, "Static") || name == "File" || name == "FileFS"
}
