package link

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/styles"
	"github.com/cnready/cnready/internal/finding"
)

// A configuration is how the program's configuration hangs together: which
// variables and flags set which keys.
type configuration struct {
	// flags are the defaults of flags, flagEnv the variables that set them, by
	// name. defined are the flags in the order in which they were met.
	flags   map[string]*effects.Value
	flagEnv map[string][]string
	defined []place
	// defaults are those of keys; fixed are the keys that the program itself sets.
	defaults map[string]*effects.Value
	fixed    map[string]bool
	// keys are those that are read, defaulted those that have a default, boundAt
	// those that are given variables; wholly is set where all that are known are
	// read at once.
	keys, defaulted, boundAt []place
	wholly                   bool
	// bound are the flags of keys, envs the variables of keys, by key. allFlags
	// is set where each flag is the key of its name.
	bound    map[string]string
	envs     map[string][]string
	allFlags bool
	// any are the ways in which variables are found without being named.
	any []environment
	// prefix stands before the names of the variables that viper looks up, replace
	// are the replacements that it makes in them.
	prefix  string
	replace []string
}

// A place is a name and where the program writes it.
type place struct {
	name string
	at   finding.Position
	fn   string
}

// An environment makes variables readable whose names follow from keys or flags.
type environment struct {
	style   string // viper, koanf, flags or kong
	prefix  string
	replace []string // pairs, of koanf's callback: what it replaces and by what
	fold    bool     // koanf's callback lowers the name
}

// configure collects the configuration of all reached functions.
func (l *linker) configure() {
	c := &l.configuration
	*c = configuration{
		flags: map[string]*effects.Value{}, flagEnv: map[string][]string{},
		defaults: map[string]*effects.Value{}, fixed: map[string]bool{},
		bound: map[string]string{}, envs: map[string][]string{},
	}
	var late []*effects.Effect
	l.eachEffect(func(f *effects.Function, n *effects.Node) {
		e := n.Effect
		switch e.Kind {
		case effects.DefFlag:
			value := l.resolved(e.Value("default"))
			for i, name := range aliases(l.texts(e.Value("name"))) {
				if i == 0 {
					c.defined = append(c.defined, place{name, n.At, f.ID})
				}
				if value != nil {
					c.flags[name] = value
				}
				c.flagEnv[name] = append(c.flagEnv[name], aliases(l.texts(e.Value("env")))...)
			}
		case effects.ReadEnv:
			for _, flag := range aliases(l.texts(e.Value("flag"))) {
				c.flagEnv[flag] = append(c.flagEnv[flag], aliases(l.texts(e.Value("name")))...)
			}
		case effects.Default:
			l.eachPair(e, func(key string, value *effects.Value) {
				key = strings.ToLower(key)
				switch {
				case e.Value("fixed") == nil:
				case !n.Conditional && l.resolver.runsForCertain(f.ID):
					c.fixed[key] = true // whatever else sets it
				case c.defaults[key] != nil:
					return
				}
				if value != nil {
					c.defaults[key] = value
				}
				c.defaulted = append(c.defaulted, place{key, n.At, f.ID})
			})
			c.mapped(l.resolved(e.Value("map")))
		case effects.ReadKey:
			for _, key := range l.texts(e.Value("key")) {
				c.keys = append(c.keys, place{key, n.At, f.ID})
			}
		case effects.BindFlag, effects.BindEnv, effects.Opens:
			late = append(late, e)
			if e.Kind == effects.BindEnv {
				for _, key := range l.texts(e.Value("key")) {
					c.boundAt = append(c.boundAt, place{key, n.At, f.ID})
				}
			}
		}
	})
	for _, e := range late {
		switch e.Kind {
		case effects.BindFlag:
			c.bindFlag(l, e)
		case effects.BindEnv:
			c.bindEnv(l, e)
		case effects.Opens:
			style := l.text(e.Value("style"))
			c.wholly = c.wholly || style == "viper" || style == "koanf"
		}
	}
	if c.allFlags {
		for _, f := range c.defined {
			key := strings.ToLower(f.name)
			if c.bound[key] == "" {
				c.bound[key] = f.name
			}
		}
	}
	l.resolver.forget() // values resolved before the defaults were known
}

