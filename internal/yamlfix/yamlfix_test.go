package yamlfix

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// files holds one file.
func files(text string) *Files {
	return &Files{Read: func(string) ([]byte, error) { return []byte(text), nil }}
}

// place is that of the first mark in a text.
func place(t *testing.T, text, mark string) finding.Position {
	t.Helper()
	i := strings.Index(text, mark)
	if i < 0 {
		t.Fatalf("no %q", mark)
	}
	line := strings.Count(text[:i], "\n")
	return finding.Position{File: "a.yaml", Line: line + 1, Column: i - strings.LastIndexByte(text[:i], '\n')}
}

var (
	memory    = Field{Name: "memory", Scalar: "64Mi"}
	cpu       = Field{Name: "cpu", Scalar: "100m"}
	resources = Field{Name: "resources", Fields: []Field{{Name: "requests", Fields: []Field{cpu, memory}}}}
)

func TestAdd(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"last field of an item", "c:\n- name: web\n  image: x # pinned\n\n# below\nd: 1\n",
			"c:\n- name: web\n  image: x # pinned\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\n\n# below\nd: 1\n"},
		{"four blanks", "c:\n    d:\n        - name: web\n          ports:\n              - 1\n",
			"c:\n    d:\n        - name: web\n          ports:\n              - 1\n          resources:\n              requests:\n                  cpu: 100m\n                  memory: 64Mi\n"},
		{"what is there stays", "name: web\nresources:\n  requests: # measured\n    cpu: 1\n  limits: {cpu: 2}\n",
			"name: web\nresources:\n  requests: # measured\n    cpu: 1\n    memory: 64Mi\n  limits: {cpu: 2}\n"},
		{"a field without a value", "name: web\nresources: # to do\nx: 1\n",
			"name: web\nresources: # to do\n  requests:\n    cpu: 100m\n    memory: 64Mi\nx: 1\n"},
		{"the last field has no value", "a:\n  name: web\n  x:\nb: 1\n",
			"a:\n  name: web\n  x:\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\nb: 1\n"},
		{"an empty mapping", "name: web\nresources: {}\n", "name: web\nresources: {requests: {cpu: 100m, memory: 64Mi}}\n"},
		{"braces", "c: [{name: web, image: 'a,b'}, {name: x}]\n", "c: [{name: web, image: 'a,b', resources: {requests: {cpu: 100m, memory: 64Mi}}}, {name: x}]\n"},
		{"braces over lines", "c: {name: web,\n  ports: [1, # one }\n    2],\n}\n", "c: {name: web,\n  ports: [1, # one }\n    2], resources: {requests: {cpu: 100m, memory: 64Mi}},\n}\n"},
		{"a block of text", "name: web\ntext: |\n  a\n  b\n\nother: {}\n---\nx: 1\n", "name: web\ntext: |\n  a\n  b\n\nother: {}\nresources:\n  requests:\n    cpu: 100m\n    memory: 64Mi\n---\nx: 1\n"},
		{"behind a block of text", "a:\n  name: web\n  text: >-\n    a\n    b\n\nb: 1\n", "a:\n  name: web\n  text: >-\n    a\n    b\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\n\nb: 1\n"},
		{"behind text in quotes", "a:\n  name: web\n  text: \"a\n    b\"\nb: 1\n", "a:\n  name: web\n  text: \"a\n    b\"\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\nb: 1\n"},
		{"behind an alias", "x: &x 1\na:\n  name: web\n  b: *x\n", "x: &x 1\na:\n  name: web\n  b: *x\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\n"},
		{"windows", "a: 1\r\nname: web\r\nb:\r\n  c: 1\r\n", "a: 1\r\nname: web\r\nb:\r\n  c: 1\r\nresources:\r\n  requests:\r\n    cpu: 100m\r\n    memory: 64Mi\r\n"},
		{"no end of line", "a: 1\nname: web", "a: 1\nname: web\nresources:\n  requests:\n    cpu: 100m\n    memory: 64Mi"},
		{"windows without an end", "a: 1\r\nname: web", "a: 1\r\nname: web\r\nresources:\r\n  requests:\r\n    cpu: 100m\r\n    memory: 64Mi"},
		{"a document further on", "a: 1\n---\n# second\nname: web\n---\nb: 1\n", "a: 1\n---\n# second\nname: web\nresources:\n  requests:\n    cpu: 100m\n    memory: 64Mi\n---\nb: 1\n"},
		{"nothing lacks", "name: web\nresources: {requests: {cpu: 1, memory: 2}}\n", ""},
		{"a scalar in its place", "name: web\nresources: none\n", ""},
		{"an alias in its place", "a: &a {b: 1}\nc:\n  name: web\n  resources: *a\n", ""},
		{"brought in by a merge key", "a: &a {resources: {limits: {cpu: 1}}}\nc:\n  <<: *a\n  name: web\n", ""},
		{"another merge key", "a: &a {image: x}\nc:\n  <<: *a\n  name: web\n", "a: &a {image: x}\nc:\n  <<: *a\n  name: web\n  resources:\n    requests:\n      cpu: 100m\n      memory: 64Mi\n"},
		{"used elsewhere too", "c: &c\n  name: web\n  resources: &r\n    requests: {cpu: 1}\nd: *c\n", ""},
		{"a template", "name: web\nimage: {{ .Values.image }}\n", ""},
		{"a block that keeps its end", "a:\n  name: web\n  text: |+\n    a\n\nb: 1\n", ""},
		{"beside a document with braces in a text", "kind: ConfigMap\ndata:\n  a: \"{{ .x }}\"\n---\nname: web\n", "kind: ConfigMap\ndata:\n  a: \"{{ .x }}\"\n---\nname: web\nresources:\n  requests:\n    cpu: 100m\n    memory: 64Mi\n"},
		{"broken", "name: web\na: [\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			edits := files(tt.text).Add(place(t, tt.text, "web"), 0, resources)
			if tt.want == "" {
				if edits != nil {
					t.Errorf("got\n%s", Apply([]byte(tt.text), edits))
				}
				return
			}
			if got := string(Apply([]byte(tt.text), edits)); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestLevelsAndBelow(t *testing.T) {
	text := "spec:\n  containers:\n  - name: web\n  volumes: []\nservices:\n  shop:\n    image: x\n"
	fs := files(text)
	if got := string(Apply([]byte(text), fs.Add(place(t, text, "web"), 1, Field{Name: "terminationGracePeriodSeconds", Scalar: "40"}))); !strings.Contains(got, "  volumes: []\n  terminationGracePeriodSeconds: 40\n") {
		t.Errorf("got\n%s", got)
	}
	if got := string(Apply([]byte(text), fs.Below(place(t, text, "shop"), Field{Name: "read_only", Scalar: "true"}))); !strings.HasSuffix(got, "    image: x\n    read_only: true\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestSet(t *testing.T) {
	for _, tt := range []struct{ text, mark, old, with, want string }{
		{"a: true # why\n", "true", "true", "false", "a: false # why\n"},
		{"a: {b: true, c: 1}\n", "true", "true", "false", "a: {b: false, c: 1}\n"},
		{"image: \"x/web:latest\"\r\n", "\"x", ":latest", ":1.2.0", "image: \"x/web:1.2.0\"\r\n"},
		{"image: x/web:latest\n", "x/web", ":latest", ":1.2.0", "image: x/web:1.2.0\n"},
		{"a: &t true\nb: *t\n", "true", "true", "false", ""},
		{"a: yes\n", "yes", "true", "false", ""},
		{"a: aa\n", "aa", "a", "b", ""},
	} {
		edits := files(tt.text).Set(place(t, tt.text, tt.mark), tt.old, tt.with)
		if tt.want == "" {
			if edits != nil {
				t.Errorf("%q: got %q", tt.text, Apply([]byte(tt.text), edits))
			}
			continue
		}
		if got := string(Apply([]byte(tt.text), edits)); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestNotPlain(t *testing.T) {
	for _, name := range []string{"a.json", "chart/templates/a.yaml", "a.tpl"} {
		at := finding.Position{File: name, Line: 1, Column: 7}
		if edits := files("name: web\n").Add(at, 0, resources); edits != nil {
			t.Errorf("%s: %v", name, edits)
		}
	}
	var none *Files
	if none.Add(finding.Position{File: "a.yaml", Line: 1, Column: 7}, 0, resources) != nil {
		t.Error("the nil Files edits")
	}
}

// TestProperties adds fields to containers of many layouts: afterwards the text
// parses, the field is there once, the rest is byte for byte what it was, and
// nothing is left to be added.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	made := 0
	for i := range 4000 {
		text := layout(r)
		fs := files(text)
		at := place(t, text, "web")
		for _, f := range []Field{resources, {Name: "securityContext", Fields: []Field{{Name: "readOnlyRootFilesystem", Scalar: "true"}}}} {
			edits := fs.Add(at, 0, f)
			if edits == nil {
				continue
			}
			made++
			after := string(Apply([]byte(text), edits))
			docs := parse("a.yaml", []byte(after))
			if docs == nil {
				t.Fatalf("layout %d does not parse:\n%s\nbefore\n%s", i, after, text)
			}
			for _, e := range edits {
				if e.Position.Line != e.Position.EndLine || e.Position.Column != e.Position.EndColumn {
					t.Fatalf("layout %d: the edit %+v takes text away", i, e)
				}
				if strings.Contains(text, "\r\n") && strings.Count(e.NewText, "\n") != strings.Count(e.NewText, "\r\n") {
					t.Fatalf("layout %d: other ends of lines: %q", i, e.NewText)
				}
			}
			back := after
			for _, e := range edits {
				if strings.Count(back, e.NewText) < 1 {
					t.Fatalf("layout %d: %q is not in it", i, e.NewText)
				}
				back = strings.Replace(back, e.NewText, "", 1)
			}
			if back != text {
				t.Fatalf("layout %d: more was changed:\n%s\nbefore\n%s", i, after, text)
			}
			n := 0
			for _, d := range docs {
				n += count(d.Root, f.Name)
			}
			if before := strings.Count(text, f.Name+":"); n != max(before, 1) {
				t.Fatalf("layout %d: %s is there %d times:\n%s", i, f.Name, n, after)
			}
			if again := files(after).Add(place(t, after, "web"), 0, f); again != nil {
				t.Fatalf("layout %d: something is left to be added:\n%s", i, after)
			}
		}
	}
	if made < 6000 {
		t.Errorf("only %d edits were made", made)
	}
}

func count(n *yaml.Node, key string) int {
	k := 0
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				k++
			}
		}
	}
	for _, sub := range n.Content {
		k += count(sub, key)
	}
	return k
}

