package kubernetes

import (
	"encoding/json"
	"reflect"
	"testing"

	sigsyaml "sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
)

// sameJSON compares what is written from the nodes with what the library of
// kubectl makes of the text.
func sameJSON(t *testing.T, text string) {
	t.Helper()
	d := &yamldoc.Document{Text: []byte(text)}
	if d.Parse() != nil || d.Root == nil {
		return
	}
	duplicate, err := yamldoc.Check(d.Root)
	if err != nil || duplicate != nil {
		return
	}
	raw, ok := appendJSON(nil, d.Root)
	if !ok || hasBareTag(d.Text) {
		return
	}
	want, err := sigsyaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Errorf("%q: %v, but the nodes give %s", text, err, raw)
		return
	}
	var a, b any
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Errorf("%q: %s: %v", text, raw, err)
	}
	if err := json.Unmarshal(want, &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%q:\n got %s\nwant %s", text, raw, want)
	}
}

var scalars = []string{
	"a", "y", "Y", "yes", "no", "N", "on", "OFF", "oN", "true", "True", "TRUE", "tRUE", "false", "null", "~", "Null", "nULL",
	"1", "-1", "+1", "0", "007", "0777", "08", "0x1F", "0o17", "0b11", "1_000", "1__0", "_1", "99999999999999999999", "1.5", "-.5", "1.", "1e3",
	"1E3", "1e", ".inf", "-.Inf", ".nan", "1:20", "2024-01-02", "2024-01-02T03:04:05Z", "'y'", `"true"`, "'1'", `"\u00e9\n"`, "1Gi", "100m", "=", "<<", ".", "-", "ä",
	"|\n  y\n", "!!str y", "!!int 3", "!", "! 3", "! y", "Hi!", "a !b", "''", "1.0", "0.10", "-0", "-0.0", "1e400", "0.1e-10", "+.5", "9223372036854775807", "9223372036854775808", "\u007f",
}

func TestJSONFromNodes(t *testing.T) {
	sameJSON(t, everything)
	for _, s := range scalars {
		sameJSON(t, "a: "+s+"\n")
		sameJSON(t, "- "+s+"\n")
		sameJSON(t, s+": a\n")
		sameJSON(t, "{a: ["+s+", {b: "+s+"}]}\n")
	}
	d := &yamldoc.Document{Text: []byte(everything)}
	if err := d.Parse(); err != nil {
		t.Fatal(err)
	}
	if _, ok := appendJSON(nil, d.Root); !ok {
		t.Error("a plain document is not written from its nodes")
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(everything)
	for _, s := range scalars {
		f.Add("a: [" + s + "]")
	}
	f.Fuzz(sameJSON)
}
