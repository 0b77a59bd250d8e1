package source

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// A Kind is what a value is.
type Kind uint8

// The kinds of values. A value that something fills in is a scalar.
const (
	Absent Kind = iota
	Scalar
	List
	Map
)

// A Value is a value of a file with its place, whatever the file's language.
type Value struct {
	Kind Kind
	// Text is a scalar as written; of one that something fills in, all of that.
	Text string
	// Unknown is true of a scalar that something not read fills in, and of a list
	// or mapping that may have more than what is written.
	Unknown bool
	// Call is what computes the value where the file says so: Ref, Fn::Sub, the
	// type of an expression.
	Call string
	// At is the place of a scalar's text, and of a mapping or list that of its
	// key; where there is no value, that of the nearest enclosing thing.
	At finding.Position
	// Start is where the value itself starts.
	Start   finding.Position
	Entries []Entry
	List    []Value
}

// An Entry is one field of a mapping.
type Entry struct {
	Key   string
	KeyAt finding.Position
	Value Value
}

// Set tells whether the file has the value.
func (v Value) Set() bool { return v.Kind != Absent }

// IsMap tells of a mapping.
func (v Value) IsMap() bool { return v.Kind == Map }

// IsList tells of a list.
func (v Value) IsList() bool { return v.Kind == List }

// Get is the field of a mapping at the end of a path of keys. Upper and lower
// case, underscores and dashes do not matter where no key is written like it: the
// same field is containerDefinitions, ContainerDefinitions and
// container_definitions.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		found, ok := v.entry(key)
		if !ok {
			return Value{At: v.At, Start: v.Start}
		}
		v = found.Value
	}
	return v
}

// First is the first of the fields that the mapping has.
func (v Value) First(keys ...string) Value {
	for _, key := range keys {
		if f := v.Get(key); f.Set() {
			return f
		}
	}
	return v.Get(keys[0])
}

// One is a list's first entry, and any other value itself: a block of HCL that
// may stand several times is a list.
func (v Value) One() Value {
	if v.Kind == List {
		if len(v.List) > 0 {
			return v.List[0]
		}
		return Value{At: v.At, Start: v.Start}
	}
	return v
}

// Blocks are a list's entries, and any other value alone.
func (v Value) Blocks() []Value {
	switch v.Kind {
	case List:
		return v.List
	case Map:
		return []Value{v}
	}
	return nil
}

func (v Value) entry(key string) (Entry, bool) {
	if v.Kind != Map {
		return Entry{}, false
	}
	for i := len(v.Entries) - 1; i >= 0; i-- {
		if v.Entries[i].Key == key {
			return v.Entries[i], v.Entries[i].Value.Set()
		}
	}
	want := fold(key)
	for i := len(v.Entries) - 1; i >= 0; i-- {
		if fold(v.Entries[i].Key) == want {
			return v.Entries[i], v.Entries[i].Value.Set()
		}
	}
	return Entry{}, false
}

var folder = strings.NewReplacer("_", "", "-", "")

func fold(key string) string { return folder.Replace(strings.ToLower(key)) }

// Key is the place of a field's name.
func (v Value) Key(key string) finding.Position {
	if e, ok := v.entry(key); ok {
		return e.KeyAt
	}
	return v.At
}

// Field is a scalar as written.
func (v Value) Field() deploy.Field[string] {
	f := deploy.Field[string]{Set: v.Set(), Position: v.At}
	if v.Kind == Scalar {
		f.Value, f.Unknown = v.Text, v.Unknown
	} else if v.Set() {
		f.Unknown = true
	}
	return f
}

// Known is a scalar's text where it is known, else "".
func (v Value) Known() string {
	if v.Kind != Scalar || v.Unknown {
		return ""
	}
	return v.Text
}

// Int is a whole number; anything else is unknown.
func (v Value) Int() deploy.Field[int] {
	n := v.Int64()
	f := deploy.Field[int]{Set: n.Set, Unknown: n.Unknown, Position: n.Position}
	if n.Value > math.MaxInt32 || n.Value < math.MinInt32 {
		f.Unknown = true
	} else {
		f.Value = int(n.Value)
	}
	return f
}

