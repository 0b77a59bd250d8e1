package summarize

import (
	"go/ast"
	"go/types"

	"github.com/cnready/cnready/internal/effects"
)

// A piece is what one call adds to a strings.Builder.
type piece struct {
	exprs []ast.Expr // of a format the format first
	// format is set for fmt.Fprintf.
	format bool
	site   site
}

// collectBuilt records what is written to a local strings.Builder.
func (s *summarizer) collectBuilt(call *ast.CallExpr) {
	c := s.callee(call)
	var on ast.Expr
	p := piece{exprs: call.Args}
	switch c.pkg + "." + c.name {
	case "strings.Builder.WriteString", "strings.Builder.WriteByte", "strings.Builder.WriteRune", "strings.Builder.Reset", "strings.Builder.Write":
		on = c.recv
	case "fmt.Fprintf", "fmt.Fprint":
		if len(call.Args) == 0 {
			return
		}
		target, ok := pointee(call.Args[0])
		if !ok {
			return
		}
		on, p.exprs, p.format = target, call.Args[1:], c.name == "Fprintf"
	default:
		return
	}
	id, ok := ast.Unparen(on).(*ast.Ident)
	if !ok {
		return
	}
	if obj := s.objectOf(id); obj != nil && s.local(obj) {
		p.site = s.order.here()
		if c.name == "Builder.WriteByte" || c.name == "Builder.WriteRune" || c.name == "Builder.Reset" || c.name == "Builder.Write" {
			p.exprs = nil // not followed
		}
		s.built[obj] = append(s.built[obj], p)
	}
}

// joined is the text of strings.Join of a known list, and what a strings.Builder
// holds that is written to without conditions; nil for all else.
func (s *summarizer) joined(c callee, call *ast.CallExpr) *effects.Value {
	switch c.name {
	case "Join":
		if len(call.Args) != 2 {
			return nil
		}
		list, sep := s.eval(call.Args[0]), s.eval(call.Args[1])
		if list == nil || list.Kind != effects.List || sep == nil {
			return nil
		}
		var parts []*effects.Value
		for i, a := range list.Args {
			if a.Kind == effects.Spread {
				return nil
			}
			if i > 0 {
				parts = append(parts, sep)
			}
			parts = append(parts, a)
		}
		return effects.ConcatOf(parts...)
	case "Builder.String":
		id, ok := ast.Unparen(c.recv).(*ast.Ident)
		if !ok {
			return nil
		}
		return s.builtText(s.objectOf(id), call)
	}
	return nil
}

func (s *summarizer) builtText(obj types.Object, use *ast.CallExpr) *effects.Value {
	var parts []*effects.Value
	for _, p := range s.built[obj] {
		if p.site.pos > use.Pos() {
			continue
		}
		if len(p.site.loops) > 0 || len(p.site.guards) > 0 || p.site.fn != s.order.function(use.Pos()) || len(p.exprs) == 0 {
			return nil
		}
		var args []*effects.Value
		for _, e := range p.exprs {
			args = append(args, s.orUnknown(s.eval(e), e))
		}
		if p.format {
			args = []*effects.Value{format(args[0], args[1:], s.position(use))}
		}
		parts = append(parts, args...)
	}
	if len(parts) == 0 {
		return nil
	}
	return effects.ConcatOf(parts...)
}
