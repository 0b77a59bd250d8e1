package effects

import (
	"slices"
	"strings"
	"sync/atomic"

	"github.com/cnready/cnready/internal/finding"
)

// Kind says what a symbolic value is.
type Kind uint8

// The kinds of values. A summary holds all of them; in a linked contract
// Param, Field, Global, Result, Out, Select and Element have been replaced by
// what the program puts there.
const (
	// Unknown could not be told; Text says why.
	Unknown Kind = iota
	// Literal is a constant; Text is its string, number or boolean.
	Literal
	// Env is an environment variable; Text is its name, or Args[0] where the
	// name is itself symbolic.
	Env
	// Flag is a command-line flag; Text or Args[0] is its name, Args[1] its
	// default where it has one.
	Flag
	// Config is a key of the program's configuration; Text or Args[0] is the
	// key, Args[1] its default where it has one. Index is FromFile for a key
	// that is looked up in a file alone.
	Config
	// System is known to the running system only; Text names it: tempdir,
	// tempfile, home, hostname, workdir, executable.
	System
	// Param is parameter Index of function Text; the receiver is -1.
	Param
	// Field is whatever the program assigns to the field Text, "pkg.Type.field".
	Field
	// Global is whatever is assigned to the package variable Text, "pkg.name".
	Global
	// Result is result Index of a call of function Text with Args, receiver
	// first where it has one. Without a Text the first of Args is the function.
	Result
	// Out is what a call of function Text with Args stores through its pointer
	// parameter Index.
	Out
	// Select is field Text ("pkg.Type.field") of the struct Args[0].
	Select
	// Element is some element of the list Args[0], or, where Args[1] is a
	// literal, that one.
	Element
	// Concat is the concatenation of Args.
	Concat
	// Join is the path made of Args, as path.Join makes it.
	Join
	// HostPort is Args[0] and Args[1] as net.JoinHostPort joins them.
	HostPort
	// Choice is one of Args, which one depends on the run.
	Choice
	// When is Args[0], taken only if the conditions Args[1:] hold.
	When
	// Test is a condition on Args; Text is its operator, see TestOf.
	Test
	// List is a slice, array or map with the elements Args; Names are the keys of
	// a map whose keys are all constants.
	List
	// Spread is the list Args[0] handed to a variadic parameter as list...
	Spread
	// Struct is a composite of type Text with fields Names and values Args.
	Struct
	// Func is the function Text; Args[0] is the receiver of a method value.
	Func
	// Router is a router that was made at the place Text. It stands for the path
	// under which its routes are served: the root, until it is mounted. Names[0]
	// is the package whose router it is.
	Router
	// Strip is the handler Args[1], which sees paths without the prefix Args[0].
	Strip
	// Contents is what the file Args[0] holds.
	Contents
)

// A Value is a symbolic string, number, list, struct or function. Values are
// immutable once made.
type Value struct {
	Kind  Kind
	Text  string
	Index int
	Names []string
	Args  []*Value
	// At is where the value is written.
	At finding.Position

	// What was reckoned of it, 0 where it was not yet. Several programs that share
	// a value may reckon at the same time: they come to the same.
	size int64  // see Size
	hash uint64 // see identity
}

// Keys is the Index of an Element that is a key of the map, not an element.
const Keys = 1

// FromFile is the Index of a Config that neither flags nor environment set.
const FromFile = 1

// MaxSize bounds a value: what would have more parts is unknown.
const MaxSize = 1500

// Size is the number of values in v, with those that stand in it twice counted
// twice.
func (v *Value) Size() int {
	if v == nil {
		return 0
	}
	size := atomic.LoadInt64(&v.size)
	if size == 0 {
		size = 1
		for _, a := range v.Args {
			size += int64(a.Size())
		}
		atomic.StoreInt64(&v.size, size)
	}
	return int(size)
}

// Bounded is v, or unknown where v is too large to follow.
func (v *Value) Bounded() *Value {
	if v.Size() > MaxSize {
		return Unresolved("is too large to follow", v.At)
	}
	return v
}

// maxArgs bounds the alternatives of a choice and the elements of a list. What
// grows beyond it becomes unknown.
const maxArgs = 64

// Unresolved makes an unknown value with the reason why it is.
func Unresolved(why string, at finding.Position) *Value {
	return &Value{Kind: Unknown, Text: why, At: at}
}

// Lit makes a literal.
func Lit(text string, at finding.Position) *Value {
	return &Value{Kind: Literal, Text: text, At: at}
}