// Int64 is a whole number; anything else is unknown.
func (v Value) Int64() deploy.Field[int64] {
	f := deploy.Field[int64]{Set: v.Set(), Unknown: v.Unknown || v.Kind != Scalar && v.Set(), Position: v.At}
	if !f.Set || f.Unknown {
		return f
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(v.Text, ".0"), 10, 64)
	f.Value, f.Unknown = n, err != nil
	return f
}

// Bool is true or false; anything else is unknown.
func (v Value) Bool() deploy.Field[bool] {
	f := deploy.Field[bool]{Set: v.Set(), Unknown: v.Unknown || v.Kind != Scalar && v.Set(), Position: v.At}
	if !f.Set || f.Unknown {
		return f
	}
	switch strings.ToLower(v.Text) {
	case "true", "yes", "on":
		f.Value = true
	case "false", "no", "off":
	default:
		f.Unknown = true
	}
	return f
}

// Words are the scalars of a list; the field is unknown where one of them is, or
// the list is computed.
func (v Value) Words() deploy.Field[[]string] {
	f := deploy.Field[[]string]{Set: v.Set(), Position: v.At, Unknown: v.Unknown}
	if v.Kind != List {
		f.Unknown = f.Set
		return f
	}
	for _, item := range v.List {
		f.Unknown = f.Unknown || item.Unknown || item.Kind != Scalar
		f.Value = append(f.Value, item.Text)
	}
	return f
}

// Fields are the scalars of a list, each with its place.
func (v Value) Fields() []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, item := range v.List {
		if item.Kind == Scalar {
			list = append(list, item.Field())
		}
	}
	return list
}

// Pairs are the scalars of a mapping.
func (v Value) Pairs() []deploy.Pair {
	var list []deploy.Pair
	for _, e := range v.Entries {
		if e.Value.Kind == Scalar {
			list = append(list, deploy.Pair{Name: e.Key, Value: e.Value.Text, Position: e.Value.At})
		}
	}
	return list
}

// Env are the environment variables that a mapping gives. Those whose values are
// not known are of From unknown; ok is false where there may be more.
func (v Value) Env() (list []deploy.Env, ok bool) {
	if v.Kind != Map {
		return nil, !v.Set()
	}
	for _, e := range v.Entries {
		if len(list) == yamldoc.MaxKeys {
			return list, false
		}
		if e.Value.Set() {
			list = append(list, EnvOf(e.Key, e.KeyAt, e.Value))
		}
	}
	return list, !v.Unknown
}

// EnvOf is one environment variable.
func EnvOf(name string, at finding.Position, value Value) deploy.Env {
	e := deploy.Env{Name: name, Position: at, ValuePosition: at}
	if value.Set() {
		e.ValuePosition = value.At
	}
	if value.Kind == Scalar && !value.Unknown {
		e.Value = value.Text
	} else {
		e.From = "unknown"
	}
	return e
}

// EnvList are the environment variables of a list of names with values, whose
// value something else may fill in.
func (v Value) EnvList() (list []deploy.Env, ok bool) {
	if v.Kind != List {
		return nil, !v.Set()
	}
	ok = !v.Unknown
	for _, item := range v.List {
		name := item.Get("name")
		if name.Kind != Scalar || name.Unknown || len(list) == yamldoc.MaxKeys {
			ok = false
			continue
		}
		e := EnvOf(name.Text, name.At, item.Get("value"))
		if !item.Get("value").Set() && len(item.Entries) == 1 {
			e.From = "" // an empty value
		}
		list = append(list, e)
	}
	return list, ok
}

// MoreEnv is the reference by which a container says that it has environment
// variables that nobody can list.
func MoreEnv(c *deploy.Container, at finding.Position) {
	c.EnvFrom = append(c.EnvFrom, deploy.Ref{Kind: "EnvFile", Position: at})
}

// SetEnv gives a container the variables of a list or mapping.
func SetEnv(c *deploy.Container, v Value) {
	var list []deploy.Env
	var ok bool
	if v.Kind == Map {
		list, ok = v.Env()
	} else {
		list, ok = v.EnvList()
	}
	c.Env = append(c.Env, list...)
	if !ok {
		MoreEnv(c, v.At)
	}
}

