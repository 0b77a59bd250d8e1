package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// Bounds of what counts as run by request handlers: how many calls below one, and
// of how many methods a call through an interface may be one.
const (
	maxHandlerDepth = 12
	maxHandlerImpls = 4
)

// A handled is the way by which a request handler comes to a function: from is the
// function before, "" for the handler itself.
type handled struct {
	protocol  string
	from      string
	at        finding.Position
	depth     int
	goroutine bool
}

// handlers tells which functions run while a request is answered: those whose
// parameters or registration make them request handlers, and all that they call,
// each by a shortest way.
func (l *linker) handlers() map[string]handled {
	out := map[string]handled{}
	var queue []string
	push := func(id string, h handled) {
		if _, seen := out[id]; !seen && l.funcs[id] != nil && h.depth <= maxHandlerDepth {
			out[id] = h
			queue = append(queue, id)
		}
	}
	reached := l.reached()
	for _, id := range reached {
		f := l.funcs[id]
		if f.Handler != "" {
			push(id, handled{protocol: f.Handler})
		}
		for _, ref := range f.Refs {
			if ref.Handler != "" {
				push(ref.ID, handled{protocol: ref.Handler})
			}
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		h := out[id]
		f := l.funcs[id]
		next := func(to string, at finding.Position, goroutine bool) {
			push(to, handled{h.protocol, id, at, h.depth + 1, h.goroutine || goroutine})
		}
		for i := range f.Nodes {
			n := &f.Nodes[i]
			switch {
			case n.Call == nil:
			case n.Call.Callee != "":
				next(n.Call.Callee, n.At, n.Go)
			case n.Call.Func != nil:
				if called := l.byValue(n.Call); len(called) <= maxHandlerImpls {
					for _, to := range called {
						next(to, n.At, n.Go)
					}
				}
			case n.Call.Method != "":
				if impls := l.implementations(n.Call.Method); len(impls) <= maxHandlerImpls {
					for _, to := range impls {
						next(to, n.At, n.Go)
					}
				}
			}
		}
		for _, ref := range f.Refs {
			// A literal within the function is made to be run by what it is given to.
			if strings.HasPrefix(ref.ID, id+"$") && !ref.Command {
				next(ref.ID, l.funcs[ref.ID].At, false)
			}
		}
	}
	return out
}

// byValue are the functions that a call of a function value may call. A function
// that the caller was given is left out: who gives it is told by the literal, and
// all that is given by anybody would be too many.
func (l *linker) byValue(call *effects.Call) []string {
	for _, a := range call.Func.Alternatives() {
		if a.Kind == effects.Param {
			return nil
		}
	}
	var out []string
	for _, fn := range l.functions(call.Func) {
		out = append(out, fn.Text)
	}
	return out
}

// plain are methods that so many types have that a call through an interface says
// nothing of which is meant.
var plain = []string{"Close(", "Error(", "String(", "Read(", "Write(", "Len(", "Run(", "Start(", "Stop(", "Set("}

func isPlain(method string) bool {
	return slices.ContainsFunc(plain, func(p string) bool { return strings.HasPrefix(method, p) })
}

// implementations are the reached methods that a call through an interface may
// call, none where its name is too plain to tell.
func (l *linker) implementations(method string) []string {
	if isPlain(method) {
		return nil
	}
	var out []string
	for _, id := range l.methods[method] {
		if l.live[id] || l.late[id] {
			out = append(out, id)
		}
	}
	return out
}

// handling is how a handler comes to a function, nil where none does.
func (l *linker) handling(all map[string]handled, id string) *effects.Handling {
	h, ok := all[id]
	if !ok {
		return nil
	}
	out := &effects.Handling{Protocol: h.protocol, Goroutine: h.goroutine}
	for h.from != "" {
		out.Calls = append(out.Calls, h.at)
		out.Funcs = append(out.Funcs, id)
		id = h.from
		h = all[id]
	}
	slices.Reverse(out.Calls)
	slices.Reverse(out.Funcs)
	out.Handler, out.At = id, l.funcs[id].At
	return out
}

// requests says of effects that concern requests how request handlers come to
// them, adds the state that handlers change, and drops panics that end nothing.
func (l *linker) requests(list []effects.Instance) []effects.Instance {
	all := l.handlers()
	recovered := l.recovered(list)
	out := list[:0]
	for _, inst := range list {
		switch inst.Kind {
		case effects.Request, effects.Reader:
			inst = l.later(inst)
			inst.Handling = l.handling(all, inst.Func)
		case effects.Exit:
			inst.Handling = l.handling(all, inst.Func)
			if effects.Elsewhere(l.funcs[inst.Func].At.File) {
				continue // whether it comes to that is for a library to say
			}
			if inst.Value("what") != nil && (inst.Handling == nil || l.stops(inst, recovered)) {
				continue
			}
		case effects.Recover:
			continue
		}
		out = append(out, inst)
	}
	return append(out, l.states(all)...)
}

// recovered are the protocols of which something stops the panics of all handlers.
func (l *linker) recovered(list []effects.Instance) map[string]bool {
	out := map[string]bool{effects.HandlesHTTP: true}
	for i := range list {
		if list[i].Kind == effects.Recover {
			out[list[i].Value("protocol").Text] = true
		}
	}
	for _, id := range l.reached() {
		if f := l.funcs[id]; f.Recovers && f.Handler != "" {
			out[f.Handler] = true
		}
	}
	return out
}

// stops tells whether a panic is stopped before it ends the process: by the server
// that calls the handler, or by a function on the way. What runs in a goroutine of
// its own is left to the functions there.
func (l *linker) stops(inst effects.Instance, recovered map[string]bool) bool {
	h := inst.Handling
	for _, id := range append([]string{inst.Func, h.Handler}, h.Funcs...) {
		if l.funcs[id].Recovers {
			return true
		}
	}
	return !h.Goroutine && recovered[h.Protocol]
}

// boundFields are the fields that bound what an HTTP client, a dialer or a server
// does.
var boundFields = map[effects.EffectKind][]string{
	effects.Request: {"net/http.Client.Timeout", "net/http.Client.Transport", "net.Dialer.Timeout", "net.Dialer.Deadline"},
	effects.Reader:  {"net/http.Server.ReadTimeout", "net/http.Server.ReadHeaderTimeout"},
}

// later says of a request or server that fields of what makes it may be set
// elsewhere than where it is made.
func (l *linker) later(inst effects.Instance) effects.Instance {
	made := inst.Value("client")
	if inst.Kind == effects.Reader {
		made = inst.Value("server")
	}
	for _, key := range boundFields[inst.Kind] {
		for _, a := range l.fields[key] {
			if a.Of != nil && l.counts(a) && overlaps(l.resolver.value(a.Of, nil), made) {
				return inst.With("later", effects.Lit("yes", finding.Position{}))
			}
		}
	}
	changed := len(l.runs(l.globals["net/http.DefaultClient"])) + len(l.runs(l.globals["net/http.DefaultTransport"]))
	if changed > 0 && inst.Kind == effects.Request {
		return inst.With("later", effects.Lit("yes", finding.Position{}))
	}
	return inst
}

// overlaps tells whether one of the structs that a value may be is one of those
// that another may be; one that is not known may be any, but no default.
func overlaps(set, made *effects.Value) bool {
	for _, a := range set.Alternatives() {
		for _, b := range made.Alternatives() {
			byDefault := b.Kind == effects.Literal || b.FieldValue("default") != nil
			switch {
			case a.FieldValue("default") != nil:
				if byDefault {
					return true
				}
			case a.Kind != effects.Struct:
				if !byDefault {
					return true
				}
			case a.At == b.At:
				return true
			}
		}
	}
	return false
}
