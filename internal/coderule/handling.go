package coderule

import (
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

// Handler names the request handler that comes to an effect as readers know it:
// "shop.Server.order"; of one without a name the function in which it is made.
func Handler(h *effects.Handling) string {
	if name := Function(h.Handler); name != "" {
		return name
	}
	return "made in main"
}

// HandledAt are the places that lead from a request handler to an effect: the
// handler, and the calls on the way as far as there is room for them. Places on
// the finding's own line are left out.
func HandledAt(h *effects.Handling, at finding.Position) []finding.Related {
	var out []finding.Related
	add := func(p finding.Position, message string) {
		if p.IsValid() && (p.File != at.File || p.Line != at.Line) && len(out) < maxRelated {
			out = append(out, finding.Related{Position: p, Message: message})
		}
	}
	add(h.At, "the request handler")
	for i, call := range h.Calls {
		if name := Function(h.Funcs[i]); name != "" {
			add(call, "calls "+name)
		}
	}
	return out
}
