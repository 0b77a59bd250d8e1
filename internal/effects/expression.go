package effects

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of an expression, so that a line stays one that is read.
const (
	maxExpression   = 240 // bytes, roughly: what is begun within them is ended
	maxLiteral      = 80  // bytes of one literal
	maxAlternatives = 6   // of one choice
)

// notTold stands for what is not known.
const notTold = "*"

// systemCalls are the functions by which Go programs ask for what the running
// system knows.
var systemCalls = map[string]string{
	"tempdir": "os.TempDir()", "tempfile": "os.CreateTemp()", "home": "os.UserHomeDir()",
	"hostname": "os.Hostname()", "workdir": "os.Getwd()", "executable": "os.Executable()",
}

// Expression is v as a reader would write it, in one line of bounded length:
//
//	env PORT | flag --port | "8080"
//	env BASE_URL + "/_healthz"
//	join(flag --data | "/data", *)
//
// env, flag and config name what is configured; | stands between what may be
// taken, configuration first, then what is taken without it; + concatenates; *
// is what could not be told. Conditions are left out. A nil value is "".
func (v *Value) Expression() string {
	if v == nil {
		return ""
	}
	w := expressionWriter{budget: maxExpression}
	return w.text(v)
}

type expressionWriter struct {
	budget int
}

// text is v where nothing stands beside it.
func (w *expressionWriter) text(v *Value) string {
	return strings.Join(w.alternatives(v), " | ")
}

// operand is v within a concatenation.
func (w *expressionWriter) operand(v *Value) string {
	alternatives := w.alternatives(v)
	if len(alternatives) > 1 {
		return "(" + strings.Join(alternatives, " | ") + ")"
	}
	return alternatives[0]
}

// alternatives are what v may be, at least one, each once.
func (w *expressionWriter) alternatives(v *Value) []string {
	var configured, fixed, untold []string
	add := func(list *[]string, text string) {
		if !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	empty := false // one of them is the empty string
	var collect func(v *Value)
	collect = func(v *Value) {
		for _, a := range v.Alternatives() {
			if w.budget <= 0 {
				add(&untold, "…")
				return
			}
			switch {
			case a == nil:
				add(&untold, notTold)
			case a.Kind == Literal && a.Text == "":
				empty = true
			case a.Kind == Env, a.Kind == Flag, a.Kind == Config:
				add(&configured, w.setting(a))
				if len(a.Args) > 1 && a.Args[1] != nil {
					collect(a.Args[1])
				}
			case a.Configurable():
				add(&configured, w.one(a))
			default:
				text := w.one(a)
				if text == notTold {
					add(&untold, text)
					continue
				}
				add(&fixed, text)
			}
		}
	}
	collect(v)
	// What is not set is empty anyway.
	if empty && (len(configured) == 0 || len(fixed) > 0) {
		add(&fixed, `""`)
	}
	out := slices.Concat(configured, fixed, untold)
	if len(out) > maxAlternatives {
		out = append(out[:maxAlternatives:maxAlternatives], "…")
	}
	if len(out) == 0 {
		return []string{`""`}
	}
	return out
}

// setting names an environment variable, a flag or a key, without its default.
func (w *expressionWriter) setting(v *Value) string {
	word := map[Kind]string{Env: "env ", Flag: "flag --", Config: "config "}[v.Kind]
	name, known := v.Name()
	switch {
	case known:
		return w.spend(word + short(name))
	case len(v.Args) > 0 && v.Args[0] != nil:
		return w.spend(word) + "(" + w.text(v.Args[0]) + ")"
	}
	return w.spend(word + notTold)
}

// one is a value that is no choice.
func (w *expressionWriter) one(v *Value) string {
	switch v.Kind {
	case Literal:
		return w.spend(strconv.Quote(short(v.Text)))
	case System:
		if call, ok := systemCalls[v.Text]; ok {
			return w.spend(call)
		}
	case Concat:
		return w.sum(v.Args)
	case HostPort:
		if len(v.Args) == 2 {
			return w.sum(addressParts(v.Args[0], v.Args[1]))
		}
	case Join:
		if text, known := v.Default(); known && !v.Configurable() {
			return w.spend(strconv.Quote(short(text)))
		}
		return w.spend("join(") + w.list(v.Args) + ")"
	case List:
		return w.spend("[") + w.list(v.Args) + "]"
	case Contents:
		if len(v.Args) > 0 {
			return w.spend("contents(") + w.list(v.Args[:1]) + ")"
		}
	case Spread:
		if len(v.Args) == 1 {
			return w.operand(v.Args[0]) + "..."
		}
	}
	return w.spend(notTold)
}

// addressParts are the parts of host:port, literals that stand side by side as
// one.
func addressParts(host, port *Value) []*Value {
	if host != nil && host.Kind == Literal {
		text := host.Text
		if strings.Contains(text, ":") {
			text = "[" + text + "]"
		}
		host = Lit(text, host.At)
	}
	if host == nil || port == nil {
		return []*Value{host, Lit(":", nowhere), port}
	}
	whole := ConcatOf(host, Lit(":", port.At), port)
	if whole.Kind == Concat {
		return whole.Args
	}
	return []*Value{whole}
}

func (w *expressionWriter) sum(args []*Value) string { return w.parts(args, " + ", w.operand) }

func (w *expressionWriter) list(args []*Value) string { return w.parts(args, ", ", w.text) }

func (w *expressionWriter) parts(args []*Value, between string, text func(*Value) string) string {
	var parts []string
	for _, a := range args {
		if w.budget <= 0 {
			parts = append(parts, "…")
			break
		}
		if a == nil {
			a = &Value{}
		}
		parts = append(parts, text(a))
	}
	return strings.Join(parts, between)
}

// spend takes a text from the budget.
func (w *expressionWriter) spend(text string) string {
	w.budget -= len(text) + 3
	return text
}

// short cuts a long text in its middle, where the least is missed: addresses are
// known by their beginning and files by their end.
func short(text string) string {
	if len(text) <= maxLiteral {
		return text
	}
	head, tail := maxLiteral*2/3, maxLiteral/3
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	from := len(text) - tail
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	return text[:head] + "…" + text[from:]
}