// A Doc is one YAML document or JSON value of a file.
type Doc struct {
	Top   Value
	Line  int // lines before it
	doc   *yamldoc.Document
	text  []byte // the file's, as written
	holes []hole
	lines []int // offsets of the file's lines, where there are holes
}

// YAML are the documents of a YAML or JSON file. What does not parse has no value
// at the top, and is noted if told is true.
func (f *File) YAML(out *deploy.Manifests, told bool) []*Doc {
	if !f.parsed {
		f.parsed = true
		f.parse()
	}
	if told {
		for _, reason := range f.broken {
			f.Note(out, 0, reason)
		}
		f.broken = nil
	}
	return f.docs
}

// maxDocuments is how many documents of one file are read.
const maxDocuments = 200

// parse reads the file's documents, and keeps why some do not parse.
func (f *File) parse() {
	text := stripJSONComments(f.Path, f.Text)
	text, holes := neutral(text)
	var lines []int
	if len(holes) > 0 {
		lines = lineStarts(text)
	}
	for _, d := range yamldoc.Split(f.Name, text) {
		if len(f.docs) >= maxDocuments {
			f.broken = append(f.broken, fmt.Sprintf("has more than %d documents; those behind were not read", maxDocuments))
			break
		}
		doc := &Doc{Line: d.Line, doc: d, text: f.Text, holes: holes, lines: lines}
		if err := d.Parse(); err != nil {
			budget := 1 << 18
			f.broken = append(f.broken, d.Reason(err, &budget))
			continue
		}
		if d.Root == nil {
			continue // nothing but marks
		}
		if _, err := yamldoc.Check(d.Root); err != nil {
			f.broken = append(f.broken, fmt.Sprintf("line %d: %v", d.Line+1, err))
			continue
		}
		doc.Top = doc.value(d.Root, d.Span(d.Root), 0)
		f.docs = append(f.docs, doc)
	}
}

func lineStarts(text []byte) []int {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// value is a node with what is below it. Aliases were checked to be bounded.
func (d *Doc) value(n *yaml.Node, at finding.Position, depth int) Value {
	n = yamldoc.Resolve(n)
	if n == nil || depth > yamldoc.MaxDepth {
		return Value{At: at, Start: at}
	}
	start := d.doc.Span(n)
	if call, arg := intrinsic(n); call != "" {
		if call == "Base64" && arg != nil && arg != n {
			return d.value(arg, at, depth+1) // a text is written as it is before it is encoded
		}
		text := d.firstText(arg)
		if (call == "Sub" || call == "Base64") && text != "" && !strings.Contains(text, "${") {
			return Value{Kind: Scalar, Text: text, At: start, Start: start}
		}
		v := Value{Kind: Scalar, Text: text, Unknown: true, Call: call, At: start, Start: start}
		if !strings.Contains(v.Text, "${") {
			// As it would stand in a template, so that nobody takes it for a text.
			v.Text = "${" + v.Text + "}"
		}
		return v
	}
	switch n.Kind {
	case yaml.MappingNode:
		v := Value{Kind: Map, At: at, Start: start}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := yamldoc.Resolve(n.Content[i])
			if k == nil {
				continue
			}
			keyAt := d.doc.Span(k)
			if k.Value == "<<" && k.ShortTag() == "!!merge" {
				if source := d.value(n.Content[i+1], keyAt, depth+1); source.Kind == Map {
					v.Entries = append(source.Entries[:len(source.Entries):len(source.Entries)], v.Entries...)
				} else {
					v.Unknown = true
				}
				continue
			}
			if strings.HasPrefix(k.Value, "Fn::ForEach") {
				v.Unknown = true
				continue
			}
			item := d.value(n.Content[i+1], keyAt, depth+1)
			key := k.Value
			if d.inHole(keyAt) {
				key = d.written(keyAt)
				v.Unknown = true
			}
			v.Entries = append(v.Entries, Entry{Key: key, KeyAt: keyAt, Value: item})
		}
		return v
	case yaml.SequenceNode:
		v := Value{Kind: List, At: at, Start: start}
		for _, item := range n.Content {
			v.List = append(v.List, d.value(item, start, depth+1))
		}
		for i := range v.List {
			if v.List[i].Kind != Scalar {
				v.List[i].At = v.List[i].Start
			}
		}
		return v
	}
	if n.ShortTag() == "!!null" {
		return Value{At: at, Start: start}
	}
	v := Value{Kind: Scalar, Text: n.Value, At: start, Start: start}
	if d.inHole(start) {
		v.Unknown = true
		v.Text = strings.Trim(d.written(start), `"'`)
	} else if Placeholder(n.Value) {
		v.Unknown = true
	}
	return v
}