// WithArgs is a value like v, made of other parts. What was reckoned of v, its size
// and identity, is not taken over.
func (v *Value) WithArgs(args []*Value) *Value {
	return &Value{Kind: v.Kind, Text: v.Text, Index: v.Index, Names: v.Names, Args: args, At: v.At}
}

// ChoiceOf makes a choice of the values that differ, flattening choices in it.
// One alternative is that value itself; none is nil.
func ChoiceOf(values ...*Value) *Value {
	c := chooser{alone: len(values) == 1}
	c.few = c.room[:0]
	for _, v := range values {
		c.add(v)
	}
	args := c.args
	switch {
	case len(args) == 0:
		return nil
	case len(args) == 1:
		return args[0]
	case len(args) > maxArgs:
		return Unresolved("has more than 64 possible values", args[0].At)
	}
	return &Value{Kind: Choice, Args: args, At: args[0].At}
}

// A chooser collects the alternatives of a choice.
type chooser struct {
	args  []*Value
	alone bool // one value only: what decides within it decides in the whole
	// few are the identities of args, which are many in large choices only.
	few  []uint64
	many map[uint64]bool
	room [12]uint64
}

func (c *chooser) add(v *Value) {
	if v == nil {
		return
	}
	if v.Kind == Choice && (c.alone || !v.guarded()) {
		for _, a := range v.Args {
			c.add(a)
		}
		return
	}
	if c.isNew(v.identity()) {
		c.args = append(c.args, v)
	}
}

func (c *chooser) isNew(id uint64) bool {
	if c.many == nil {
		if slices.Contains(c.few, id) {
			return false
		}
		if len(c.few) < len(c.room) {
			c.few = append(c.few, id)
			return true
		}
		c.many = make(map[uint64]bool, maxArgs)
		for _, id := range c.few {
			c.many[id] = true
		}
	}
	if c.many[id] {
		return false
	}
	c.many[id] = true
	return true
}

// ConcatOf concatenates, folding neighbouring literals.
func ConcatOf(values ...*Value) *Value {
	var args []*Value
	for _, v := range values {
		parts := []*Value{v}
		if v.Kind == Concat {
			parts = v.Args
		}
		for _, p := range parts {
			if n := len(args); n > 0 && args[n-1].Kind == Literal && p.Kind == Literal {
				args[n-1] = Lit(args[n-1].Text+p.Text, args[n-1].At)
				continue
			}
			if p.Kind == Literal && p.Text == "" {
				continue
			}
			args = append(args, p)
		}
	}
	switch {
	case len(values) == 0:
		return Lit("", nowhere)
	case len(args) == 0:
		return Lit("", values[0].At)
	case len(args) == 1:
		return args[0]
	case len(args) > maxArgs:
		return Unresolved("is built of more than 64 parts", args[0].At)
	}
	return &Value{Kind: Concat, Args: args, At: args[0].At}
}

// The hash FNV-1a of 64 bits (draft-eastlake-fnv, "The FNV Non-Cryptographic Hash
// Algorithm").
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// identity is a hash of Key. Two values that differ have the same one with a
// chance of about one in 10^19.
func (v *Value) identity() uint64 {
	if v == nil {
		return 0
	}
	if known := atomic.LoadUint64(&v.hash); known != 0 {
		return known
	}
	h := uint64(fnvOffset)
	number := func(n uint64) {
		for range 8 {
			h = (h ^ n&0xff) * fnvPrime
			n >>= 8
		}
	}
	text := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * fnvPrime
		}
	}
	number(uint64(v.Kind)<<32 | uint64(uint32(v.Index)))
	text(v.Text)
	for i, a := range v.Args {
		if i < len(v.Names) {
			text(v.Names[i])
		}
		number(a.identity())
	}
	h |= 1 // 0 stands for what was not reckoned
	atomic.StoreUint64(&v.hash, h)
	return h
}

// Key identifies a value up to its places.
func (v *Value) Key() string {
	var b strings.Builder
	v.writeKey(&b, 0)
	return b.String()
}

func (v *Value) writeKey(b *strings.Builder, depth int) {
	if v == nil {
		b.WriteByte('-')
		return
	}
	b.WriteByte('A' + byte(v.Kind))
	b.WriteString(v.Text)
	if v.Index != 0 {
		b.WriteByte('#')
		b.WriteRune(rune('0' + v.Index))
	}
	if depth > 12 || len(v.Args) == 0 {
		return
	}
	b.WriteByte('(')
	for i, a := range v.Args {
		if i > 0 {
			b.WriteByte(',')
		}
		if i < len(v.Names) {
			b.WriteString(v.Names[i])
			b.WriteByte('=')
		}
		a.writeKey(b, depth+1)
	}
	b.WriteByte(')')
}