// mapped are defaults that stand in a map.
func (c *configuration) mapped(v *effects.Value) {
	if v == nil || v.Kind != effects.List || len(v.Names) != len(v.Args) {
		return
	}
	for i, key := range v.Names {
		c.defaults[strings.ToLower(key)] = v.Args[i]
	}
}

// samePlace tells whether two calls of a chain stand at the same beginning.
func samePlace(a, b finding.Position) bool {
	return a.File == b.File && a.Line == b.Line && a.Column == b.Column
}

// eachPair calls fn for each key and value that an effect names, those of a table
// row by row.
func (l *linker) eachPair(e *effects.Effect, fn func(key string, value *effects.Value)) {
	value := e.Value("value")
	l.resolver.eachRow(e.Values, nil, func(fr *frame) {
		var v *effects.Value
		if value != nil {
			v = l.resolver.value(value, fr)
		}
		if e.Value("key") == nil {
			return
		}
		for _, key := range l.resolver.value(e.Value("key"), fr).Alternatives() {
			if key.Kind == effects.Literal {
				fn(key.Text, v)
			}
		}
	})
}

func (c *configuration) bindFlag(l *linker, e *effects.Effect) {
	if e.Value("key") == nil {
		c.allFlags = true
		return
	}
	keys := l.texts(e.Value("key"))
	flag := e.Value("flag")
	names := l.texts(flag)
	if v := l.resolved(flag); len(names) == 0 && v != nil {
		for _, a := range v.Alternatives() {
			if name, ok := a.Name(); ok && a.Kind == effects.Flag {
				names = append(names, name)
			}
		}
	}
	for _, key := range keys {
		if len(names) > 0 {
			c.bound[strings.ToLower(key)] = names[0]
		}
	}
}

func (c *configuration) bindEnv(l *linker, e *effects.Effect) {
	style := l.text(e.Value("style"))
	prefix := l.text(e.Value("prefix"))
	pairs := l.texts(e.Value("replace"))
	switch {
	case e.Value("key") != nil:
		for _, key := range l.texts(e.Value("key")) {
			names := l.texts(e.Value("names"))
			if len(names) == 0 {
				names = []string{""} // made of the key, see envOf
			}
			key = strings.ToLower(key)
			c.envs[key] = append(c.envs[key], names...)
		}
	case style == "prefix":
		c.prefix = prefix
	case style == "replace":
		c.replace = pairs
	case style == "koanf":
		env := environment{style: style, prefix: prefix}
		for _, word := range strings.Fields(l.text(e.Value("callback"))) {
			if from, to, ok := strings.Cut(word, "="); ok {
				env.replace = append(env.replace, to, from)
			}
			env.fold = env.fold || word == "lower"
		}
		c.any = append(c.any, env)
	default:
		c.any = append(c.any, environment{style: style, prefix: prefix})
	}
}

// envOf are the variables that set a key.
func (c *configuration) envOf(key string) []string {
	lower := strings.ToLower(key)
	if c.fixed[lower] {
		return nil
	}
	var out []string
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, name := range c.envs[lower] {
		if name == "" {
			name = c.viperName(lower)
		}
		add(replaced(name, c.replace))
	}
	for _, e := range c.any {
		switch e.style {
		case "viper":
			add(replaced(c.viperName(lower), c.replace))
		case "koanf":
			name := replaced(key, e.replace)
			if e.fold {
				name = strings.ToUpper(name)
			}
			if !strings.HasPrefix(name, e.prefix) {
				name = e.prefix + name
			}
			add(name)
		}
	}
	return out
}

// viperName is the variable of a key (github.com/spf13/viper,
// mergeWithEnvPrefix).
func (c *configuration) viperName(key string) string {
	if c.prefix != "" {
		key = c.prefix + "_" + key
	}
	return strings.ToUpper(key)
}

func replaced(name string, pairs []string) string {
	if len(pairs) < 2 || len(pairs)%2 != 0 {
		return name
	}
	return strings.NewReplacer(pairs...).Replace(name)
}

