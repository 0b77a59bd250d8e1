package source

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// fileOf is a file that lies in no tree.
func fileOf(name, text string) *File {
	return &File{Path: name, Name: name, Dir: ".", Text: []byte(text)}
}

// lines writes a value, a line for each scalar: its path, its place, its text, and a
// question mark where it is not known.
func lines(v Value, path string) []string {
	at := fmt.Sprintf("%d:%d", v.At.Line, v.At.Column)
	unknown := ""
	if v.Unknown {
		unknown = " ?"
	}
	switch v.Kind {
	case Map:
		out := []string{}
		if v.Unknown {
			out = append(out, path+" "+at+" {}"+unknown)
		}
		for _, e := range v.Entries {
			out = append(out, lines(e.Value, path+"."+e.Key)...)
		}
		return out
	case List:
		out := []string{}
		if v.Unknown {
			out = append(out, path+" "+at+" []"+unknown)
		}
		for i, item := range v.List {
			out = append(out, lines(item, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return out
	case Absent:
		return []string{path + " " + at + " none"}
	}
	return []string{path + " " + at + " " + v.Text + unknown}
}

func TestYAML(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		want             []string
	}{
		{"plain", "a.yaml", "a: 1\nb: {c: [x, \"y\"]}\nd: ~\n", []string{".a 1:4 1", ".b.c[0] 2:9 x", ".b.c[1] 2:12 y", ".d 3:1 none"}},
		{"json with comments", "a.json", "{\n  // one\n  \"a\": \"http://b\", /* two\n */ \"c\": true\n}", []string{".a 3:8 http://b", ".c 4:10 true"}},
		{"a bare hole", "a.yaml", "a: {{ .x }}\nb: x{{ y }}z\nc: 1\n", []string{".a 1:4 {{ .x }} ?", ".b 2:4 x{{ y }}z ?", ".c 3:4 1"}},
		{"a hole for a key", "a.yaml", "a:\n  {{ k }}: 1\n  b: 2\n", []string{".a 1:1 {} ?", ".a.{{ k }} 2:12 1", ".a.b 3:6 2"}},
		{"statements on lines of their own", "a.yaml.j2", "{% if x %}\na: 1\n{% endif %}\n{{- range .y }}\nb: 2\n{{- end }}\n", []string{".a 2:4 1", ".b 5:4 2"}},
		{"holes of a shell, of ERB, of tools", "a.json", `{"a": "${A}", "b": <%= b %>, "c": "__C__", "d": "#{d}#", "e": "@E@"}`,
			[]string{".a 1:7 ${A} ?", ".b 1:20 <%= b %> ?", ".c 1:35 __C__ ?", ".d 1:49 #{d}# ?", ".e 1:63 @E@ ?"}},
		{"holes that are nested", "a.json", `{"a": ${jsonencode({b = "c"})}, "d": 1}`, []string{`.a 1:7 ${jsonencode({b = "c"})} ?`, ".d 1:38 1"}},
		{"intrinsic functions", "a.yaml", "a: !Ref B\nb: !Sub \"x-${C}\"\nc: !Sub y\nd: {\"Fn::GetAtt\": [E, Arn]}\ne:\n  Fn::Base64: z\nf:\n  Ref: G\n",
			[]string{".a 1:9 ${B} ?", ".b 2:9 x-${C} ?", ".c 3:9 y", ".d 4:4 ${E} ?", ".e 6:15 z", ".f 8:3 ${G} ?"}},
		{"merge keys", "a.yaml", "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", []string{".x.a 1:11 1", ".x.b 1:17 2", ".y.a 1:11 1", ".y.b 1:17 2", ".y.b 4:6 3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := &deploy.Manifests{}
			docs := fileOf(test.file, test.text).YAML(out, true)
			if len(docs) != 1 || len(out.NotAnalyzed) > 0 {
				t.Fatalf("%d documents, %v", len(docs), out.NotAnalyzed)
			}
			if diff := cmp.Diff(test.want, lines(docs[0].Top, "")); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGet(t *testing.T) {
	top := fileOf("a.yaml", "containerDefinitions: [1]\ncontainer_definitions: [2]\nMountPoints: {a: 1, a: 2}\nempty:\n").YAML(&deploy.Manifests{}, true)[0].Top
	for _, test := range []struct {
		got  Value
		want string
	}{
		{top.Get("containerDefinitions").One(), "1"},
		{top.Get("container_definitions").One(), "2"},
		{top.Get("mountPoints", "a"), "2"},
		{top.First("none", "empty", "mount_points").Get("A"), "2"},
	} {
		if test.got.Text != test.want {
			t.Errorf("got %q, want %q", test.got.Text, test.want)
		}
	}
	if v := top.Get("empty"); v.Set() || v.At.Line != 1 {
		t.Errorf("an empty field is set, or has no place: %+v", v)
	}
	if v := top.Get("mountPoints", "none", "further"); v.Set() || v.At.Line != 3 {
		t.Errorf("what is not there stands at %v", v.At)
	}
}

func TestScalars(t *testing.T) {
	top := fileOf("a.yaml", "n: 12\nf: 1.5\nbig: 99999999999\nyes: on\nword: maybe\nhole: ${X}\nlist: [a, ${B}]\n").YAML(&deploy.Manifests{}, true)[0].Top
	if n := top.Get("n").Int(); !n.Known() || n.Value != 12 {
		t.Errorf("n is %+v", n)
	}
	for _, key := range []string{"f", "big", "word", "hole", "list"} {
		if n := top.Get(key).Int(); n.Known() || !n.Set {
			t.Errorf("%s is the number %+v", key, n)
		}
	}
	if b := top.Get("yes").Bool(); !b.Known() || !b.Value {
		t.Errorf("yes is %+v", b)
	}
	if b := top.Get("word").Bool(); b.Known() {
		t.Errorf("word is %+v", b)
	}
	if w := top.Get("list").Words(); !w.Unknown || !slices.Equal(w.Value, []string{"a", "${B}"}) {
		t.Errorf("list is %+v", w)
	}
	if f := top.Get("none").Words(); f.Set || f.Unknown {
		t.Errorf("none is %+v", f)
	}
}

// TestRead holds what is left out, and that each file is read by one format.
func TestRead(t *testing.T) {
	var read []string
	format := func(name, word string) *Format {
		return &Format{Name: name, Match: YAMLName, Read: func(f *File, out *deploy.Manifests) bool {
			f.YAML(out, f.Has("told"))
			if !f.Has(word) {
				return false
			}
			read = append(read, name+" "+f.Name)
			return true
		}}
	}
	m := Read([]*Format{format("one", "first"), format("two", "second")}, treetest.Open(t, `
-- a.yaml --
first: second
-- b.json --
{"second": 1}
-- b.txt --
first
-- c.yaml.tmpl --
second: {{ x }}
-- broken.yaml --
told: [
-- other.yaml --
not ours: [
-- examples/a.yaml --
first: 1
-- internal/testdata/a.yaml --
first: 1
-- e2e/a.yaml --
first: 1
`))
	want := []string{"one a.yaml", "two b.json", "two c.yaml.tmpl"}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	if m.Read.Files != 3 {
		t.Errorf("%d files", m.Read.Files)
	}
	if len(m.NotAnalyzed) != 1 || m.NotAnalyzed[0].File != "broken.yaml" {
		t.Errorf("not analyzed: %v", m.NotAnalyzed)
	}
}

// TestPanic has a reader that panics: the file is noted, and the next one read.
func TestPanic(t *testing.T) {
	n := 0
	m := Read([]*Format{{Name: "x", Match: YAMLName, Read: func(f *File, _ *deploy.Manifests) bool {
		if n++; f.Path == "a.yaml" {
			panic("no")
		}
		return true
	}}}, treetest.Open(t, "-- a.yaml --\na: 1\n-- b.yaml --\nb: 1\n"))
	if n != 2 || m.Read.Files != 1 || len(m.NotAnalyzed) != 1 || m.NotAnalyzed[0].File != "a.yaml" {
		t.Errorf("%d files asked, %d read, %v", n, m.Read.Files, m.NotAnalyzed)
	}
}

// TestBounds gives what is large or deep; it must be read in part, or noted.
func TestBounds(t *testing.T) {
	for name, text := range map[string]string{
		"deep":      strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"braces":    strings.Repeat("{{", 50_000),
		"holes":     strings.Repeat("${a}", 50_000),
		"documents": strings.Repeat("a: 1\n---\n", 3000),
		"comments":  "{" + strings.Repeat("/* ", 50_000),
		"long":      "a: " + strings.Repeat("x", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			docs := fileOf("a.json", text).YAML(&deploy.Manifests{}, true)
			if len(docs) > maxDocuments {
				t.Errorf("%d documents", len(docs))
			}
		})
	}
}

func TestPlaceholder(t *testing.T) {
	for text, want := range map[string]bool{
		"${X}": true, "$X": true, "{{ x }}": true, "[[ .x ]]": true, "<IMAGE>": true, "<your name>": true, "a-<TAG>": true, "__TAG__": true, "@TAG@": true, "#{tag}#": true, "%TAG%": true,
		"shop/web:1": false, "a < b > c": false, "[]": false, "me@example.com": false, "100%": false, "$": false, "a$b": false, "<a@b.c>": false,
	} {
		if got := Placeholder(text); got != want {
			t.Errorf("Placeholder(%q) is %v", text, got)
		}
	}
}

// FuzzYAML reads any bytes: nothing may crash, and places lie in the text.
func FuzzYAML(f *testing.F) {
	f.Add("a.json", []byte(`{"a": ${b}, // c`+"\n"+`"d": [{{ e }}]}`))
	f.Add("a.yaml", []byte("{% x %}\na: !Sub \"${b}\"\nc: &d {e: 1}\nf: {<<: *d}\n"))
	f.Add("a.yaml", []byte("\ufeff"))
	f.Add("a.yaml", []byte("---\n\ufeffa: \"x\u2028y\"\n...\n- <%= b %>\r- {#c#}\n"))
	f.Fuzz(func(t *testing.T, name string, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		file := &File{Path: name, Name: name, Text: text}
		n := strings.Count(string(text), "\n") + 1
		for _, d := range file.YAML(&deploy.Manifests{}, true) {
			inside(t, d.Top, n)
		}
	})
}

func inside(t *testing.T, v Value, lines int) {
	if v.At.Line < 0 || v.At.Line > lines || v.At.EndLine > lines {
		t.Fatalf("a value at %v of %d lines", v.At, lines)
	}
	for _, e := range v.Entries {
		inside(t, e.Value, lines)
	}
	for _, item := range v.List {
		inside(t, item, lines)
	}
}
