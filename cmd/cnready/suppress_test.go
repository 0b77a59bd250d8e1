package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// waved is a service whose author waves findings through, in every kind of file;
// some of the comments are not right.
const waved = `
-- go.mod --
module example.com/waved

go 1.24
-- main.go --
package main

import (
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", save)
	//cnready:ignore shutdown it is stateless and its clients try again
	http.ListenAndServe(":8080", nil) //nolint:gosec,fixedport // the platform maps it
}

func save(w http.ResponseWriter, r *http.Request) {
	//nolint:diskwrite
	os.WriteFile("/data/last", nil, 0o600)
	os.WriteFile("/srv/log", nil, 0o600)
	w.WriteHeader(204) //nolint:hardcodedhost,diskwrite // nothing is written here
}

//cnready:ignore diskwritten a wrong name
var _ = 1
-- Dockerfile --
FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN go build -o /waved .
# cnready:ignore unpinnedbase our mirror pins it
FROM alpine
COPY --from=build /waved /waved
ENTRYPOINT ["/waved"]
-- deploy.yaml --
# cnready:ignore noresources this runs on a developer's machine only
apiVersion: apps/v1
kind: Deployment
metadata:
  name: waved
spec:
  selector:
    matchLabels: {app: waved}
  template:
    metadata:
      labels: {app: waved}
    spec:
      containers:
        # cnready:ignore noprobes it is ready at once
        - name: waved
          image: waved:1.0.0
          ports:
            - containerPort: 8080 # cnready:ignore hostpath there is none
`

func TestSuppress(t *testing.T) {
	dir := treetest.Write(t, waved)
	o := cnready(t, "check", "--format", "json", dir)
	r := parse(t, o.stdout)
	var suppressed, notes []string
	for _, f := range r.Findings {
		switch {
		case f.Rule == "suppression":
			notes = append(notes, fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message))
			if f.Severity != "note" || f.Property != "" || f.Service != "" || f.Status != "open" {
				t.Errorf("a note on a comment: %+v", f)
			}
		case f.Status == "suppressed":
			suppressed = append(suppressed, fmt.Sprintf("%s %s:%d by %s:%d: %s", f.Rule, f.File, f.Line, f.Suppression.File, f.Suppression.Line, f.Suppression.Reason))
		case f.Rule == "diskwrite" && f.Line != 17:
			t.Errorf("open: %s:%d", f.File, f.Line)
		case f.Rule == "shutdown" || f.Rule == "unpinnedbase" || f.Rule == "noprobes" || f.Rule == "noresources" || f.Rule == "fixedport":
			t.Errorf("open: %s %s:%d", f.Rule, f.File, f.Line)
		}
	}
	suppressed = slices.Compact(suppressed) // one rule may judge several things of one place
	want := []string{
		"unpinnedbase Dockerfile:6 by Dockerfile:5: our mirror pins it",
		"noprobes deploy.yaml:15 by deploy.yaml:14: it is ready at once",
		"noresources deploy.yaml:15 by deploy.yaml:1: this runs on a developer's machine only",
		"shutdown main.go:11 by main.go:10: it is stateless and its clients try again",
		"fixedport main.go:11 by main.go:11: the platform maps it",
		"diskwrite main.go:16 by main.go:15: ",
	}
	slices.Sort(want)
	slices.Sort(suppressed)
	suppressed = slices.Compact(suppressed)
	if diff := cmp.Diff(want, suppressed); diff != "" {
		t.Errorf("suppressed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"deploy.yaml:18: hostpath finds nothing here any more: remove the comment before it hides a new finding",
		"main.go:15: this comment silences diskwrite without a reason, so that nobody can tell later whether it still holds: write one behind a second //",
		"main.go:18: hardcodedhost and diskwrite find nothing here any more: remove the comment before it hides a new finding",
		`main.go:21: cnready has no rule "diskwritten", so nothing is silenced for it; did you mean diskwrite?; cnready rules lists all names`,
	}, notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}

	text := cnready(t, "check", dir).stdout
	for _, want := range []string{
		"\ncomments that suppress findings\n\n  note suppression  deploy.yaml:18:",
		"\n  suppressed shutdown main.go:11:2 by main.go:10: it is stateless and its clients try again\n",
		" suppressed\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text report lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "workloads that run no service") {
		t.Error("the notes pass for findings on workloads")
	}
}

// TestSuppressExitCode: suppressed findings count neither for the exit code nor in
// the score, and the notes on comments change no score.
func TestSuppressExitCode(t *testing.T) {
	const quiet = `
-- go.mod --
module example.com/quiet

go 1.24
-- main.go --
// Package main serves.
//
//nolint:cnready // a demo
package main

import "net/http"

func main() {
	http.ListenAndServe(":8080", nil)
}
-- Dockerfile --
FROM golang:1.24 AS build
COPY . .
RUN CGO_ENABLED=0 go build -o /quiet .
FROM gcr.io/distroless/static:nonroot
COPY --from=build /quiet /quiet
ENTRYPOINT ["/quiet"]
`
	dir := treetest.Write(t, quiet)
	if o := cnready(t, "check", "--fail-on", "error", dir); o.code != 0 {
		t.Errorf("exit code %d:\n%s", o.code, o.stdout)
	}
	before := parse(t, cnready(t, "check", "--format", "json", dir).stdout)
	main := filepath.Join(dir, "main.go")
	text, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(main, []byte(strings.Replace(string(text), " // a demo", "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	after := parse(t, cnready(t, "check", "--format", "json", dir).stdout)
	if diff := cmp.Diff(before.Services[0].Properties, after.Services[0].Properties); diff != "" {
		t.Errorf("a note changes the score (-before +after):\n%s", diff)
	}
	if n := len(after.Findings) - len(before.Findings); n != 1 {
		t.Errorf("%d findings more, want the one on the comment without a reason", n)
	}
	for _, l := range before.Services[0].Properties.DynamicallyManaged.Lost {
		if l.Rule == "shutdown" {
			t.Error("a suppressed finding loses points")
		}
	}
	// Code that was not read whole may hold what a comment is for.
	write(t, dir, map[string]string{
		"main.go":        strings.Replace(string(text), "func main", "//nolint:hardcodedhost // gone\nfunc main", 1),
		"other/other.go": "package other\n\nimport \"example.com/missing\"\n\nvar X = missing.X\n",
	})
	for _, f := range parse(t, cnready(t, "check", "--format", "json", dir).stdout).Findings {
		if f.Rule == "suppression" {
			t.Errorf("%s:%d: %s", f.File, f.Line, f.Message)
		}
	}
}
