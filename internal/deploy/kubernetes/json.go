package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// toJSON converts a document as kubectl does: by sigs.k8s.io/yaml, whose words
// for truth are those of YAML 1.1. It parses the text a second time, so that what
// is plain is written from the nodes instead; a test compares the two.
func toJSON(d *yamldoc.Document, plain bool) (raw []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML library gives up on it: %v", r)
		}
	}()
	if plain && !hasBareTag(d.Text) {
		if raw, ok := appendJSON(make([]byte, 0, len(d.Text)), d.Root); ok {
			return raw, nil
		}
	}
	return sigsyaml.YAMLToJSON(d.Text)
}

// hasBareTag tells whether the tag "!" may stand in the text, which makes a plain
// word a string and of which the nodes say nothing.
func hasBareTag(text []byte) bool {
	for at := 0; ; at++ {
		i := bytes.IndexByte(text[at:], '!')
		if i < 0 {
			return false
		}
		at += i
		before := at == 0 || yamldoc.Blank(text[at-1]) || bytes.IndexByte([]byte("[{,:"), text[at-1]) >= 0
		behind := at+1 == len(text) || yamldoc.Blank(text[at+1]) || bytes.IndexByte([]byte("]},"), text[at+1]) >= 0
		if before && behind {
			return true
		}
	}
}

// appendJSON writes a node without aliases, merge keys, tags and numbers that
// are not decimal; ok is false for any of these. The keys must be unique.
func appendJSON(b []byte, n *yaml.Node) (_ []byte, ok bool) {
	if n.Style&yaml.TaggedStyle != 0 {
		return b, false
	}
	switch n.Kind {
	case yaml.MappingNode:
		b = append(b, '{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if k.Kind != yaml.ScalarNode || k.Style&yaml.TaggedStyle != 0 || k.ShortTag() != "!!str" || isOldBool(k) {
				return b, false
			}
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, k.Value), ':')
			if b, ok = appendJSON(b, n.Content[i+1]); !ok {
				return b, false
			}
		}
		return append(b, '}'), true
	case yaml.SequenceNode:
		b = append(b, '[')
		for i, item := range n.Content {
			if i > 0 {
				b = append(b, ',')
			}
			if b, ok = appendJSON(b, item); !ok {
				return b, false
			}
		}
		return append(b, ']'), true
	case yaml.ScalarNode:
		return appendScalar(b, n)
	}
	return b, false
}

func appendScalar(b []byte, n *yaml.Node) (_ []byte, ok bool) {
	switch n.ShortTag() {
	case "!!str":
		if isOldBool(n) {
			switch strings.ToLower(n.Value) {
			case "y", "yes", "on":
				return append(b, "true"...), true
			}
			return append(b, "false"...), true
		}
		return appendString(b, n.Value), true
	case "!!timestamp":
		return appendString(b, n.Value), true
	case "!!null":
		return append(b, "null"...), true
	case "!!bool":
		return append(b, strings.ToLower(n.Value)...), true
	case "!!int":
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if err != nil || strconv.FormatInt(i, 10) != n.Value {
			return b, false // hexadecimal, octal, signed, with underscores, large
		}
		return append(b, n.Value...), true
	case "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			return b, false
		}
		raw, err := json.Marshal(f)
		return append(b, raw...), err == nil
	}
	return b, false
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			raw, _ := json.Marshal(s)
			return append(b, raw...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// isOldBool tells of a plain word that was a truth value in YAML 1.1
// (https://yaml.org/type/bool.html), and is a string to the YAML library that
// gives the nodes.
func isOldBool(n *yaml.Node) bool {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return false
	}
	switch n.Value {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return true
	}
	return false
}