// layout writes a manifest in one of many ways.
func layout(r *rand.Rand) string {
	pick := func(options ...string) string { return options[r.IntN(len(options))] }
	step := pick("  ", "    ")
	dash := pick("", step)
	var b strings.Builder
	comment := func(indent string) {
		if r.IntN(4) == 0 {
			b.WriteString(indent + "# a comment, with: words {and [brackets\n")
		}
		if r.IntN(8) == 0 {
			b.WriteString("\n")
		}
	}
	tail := func() string { return pick("", "", " # behind it", "   #x", " ") }
	if r.IntN(2) == 0 {
		b.WriteString("# a head\n" + pick("---\n", "") + "kind: Service\nspec: {a: 1}\n" + pick("---\n", "---\n# next\n", "...\n---\n"))
	}
	b.WriteString("kind: Deployment\nmetadata:\n" + step + "name: shop\nspec:\n")
	comment(step)
	b.WriteString(step + "containers:" + tail() + "\n")
	in := step + dash
	if r.IntN(3) == 0 {
		fields := []string{"name: web", "image: " + pick("a:1", "'a:1'", `"a:1"`)}
		if r.IntN(2) == 0 {
			fields = append(fields, pick("ports: [1, 2]", "resources: {}", "resources: {limits: {memory: 1Gi}}", "args: ['}', \"]\"]", "env: [{name: a, value: b}]"))
		}
		r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		b.WriteString(in + "- {" + strings.Join(fields, pick(", ", ",\n"+in+"   ")) + pick("", " ", ",") + "}" + tail() + "\n")
	} else {
		item := in + "  "
		fields := []string{"image: " + pick("a:1", "'a:1'", `"a:1"`) + tail() + "\n"}
		for _, f := range []string{
			"resources:" + tail() + "\n" + item + step + "limits:\n" + item + step + step + "memory: 1Gi" + tail() + "\n",
			"ports:\n" + item + dash + "- containerPort: 80" + tail() + "\n" + item + dash + "  name: http\n",
			"args: [a, 'b: c', \"#d\"]" + tail() + "\n",
			"command:\n" + item + dash + "- sh\n" + item + dash + "- |\n" + item + dash + "  echo a\n\n" + item + dash + "  echo b\n",
			"env:\n" + item + dash + "- {name: a, value: 'it''s'}\n",
			"workingDir:" + tail() + "\n",
			"securityContext:\n" + item + step + "runAsUser: 1" + tail() + "\n",
			"securityContext: {runAsUser: 1}\n",
			"text: >-\n" + item + step + "a # no comment\n" + item + step + "b\n",
		} {
			if r.IntN(3) == 0 && !strings.Contains(strings.Join(fields, ""), strings.SplitAfter(f, ":")[0]) {
				fields = append(fields, f)
			}
		}
		r.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
		b.WriteString(in + "- name: web" + tail() + "\n")
		for _, f := range fields {
			comment(item)
			b.WriteString(item + f)
		}
		comment(item)
	}
	if r.IntN(2) == 0 {
		b.WriteString(in + "- name: side\n" + in + "  image: b\n")
	}
	if r.IntN(2) == 0 {
		b.WriteString(step + "volumes:\n" + step + dash + "- name: tmp\n")
	}
	if r.IntN(2) == 0 {
		b.WriteString("---\n# last\nkind: ConfigMap\ndata: {}\n")
	}
	text := b.String()
	if r.IntN(4) == 0 {
		text = strings.TrimRight(text, "\n")
	}
	if r.IntN(3) == 0 {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// FuzzAdd holds that whatever is edited parses afterwards and says the same but for
// the field.
func FuzzAdd(f *testing.F) {
	for range 20 {
		f.Add([]byte(layout(rand.New(rand.NewPCG(3, 4)))), uint16(3), uint16(9))
	}
	f.Fuzz(func(t *testing.T, src []byte, line, column uint16) {
		if len(src) > 1<<14 {
			t.Skip()
		}
		fs := &Files{Read: func(string) ([]byte, error) { return src, nil }}
		edits := fs.Add(finding.Position{File: "a.yaml", Line: int(line), Column: int(column)}, 0, resources)
		if edits == nil {
			return
		}
		after := Apply(src, edits)
		for _, d := range yamldoc.Split("a.yaml", after) {
			if err := d.Parse(); err != nil {
				t.Fatalf("%v:\n%s\nbefore\n%s", err, after, src)
			}
		}
		if !bytes.Contains(after, []byte("requests")) {
			t.Fatalf("nothing was added:\n%s", after)
		}
	})
}
