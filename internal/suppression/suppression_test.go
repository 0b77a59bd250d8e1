package suppression

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/finding"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		text string
		want string // "" where it is no such comment
	}{
		{"nolint", "nolint general"},
		{"nolint // why", "nolint general: why"},
		{" nolint:all // why", "nolint general: why"},
		{"nolint:diskwrite", "nolint diskwrite"},
		{"nolint:gosec,DiskWrite // a cache", "nolint gosec,diskwrite: a cache"},
		{"nolint: gosec , diskwrite // a cache", "nolint gosec,diskwrite: a cache"},
		{"nolint:diskwrite // a cache // really", "nolint diskwrite: a cache // really"},
		{"nolint:diskwrite a cache, rebuilt", "nolint diskwrite: a cache, rebuilt"},
		{"nolint:cnready // not a service", "nolint cnready: not a service"},
		{"nolintlint", ""},
		{"nolint-this", ""},
		{"see nolint", ""},
		{"cnready:ignore diskwrite a cache", "ignore diskwrite: a cache"},
		{" cnready:ignore diskwrite,shutdown  both", "ignore diskwrite,shutdown: both"},
		{"cnready:ignore diskwrite, shutdown: both", "ignore diskwrite,shutdown: both"},
		{"cnready:ignore diskwrite -- a cache", "ignore diskwrite: a cache"},
		{"cnready:ignore all a demo", "ignore general: a demo"},
		{"cnready:ignore", "ignore "},
		{"cnready:ignored diskwrite", ""},
		{"cnready:generate", ""},
	} {
		got := ""
		if c, ok := parse(tt.text); ok {
			form := "ignore"
			if c.Nolint {
				form = "nolint"
			}
			names := strings.Join(c.Rules, ",")
			if c.General {
				names = "general"
			}
			got = form + " " + names
			if c.Reason != "" {
				got += ": " + c.Reason
			}
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

// lines writes which lines of a file the comments silence, and for which rules.
func lines(comments []*Comment) []string {
	var out []string
	for _, c := range comments {
		to := fmt.Sprint(c.To)
		if c.To > 1<<20 {
			to = "end"
		}
		out = append(out, fmt.Sprintf("%d: %d-%s %s", c.Position.Line, c.From, to, strings.Join(c.Rules, ",")))
	}
	return out
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"behind and above", "a.go", `package a

func f() {
	one() //nolint:a
	//nolint:b // for the call
	two(
		1,
	)

	//cnready:ignore c reason
	if x {
		three()
	}
	//nolint:d

	four()
	five(
		1,
	) //nolint:e
}
`, []string{"4: 4-4 a", "5: 6-8 b", "10: 11-13 c", "14: 15-15 d", "19: 19-19 e"}},
		{"declarations", "a.go", `package a

// F does it.
//
//nolint:a // reason
func F() {
	one()
}

//cnready:ignore b reason
// and more words
var (
	x = 1

	//nolint:c
	y = f(
		2)
	z = 3 //nolint:d
)

type T struct {
	//nolint:e
	f int
}
`, []string{"5: 6-8 a", "10: 12-19 b", "15: 16-17 c", "18: 18-18 d", "22: 23-23 e"}},
		{"file", "a.go", "// Package a.\n//\n//nolint:a // all of it\npackage a\n\nvar x int\n", []string{"3: 0-end a"}},
		{"apart from the package clause", "a.go", "//nolint:a\n\npackage a\n\nvar x int\n", []string{"1: 2-2 a"}},
		{"in texts", "a.go", "package a\n\nvar x = `\n//nolint:a\n`\n\n/*\nnolint:b\n*/\nvar y int\n", nil},
		{"behind a brace", "a.go", "package a\n\nfunc f() {\n\tgo func() {\n\t\tg()\n\t}() //nolint:a\n\tswitch {\n\tdefault: //nolint:b\n\t}\n}\n", []string{"6: 6-6 a", "8: 8-8 b"}},
		{"broken", "a.go", "package a\n\nfunc f() {\n\tg() //nolint:a\n\tg(\n", []string{"4: 4-4 a"}},
		{"windows", "a.go", "package a\r\n\r\nfunc f() {\r\n\t//cnready:ignore a reason\r\n\tg()\r\n}\r\n", []string{"4: 5-5 a"}},

		{"dockerfile", "Dockerfile", `# escape=\
# cnready:ignore a the base is ours
FROM alpine
# cnready:ignore b
# and another line
RUN apk add \
  # a comment
  curl
RUN echo # cnready:ignore c
# cnready:ignore d

USER root
`, []string{"2: 3-3 a", "4: 6-8 b", "10: 11-11 d"}},
		{"dockerfile with another escape", "Dockerfile", "# escape=`\nFROM a\n# cnready:ignore a x\nRUN b `\n  c\nUSER d\n", []string{"3: 4-5 a"}},

		{"yaml", "a.yaml", `apiVersion: v1
spec:
  # cnready:ignore a reason
  template:
    image: x # cnready:ignore b reason
    # cnready:ignore c reason
    containers:
    - name: x

      ports:
      # cnready:ignore d reason
      - 1
      - 2
    volumes: {}
  text: "a# cnready:ignore e"
`, []string{"3: 4-14 a", "5: 5-5 b", "6: 7-13 c", "11: 12-12 d"}},
		{"yaml documents", "a.yml", `# Ours.
# cnready:ignore a reason
---
a: 1
---
b: 1
---
{{- if .Values.on }}
# cnready:ignore c reason

c: 1
d: 2
`, []string{"2: 1-4 a", "9: 7-13 c"}},
		{"yaml head of the first", "a.yaml", "# cnready:ignore a reason\napiVersion: v1\nkind: x\n---\nb: 1\n", []string{"1: 1-3 a"}},
		{"yaml, item and its fields", "a.yaml", "a:\n  # cnready:ignore a reason\n  - name: x\n    b: 1\n  - name: y\n", []string{"2: 3-4 a"}},
		{"yaml at the end", "a.yaml", "a: 1\n# cnready:ignore a reason", []string{"2: 3-3 a"}},
		{"no nolint in yaml", "a.yaml", "a: 1 # nolint:a cnready:ignore\n# nolint\n", nil},
		{"another kind", "a.txt", "# cnready:ignore a reason\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := &Files{
				Read:        func(string) ([]byte, error) { return []byte(tt.text), nil },
				Dockerfiles: map[string]bool{"Dockerfile": true},
			}
			if diff := cmp.Diff(tt.want, lines(files.Of(tt.file))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What go vet hands over gives the same.
func TestGo(t *testing.T) {
	src := "package a\n\n//nolint:a\nvar x int\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "a.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := lines(Go(fset, f, "a.go")), lines(goSource("a.go", []byte(src))); len(got) != 1 || !slices.Equal(got, want) {
		t.Errorf("got %q and %q", got, want)
	}
}

func TestApply(t *testing.T) {
	text := `package a

//nolint:all // generated by hand
func f() {
	one() //nolint:one // because
	two()
}

func g() {
	one() //nolint:two
	one() //nolint:cnready // ours
}
`
	files := &Files{Read: func(string) ([]byte, error) { return []byte(text), nil }}
	rules := map[string]*finding.Rule{}
	for _, n := range []string{"one", "two"} {
		rules[n] = &finding.Rule{Name: n, Severity: finding.Error, Property: finding.ContainerPackaged}
	}
	status := func(rule string, line int, before finding.Status) string {
		rec := finding.NewRecorder(rules[rule])
		rec.Fails(0, "x", finding.Finding{Position: finding.Position{File: "a.go", Line: line}, Status: before})
		files.Apply(rec.Results())
		f := rec.Results()[0].Finding
		if f.ClearedBy == nil {
			return string(f.Status)
		}
		return fmt.Sprintf("%s %s %s", f.Status, f.ClearedBy.Short(), f.ClearedBy.Message)
	}
	for _, tt := range []struct {
		rule   string
		line   int
		before finding.Status
		want   string
	}{
		{"one", 5, "", "suppressed a.go:5 because"},
		{"two", 6, "", "suppressed a.go:3 generated by hand"},
		{"one", 10, "", "open"},
		{"one", 11, "", "suppressed a.go:11 ours"},
		{"two", 10, finding.Cleared, "cleared"},
		{"two", 10, finding.Baseline, "baseline"},
		{"one", 0, "", "open"},
	} {
		if got := status(tt.rule, tt.line, tt.before); got != tt.want {
			t.Errorf("%s in line %d: %s, want %s", tt.rule, tt.line, got, tt.want)
		}
	}
}

func TestAudit(t *testing.T) {
	text := `package a

func f() {
	one() //nolint:one
	one() //nolint:one,gosec // because
	two() //nolint:two // because
	two() //nolint:two,gosec // because
	two() //nolint:gosec
	two() //nolint
	one() //nolint
	one() //cnready:ignore
	one() //cnready:ignore ome because
	one() //cnready:ignore one, two because
	one() //cnready:ignore one
	one() //nolint:cnready
	two() //nolint:unjudged // because
	one() //nolint:one,two
}
`
	files := &Files{Read: func(name string) ([]byte, error) {
		if name != "a.go" {
			return nil, fs.ErrNotExist
		}
		return []byte(text), nil
	}}
	one := &finding.Rule{Name: "one", Severity: finding.Error, Property: finding.ContainerPackaged}
	rec := finding.NewRecorder(one)
	for i, l := range strings.Split(text, "\n") {
		if strings.HasPrefix(l, "\tone()") {
			rec.Fails(0, fmt.Sprint(i), finding.Finding{Position: finding.Position{File: "a.go", Line: i + 1, Column: 2}})
		}
	}
	files.Apply(rec.Results())
	audit := Audit{Rules: []string{"one", "two", "unjudged"}, Judged: func(_, rule string) bool { return rule != "unjudged" }}
	var got []string
	for _, res := range audit.Run(files, []string{"a.go", "missing.go"}) {
		f := res.Finding
		if res.Rule != Rule || f.Severity != finding.Note || f.Position.Column == 0 {
			t.Errorf("got %+v", res)
		}
		got = append(got, fmt.Sprintf("%d: %s", f.Position.Line, f.Message))
	}
	want := []string{
		"4: this comment silences one without a reason, so that nobody can tell later whether it still holds: write one behind a second //",
		"6: two finds nothing here any more: remove the comment before it hides a new finding",
		"7: two finds nothing here any more: remove the name before it hides a new finding",
		"10: this comment silences cnready without a reason, so that nobody can tell later whether it still holds: write one behind a second //",
		"11: this comment silences nothing: it names no rule; write cnready:ignore, the rule's name and a reason",
		`12: cnready has no rule "ome", so nothing is silenced for it; did you mean one?; cnready rules lists all names`,
		"13: two finds nothing here any more: remove the name before it hides a new finding",
		"14: this comment silences one without a reason, so that nobody can tell later whether it still holds: write one behind the rule's name",
		"15: this comment silences cnready without a reason, so that nobody can tell later whether it still holds: write one behind a second //",
		"17: two finds nothing here any more: remove the name before it hides a new finding",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestAnnotations: an annotation is for the object that has it.
func TestAnnotations(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"one rule", "a.yaml", `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    team: shop
    cnready.dev/ignore: "noprobes it is a batch: nobody asks it" # ours
spec:
  replicas: 1
---
kind: Service
`, []string{"7: 1-9 noprobes it is a batch: nobody asks it"}},
		{"several lines", "a.yaml", `---
metadata:
  annotations:
    cnready.dev/ignore: |
      noprobes,sameprobes nobody asks it

      hostpath it reads the node's logs
    other: x
spec: {}
`, []string{"5: 2-9 noprobes,sameprobes nobody asks it", "7: 2-9 hostpath it reads the node's logs"}},
		{"escapes", "a.yaml", `metadata: {annotations: {"cnready.dev/ignore": "a one\nb two"}}
spec: {}
`, []string{"1: 1-2 a one", "1: 1-2 b two"}},
		{"flow below", "a.yaml", `kind: x
metadata:
  annotations: {cnready.dev/ignore: a one, other: x}
spec: {}
`, []string{"3: 1-4 a one"}},
		{"single quotes", "a.yaml", "metadata:\n    annotations:\n        'cnready.dev/ignore': 'a one'\n", []string{"3: 1-3 a one"}},
		{"item of a list", "a.yaml", `kind: List
items:
- apiVersion: v1
  metadata:
    annotations:
      cnready.dev/ignore: a one
  spec:
    x: 1
- apiVersion: v1
`, []string{"6: 3-8 a one"}},
		{"item that begins with it", "a.yaml", `items:
- metadata:
    annotations:
      cnready.dev/ignore: a one
  spec:
    x: 1
- apiVersion: v1
`, []string{"4: 2-6 a one"}},
		{"template of pods", "a.yaml", `metadata:
  name: x
spec:
  template:
    metadata:
      annotations:
        cnready.dev/ignore: a one
    spec:
      x: 1
  replicas: 2
`, []string{"7: 5-9 a one"}},
		{"chart", "templates/a.yaml", `{{- if .Values.on }}
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  annotations:
    {{- with .Values.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    cnready.dev/ignore: a one
spec:
  x: 1
{{- end }}
`, []string{"9: 2-11 a one"}},
		{"windows", "a.yaml", "metadata:\r\n  annotations:\r\n    cnready.dev/ignore: a one\r\nspec: {}\r\n", []string{"3: 1-4 a one"}},
		{"json", "a.json", "{\n  \"metadata\": {\n    \"annotations\": {\n      \"cnready.dev/ignore\": \"a one\"\n    }\n  },\n  \"spec\": {}\n}\n", []string{"4: 2-7 a one"}},
		{"elsewhere", "values.yaml", "podAnnotations:\n  cnready.dev/ignore: a one\nmetadata:\n  labels:\n    cnready.dev/ignore: a one\n# cnready.dev/ignore: a\n", nil},
		{"nothing", "a.yaml", "metadata:\n  annotations:\n    cnready.dev/ignore: \"\"\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := &Files{Read: func(string) ([]byte, error) { return []byte(tt.text), nil }}
			got := files.Of(tt.file)
			said := lines(got)
			for i, c := range got {
				said[i] += " " + c.Reason
			}
			if diff := cmp.Diff(tt.want, said); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestTemplateComments: in a chart a comment may be one of the template.
func TestTemplateComments(t *testing.T) {
	files := &Files{Read: func(string) ([]byte, error) {
		return []byte(`{{- /* cnready:ignore a the whole of it */ -}}
{{/* another */}}
kind: x
spec:
  {{- /* cnready:ignore b,c for two */}}
  containers:
  - name: x
    image: {{ .Values.image }} {{/* cnready:ignore d, e here */}}
  {{- /* cnready:ignoring */}}
`), nil
	}}
	want := []string{"1: 1-10 a", "5: 6-8 b,c", "8: 8-8 d,e"}
	if diff := cmp.Diff(want, lines(files.Of("templates/a.yaml"))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestConfigured: what the configuration says comes behind what a comment says.
func TestConfigured(t *testing.T) {
	files := &Files{
		Read: func(string) ([]byte, error) { return []byte("a: 1 # cnready:ignore one by hand\nb: 2\n"), nil },
		Configured: []*Configured{
			{Position: finding.Position{File: ".cnready.yml", Line: 2, Column: 5}, Rules: []string{"one"}, Matches: func(f string) bool { return f == "a.yaml" }, Reason: "for all"},
			{Position: finding.Position{File: ".cnready.yml", Line: 5, Column: 5}, Rules: []string{"one"}, Matches: func(string) bool { return false }, Reason: "idle"},
		},
	}
	rule := &finding.Rule{Name: "one", Severity: finding.Error, Property: finding.ContainerPackaged}
	rec := finding.NewRecorder(rule)
	for _, at := range []finding.Position{{File: "a.yaml", Line: 1}, {File: "a.yaml", Line: 2}, {File: "a.yaml"}, {File: "b.yaml", Line: 2}} {
		rec.Fails(0, at.String(), finding.Finding{Position: at})
	}
	files.Apply(rec.Results())
	var got []string
	for _, r := range rec.Results() {
		s := string(r.Finding.Status)
		if by := r.Finding.ClearedBy; by != nil {
			s += " " + by.Short() + " " + by.Message
		}
		got = append(got, s)
	}
	want := []string{"suppressed a.yaml:1 by hand", "suppressed .cnready.yml:2 for all", "suppressed .cnready.yml:2 for all", "open"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	audit := Audit{Rules: []string{"one"}, Judged: func(string, string) bool { return true }}
	notes := audit.Run(files, nil)
	if len(notes) != 1 || notes[0].Finding.Position.Line != 5 || !strings.Contains(notes[0].Finding.Message, "this entry silences nothing: one report nothing") {
		t.Errorf("got %+v", notes)
	}
}