// intrinsic tells of a value that CloudFormation computes, by its tag or as a
// mapping of one key, and gives what it is computed of (AWS CloudFormation user
// guide, "Intrinsic function reference").
func intrinsic(n *yaml.Node) (call string, arg *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") && len(n.Tag) > 1 {
		if n.Tag == "!Base64" && n.Kind == yaml.MappingNode && len(n.Content) == 2 {
			if inner, arg := intrinsicKey(n); inner != "" {
				return inner, arg
			}
		}
		return strings.TrimPrefix(n.Tag, "!"), n
	}
	return intrinsicKey(n)
}

func intrinsicKey(n *yaml.Node) (call string, arg *yaml.Node) {
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return "", nil
	}
	key := n.Content[0].Value
	if key == "Ref" {
		return "Ref", yamldoc.Resolve(n.Content[1])
	}
	if name, ok := strings.CutPrefix(key, "Fn::"); ok && !strings.HasPrefix(name, "ForEach") {
		return name, yamldoc.Resolve(n.Content[1])
	}
	return "", nil
}

// firstText is a scalar's text as it is written, or that of a list's first scalar.
func (d *Doc) firstText(n *yaml.Node) string {
	if n != nil && n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		n = yamldoc.Resolve(n.Content[0])
	}
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	at := d.doc.Span(n)
	if !d.inHole(at) {
		return n.Value
	}
	return strings.Trim(d.written(at), `"'`)
}

// offsets is a place's stretch in the file's text, or -1.
func (d *Doc) offsets(p finding.Position) (start, end int) {
	if d.lines == nil || p.EndLine == 0 || p.EndLine > len(d.lines) {
		return -1, -1
	}
	return d.lines[p.Line-1] + p.Column - 1, d.lines[p.EndLine-1] + p.EndColumn - 1
}

func (d *Doc) inHole(p finding.Position) bool {
	if len(d.holes) == 0 {
		return false
	}
	start, end := d.offsets(p)
	i := sort.Search(len(d.holes), func(i int) bool { return d.holes[i].end > start })
	return start >= 0 && i < len(d.holes) && d.holes[i].start < end
}

func (d *Doc) written(p finding.Position) string {
	start, end := d.offsets(p)
	if start < 0 || end > len(d.text) || start > end {
		return ""
	}
	return string(d.text[start:end])
}

// stripJSONComments writes blanks over the comments of a JSON file. YAML has no
// comments of two slashes, and a JSON file that has them is read by tools that
// accept them.
func stripJSONComments(p string, text []byte) []byte {
	if !JSONName(p) && !strings.HasSuffix(p, ".jsonc") || !strings.Contains(string(text), "/") {
		return text
	}
	out := append([]byte(nil), text...)
	for i := 0; i < len(out); i++ {
		switch out[i] {
		case '"':
			for i++; i < len(out) && out[i] != '"' && out[i] != '\n'; i++ {
				if out[i] == '\\' {
					i++
				}
			}
		case '/':
			if i+1 >= len(out) {
				break
			}
			switch out[i+1] {
			case '/':
				for ; i < len(out) && out[i] != '\n'; i++ {
					out[i] = ' '
				}
			case '*':
				end := strings.Index(string(out[i:]), "*/")
				if end < 0 {
					end = len(out) - i - 2
				}
				for stop := min(len(out), i+end+2); i < stop; i++ {
					if out[i] != '\n' {
						out[i] = ' '
					}
				}
				i--
			}
		}
	}
	return out
}
