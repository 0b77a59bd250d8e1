package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// said is a tree whose manifests say by comment, annotation and configuration what
// is known of them.
const said = `
-- .cnready.yml --
ignore:
  - rules: [nodisruptionbudget]
    paths: [/deploy/]
    reason: two are enough
  - rules: [hostpath]
    paths: ["*.none"]
    reason: nothing is there
-- deploy/web.yaml --
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    cnready.dev/ignore: |
      noprobes it is ready at once
      noresources
      noresource a wrong name
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: example.com/web
          ports:
            - containerPort: 8080
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
    - port: 80
      targetPort: http
-- chart/Chart.yaml --
apiVersion: v2
name: worker
version: 1.0.0
-- chart/values.yaml --
image: example.com/worker
-- chart/templates/worker.yaml --
{{- /* cnready:ignore hostpath it needs none */ -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: worker
spec:
  selector:
    matchLabels: {app: worker}
  template:
    metadata:
      labels: {app: worker}
    spec:
      containers:
        {{- /* cnready:ignore noresources it hardly needs any */}}
        - name: worker
          image: {{ .Values.image }} {{- /* cnready:ignore floatingtag the pipeline writes it */}}
        - name: helper
          image: {{ .Values.image }}
`

func TestSuppressInManifests(t *testing.T) {
	dir := treetest.Write(t, said)
	r := parse(t, cnready(t, "check", "--format", "json", dir).stdout)
	var got []string
	for _, f := range r.Findings {
		line := fmt.Sprintf("%s:%d %s %s", f.File, f.Line, f.Rule, f.Status)
		if by := f.Suppression; by != nil {
			line += fmt.Sprintf(" %s:%d %s", by.File, by.Line, by.Reason)
		}
		if f.Rule == "suppression" {
			line += " " + strings.SplitAfterN(f.Message, ",", 2)[0]
		}
		if !slices.Contains(got, line) {
			got = append(got, line)
		}
	}
	slices.Sort(got)
	want := []string{
		".cnready.yml:5 suppression open this entry silences nothing: hostpath report nothing in the files that it names; remove it before it hides a new finding",
		"chart/templates/worker.yaml:1 suppression open hostpath finds nothing here any more: remove the comment before it hides a new finding",
		"chart/templates/worker.yaml:15 noresources suppressed chart/templates/worker.yaml:14 it hardly needs any",
		"chart/templates/worker.yaml:16 floatingtag suppressed chart/templates/worker.yaml:16 the pipeline writes it",
		"chart/templates/worker.yaml:17 noresources open",
		"chart/templates/worker.yaml:18 floatingtag open",
		"deploy/web.yaml:11 nodisruptionbudget suppressed .cnready.yml:2 two are enough",
		"deploy/web.yaml:19 noprobes suppressed deploy/web.yaml:7 it is ready at once",
		"deploy/web.yaml:19 noresources suppressed deploy/web.yaml:8 ",
		"deploy/web.yaml:20 floatingtag open",
		"deploy/web.yaml:32 targetport open",
		"deploy/web.yaml:8 suppression open this annotation silences noresources without a reason,",
		`deploy/web.yaml:9 suppression open cnready has no rule "noresource",`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A rule that is not there is an error, for the finding would stay.
func TestIgnoreUnknownRule(t *testing.T) {
	dir := treetest.Write(t, "-- .cnready.yml --\nignore: [{rules: [noprobe], paths: [a], reason: b}]\n-- a.yaml --\na: 1\n")
	o := cnready(t, "check", dir)
	want := `.cnready.yml:1:19: ignore: there is no rule "noprobe"; did you mean noprobes?; cnready rules lists all names`
	if o.code != 2 || o.err == nil || o.err.Error() != want {
		t.Errorf("exit code %d: %v", o.code, o.err)
	}
}
