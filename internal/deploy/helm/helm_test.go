package helm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// orders is a small chart of common form.
const orders = `
-- charts/orders/Chart.yaml --
apiVersion: v2
name: orders
version: 1.2.0
appVersion: 4.5.6
-- charts/orders/values.yaml --
replicas: 2
image:
  repository: registry.example.com/orders
  tag: ""
resources: {}
probes:
  enabled: false
labels:
  team: shop
-- charts/orders/values-prod.yaml --
replicas: 3
resources:
  requests:
    cpu: 100m
    memory: 64Mi
probes:
  enabled: true
-- charts/orders/templates/_helpers.tpl --
{{- define "orders.name" -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "orders.labels" -}}
app: {{ include "orders.name" . }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
-- charts/orders/templates/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ template "orders.name" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "orders.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels:
      app: {{ include "orders.name" . }}
  template:
    metadata:
      labels:
        {{- include "orders.labels" . | nindent 8 }}
    spec:
      containers:
        - name: {{ .Chart.Name }}
          image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
          {{- if .Values.probes.enabled }}
          readinessProbe:
            httpGet: {path: /readyz, port: 8080}
          {{- end }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
-- charts/orders/templates/secret.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: {{ required "secretName is needed" .Values.secretName }}
-- charts/orders/templates/NOTES.txt --
Have {{ .Values.fun }}
-- charts/orders/templates/tests/ping.yaml --
apiVersion: v1
kind: Pod
metadata: {name: ping}
`

