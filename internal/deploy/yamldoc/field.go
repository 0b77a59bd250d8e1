package yamldoc

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy"
)

// withheld marks a node whose value is not known: it is written as a null where
// the document becomes JSON. No style of the YAML library has this bit.
const withheld yaml.Style = 1 << 30

// Withhold marks a scalar as filled in by something that was not read, so that
// it fits any type. Its text stays.
func Withhold(n *yaml.Node) { n.Tag, n.Style = "!!null", withheld }

// Withheld tells whether a node was marked so.
func Withheld(n *yaml.Node) bool { return n.Style == withheld }

// Unknown tells of a scalar that something fills in that was not read.
func (c Cursor) Unknown() bool {
	if c.Node == nil || c.Node.Kind != yaml.ScalarNode {
		return false
	}
	return Withheld(c.Node) || c.Doc.Placeholder != nil && c.Doc.Placeholder(c.Node.Value)
}

// Field is a scalar as written.
func (c Cursor) Field() deploy.Field[string] {
	return deploy.Field[string]{Value: c.Text(), Set: c.Set(), Unknown: c.Unknown(), Position: c.At}
}

// Int is a whole number; anything else is unknown.
func (c Cursor) Int() deploy.Field[int] {
	n := c.Int64()
	f := deploy.Field[int]{Set: n.Set, Unknown: n.Unknown, Position: n.Position}
	if n.Value > math.MaxInt32 || n.Value < math.MinInt32 {
		f.Unknown = true
	} else {
		f.Value = int(n.Value)
	}
	return f
}

// Int64 is a whole number of 64 bits; anything else is unknown.
func (c Cursor) Int64() deploy.Field[int64] {
	f := deploy.Field[int64]{Set: c.Set(), Unknown: c.Unknown(), Position: c.At}
	if !f.Set || f.Unknown {
		return f
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(c.Text(), "_", ""), 0, 64)
	if err != nil {
		f.Unknown = true
		return f
	}
	f.Value = n
	return f
}

// Bool is true or false, in the words of YAML 1.1 (https://yaml.org/type/bool.html);
// anything else is unknown.
func (c Cursor) Bool() deploy.Field[bool] {
	f := deploy.Field[bool]{Set: c.Set(), Unknown: c.Unknown(), Position: c.At}
	if !f.Set || f.Unknown {
		return f
	}
	switch strings.ToLower(c.Text()) {
	case "true", "yes", "on", "y":
		f.Value = true
	case "false", "no", "off", "n":
	default:
		f.Unknown = true
	}
	return f
}

// Fields are the scalars of a list, each with its place.
func (c Cursor) Fields() []deploy.Field[string] {
	var list []deploy.Field[string]
	for _, item := range c.Items() {
		if item.Node != nil && item.Node.Kind == yaml.ScalarNode {
			list = append(list, item.Field())
		}
	}
	return list
}

// Strings are the scalars of a list.
func (c Cursor) Strings() []string {
	var list []string
	for _, f := range c.Fields() {
		list = append(list, f.Value)
	}
	return list
}

// Pairs are the scalars of a mapping, in its order.
func (c Cursor) Pairs() []deploy.Pair {
	var list []deploy.Pair
	for _, key := range c.Keys() {
		if v := c.Get(key); v.Node != nil && v.Node.Kind == yaml.ScalarNode {
			list = append(list, deploy.Pair{Name: key, Value: v.Text(), Position: v.At})
		}
	}
	return list
}

// Map are the scalars of a mapping, by name; nil where there are none.
func (c Cursor) Map() map[string]string {
	var m map[string]string
	for _, p := range c.Pairs() {
		if m == nil {
			m = map[string]string{}
		}
		if _, own := m[p.Name]; !own {
			m[p.Name] = p.Value
		}
	}
	return m
}

// IsMap tells of a mapping.
func (c Cursor) IsMap() bool { return c.Node != nil && c.Node.Kind == yaml.MappingNode }

// IsList tells of a list.
func (c Cursor) IsList() bool { return c.Node != nil && c.Node.Kind == yaml.SequenceNode }

// Key is the place of a mapping's key: the cursor's own where it is not there.
func (c Cursor) Key(name string) Cursor {
	if !c.IsMap() {
		return Cursor{Doc: c.Doc, At: c.At}
	}
	k, _ := Lookup(c.Node, name, 0)
	if k == nil {
		return Cursor{Doc: c.Doc, At: c.At}
	}
	return Cursor{Doc: c.Doc, Node: k, At: c.Doc.Span(k)}
}