// envOfFlag are the variables that set a flag.
func (c *configuration) envOfFlag(name string) []string {
	var out []string
	for _, own := range c.flagEnv[name] {
		if own != noEnv {
			out = append(out, own)
		}
	}
	for _, e := range c.any {
		if e.style != "flags" && (e.style != "kong" || len(c.flagEnv[name]) > 0) {
			continue
		}
		env := strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", "/", "_").Replace(name))
		if e.prefix != "" {
			env = strings.ToUpper(e.prefix) + "_" + env
		}
		out = append(out, env)
	}
	return out
}

// noEnv stands in place of a flag's variables where it is said to have none.
const noEnv = "-"

// known tells whether a store knows a key without being asked for it: it has a
// default, a flag or a variable of its own.
func (c *configuration) known(key string) bool {
	lower := strings.ToLower(key)
	return c.defaults[lower] != nil || c.bound[lower] != "" || c.envs[lower] != nil
}

// sourced is a flag or key with all that sets it.
func (c *configuration) sourced(v *effects.Value) *effects.Value {
	name, ok := v.Name()
	if !ok || v.Kind == effects.Env || v.Kind == effects.Config && v.Index == effects.FromFile {
		return v
	}
	var alternatives []*effects.Value
	envs := func(names []string) {
		for _, n := range names {
			alternatives = append(alternatives, &effects.Value{Kind: effects.Env, Text: n, At: v.At})
		}
	}
	// In the order in which libraries look: a flag wins over a variable, a
	// variable over a file.
	switch v.Kind {
	case effects.Flag:
		alternatives = append(alternatives, withDefault(v, c.flags[name]))
		envs(c.envOfFlag(name))
	case effects.Config:
		lower := strings.ToLower(name)
		if c.fixed[lower] {
			return withDefault(v, c.defaults[lower])
		}
		d := c.defaults[lower]
		if flag := c.bound[lower]; flag != "" {
			f := &effects.Value{Kind: effects.Flag, Text: flag, At: v.At}
			alternatives = append(alternatives, withDefault(f, c.flags[flag]))
		}
		envs(c.envOf(name))
		alternatives = append(alternatives, withDefault(v, d))
	}
	return effects.ChoiceOf(alternatives...)
}

// withDefault is a flag or key with a default, if it has none of its own.
func withDefault(v, d *effects.Value) *effects.Value {
	if d == nil || len(v.Args) > 1 {
		return v
	}
	return v.WithDefault(d)
}

// openStructs gives the fields of structs that libraries set their values, and
// records the variables and flags that do so.
func (l *linker) openStructs() {
	shapes := func(key string) *effects.Shape { return l.shapes[key] }
	seen := map[string]bool{}
	l.eachEffect(func(f *effects.Function, n *effects.Node) {
		if n.Effect.Kind != effects.Opens {
			return
		}
		e := n.Effect
		style := l.text(e.Value("style"))
		if from := e.Value("from"); from != nil && !l.fromFile(from) {
			style = "" // input, not configuration
		}
		opts := styles.Options{}
		for i, name := range e.Names {
			switch name {
			case "target", "type", "style", "from":
			default:
				opts[name] = l.text(e.Values[i])
			}
		}
		for _, root := range l.opened(e) {
			once := f.ID + n.At.String() + root + style
			if seen[once] {
				continue
			}
			seen[once] = true
			if !styles.Known(style) {
				l.unknownFields(root, f.ID, n, 0)
				continue
			}
			for _, field := range styles.Fields(style, root, shapes, opts) {
				l.setField(field, f, n)
			}
		}
	})
	l.taggedFields()
	l.resolver.forget()
}

// taggedFields says of the fields that a tag names for a configuration file, of
// structs that no call was seen to set, that one may: a decoder that gets the
// struct as an interface, for instance.
func (l *linker) taggedFields() {
	set := map[string]bool{}
	for key, all := range l.fields {
		if slices.ContainsFunc(all, func(a effects.Assigned) bool { return a.Value.Configurable() }) {
			set[key[:lastDot(key)]] = true
		}
	}
	for _, pkg := range l.scope {
		for _, key := range sortedKeys(pkg.Tagged) {
			if len(l.fields[key]) == 0 || set[key[:lastDot(key)]] {
				continue
			}
			v := effects.Unresolved("may be set by a configuration file ("+pkg.Tagged[key]+")", l.fields[key][0].Value.At)
			l.fields[key] = append(l.fields[key], effects.Assigned{Func: pkg.Path + ".init", Value: v})
		}
	}
}

