package kustomize

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// shop is a base with two overlays and a component.
const shop = `
-- base/kustomization.yaml --
resources: [web.yaml, service.yaml]
commonLabels:
  team: shop
-- base/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: shop/web:1.0.0
        env:
        - name: LEVEL
          value: info
        - {name: MODE, value: plain}
-- base/service.yaml --
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  ports:
  - port: 80
    targetPort: 8080
-- overlays/prod/kustomization.yaml --
namespace: prod
namePrefix: shop-
resources: [../../base]
components: [../../probes]
images:
- name: shop/web
  newTag: 2.0.0
replicas:
- {name: web, count: 3}
patches:
- path: resources.yaml
- target: {kind: Deployment, name: web}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/env/1/value
      value: strict
configMapGenerator:
- name: settings
  literals: [level=debug]
-- overlays/prod/resources.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
      - name: web
        resources:
          requests: {cpu: 100m}
        env:
        - name: LEVEL
          value: warn
-- overlays/dev/kustomization.yaml --
resources: [../../base]
patchesStrategicMerge:
- |-
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 1
-- probes/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- path: probe.yaml
-- probes/probe.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        readinessProbe:
          httpGet: {path: /readyz, port: 8080}
`

func TestFields(t *testing.T) {
	r := Read(treetest.Open(t, shop))
	m := kubernetes.ReadTexts(r.Texts...)
	var got []string
	for _, w := range m.Workloads {
		c := w.Containers[0]
		got = append(got,
			fmt.Sprintf("%s %s in %q %s", w.Variant, w.ID(), w.Namespace, w.Position),
			fmt.Sprintf("replicas %d %s", w.Replicas.Value, w.Replicas.Position),
			fmt.Sprintf("%s %s image %s %s", c.Name, c.Position, c.Image.Value, c.Image.Position),
			fmt.Sprintf("cpu %q %s", c.Resources.CPURequest.Value, c.Resources.CPURequest.Position),
			fmt.Sprintf("readiness %v %s", c.Readiness.Set, c.Readiness.Position),
			fmt.Sprintf("services %d, team %s", len(w.Services), w.Labels["team"]))
		for _, e := range c.Env {
			got = append(got, fmt.Sprintf("%s=%s %s", e.Name, e.Value, e.ValuePosition))
		}
	}
	for _, c := range m.Configs {
		got = append(got, fmt.Sprintf("%s %s %s", c.ID(), c.Keys[0].Name, c.Position))
	}
	want := []string{
		`overlays/dev Deployment/web in "" base/web.yaml:4:9`,
		"replicas 1 overlays/dev/kustomization.yaml:8:15",
		"web base/web.yaml:13:15 image shop/web:1.0.0 base/web.yaml:14:16",
		`cpu "" base/web.yaml:13:15`,
		"readiness false base/web.yaml:13:15",
		"services 1, team shop",
		"LEVEL=info base/web.yaml:17:18",
		"MODE=plain base/web.yaml:18:31",
		`overlays/prod Deployment/shop-web in "prod" base/web.yaml:4:9`,
		"replicas 3 overlays/prod/kustomization.yaml:9:22",
		"web base/web.yaml:13:15 image shop/web:2.0.0 overlays/prod/kustomization.yaml:7:11",
		`cpu "100m" overlays/prod/resources.yaml:11:27`,
		"readiness true probes/probe.yaml:9:9",
		"services 1, team shop",
		"LEVEL=warn overlays/prod/resources.yaml:14:18",
		"MODE=strict overlays/prod/kustomization.yaml:16:14",
		"ConfigMap/shop-settings level overlays/prod/kustomization.yaml:18:9",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	for _, f := range []string{"base/web.yaml", "base/kustomization.yaml", "overlays/prod/resources.yaml", "probes/probe.yaml"} {
		if !r.Built[f] {
			t.Errorf("%s is not taken for built", f)
		}
	}
	if len(r.NotAnalyzed) > 0 {
		t.Errorf("not analyzed: %v", r.NotAnalyzed)
	}
}

func TestNotBuilt(t *testing.T) {
	const web = "\n-- web.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n"
	for _, tt := range []struct {
		name, archive string
		roots, failed int
		notes         []finding.NotAnalyzed
	}{
		{"remote", "-- kustomization.yaml --\nresources:\n- web.yaml\n- github.com/example/shop//deploy?ref=v1\n" + web, 1, 0,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "line 3: github.com/example/shop//deploy?ref=v1 does not lie in this tree, and was not read"}}},
		{"missing", "-- kustomization.yaml --\nresources: [web.yaml, gone.yaml]\n" + web, 1, 0,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "line 1: gone.yaml is not there"}}},
		{"cycle", "-- a/kustomization.yaml --\nresources: [../b]\n-- b/kustomization.yaml --\nresources: [../a]\n-- kustomization.yaml --\nresources: [a]\n", 0, 1,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "cannot be built, its files are read as they stand: the kustomizations take each other in: a"}}},
		{"patch of nothing", "-- kustomization.yaml --\nresources: [web.yaml]\npatches:\n- path: p.yaml\n-- p.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n" + web, 0, 1,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "p.yaml:1: cannot be built, its files are read as they stand: nothing here is called ConfigMap/other, which the patch is for"}}},
		{"charts", "-- kustomization.yaml --\nresources: [web.yaml]\nhelmCharts:\n- {name: x}\n" + web, 1, 0,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "line 2: helmCharts are not carried out"}}},
		{"bomb", "-- kustomization.yaml --\nresources: [web.yaml]\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n" + web, 0, 1,
			[]finding.NotAnalyzed{{File: "kustomization.yaml", Reason: "cannot be built, its files are read as they stand: kustomization.yaml: line 1: has aliases that expand to more than 200000 values"}}},
	} {
		r := Read(treetest.Open(t, tt.archive))
		if r.Roots != tt.roots || r.Failed != tt.failed {
			t.Errorf("%s: %d built and %d failed, want %d and %d", tt.name, r.Roots, r.Failed, tt.roots, tt.failed)
		}
		if diff := cmp.Diff(tt.notes, r.NotAnalyzed); diff != "" {
			t.Errorf("%s: not analyzed (-want +got):\n%s", tt.name, diff)
		}
		if tt.failed > 0 && len(r.Built) > 0 {
			t.Errorf("%s: taken for built: %v", tt.name, r.Built)
		}
	}
}

