package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Bounds of what is looked at of routers: how deep they are mounted in each
// other, at how many paths one is served, how many methods one route names.
const (
	maxMountDepth = 8
	maxMounts     = 16
	maxMethods    = 16
)

// A mounting is a path of a router below which another one is served.
type mounting struct {
	router *effects.Value // nil for the root
	path   *effects.Value // nil where the mounted router sees whole paths
}

// routes replaces routers by the paths at which they are mounted, and gives each
// method of a route an instance of its own. Mounts themselves are no longer
// needed then.
func routes(list []effects.Instance) []effects.Instance {
	mounts := mountings(list)
	handlers := handlersOf(list)
	fallback := servesDefault(list)
	var out []effects.Instance
	for _, inst := range list {
		switch inst.Kind {
		case effects.Mount, effects.Methods, effects.Adds, effects.Within:
		case effects.Route:
			h := handlers[inst.At]
			if h.router || !fallback && onDefaultMux(inst) {
				continue
			}
			if h.role != "" && inst.Value("role") == nil {
				inst = inst.With("role", effects.Lit(h.role, inst.At))
			}
			out = append(out, byMethod(placed(inst, mounts))...)
		default:
			out = append(out, inst)
		}
	}
	return out
}

// A handler is what is known of what is registered at a place.
type handler struct {
	// router is true for a router that is mounted below a path: its own routes
	// are served there, and no other.
	router bool
	// role is the handler's, "" if it has none of its own.
	role string
}

func handlersOf(list []effects.Instance) map[finding.Position]handler {
	out := map[finding.Position]handler{}
	for i := range list {
		inst := &list[i]
		if inst.Kind != effects.Mount {
			continue
		}
		h := out[inst.At]
		for _, a := range inst.Value("handler").Alternatives() {
			if role, ok := strings.CutPrefix(a.Text, "role:"); ok && a.Kind == effects.System {
				h.role = role
			}
			h.router = h.router || (inst.Value("path") != nil || a.Kind == effects.Strip) && len(a.Routers()) > 0
		}
		out[inst.At] = h
	}
	return out
}

// onDefaultMux tells a route that a package registers by being imported.
func onDefaultMux(inst effects.Instance) bool {
	return inst.Value("router") == nil && (inst.API == "pprof" || inst.API == "expvar")
}

// servesDefault tells whether http.DefaultServeMux may be served: by a server
// without a handler of its own, or with one that is not known.
func servesDefault(list []effects.Instance) bool {
	own := false
	for i := range list {
		inst := &list[i]
		if inst.Kind != effects.Serve || !strings.HasPrefix(inst.API, "http.") {
			continue
		}
		h := inst.Value("handler")
		if h == nil || !h.Resolved() {
			return true
		}
		for _, a := range h.Alternatives() {
			if a.Kind == effects.Literal || a.Kind == effects.Unknown {
				return true
			}
		}
		own = true
	}
	return !own
}

// mountings are where each router is mounted, by the router's place. Where the
// calls of the function that makes a router tell several apart, the function's own
// routes are those of all of them.
func mountings(list []effects.Instance) map[string][]mounting {
	out := map[string][]mounting{}
	for i := range list {
		inst := &list[i]
		if inst.Kind != effects.Mount {
			continue
		}
		for _, h := range inst.Value("handler").Alternatives() {
			m := mounting{router: inst.Value("router"), path: inst.Value("path")}
			for h.Kind == effects.Strip {
				m.path = h.Args[0]
				h = h.Args[1]
			}
			for _, r := range h.Routers() {
				made, _, told := strings.Cut(r.Text, " ")
				if len(out[r.Text]) >= maxMounts || len(out[made]) >= maxMounts {
					continue
				}
				at := m
				if inst.Value("routers") != nil && foreign(r, m.router) {
					at.path = nil // it sees whole paths
				}
				out[r.Text] = append(out[r.Text], at)
				if told {
					out[made] = append(out[made], at)
				}
			}
		}
	}
	return out
}

// foreign tells whether two routers are of different packages.
func foreign(a, b *effects.Value) bool {
	for _, r := range b.Routers() {
		if len(r.Names) > 0 && len(a.Names) > 0 && r.Names[0] != a.Names[0] {
			return true
		}
	}
	return false
}

