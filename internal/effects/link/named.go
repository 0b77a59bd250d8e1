package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
)

// named gives each variable that an instance reads an instance of its own, and a
// flag the first of its names.
func (l *linker) named(list []effects.Instance) []effects.Instance {
	var out []effects.Instance
	for _, inst := range list {
		switch inst.Kind {
		case effects.ReadEnv:
			for _, one := range byName(withWrittenDefault(inst)) {
				out = append(out, l.flagDefault(one))
			}
		case effects.Dial:
			for _, one := range each(inst, "address") {
				for _, each := range each(one, "url") {
					out = append(out, embeddedDatabase(each))
				}
			}
		case effects.Require:
			out = append(out, requirement(inst)...)
		case effects.Opens, effects.BindEnv, effects.BindFlag, effects.ReadKey:
			// They made variables and keys known.
		case effects.DefFlag:
			inst = inst.Without("env") // they have instances of their own
			if name := inst.Value("name"); name != nil && name.Kind == effects.Literal && strings.Contains(name.Text, ",") {
				inst.Values = slices.Clone(inst.Values)
				inst.Values[slices.Index(inst.Names, "name")] = effects.Lit(aliases([]string{name.Text})[0], name.At)
			}
			out = append(out, inst)
		default:
			out = append(out, inst)
		}
	}
	return out
}

// flagDefault is a variable with the default of the flag that it sets, if it has
// none of its own.
func (l *linker) flagDefault(inst effects.Instance) effects.Instance {
	flag := inst.Value("flag")
	name := inst.Value("name")
	if inst.Value("default") != nil || name == nil || inst.Value("by") != nil {
		return inst
	}
	for _, f := range l.configuration.defined {
		d := l.configuration.flags[f.name]
		if d == nil || !samePlace(f.at, inst.At) && flag == nil || !slices.Contains(l.configuration.flagEnv[f.name], name.Text) {
			continue
		}
		return inst.With("default", d)
	}
	return inst
}

// withWrittenDefault is a variable with the default that stands beside it in the
// code, in place of all that the code makes of it.
func withWrittenDefault(inst effects.Instance) effects.Instance {
	i := slices.Index(inst.Names, "value")
	if i < 0 {
		return inst
	}
	v := inst.Values[i]
	if d, ok := v.Default(); ok && d != "" && v.Kind == effects.Choice && inst.Value("default") == nil {
		inst.Names, inst.Values = slices.Clone(inst.Names), slices.Clone(inst.Values)
		inst.Names[i], inst.Values[i] = "default", effects.Lit(d, v.At)
		return inst
	}
	return inst.Without("value")
}

// requirement is a variable that the program cannot do without, once for each
// that the value may be; none where something else may stand in its place.
func requirement(inst effects.Instance) []effects.Instance {
	var out []effects.Instance
	for _, a := range inst.Value("name").Alternatives() {
		one := inst
		switch name, known := a.Name(); {
		case a.Kind == effects.Env && known:
			one.Values = []*effects.Value{effects.Lit(name, a.At)}
		case a.Kind == effects.Literal && a.Text == "":
			continue
		case a.Kind == effects.Literal && inst.API != effects.IfStatement:
		default:
			return nil
		}
		one.Names = []string{"name"}
		out = append(out, one)
	}
	return out
}

// byName is an instance once for each name that it may have.
func byName(inst effects.Instance) []effects.Instance {
	i := slices.Index(inst.Names, "name")
	if i < 0 {
		return nil
	}
	var out []effects.Instance
	add := func(v *effects.Value) {
		one := inst
		one.Values = slices.Clone(inst.Values)
		one.Values[i] = v
		out = append(out, one)
	}
	for _, v := range inst.Values[i].Elements() {
		if v.Kind == effects.Literal && strings.Contains(v.Text, ",") {
			for _, n := range aliases([]string{v.Text}) {
				add(effects.Lit(n, v.At))
			}
			continue
		}
		if v.Kind != effects.Literal || v.Text != "" {
			add(v)
		}
	}
	return out
}
