package kustomize

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy/kubernetes"
	"github.com/cnready/cnready/internal/tree/treetest"
)

const replacing = `
-- kustomization.yaml --
namePrefix: live-
resources: [web.yaml]
configMapGenerator:
- name: hosts
  literals: [api=api.example.com, port=9090]
secretGenerator:
- name: keys
  envs: [keys.env]
- name: other
  literals: [a=b]
replacements:
- source: {kind: ConfigMap, name: hosts, fieldPath: data.api}
  targets:
  - select: {kind: Deployment}
    reject: [{name: worker}]
    fieldPaths:
    - spec.template.spec.containers.[name=web].env.[name=API_URL].value
    options: {delimiter: /, index: 2}
- source: {kind: Service, name: web}
  targets:
  - select: {kind: Deployment, name: web}
    fieldPaths:
    - spec.template.spec.containers.0.env.0.value
    - metadata.annotations.example\.com/service
    options: {create: true}
- path: port.yaml
- source: {kind: ConfigMap, name: nowhere}
  targets: [{select: {kind: Deployment}}]
-- port.yaml --
source: {kind: ConfigMap, name: hosts, fieldPath: data.port}
targets:
- select: {kind: Deployment, name: web}
  fieldPaths: ["spec.template.spec.containers.*.ports.*.containerPort"]
-- web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        env:
        - {name: SERVICE, value: to-be-set}
        - {name: API_URL, value: https://API/v1}
        - name: KEY
          valueFrom: {secretKeyRef: {name: keys, key: key}}
        ports: [{containerPort: 80}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`

// TestReplacements: values are copied as kustomize build 5.6.0 copies them.
func TestReplacements(t *testing.T) {
	r := Read(treetest.Open(t, replacing))
	m := kubernetes.ReadTexts(r.Texts...)
	var got []string
	for _, w := range m.Workloads {
		c := w.Containers[0]
		for _, e := range c.Env {
			got = append(got, fmt.Sprintf("%s %s=%s%s %s", w.ID(), e.Name, e.Value, e.Ref.Name, e.ValuePosition))
		}
		got = append(got, fmt.Sprintf("port %d %s", c.Ports[0].Number, c.Ports[0].Position), fmt.Sprint(w.Annotations))
	}
	for _, c := range m.Configs {
		var keys []string
		for _, k := range c.Keys {
			keys = append(keys, k.Name)
		}
		slices.Sort(keys)
		got = append(got, fmt.Sprintf("%s %v complete %v", c.ID(), keys, c.Complete))
	}
	for _, n := range r.NotAnalyzed {
		got = append(got, n.File+": "+n.Reason)
	}
	want := []string{
		"Deployment/live-web SERVICE=live-web web.yaml:21:18",
		"Deployment/live-web API_URL=https://api.example.com/v1 kustomization.yaml:5:14",
		"Deployment/live-web KEY=live-keys web.yaml:16:44",
		"port 9090 kustomization.yaml:5:35",
		"map[example.com/service:live-web]",
		"ConfigMap/live-hosts [api port] complete true",
		"Secret/live-keys [] complete false",
		"Secret/live-other [a] complete true",
		"kustomization.yaml: line 8: keys.env is not there",
		"kustomization.yaml: line 27: a replacement is not carried out: nothing here is called ConfigMap/nowhere, which is its source",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"a.b":                     {"a", "b"},
		`a.b\.c/d`:                {"a", "b.c/d"},
		"a.[name=x.y].b":          {"a", "[name=x.y]", "b"},
		"spec.containers.0.image": {"spec", "containers", "0", "image"},
		"":                        {""},
	} {
		if got := split(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %q", text, got)
		}
	}
}
