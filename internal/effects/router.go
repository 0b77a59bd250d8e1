package effects

import "strings"

// PathBelow is the path p below the path or router base. Either may be nil.
func PathBelow(base, p *Value) *Value {
	switch {
	case base == nil:
		return p
	case p == nil:
		return base
	case base.Kind == Literal && strings.Trim(base.Text, "/") == "":
		return p
	case p.Kind == Literal && p.Text == "":
		return base
	}
	var args []*Value
	for _, v := range []*Value{base, p} {
		if v.Kind == Join {
			args = append(args, v.Args...)
			continue
		}
		args = append(args, v)
	}
	return &Value{Kind: Join, Args: args, At: p.At}
}

// Routers are the routers in v.
func (v *Value) Routers() []*Value {
	var out []*Value
	v.Walk(func(x *Value) bool {
		if x.Kind == Router {
			out = append(out, x)
		}
		return true
	})
	return out
}
