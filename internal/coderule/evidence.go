package coderule

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/finding"
)

// maxRelated bounds the related places of a finding.
const maxRelated = 3

// maxSources bounds what is named of where a value comes from.
const maxSources = 3

// Evidence is what a finding shows of an effect: how the program gets to it and
// where its value comes from.
type Evidence struct {
	// Effect is what is found, Value the one of its values that it is about; nil
	// for none.
	Effect *effects.Instance
	Value  *effects.Value
	// Noun is what the value is: "path", "address".
	Noun string
}

// Text is the evidence in words, to be put behind what was found: "(bbolt.Open)
// reached from main through store.New; the path comes from flag --data, default
// /data". It begins with the API and is never empty.
func (e Evidence) Text() string {
	text := "(" + e.Effect.API + ")"
	if by := Function(e.Effect.Func); len(e.Effect.Path) > 0 && by != "" {
		text += " reached from main through " + by
	}
	if from := Source(e.Value); from != "" {
		text += "; the " + e.Noun + " comes from " + from
	}
	return text
}

// Source says where a value comes from, with the literal that it is by default:
// "flag --data, default /data". It is "" for a literal.
func Source(v *effects.Value) string {
	from := v.Describe()
	if from == "" {
		return ""
	}
	if all := strings.Split(from, ", "); len(all) > maxSources {
		from = strings.Join(all[:maxSources], ", ") + " and others"
	}
	if lit := DefaultOf(v); lit != nil && len(lit.Text) > 1 {
		return from + ", default " + lit.Text
	}
	return from
}

// Function is a function of a summary as readers know it: "store.New" of
// "example.com/app/store.New$1". It is "" for what runs before main and for main.
func Function(id string) string {
	name, _, _ := strings.Cut(path.Base(apitable.Unversioned(id)), "$")
	_, fn, _ := strings.Cut(name, ".")
	if fn == "main" || fn == "init" || strings.HasPrefix(fn, "init#") || fn == "" {
		return ""
	}
	return name
}

// Related are the places of the evidence, at most three: the literal behind the
// value, and the calls that lead to the effect, the one next to main and the last.
// Places on the finding's own line are left out.
func (e Evidence) Related(at finding.Position) []finding.Related {
	var out []finding.Related
	add := func(p finding.Position, message string) {
		taken := func(q finding.Position) bool { return q.File == p.File && q.Line == p.Line }
		if !p.IsValid() || taken(at) || len(out) >= maxRelated ||
			slices.ContainsFunc(out, func(r finding.Related) bool { return taken(r.Position) }) {
			return
		}
		out = append(out, finding.Related{Position: p, Message: message})
	}
	add(e.Effect.At, fmt.Sprintf("%s is called here", e.Effect.API))
	if lit := DefaultOf(e.Value); lit != nil {
		add(lit.At, "the "+e.Noun+"'s default stands here")
	}
	if n := len(e.Effect.Path); n > 0 {
		add(e.Effect.Path[n-1], "reached from main by this call")
		add(e.Effect.Path[0], "the way from main begins here")
	}
	return out
}

// DefaultOf is the literal that begins a value where nothing is configured: its
// own, or the default of the flag or key that begins it; nil where there is none.
func DefaultOf(v *effects.Value) *effects.Value {
	if v == nil {
		return nil
	}
	text, _ := v.Pattern()
	literals := v.Sources()
	if root := effects.PathRoot(v); (root.Kind == effects.Flag || root.Kind == effects.Config) && len(root.Args) > 1 {
		literals = root.Args[1].Sources()
	}
	for _, l := range literals {
		if l.Kind == effects.Literal && l.At.IsValid() && strings.HasPrefix(text, l.Text) {
			return l
		}
	}
	return nil
}
