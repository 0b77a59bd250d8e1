package effects

import "strings"

// Settings are values that a deployment gives: environment variables, and flags
// by name without dashes. A name that maps to nil is set to something that is
// not known, such as a secret.
type Settings struct {
	Env   map[string]*Value
	Flags map[string]*Value
}

// Under is v where a deployment sets what it reads. Of a choice between what is
// set and something else, what is set is taken: the something else is the
// default.
func (v *Value) Under(s Settings) *Value {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case Literal, Unknown, System, Func:
		return v
	case Env, Flag, Config:
		if set, ok := s.lookup(v); ok {
			return set
		}
		return v
	case Choice:
		for _, a := range v.Alternatives() {
			if set, ok := s.lookup(a); ok {
				return set
			}
		}
	}
	args := make([]*Value, len(v.Args))
	for i, a := range v.Args {
		args[i] = a.Under(s)
	}
	if v.Kind == Concat {
		return ConcatOf(args...)
	}
	if v.Kind == Choice {
		return ChoiceOf(args...)
	}
	return v.WithArgs(args)
}

func (s Settings) lookup(v *Value) (*Value, bool) {
	var set map[string]*Value
	switch v.Kind {
	case Env:
		set = s.Env
	case Flag, Config:
		set = s.Flags
	default:
		return nil, false
	}
	name, known := v.Name()
	if !known {
		return nil, false
	}
	value, ok := set[name]
	if ok && value == nil {
		value = Unresolved("is set by the deployment to something that is not known", v.At)
	}
	return value, ok
}

// ParseArgs reads a command line as Go's flag packages do: --name=value,
// --name value and -name. isSwitch tells the flags that take no word behind them;
// nil means that none is known. Words that are not flags are left out.
func ParseArgs(args []string, isSwitch func(name string) bool) map[string]*Value {
	out := map[string]*Value{}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			break // nothing behind it is a flag
		}
		name, isFlag := strings.CutPrefix(args[i], "-")
		if !isFlag || name == "" {
			continue
		}
		name = strings.TrimPrefix(name, "-")
		if name, value, ok := strings.Cut(name, "="); ok {
			out[name] = Lit(value, nowhere)
			continue
		}
		value := "true"
		if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") && (isSwitch == nil || !isSwitch(name)) {
			value = args[i+1]
		}
		out[name] = Lit(value, nowhere)
	}
	return out
}
