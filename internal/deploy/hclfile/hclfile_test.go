package hclfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/deploy/source"
	"github.com/cnready/cnready/internal/tree/treetest"
)

func fileOf(t testing.TB, text string) *source.File {
	return source.Open(treetest.Open(t, "-- m/main.tf --\n"+text), "m/main.tf")
}

// lines writes a value, a line for each scalar: its path, its place, its text, and a
// question mark where it is not known.
func lines(v source.Value, path string) []string {
	at := fmt.Sprintf("%d:%d", v.At.Line, v.At.Column)
	unknown := ""
	if v.Unknown {
		unknown = " ?"
	}
	var out []string
	switch v.Kind {
	case source.Map, source.List:
		if v.Unknown {
			out = append(out, path+" "+at+unknown)
		}
		for _, e := range v.Entries {
			out = append(out, lines(e.Value, path+"."+e.Key)...)
		}
		for i, item := range v.List {
			out = append(out, lines(item, fmt.Sprintf("%s[%d]", path, i))...)
		}
		return out
	case source.Absent:
		return []string{path + " " + at + " none"}
	}
	return []string{path + " " + at + " " + v.Text + unknown}
}

func TestValue(t *testing.T) {
	for _, test := range []struct {
		name, body string // the body starts on line 2
		want       []string
	}{
		{"literals", `a = "x"` + "\nb = 8080\nc = true\nd = null\ne = 0.25", []string{".a 2:5 x", ".b 3:5 8080", ".c 4:5 true", ".d 5:5 none", ".e 6:5 0.25"}},
		{"columns are bytes", `a = ["ä", "y"]`, []string{`.a[0] 2:6 ä`, `.a[1] 2:12 y`}},
		{"what others decide", "a = var.x\nb = \"x-${var.y}\"\nc = x ? 1 : 2\nd = [for y in z : y]\ne = lookup(m, \"k\")",
			[]string{".a 2:5 ${var.x} ?", ".b 3:5 x-${var.y} ?", ".c 4:5 ${x ? 1 : 2} ?", ".d 5:5 ${[for y in z : y]} ?", `.e 6:5 ${lookup(m, "k")} ?`}},
		{"locals", "a = local.name\nb = \"${local.name}:${local.port}\"\nc = local.made\nd = local.none\ne = local.list",
			[]string{".a 2:5 shop", ".b 3:5 shop:8080", ".c 4:5 ${var.x} ?", ".d 5:5 ${local.none} ?", ".e[0] 12:11 x"}},
		{"locals in circles", "a = local.circle", []string{".a 2:5 ${local.circle} ?"}},
		{"functions that wrap", `a = jsonencode({ "b" = [1, tostring(2)] })` + "\nc = merge({ d = 1 }, var.more)\ne = concat([1], [2])\nf = jsondecode(jsonencode([3]))",
			[]string{".a.b[0] 2:25 1", ".a.b[1] 2:37 2", ".c 3:1 ?", ".c.d 3:17 1", ".e[0] 4:13 1", ".e[1] 4:18 2", ".f[0] 5:28 3"}},
		{"files of the module", `a = file("${path.module}/task.json")` + "\nb = templatefile(\"x/y.tpl\", {})\nc = file(var.x)\nd = file(\"/etc/x\")",
			[]string{".a 2:5 m/task.json ?", ".b 3:5 m/x/y.tpl ?", ".c 4:5 ${file(var.x)} ?", `.d 5:5 ${file("/etc/x")} ?`}},
		{"blocks", "env {\n  name = \"a\"\n}\nenv {\n  name = \"b\"\n}\ndynamic \"port\" {\n  for_each = var.ports\n  content {\n    number = 1\n  }\n}",
			[]string{".env[0].name 3:10 a", ".env[1].name 6:10 b", ".port 8:9 ?", ".port[0].number 11:14 1"}},
		{"heredocs", "a = <<EOT\nx\nEOT\nb = 1", []string{".a 2:5 x\n", ".b 5:5 1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := "resource \"kind\" \"name\" {\n" + test.body + "\n}\n"
			for strings.Count(text, "\n") < 9 {
				text += "\n"
			}
			text += "locals {\n  name = \"shop\"\n  list = [\"x\"]\n  port = 8080\n  made = var.x\n  circle = local.circle\n}\n"
			m := &Module{}
			if notes := m.Parse(fileOf(t, text)); len(notes) > 0 {
				t.Fatalf("not read: %v", notes)
			}
			b := m.Blocks[0]
			if b.Type != "resource" || b.Name() != "kind.name" || b.Label(2) != "" || b.At.Line != 1 || b.At.Column != 17 {
				t.Errorf("the block is %s %v at %v", b.Type, b.Labels, b.At)
			}
			if diff := cmp.Diff(test.want, lines(b.Value(), "")); diff != "" {
				t.Errorf("values (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmbedded(t *testing.T) {
	f := fileOf(t, "resource \"kind\" \"name\" {\n  text = <<-EOT\n    a: [1,\n      ä]\n  EOT\n}\n")
	m := &Module{}
	m.Parse(f)
	inner, ok := Embedded(f, m.Blocks[0].Value().Get("text"))
	if !ok {
		t.Fatal("no text")
	}
	docs := inner.YAML(&deploy.Manifests{}, true)
	if len(docs) != 1 {
		t.Fatalf("%d documents", len(docs))
	}
	if diff := cmp.Diff([]string{".a[0] 3:9 1", ".a[1] 4:7 ä"}, lines(docs[0].Top, "")); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if _, ok := Embedded(f, source.Value{Kind: source.Scalar, Text: "x"}); ok {
		t.Error("a text without a place was found")
	}
}

// TestBad gives what is broken, large or deep: it is read in part, with a note.
func TestBad(t *testing.T) {
	for _, test := range []struct {
		name, text string
		blocks     int
		note       string
	}{
		{"broken", "resource \"a\" \"b\" {\n  c = 1\n}\nresource \"d\" \"e\" {\n  f = \n}\n", 2, "line 5: is not valid HCL"},
		{"not closed", "resource \"a\" \"b\" {\n  c = 1\n", 1, "is not valid HCL"},
		{"deep", "a = " + strings.Repeat("[", 5000), 0, "is nested deeper than"},
		{"deep signs", "a = " + strings.Repeat("!", 5000) + "b", 0, "is nested deeper than"},
		{"deep conditions", "a = " + strings.Repeat("b ? c : ", 5000) + "d", 0, "is nested deeper than"},
		{"large", "# " + strings.Repeat("x", maxSize), 0, "is larger than"},
		{"no text", "\x00\xff\xfe", 0, "is not valid HCL"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := &Module{}
			notes := m.Parse(&source.File{Path: "a.tf", Name: "a.tf", Text: []byte(test.text)})
			if len(notes) == 0 || !strings.Contains(notes[0], test.note) {
				t.Errorf("notes %v, want %q", notes, test.note)
			}
			if len(m.Blocks) != test.blocks {
				t.Errorf("%d blocks", len(m.Blocks))
			}
			for _, b := range m.Blocks {
				b.Value()
			}
		})
	}
}

// TestMany has locals that double: the walk stops at its bound.
func TestMany(t *testing.T) {
	var b strings.Builder
	b.WriteString("locals {\n  a0 = [1, 1]\n")
	for i := range 60 {
		fmt.Fprintf(&b, "  a%d = [local.a%d, local.a%d]\n", i+1, i, i)
	}
	b.WriteString("}\nresource \"a\" \"b\" {\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  c%d = local.a60\n", i)
	}
	b.WriteString("}\n")
	m := &Module{}
	m.Parse(&source.File{Path: "a.tf", Name: "a.tf", Text: []byte(b.String())})
	for _, block := range m.Blocks {
		block.Value()
	}
	if m.steps > 2*maxSteps {
		t.Errorf("%d steps", m.steps)
	}
}

// FuzzParse reads any bytes: nothing may crash, and places lie in the text.
func FuzzParse(f *testing.F) {
	f.Add([]byte("resource \"a\" \"b\" {\n  c = jsonencode([{ d = local.e }])\n  dynamic \"f\" {\n    content {\n      g = <<EOT\nx\nEOT\n    }\n  }\n}\nlocals {\n  e = \"${local.e}\"\n}\n"))
	f.Add([]byte("a \"b\" { c = { (d) = e, \"${f}\" = g } }"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<14 {
			return
		}
		file := &source.File{Path: "a.tf", Name: "a.tf", Text: text}
		m := &Module{}
		m.Parse(file)
		n := strings.Count(string(text), "\n") + 1
		for _, b := range m.Blocks {
			if b.At.Line < 1 || b.At.Line > n {
				t.Fatalf("a block at %v of %d lines", b.At, n)
			}
			v := b.Value()
			Embedded(file, v)
			for _, e := range v.Entries {
				if e.KeyAt.Line < 1 || e.KeyAt.EndLine > n {
					t.Fatalf("%s at %v of %d lines", e.Key, e.KeyAt, n)
				}
				Embedded(file, e.Value)
			}
		}
	})
}
