package effects

import "strings"

// Truth is the answer of a condition.
type Truth uint8

// The answers of a condition.
const (
	Maybe Truth = iota // something in it is not known
	False
	True
)

func truthOf(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) not() Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Maybe
}

// WhenOf is a value that is taken only if all conditions hold; without any it is
// the value itself.
func WhenOf(v *Value, conditions ...*Value) *Value {
	args := []*Value{v}
	for _, c := range conditions {
		if c != nil {
			args = append(args, c)
		}
	}
	if v == nil || len(args) == 1 {
		return v
	}
	return &Value{Kind: When, Args: args, At: v.At}
}

// TestOf is a condition: op is one of ==, !=, prefix, suffix, contains, set,
// and, or, not, and passed, which is not said of a condition under which the
// function would have been left. It is nil where an operand that it cannot do without is.
func TestOf(op string, operands ...*Value) *Value {
	var args []*Value
	for _, a := range operands {
		switch {
		case a != nil:
			args = append(args, a)
		case op != "and":
			return nil // one side of an "and" still tells something
		}
	}
	if len(args) == 0 {
		return nil
	}
	if op == "and" && len(args) == 1 && len(operands) > 1 {
		// Known only in part: it can be found false, never true.
		args = append(args, Unresolved("is a condition that is not followed", args[0].At))
	}
	return &Value{Kind: Test, Text: op, Args: args, At: args[0].At}
}

// Value under which a test is asked: by what is configured by default, or only
// by what no configuration can change.
type world func(*Value) (string, bool)

func byDefault(v *Value) (string, bool) { return v.Default() }

func byLiteral(v *Value) (string, bool) {
	if v.Kind == Literal {
		return v.Text, true
	}
	return "", false
}

// Holds answers a condition where nothing is configured.
func (v *Value) Holds() Truth { return v.truth(byDefault) }

// Always answers a condition whatever is configured.
func (v *Value) Always() Truth { return v.truth(byLiteral) }

func (v *Value) truth(w world) Truth {
	if v == nil {
		return Maybe
	}
	if v.Kind != Test {
		// A boolean: a flag, a constant.
		switch text, known := w(v); {
		case known && text == "true":
			return True
		case known && (text == "false" || text == "" && v.Configurable()):
			return False
		}
		return Maybe
	}
	switch v.Text {
	case "not", "passed":
		return v.Args[0].truth(w).not()
	case "and", "or":
		decisive := False
		if v.Text == "or" {
			decisive = True
		}
		out := decisive.not()
		for _, a := range v.Args {
			switch a.truth(w) {
			case decisive:
				return decisive
			case Maybe:
				out = Maybe
			}
		}
		return out
	case "set":
		// By default nothing is set; a deployment's value stands in place of
		// the variable.
		switch a := v.Args[0]; {
		case a.Kind == Literal:
			return True
		case a.Kind == Env:
			if _, known := w(a); known {
				return False
			}
		}
		return Maybe
	}
	if len(v.Args) != 2 {
		return Maybe
	}
	a, knownA := w(v.Args[0])
	b, knownB := w(v.Args[1])
	if !knownA || !knownB {
		return Maybe
	}
	switch v.Text {
	case "==":
		return truthOf(a == b)
	case "!=":
		return truthOf(a != b)
	case "prefix":
		return truthOf(strings.HasPrefix(a, b))
	case "suffix":
		return truthOf(strings.HasSuffix(a, b))
	case "contains":
		return truthOf(strings.Contains(a, b))
	}
	return Maybe
}

// holds answers whether all conditions of a When hold where nothing is
// configured.
func (v *Value) holds() Truth {
	out := True
	for _, c := range v.Args[1:] {
		switch c.Holds() {
		case False:
			return False
		case Maybe:
			out = Maybe
		}
	}
	return out
}

// byDefaultTaken are the alternatives that remain where nothing is configured:
// those whose conditions fail are left out, and one whose conditions hold stands
// for itself, the last of them alone, for it overrides what was there before.
func (v *Value) byDefaultTaken() []*Value {
	var out []*Value
	for _, a := range v.Args {
		if a.Kind != When {
			out = append(out, a)
			continue
		}
		switch a.holds() {
		case True:
			out = []*Value{a.Args[0]}
		case Maybe:
			out = append(out, a.Args[0])
		}
	}
	return out
}