// FieldValue is the value of a struct's field, or nil where the composite does
// not set it.
func (v *Value) FieldValue(name string) *Value {
	if v == nil || v.Kind != Struct {
		return nil
	}
	if i := slices.Index(v.Names, name); i >= 0 {
		return v.Args[i]
	}
	return nil
}

// Alternatives are the values that v may be, whatever conditions they stand
// under: its choices, or v itself.
func (v *Value) Alternatives() []*Value {
	switch {
	case v == nil:
		return nil
	case v.Kind == When:
		return v.Args[0].Alternatives()
	case v.Kind != Choice:
		return []*Value{v}
	}
	var out []*Value
	for _, a := range v.Args {
		out = append(out, a.Alternatives()...)
	}
	return out
}

// Elements are the values that v may be or hold: its alternatives, of a list those
// of each element.
func (v *Value) Elements() []*Value {
	var out []*Value
	for _, a := range v.Alternatives() {
		if a.Kind != List {
			out = append(out, a)
			continue
		}
		for _, e := range a.Args {
			out = append(out, e.Alternatives()...)
		}
	}
	return out
}

// WithDefault is a flag or config key that takes the value d where nothing sets
// it.
func (v *Value) WithDefault(d *Value) *Value {
	name := Lit(v.Text, v.At)
	if len(v.Args) > 0 {
		name = v.Args[0]
	}
	return v.WithArgs([]*Value{name, d})
}

// guarded tells whether conditions decide between a choice's alternatives. Such
// a choice is not merged into another one, for conditions decide only between
// the alternatives that stand beside them.
func (v *Value) guarded() bool {
	return slices.ContainsFunc(v.Args, func(a *Value) bool { return a.Kind == When })
}

// Walk calls f for v and every value in it, outermost first, until f returns
// false for a branch. The conditions of a When are no part of the value.
func (v *Value) Walk(f func(*Value) bool) {
	if v == nil || !f(v) {
		return
	}
	args := v.Args
	if v.Kind == When {
		args = args[:1]
	}
	for _, a := range args {
		a.Walk(f)
	}
}

// Name is the name of an Env, Flag or Config, if it is known.
func (v *Value) Name() (string, bool) {
	if v.Text != "" {
		return v.Text, true
	}
	if len(v.Args) > 0 && v.Args[0] != nil && v.Args[0].Kind == Literal {
		return v.Args[0].Text, true
	}
	return "", false
}

// Configurable tells whether something outside the program decides, wholly or
// in part, what v is: an environment variable, a flag, a config key.
func (v *Value) Configurable() bool {
	found := false
	v.Walk(func(x *Value) bool {
		switch x.Kind {
		case Env, Flag, Config:
			found = true
		}
		return !found
	})
	return found
}

// Resolved tells whether nothing in v is unknown.
func (v *Value) Resolved() bool {
	whole := v != nil
	v.Walk(func(x *Value) bool {
		switch x.Kind {
		case Unknown, Param, Field, Global, Result, Out, Select, Element, Spread:
			whole = false
		}
		return whole
	})
	return whole
}

// Default is the value that v takes where nothing is configured: the literal,
// the flag's default, and of a choice between configuration and something else
// the something else. It is not known where two defaults compete.
func (v *Value) Default() (string, bool) {
	if v == nil {
		return "", false
	}
	switch v.Kind {
	case Literal:
		return v.Text, true
	case Env:
		return "", true // what os.Getenv gives for a variable that is not set
	case Flag, Config:
		if len(v.Args) > 1 {
			return v.Args[1].Default()
		}
		return "", true
	case Concat:
		var b strings.Builder
		for _, a := range v.Args {
			s, ok := a.Default()
			if !ok {
				return "", false
			}
			b.WriteString(s)
		}
		return b.String(), true
	case Join:
		var parts []string
		for _, a := range v.Args {
			s, ok := a.Default()
			if !ok {
				return "", false
			}
			parts = append(parts, s)
		}
		return joinPath(parts), true
	case HostPort:
		host, ok1 := v.Args[0].Default()
		port, ok2 := v.Args[1].Default()
		if !ok1 || !ok2 {
			return "", false
		}
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return host + ":" + port, true
	case When:
		return v.Args[0].Default()
	case Choice:
		return v.defaultOfChoice()
	}
	return "", false
}