// TestMerge has strategic merge patches with their directives.
func TestMerge(t *testing.T) {
	const base = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    spec:
      containers:
      - {name: one, args: [x, y], ports: [{containerPort: 80}, {containerPort: 81}]}
      - {name: two, image: i}
`
	for _, tt := range []struct{ name, patch, want string }{
		{"delete an entry", "containers: [{name: two, $patch: delete}]", "one"},
		{"replace the list", "containers: [{$patch: replace}, {name: three}]", "three"},
		{"add an entry", "containers: [{name: three}]", "three one two"},
		{"remove a field", "containers: null", ""},
		{"a list without keys", "containers: [{name: one, args: [z]}]", "one two"},
	} {
		r := Read(treetest.Open(t, "-- kustomization.yaml --\nresources: [a.yaml]\npatches: [{path: p.yaml}]\n-- a.yaml --\n"+base+
			"-- p.yaml --\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      "+tt.patch+"\n"))
		var names []string
		for _, text := range r.Texts {
			for line := range strings.Lines(string(text.Data)) {
				if name, ok := strings.CutPrefix(strings.TrimSpace(line), "- name: "); ok {
					names = append(names, strings.Trim(name, `"`))
				}
			}
			if tt.name == "a list without keys" && (strings.Contains(string(text.Data), `"x"`) || !strings.Contains(string(text.Data), `"z"`)) {
				t.Errorf("%s: %s", tt.name, text.Data)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%s: the containers are %q, want %q; %v", tt.name, got, tt.want, r.NotAnalyzed)
		}
	}
}

func FuzzBuild(f *testing.F) {
	f.Add("namePrefix: a-\npatches:\n- path: p.yaml\n", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: c}\n")
	f.Add("images: [{name: a, newTag: b}]\nreplicas: [{name: web, count: 2}]\n", "- op: add\n  path: /data/x\n  value: 1\n")
	f.Add("configMapGenerator: [{name: web, behavior: merge, literals: [a=b]}]\nlabels: [{pairs: {a: b}, includeSelectors: true}]", "")
	f.Fuzz(func(t *testing.T, kustomization, patch string) {
		if strings.Contains(kustomization+patch, "\n-- ") || len(kustomization)+len(patch) > 8192 {
			return
		}
		r := Read(treetest.Open(t, "-- kustomization.yaml --\nresources: [web.yaml]\n"+kustomization+"\n-- p.yaml --\n"+patch+
			"\n-- web.yaml --\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n"))
		m := kubernetes.ReadTexts(r.Texts...)
		for _, o := range m.Objects {
			if o.Position.File == "" || strings.HasPrefix(o.Position.File, "/") {
				t.Errorf("%s is at %v", o.ID(), o.Position)
			}
		}
		if r.Roots+r.Failed > 1 {
			t.Errorf("%d built, %d failed", r.Roots, r.Failed)
		}
	})
}