func TestLines(t *testing.T) {
	r := Read(nil, treetest.Open(t, orders))
	var got strings.Builder
	for _, text := range r.Texts {
		if text.Variant != "charts/orders/values.yaml" {
			continue
		}
		for i, line := range strings.Split(string(text.Data), "\n") {
			column := len(line) - len(strings.TrimLeft(line, " ")) + 1
			at := text.Origin(i+1, column)
			fmt.Fprintf(&got, "%-40s %s\n", line, strings.TrimPrefix(at.String(), "charts/orders/templates/"))
		}
	}
	want := `apiVersion: apps/v1                      deployment.yaml:1:1
kind: Deployment                         deployment.yaml:2:1
metadata:                                deployment.yaml:3:1
  name: orders                           deployment.yaml:4:3
  namespace: ~                           deployment.yaml:5:3
  labels:                                deployment.yaml:6:3
    app: orders                          _helpers.tpl:6:1
    team: shop                           _helpers.tpl:8:1
spec:                                    deployment.yaml:8:1
  replicas: 2                            deployment.yaml:9:3
  selector:                              deployment.yaml:10:3
    matchLabels:                         deployment.yaml:11:5
      app: orders                        deployment.yaml:12:7
  template:                              deployment.yaml:13:3
    metadata:                            deployment.yaml:14:5
      labels:                            deployment.yaml:15:7
        app: orders                      _helpers.tpl:6:1
        team: shop                       _helpers.tpl:8:1
    spec:                                deployment.yaml:17:5
      containers:                        deployment.yaml:18:7
        - name: orders                   deployment.yaml:19:9
          image: "registry.example.com/orders:4.5.6" deployment.yaml:20:11
          resources:                     deployment.yaml:25:11
            {}                           deployment.yaml:26:13
                                         deployment.yaml:27:1
`
	var trimmed strings.Builder
	for line := range strings.Lines(got.String()) {
		fields := strings.TrimRight(line, " \n")
		if strings.HasPrefix(fields, "  namespace: ~") {
			fields = "  namespace: ~                           " + fields[strings.LastIndexByte(fields, ' ')+1:]
		}
		trimmed.WriteString(fields + "\n")
	}
	if diff := cmp.Diff(want, trimmed.String()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestFields(t *testing.T) {
	r := Read(nil, treetest.Open(t, orders))
	m := kubernetes.ReadTexts(r.Texts...)
	var got []string
	for _, w := range m.Workloads {
		c := w.Containers[0]
		got = append(got,
			fmt.Sprintf("%s %s %s", w.Variant, w.ID(), w.Position),
			fmt.Sprintf("replicas %d %s", w.Replicas.Value, w.Replicas.Position),
			fmt.Sprintf("image %s %s", c.Image.Value, c.Image.Position),
			fmt.Sprintf("readiness %v %s", c.Readiness.Set, c.Readiness.Position),
			fmt.Sprintf("resources %s", c.Resources.Position),
			fmt.Sprintf("memory request %q %s", c.Resources.MemoryRequest.Value, c.Resources.MemoryRequest.Position))
		for _, f := range []struct {
			at      finding.Position
			message string
		}{{c.Resources.Position, "requests no CPU; set resources.requests.cpu"}, {c.Readiness.Position, "add a readinessProbe"}, {w.Replicas.Position, "one replica"}} {
			for _, by := range r.Decides(f.at, w.Variant, f.message) {
				got = append(got, fmt.Sprintf("  %s: %s", by.Position, by.Message))
			}
		}
	}
	want := []string{
		"charts/orders/values.yaml Deployment/orders charts/orders/templates/deployment.yaml:4:9",
		"replicas 2 charts/orders/templates/deployment.yaml:9:13",
		"image registry.example.com/orders:4.5.6 charts/orders/templates/deployment.yaml:20:18",
		"readiness false charts/orders/templates/deployment.yaml:19:17",
		"resources charts/orders/templates/deployment.yaml:25:11",
		`memory request "" charts/orders/templates/deployment.yaml:25:11`,
		"  charts/orders/values.yaml:5:1: the value resources decides it",
		"  charts/orders/values.yaml:7:3: the value probes.enabled decides it",
		"  charts/orders/values.yaml:1:1: the value replicas decides it",
		"charts/orders/values-prod.yaml Deployment/orders charts/orders/templates/deployment.yaml:4:9",
		"replicas 3 charts/orders/templates/deployment.yaml:9:13",
		"image registry.example.com/orders:4.5.6 charts/orders/templates/deployment.yaml:20:18",
		"readiness true charts/orders/templates/deployment.yaml:22:11",
		"resources charts/orders/templates/deployment.yaml:25:11",
		`memory request "64Mi" charts/orders/templates/deployment.yaml:26:13`,
		"  charts/orders/values-prod.yaml:2:1: the value resources decides it",
		"  charts/orders/values-prod.yaml:1:1: the value replicas decides it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	notes := []finding.NotAnalyzed{{
		File: "charts/orders/templates/secret.yaml", Reason: "line 4: the template was not rendered: secretName is needed",
	}}
	if diff := cmp.Diff(notes, r.NotAnalyzed); diff != "" {
		t.Errorf("not analyzed (-want +got):\n%s", diff)
	}
}

// names are the objects that charts render to, with their variants.
func names(t *testing.T, r *Result) []string {
	t.Helper()
	m := kubernetes.ReadTexts(r.Texts...)
	var list []string
	for _, o := range m.Objects {
		list = append(list, o.Variant+" "+o.ID())
	}
	return list
}

func TestSubcharts(t *testing.T) {
	r := Read([]Values{{Chart: "shop", Files: []string{"env/a.yaml", "env/b.yaml"}, Name: "staging"}}, treetest.Open(t, `
-- shop/Chart.yaml --
apiVersion: v2
name: shop
dependencies:
- {name: db, alias: store, condition: store.enabled}
- {name: cache, condition: cache.enabled}
- {name: queue, repository: "https://charts.example.com"}
- {name: base, repository: "file://../base"}
-- shop/values.yaml --
global: {zone: north}
store: {size: 5Gi}
cache: {enabled: false}
-- shop/templates/web.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ include "base.name" . }}-{{ .Values.global.zone }}}
-- shop/charts/db/Chart.yaml --
name: db
-- shop/charts/db/values.yaml --
size: 1Gi
kind: small
-- shop/charts/db/templates/db.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: "db-{{ .Values.size | lower }}-{{ .Values.kind }}-{{ .Values.global.zone }}"}
-- shop/charts/cache/Chart.yaml --
name: cache
-- shop/charts/cache/templates/cache.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: cache}
-- base/Chart.yaml --
name: base
type: library
-- base/templates/_name.tpl --
{{- define "base.name" }}base{{ end }}
-- env/a.yaml --
store: {kind: large}
cache: {enabled: true}
-- env/b.yaml --
store: {kind: huge}
global: {zone: south}
`))
	want := []string{
		"shop/values.yaml ConfigMap/db-5gi-small-north", "shop/values.yaml ConfigMap/base-north",
		"staging ConfigMap/cache", "staging ConfigMap/db-5gi-huge-south", "staging ConfigMap/base-south",
	}
	if diff := cmp.Diff(want, names(t, r)); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
	notes := []finding.NotAnalyzed{{File: "shop/Chart.yaml", Reason: "the chart's dependency queue does not lie in this tree, and was not rendered"}}
	if diff := cmp.Diff(notes, r.NotAnalyzed); diff != "" {
		t.Errorf("not analyzed (-want +got):\n%s", diff)
	}
}

// TestBounds renders templates that want to take all there is.
func TestBounds(t *testing.T) {
	for _, tt := range []struct{ name, template, reason string }{
		{"recursion", `{{ define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}`, "templates include each other more than 100 deep"},
		{"template recursion", `{{ define "x" }}{{ template "x" . }}{{ end }}{{ template "x" . }}`, "templates include each other more than 100 deep"},
		{"tpl recursion", `{{ $s := "{{ tpl . . }}" }}{{ tpl $s $s }}`, "templates include each other more than 100 deep"},
		{"steps", `{{ range until 9000 }}{{ range until 9000 }}{{ end }}{{ end }}`, "it takes more steps than are made for one template"},
		{"a range over a number", `{{ range 1000000000 }}{{ end }}`, "it takes more steps than are made for one template"},
		{"a long list", `{{ range until 1000000000 }}{{ end }}`, "a list grows beyond 10000 elements"},
		{"a long text", `{{ repeat 1000000000 "x" }}`, "a text grows beyond 1 MiB"},
		{"doubling", `{{ $s := "xxxxxxxx" }}{{ range until 60 }}{{ $s = print $s $s }}{{ end }}`, "a text grows beyond 1 MiB"},
		{"doubling by replace", `{{ $s := repeat 10000 "x" }}{{ replace "x" $s $s }}`, "a text grows beyond 1 MiB"},
		{"output", `{{ range until 9 }}{{ repeat 1000000 "x" }}{{ end }}`, "it writes more than 4 MiB"},
		{"a value in itself", `{{ $d := dict }}{{ $_ := set $d "a" (dict "b" $d) }}{{ toYaml $d }}`, "a value is too large or too deep, or contains itself"},
		{"a value that doubles", `{{ $l := list 1 }}{{ range until 60 }}{{ $l = list $l $l }}{{ end }}{{ toJson $l }}`, "a value is too large or too deep, or contains itself"},
		{"a wide number", `{{ printf "%1000000d" 1 }}`, "a text grows beyond 1 MiB"},
		{"a function that panics", `{{ index (list 1) 5 }}`, "index out of range: 5"},
		{"no environment", `{{ env "HOME" }}`, `"env" is not a defined function`},
		{"fail", `{{ fail "no" }}`, "no"},
		{"a missing value", `{{ .Values.a.b.c }}`, "it asks for .b of a value that is not set"},
		{"syntax", `{{ if }}`, "missing value for if"},
	} {
		r := Read(nil, treetest.Open(t, "-- c/Chart.yaml --\nname: c\n-- c/templates/a.yaml --\n"+tt.template+
			"\n-- c/templates/b.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"))
		if len(r.NotAnalyzed) != 1 || !strings.Contains(r.NotAnalyzed[0].Reason, tt.reason) {
			t.Errorf("%s: not analyzed is %v, want %q", tt.name, r.NotAnalyzed, tt.reason)
		}
		if got := names(t, r); len(got) != 1 {
			t.Errorf("%s: the other template gives %v", tt.name, got)
		}
	}
}

func TestDeclared(t *testing.T) {
	tr := treetest.Open(t, `
-- charts/web/Chart.yaml --
name: web
-- charts/web/env/a.yaml --
-- deploy/skaffold.yaml --
apiVersion: skaffold/v4beta11
kind: Config
deploy:
  helm:
    releases:
    - {name: web, chartPath: ../charts/web, valuesFiles: [dev.yaml]}
-- deploy/dev.yaml --
-- helmfile.yaml --
releases:
- {name: web, chart: ./charts/web, values: [values/prod.yaml]}
- {name: other, chart: stable/web, values: [values/prod.yaml]}
-- values/prod.yaml --
-- argo/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    path: charts/web
    helm: {valueFiles: [env/a.yaml]}
-- Makefile --
install:
	helm upgrade --install web ./charts/web \
	  -f values/ci.yaml --set a=b
	helm upgrade web ./charts/web -f $(VALUES)
-- values/ci.yaml --
`)
	var got []string
	for _, v := range declared(tr, []string{"charts/web"}) {
		got = append(got, v.Chart+" "+strings.Join(v.Files, ","))
	}
	want := []string{"charts/web values/ci.yaml", "charts/web charts/web/env/a.yaml", "charts/web deploy/dev.yaml", "charts/web values/prod.yaml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("declared (-want +got):\n%s", diff)
	}
}

func FuzzRender(f *testing.F) {
	for _, part := range strings.Split(orders, "\n-- ")[3:] {
		_, text, _ := strings.Cut(part, " --\n")
		f.Add(text, "a: b\n")
	}
	f.Add(`{{ range $i, $e := .Values }}{{ $e | quote | nindent 4 }}{{ end }}`, "a: [1, {b: c}]\n")
	f.Add(`{{ tpl (toYaml .Values) . }}`, "a: '{{ .Values.b }}'\n")
	f.Fuzz(func(t *testing.T, template, values string) {
		v, err := parseValues("values.yaml", []byte(values))
		if err != nil || len(template) > 4096 {
			return
		}
		c := &chart{meta: metadata{Name: "c"}, values: v, files: archiveFiles{}, sources: []*source{newSource("templates/a.yaml", "templates/a.yaml", []byte(template))}}
		e := newEngine(c)
		lines := strings.Count(template, "\n") + 1
		for _, r := range e.render(c, map[string]any{}, releaseOf("c")) {
			if r.err != nil {
				if at, reason := e.reason(r.err, r.source, map[string]*source{"c/templates/a.yaml": r.source}); reason == "" || at.Line > lines+1 {
					t.Errorf("the reason is %q at %v", reason, at)
				}
				continue
			}
			for line := range 1 + strings.Count(string(r.out.buf), "\n") {
				if at := r.out.position(line+1, 1); at.Line > lines+1 {
					t.Errorf("line %d is at %v of %d lines", line+1, at, lines)
				}
			}
		}
	})
}
