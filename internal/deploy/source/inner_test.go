package source

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
)

// TestInner holds that each byte of a text that stands in another file has its place
// there, where it is written as it is.
func TestInner(t *testing.T) {
	for _, tt := range []struct{ name, file, want, at string }{
		{"block", "a:\n  b: |\n    one\n\n      two x\n    three\nc: 1\n", "one\n\n  two x\nthree\n", "5:7"},
		{"block of a list, with what a template fills in", "- b: |-\n    one {{ name }}\n    two\n", "one {{ name }}\ntwo\n", "3:5"},
		{"carriage returns", "b: |\r\n  one\r\n  two\r\n", "one\ntwo\n", "3:3"},
		{"quotes", `{"b": "one\ntwo \"x\"\u0041"}`, "one\ntwo \"x\"A", "1:13"},
		{"folded", "b: >\n  one\n  two\n", "one two\n", "1:4"},
		{"plain", "b: two\n", "two", "1:4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &File{Path: "a.yaml", Name: "dir/a.yaml", Dir: "dir", Text: []byte(tt.file)}
			docs := f.YAML(&deploy.Manifests{}, true)
			if len(docs) != 1 {
				t.Fatalf("%d documents", len(docs))
			}
			v := docs[0].Top
			if v.IsList() {
				v = v.List[0]
			}
			if v.Get("a").IsMap() {
				v = v.Get("a")
			}
			in := f.Inner("/etc/b", v.Get("b"))
			if string(in.Text) != tt.want || !in.IsInner() || in.Path != "/etc/b" {
				t.Fatalf("the text is %q", in.Text)
			}
			i := strings.Index(tt.want, "two")
			if p := in.At(i, i+3); p.String() != "dir/a.yaml:"+tt.at {
				t.Errorf("two is at %v, want %s", p, tt.at)
			} else if tt.name == "block" && (p.EndLine != p.Line || p.EndColumn != p.Column+3) {
				t.Errorf("two ends at %d:%d", p.EndLine, p.EndColumn)
			}
		})
	}
}

// TestInnerLines has a here document in its place.
func TestInnerLines(t *testing.T) {
	text := "file '/a' do\n  content <<~END\n    one\n    two\n  END\nend\n"
	f := &File{Path: "r.rb", Name: "r.rb", Dir: ".", Text: []byte(text)}
	start := strings.Index(text, "    one")
	in := f.InnerLines("/a", start, strings.Index(text, "  END\n"), 4)
	if string(in.Text) != "one\ntwo\n" {
		t.Fatalf("the text is %q", in.Text)
	}
	if p := in.At(4, 7); p.String() != "r.rb:4:5" {
		t.Errorf("two is at %v", p)
	}
	whole := f.InnerText("/b", "decoded", f.At(start, start+4))
	if p := whole.At(3, 4); p.String() != "r.rb:3:1" {
		t.Errorf("a decoded text is at %v", p)
	}
}

// FuzzInner holds that no value of no file makes the places fail.
func FuzzInner(f *testing.F) {
	f.Add("b: |\n  x\n\n y")
	f.Add(`{"b": "\u00e4\n\ud83d"}`)
	f.Add("b: |2\n   x\n")
	f.Fuzz(func(_ *testing.T, text string) {
		file := &File{Path: "a.yaml", Name: "a.yaml", Dir: ".", Text: []byte(text)}
		for _, d := range file.YAML(&deploy.Manifests{}, true) {
			in := file.Inner("b", d.Top.Get("b"))
			for i := range in.Text {
				in.At(i, i+1)
			}
			in.At(0, len(in.Text))
		}
	})
}