// placed is a route with its whole path, and without its router.
func placed(inst effects.Instance, mounts map[string][]mounting) effects.Instance {
	router := inst.Value("router")
	out := inst.Without("router")
	path := inst.Value("path")
	if path == nil {
		return out
	}
	method, path := splitPattern(path)
	if method != nil && inst.Value("method") == nil {
		out = out.With("method", method)
	}
	return out.Without("path").With("path", whole(effects.PathBelow(router, path), mounts, 0))
}

// methodPrefix is the method of a pattern (net/http, ServeMux: "Patterns can
// match the method, host and path of a request").
var methodPrefix = lazyregexp.New(`^([A-Z]+)[ \t]+`)

// splitPattern takes the method off a pattern.
func splitPattern(path *effects.Value) (method, rest *effects.Value) {
	first := path
	if (path.Kind == effects.Concat || path.Kind == effects.Join) && len(path.Args) > 0 {
		first = path.Args[0]
	}
	m := methodPrefix.FindStringSubmatch(first.Text)
	if first.Kind != effects.Literal || m == nil {
		return nil, path
	}
	method = effects.Lit(m[1], first.At)
	rest = effects.Lit(first.Text[len(m[0]):], first.At)
	if first != path {
		return method, path.WithArgs(append([]*effects.Value{rest}, path.Args[1:]...))
	}
	return method, rest
}

// whole is a path with its routers replaced by where they are mounted.
func whole(v *effects.Value, mounts map[string][]mounting, depth int) *effects.Value {
	if v == nil || len(v.Routers()) == 0 {
		return v
	}
	switch {
	case depth > maxMountDepth:
		return effects.Unresolved("is mounted in a circle", v.At)
	case v.Kind == effects.Router:
		var at []*effects.Value
		for _, m := range mounts[v.Text] {
			at = append(at, whole(effects.PathBelow(m.router, m.path), mounts, depth+1))
		}
		if slices.Contains(at, nil) || len(at) == 0 {
			at = append(slices.DeleteFunc(at, func(v *effects.Value) bool { return v == nil }), effects.Lit("", v.At))
		}
		return effects.ChoiceOf(at...)
	case v.Kind == effects.Choice:
		var each []*effects.Value
		for _, a := range v.Args {
			each = append(each, whole(a, mounts, depth))
		}
		return effects.ChoiceOf(each...)
	case v.Kind == effects.Join && len(v.Args) > 0:
		// One path for each place of the router.
		rest := v.Args[1]
		if len(v.Args) > 2 {
			rest = v.WithArgs(v.Args[1:])
		}
		rest = whole(rest, mounts, depth)
		var each []*effects.Value
		for _, base := range whole(v.Args[0], mounts, depth).Alternatives() {
			each = append(each, effects.PathBelow(base, rest))
		}
		return effects.ChoiceOf(each...)
	}
	var args []*effects.Value
	for _, a := range v.Args {
		args = append(args, whole(a, mounts, depth))
	}
	return v.WithArgs(args)
}

// byMethod is a route once for each method and each path that it is known to
// have.
func byMethod(inst effects.Instance) []effects.Instance {
	list := []effects.Instance{inst}
	for _, name := range []string{"method", "path"} {
		var next []effects.Instance
		for _, i := range list {
			next = append(next, each(i, name)...)
		}
		list = next
	}
	return list
}

// each is an instance once for each of several values that all are known. Where
// conditions decide between them it stays whole.
func each(inst effects.Instance, name string) []effects.Instance {
	v := inst.Value(name)
	if v == nil || v.Kind != effects.List && v.Kind != effects.Choice {
		return []effects.Instance{inst}
	}
	if len(v.Args) == 0 || len(v.Args) > maxMethods || slices.ContainsFunc(v.Args, func(a *effects.Value) bool { return !known(a) }) {
		return []effects.Instance{inst}
	}
	at := slices.Index(inst.Names, name)
	var out []effects.Instance
	for _, a := range v.Args {
		one := inst
		one.Values = slices.Clone(inst.Values)
		one.Values[at] = a
		out = append(out, one)
	}
	return out
}

// known tells whether a value is a literal, or a path made of literals.
func known(v *effects.Value) bool {
	switch v.Kind {
	case effects.Literal:
		return true
	case effects.Join, effects.Concat:
		return !slices.ContainsFunc(v.Args, func(a *effects.Value) bool { return !known(a) })
	}
	return false
}
