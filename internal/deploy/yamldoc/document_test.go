package yamldoc

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

func TestFailingLine(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       int
	}{
		{"indentation", "a:\n  b: c\n d: e\nf: g\n", 3},
		{"two colons", "a: b\nc: d: e\nf: g\n", 2},
		{"open quote", "a:\n  b: \"c\n  d: e\n", 2},
		{"open bracket", "a: b\nb: [c,\n  d\ne: f\n", 2},
		{"behind a long list", "a: [\n" + strings.Repeat("  x,\n", 20) + "]\nb: c\n  d: e\nf: g\n", 24},
		{"tab", "a:\n\tb: c\n", 2},
	} {
		d := &Document{Text: []byte(tt.text)}
		if d.Parse() == nil {
			t.Errorf("%s: it parses", tt.name)
		}
		budget := AllSearchBytes
		if got := d.failingLine(&budget); got != tt.want {
			t.Errorf("%s: line %d, want %d", tt.name, got, tt.want)
		}
		none := 0
		if got := d.failingLine(&none); got != 0 {
			t.Errorf("%s: line %d without a budget", tt.name, got)
		}
	}
}

func TestOrigin(t *testing.T) {
	docs := Split("chart/web.yaml", []byte("---\na: b\n---\nname: web\nimage: |\n  x\n  y\n"))
	if len(docs) != 2 {
		t.Fatalf("%d documents, want 2", len(docs))
	}
	d := docs[1]
	d.Origin = func(line, column int) finding.Position {
		switch {
		case line == 4:
			return finding.Position{File: "templates/web.yaml", Line: line + 10, Column: column + 2}
		case line == 5:
			return finding.Position{File: "values.yaml", Line: 3}
		}
		return finding.Position{}
	}
	if err := d.Parse(); err != nil {
		t.Fatal(err)
	}
	if got, want := d.Top().Get("name").At, (finding.Position{File: "templates/web.yaml", Line: 14, Column: 9, EndLine: 14, EndColumn: 12}); got != want {
		t.Errorf("name is at %+v, want %+v", got, want)
	}
	if got, want := d.Top().Get("image").At, (finding.Position{File: "values.yaml", Line: 3}); got != want {
		t.Errorf("image is at %+v, want %+v", got, want)
	}
	if got, want := d.Say(2, "is odd"), "templates/web.yaml:14: is odd"; got != want {
		t.Errorf("a note says %q, want %q", got, want)
	}
}
