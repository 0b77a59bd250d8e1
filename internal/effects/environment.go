package effects

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/finding"
)

// A Variable is an environment variable that a program reads.
type Variable struct {
	Name string
	// API is what reads it: os.Getenv.
	API string
	// ReadBy is code, library, runtime or entrypoint.
	ReadBy string
	// Default is what is taken where it is not set, nil where there is none or it is
	// not known.
	Default *string
	// Required is true where the program ends without it.
	Required bool
	// Reach says under which conditions it is read.
	Reach Reach
	At    finding.Position
}

// Environment are the variables that the program reads, one entry for each name
// and place.
func (c *Contract) Environment() []Variable {
	var out []Variable
	required := map[string]bool{}
	add := func(e *Instance, names *Value, by string, def *string) {
		if def != nil && *def == "" {
			def = nil
		}
		for _, name := range names.Elements() {
			if name.Kind != Literal || name.Text == "" {
				continue
			}
			env := Variable{Name: name.Text, API: e.API, ReadBy: by, Default: def, Reach: e.Reach, At: e.At}
			i := slices.IndexFunc(out, func(o Variable) bool {
				return o.Name == env.Name && o.At.File == env.At.File && o.At.Line == env.At.Line
			})
			if i < 0 {
				out = append(out, env)
				continue
			}
			if out[i].Default == nil {
				out[i].Default = def
			}
		}
	}
	for i := range c.Effects {
		e := &c.Effects[i]
		switch e.Kind {
		case ReadEnv:
			add(e, e.Value("name"), readBy(e), e.DefaultText())
		case DefFlag:
			// What sets a flag is a variable of the program too.
			add(e, e.Value("env"), "library", e.DefaultText())
		case Require:
			for _, name := range e.Value("name").Elements() {
				if name.Kind == Literal {
					required[name.Text] = true
				}
			}
		}
	}
	// Some are named only where the program stops without them.
	for i := range c.Effects {
		e := &c.Effects[i]
		if e.Kind != Require {
			continue
		}
		for _, name := range e.Value("name").Elements() {
			if !slices.ContainsFunc(out, func(o Variable) bool { return o.Name == name.Text }) {
				add(e, name, readBy(e), nil)
			}
		}
	}
	defaults := envDefaults(c)
	for i := range out {
		out[i].Required = required[out[i].Name]
		if d, ok := defaults[out[i].Name]; ok && out[i].Default == nil {
			out[i].Default = &d
		}
	}
	return out
}

// DefaultText is the default of what defines a flag or reads a variable, as a user
// would write it; nil where it is not known.
func (i *Instance) DefaultText() *string {
	d, ok := i.Value("default").Default()
	if !ok {
		return nil
	}
	if strings.Contains(i.API, "Duration") {
		d = durationText(d)
	}
	return &d
}

// durationText writes a number of nanoseconds as flags of the kind are written.
func durationText(text string) string {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n).String()
	}
	return text
}

// readBy says who reads a variable.
func readBy(e *Instance) string {
	if by := e.Value("by"); by != nil && by.Kind == Literal {
		switch by.Text {
		case "library", "runtime", "entrypoint":
			return by.Text
		}
	}
	return "code"
}

// envDefaults are the literals that stand beside an environment variable in a
// choice: `if port == "" { port = "8080" }`.
func envDefaults(c *Contract) map[string]string {
	out := map[string]string{}
	durations := map[string]bool{} // flags
	for _, e := range c.Of(DefFlag) {
		if name := e.Value("name"); name != nil && name.Kind == Literal && strings.Contains(e.API, "Duration") {
			durations[name.Text] = true
		}
	}
	for i := range c.Effects {
		for _, v := range c.Effects[i].Values {
			v.Walk(func(x *Value) bool {
				if x.Kind != Choice {
					return true
				}
				d, known := x.Default()
				if !known || d == "" {
					return true
				}
				alternatives := x.Alternatives()
				if slices.ContainsFunc(alternatives, func(a *Value) bool {
					name, ok := a.Name()
					return ok && a.Kind == Flag && durations[name]
				}) {
					d = durationText(d)
				}
				for _, a := range alternatives {
					if name, ok := a.Name(); ok && a.Kind == Env {
						out[name] = d
					}
				}
				return true
			})
		}
	}
	return out
}