func (v *Value) defaultOfChoice() (string, bool) {
	var defaults []string
	taken := v.byDefaultTaken()
	for _, a := range taken {
		s, ok := a.Default()
		if !ok {
			if a.Configurable() {
				continue // not set: another alternative is taken
			}
			return "", false
		}
		// An empty default gives way to another one: `if x == "" { x = d }`.
		if s != "" && !slices.Contains(defaults, s) {
			defaults = append(defaults, s)
		}
	}
	if len(defaults) != 1 {
		return "", len(defaults) == 0 && hasEmpty(taken)
	}
	return defaults[0], true
}

func hasEmpty(values []*Value) bool {
	return slices.ContainsFunc(values, func(a *Value) bool {
		s, ok := a.Default()
		return ok && s == ""
	})
}

// joinPath joins as path.Join does, keeping what cannot be cleaned.
func joinPath(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	joined := strings.Join(kept, "/")
	for strings.Contains(joined, "//") {
		joined = strings.ReplaceAll(joined, "//", "/")
	}
	return joined
}

// Pattern is v under its defaults, with * for each part that is not known and
// $NAME for configuration that has no default: "/data/*", "$DIR/cache". ok is
// false where nothing of it is known.
func (v *Value) Pattern() (text string, ok bool) {
	if v == nil {
		return "*", false
	}
	switch v.Kind {
	case Env, Flag, Config:
		if s, known := v.Default(); known && s != "" {
			return s, true
		}
		name, known := v.Name()
		if !known {
			return "*", false
		}
		return map[Kind]string{Env: "$", Flag: "$--", Config: "$"}[v.Kind] + name, true
	case Literal:
		return v.Text, true
	case HostPort:
		if s, known := v.Default(); known {
			return s, true
		}
		return "*", false
	case Concat, Join:
		var parts []string
		known := false
		for _, a := range v.Args {
			s, whole := a.Pattern()
			if !whole {
				s = "*"
			}
			known = known || whole
			parts = append(parts, s)
		}
		if v.Kind == Join {
			return joinPath(parts), known
		}
		return strings.Join(parts, ""), known
	case System:
		return "$" + v.Text, true
	case When:
		return v.Args[0].Pattern()
	case Choice:
		if s, whole := v.Default(); whole && s != "" {
			return s, true
		}
		text, n := "*", 0
		for _, a := range v.byDefaultTaken() {
			if s, whole := a.Pattern(); whole && s != "" {
				text = s
				n++
			}
		}
		if n != 1 {
			return "*", false
		}
		return text, true
	}
	return "*", false
}

// Sources are the environment variables, flags, config keys and literals that
// decide v, in the order in which they stand in it.
func (v *Value) Sources() []*Value {
	var out []*Value
	seen := map[string]bool{}
	v.Walk(func(x *Value) bool {
		switch x.Kind {
		case Env, Flag, Config, Literal:
			k := x.Key()
			if !seen[k] && (x.Kind != Literal || x.Text != "") {
				seen[k] = true
				out = append(out, x)
			}
			// A literal default is named by the flag; a variable in it is a
			// source of its own.
			if (x.Kind == Flag || x.Kind == Config) && len(x.Args) > 1 {
				for _, in := range x.Args[1].Sources() {
					if k := in.Key(); in.Kind != Literal && !seen[k] {
						seen[k] = true
						out = append(out, in)
					}
				}
			}
			return x.Kind != Env && x.Kind != Config && x.Kind != Flag
		}
		return true
	})
	return out
}

// Describe says in a few words where v comes from: "env PORT, default 8080".
func (v *Value) Describe() string {
	var parts []string
	for _, s := range v.Sources() {
		switch s.Kind {
		case Env, Flag, Config:
			name, ok := s.Name()
			if !ok {
				continue
			}
			word := map[Kind]string{Env: "env ", Flag: "flag --", Config: "config key "}[s.Kind]
			parts = append(parts, word+name)
		}
	}
	return strings.Join(parts, ", ")
}

// Reason says why v is not resolved, "" if it is.
func (v *Value) Reason() string {
	if v == nil {
		return "is missing"
	}
	why := ""
	v.Walk(func(x *Value) bool {
		if x.Kind == Unknown && why == "" {
			why = x.Text
		}
		return why == ""
	})
	if why == "" && !v.Resolved() {
		return "is not followed"
	}
	return why
}

// nowhere is the place of values that stand in no Go file.
var nowhere finding.Position