// opened are the structs that a call sets.
func (l *linker) opened(e *effects.Effect) []string {
	if t := e.Value("type"); t != nil {
		return []string{t.Text}
	}
	target := e.Value("target")
	if target == nil {
		return nil
	}
	var out []string
	for _, a := range l.resolver.value(target, nil).Alternatives() {
		if a.Kind == effects.Struct && a.Text != "" && !slices.Contains(out, a.Text) {
			out = append(out, a.Text)
		}
	}
	return out
}

// fromFile tells whether a value is, or is made of, what a file holds.
func (l *linker) fromFile(v *effects.Value) bool {
	found := false
	l.resolver.value(v, nil).Walk(func(x *effects.Value) bool {
		found = found || x.Kind == effects.Contents
		return !found
	})
	return found
}

// unknownFields says of each field of a struct that it may be set.
func (l *linker) unknownFields(root, fn string, n *effects.Node, depth int) {
	shape := l.shapes[root]
	if shape == nil || depth > 6 {
		return
	}
	for _, f := range shape.Fields {
		key := root + "." + f.Name
		v := effects.Unresolved("may be set by "+n.Effect.API, n.At)
		if !slices.ContainsFunc(l.fields[key], func(a effects.Assigned) bool { return a.Value.Key() == v.Key() }) {
			l.fields[key] = append(l.fields[key], effects.Assigned{Func: fn, Value: v})
			if f.Type != "" {
				l.unknownFields(f.Type, fn, n, depth+1)
			}
		}
	}
}

// setField records what sets a field.
func (l *linker) setField(field styles.Field, f *effects.Function, n *effects.Node) {
	at := field.At
	if at.File == "" {
		at = n.At // declared in code that has no place here
	}
	name := field.Owner + "." + field.Name
	var alternatives []*effects.Value
	var fallback *effects.Value
	if field.HasDefault {
		fallback = effects.Lit(field.Default, at)
	} else {
		fallback = l.writtenDefault(name)
	}
	if field.Flag != "" {
		alternatives = append(alternatives, withDefault(&effects.Value{Kind: effects.Flag, Text: field.Flag, At: at}, fallback))
		l.extra = append(l.extra, describe(l.instance(effects.DefFlag, n, f, at), field.Flag, at, fallback))
		c := &l.configuration
		c.defined = append(c.defined, place{field.Flag, at, f.ID})
		if fallback != nil {
			c.flags[field.Flag] = fallback
		}
		c.flagEnv[field.Flag] = append(c.flagEnv[field.Flag], field.Env...)
		if field.NoEnv {
			c.flagEnv[field.Flag] = append(c.flagEnv[field.Flag], noEnv)
		}
	}
	for i, name := range field.Env {
		alternatives = append(alternatives, &effects.Value{Kind: effects.Env, Text: name, At: at})
		l.extra = append(l.extra, describe(l.instance(effects.ReadEnv, n, f, at), name, at, fallback))
		// A default, or the flag on the command line, is enough.
		if field.Required && !field.HasDefault && field.Flag == "" && i == 0 {
			l.extra = append(l.extra, describe(l.instance(effects.Require, n, f, at), name, at, nil))
		}
	}
	if field.Key != "" {
		key := &effects.Value{Kind: effects.Config, Text: field.Key, At: at}
		if !field.Registry || l.text(n.Effect.Value("style")) == "viper" && !l.configuration.known(field.Key) {
			key.Index = effects.FromFile
		} else {
			l.configuration.keys = append(l.configuration.keys, place{field.Key, at, f.ID})
		}
		alternatives = append(alternatives, withDefault(key, fallback))
	} else if fallback != nil && field.Flag == "" {
		alternatives = append(alternatives, fallback)
	}
	l.fields[name] = append(l.fields[name], effects.Assigned{Func: f.ID, Value: effects.ChoiceOf(alternatives...)})
}

