package fix

import "testing"

// TestYAML: a manifest that would not parse, or have a field twice, is left alone; a
// template was no YAML before.
func TestYAML(t *testing.T) {
	for _, tt := range []struct {
		name, file, text, want, left string
	}{
		{"twice", "-- a.yaml --\na: 1\nb: 2\n", "a: 3\n", "", "x: a.yaml would have a twice"},
		{"broken", "-- a.yml --\na: 1\nb: 2\n", "c: [\n", "", "x: a.yml would not parse afterwards"},
		{"good", "-- a.yaml --\na: 1\nb: 2\n", "c: 3\n", "-- a.yaml --\na: 1\nc: 3\nb: 2\n", ""},
		{"a template", "-- a.yaml --\na: 1\n{{ if .b }}\n", "a: 3\n", "-- a.yaml --\na: 1\na: 3\n{{ if .b }}\n", ""},
	} {
		name := "a.yaml"
		if tt.name == "broken" {
			name = "a.yml"
		}
		p := Make(openRoot(t, tt.file), []Proposal{proposal("x", at(name, 2, 1, 1, tt.text))})
		if got := content(p); got != tt.want {
			t.Errorf("%s: got\n%s", tt.name, got)
		}
		said := ""
		for _, l := range left(p) {
			said += l
		}
		if said != tt.left {
			t.Errorf("%s: left %q, want %q", tt.name, said, tt.left)
		}
	}
}
