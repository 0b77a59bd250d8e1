package effects

import "strings"

// Expand is a text with the environment variables put in that it names, as
// os.ExpandEnv does: $NAME and ${NAME}.
func Expand(v *Value) *Value {
	if v == nil || v.Kind == Choice || v.Kind == Concat {
		if v == nil {
			return nil
		}
		each := make([]*Value, len(v.Args))
		for i, a := range v.Args {
			each[i] = Expand(a)
		}
		if v.Kind == Choice {
			return ChoiceOf(each...)
		}
		return ConcatOf(each...)
	}
	if v.Kind != Literal {
		return v
	}
	var parts []*Value
	rest := v.Text
	for {
		before, after, found := strings.Cut(rest, "$")
		if before != "" {
			parts = append(parts, Lit(before, v.At))
		}
		if !found {
			break
		}
		name, tail := variable(after)
		if name == "" {
			parts = append(parts, Lit("$", v.At))
			rest = after
			continue
		}
		parts = append(parts, &Value{Kind: Env, Text: name, At: v.At})
		rest = tail
	}
	if len(parts) == 0 {
		return v
	}
	return ConcatOf(parts...)
}

// variable is the name behind a dollar sign, and what follows it.
func variable(s string) (name, rest string) {
	if inner, ok := strings.CutPrefix(s, "{"); ok {
		name, rest, found := strings.Cut(inner, "}")
		if !found {
			return "", s
		}
		return name, rest
	}
	n := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if n < 0 {
		n = len(s)
	}
	return s[:n], s[n:]
}