// writtenDefault is what a composite literal gives a field before something sets
// it, if that is one text.
func (l *linker) writtenDefault(field string) *effects.Value {
	var found *effects.Value
	for _, a := range l.fields[field] {
		if !a.Literal || !l.counts(a) {
			continue
		}
		v := l.resolver.value(a.Value, nil)
		if v.Kind != effects.Literal || found != nil && found.Text != v.Text {
			return nil
		}
		found = v
	}
	return found
}

// instance is an effect that no single node stands for. n is the call that brings
// it about, nil for none.
func (l *linker) instance(kind effects.EffectKind, n *effects.Node, f *effects.Function, at finding.Position) effects.Instance {
	inst := effects.Instance{Kind: kind, At: at, Func: f.ID, Path: l.path(f.ID)}
	if n != nil {
		inst.API = n.Effect.API
		inst.Path = append(inst.Path, n.At)
	}
	return inst
}

// describe is an instance with a name and, where there is one, a default.
func describe(inst effects.Instance, name string, at finding.Position, fallback *effects.Value) effects.Instance {
	inst = inst.With("name", effects.Lit(name, at))
	if fallback != nil {
		inst = inst.With("default", fallback)
	}
	return inst
}

// foundByKey are the variables that are read because a key or flag has their
// name: at the call that binds them, else where the key is read or its field is
// declared, else where the flag is defined.
func (l *linker) foundByKey() []effects.Instance {
	c := &l.configuration
	var out []effects.Instance
	emitted := map[string]bool{}
	add := func(p place, envs []string, d *effects.Value) {
		f := l.funcs[p.fn]
		if f == nil {
			return
		}
		for _, name := range envs {
			if emitted[name] {
				continue
			}
			emitted[name] = true
			inst := l.instance(effects.ReadEnv, nil, f, p.at)
			inst.API = "configuration"
			out = append(out, describe(inst, name, p.at, d))
		}
	}
	defaultOf := func(key string) *effects.Value {
		key = strings.ToLower(key)
		if f := c.bound[key]; f != "" && c.flags[f] != nil {
			return c.flags[f]
		}
		return c.defaults[key]
	}
	for _, list := range [][]place{c.boundAt, c.keys} {
		for _, k := range list {
			add(k, c.envOf(k.name), defaultOf(k.name))
		}
	}
	for _, f := range c.defined {
		if len(c.envOfFlag(f.name)) > 0 && len(c.flagEnv[f.name]) == 0 {
			add(f, c.envOfFlag(f.name), c.flags[f.name])
		}
		if key := strings.ToLower(f.name); c.wholly && c.bound[key] == f.name {
			add(f, c.envOf(key), c.flags[f.name])
		}
	}
	if c.wholly {
		for _, k := range c.defaulted {
			add(k, c.envOf(k.name), defaultOf(k.name))
		}
	}
	return out
}

// eachEffect calls fn for every effect of the reached functions, in a fixed
// order.
func (l *linker) eachEffect(fn func(*effects.Function, *effects.Node)) {
	for _, id := range l.reached() {
		f := l.funcs[id]
		for i := range f.Nodes {
			if f.Nodes[i].Effect != nil {
				fn(f, &f.Nodes[i])
			}
		}
	}
}

// reached are the ids of the reached functions, those that run early first.
func (l *linker) reached() []string { return append(sortedKeys(l.live), sortedKeys(l.late)...) }

// resolved is a value under no particular call, nil for none.
func (l *linker) resolved(v *effects.Value) *effects.Value {
	if v == nil {
		return nil
	}
	return l.resolver.value(v, nil)
}

// text is a value's text where it is known, "" else.
func (l *linker) text(v *effects.Value) string {
	if v == nil {
		return ""
	}
	text, _ := l.resolver.value(v, nil).Default()
	return text
}

// texts are the literals that a value may be, of a list its elements.
func (l *linker) texts(v *effects.Value) []string {
	var out []string
	if v == nil {
		return nil
	}
	for _, e := range l.resolver.value(v, nil).Elements() {
		if e.Kind == effects.Literal {
			out = append(out, e.Text)
		}
	}
	return out
}

// aliases splits names that stand in one text with commas: "port, p".
func aliases(names []string) []string {
	var out []string
	for _, n := range names {
		for _, part := range strings.Split(n, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}
