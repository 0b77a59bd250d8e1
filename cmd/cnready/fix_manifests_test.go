package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// unmended is a service whose manifests lack what a machine can write.
const unmended = `
-- go.mod --
module example.com/shop

go 1.24
-- main.go --
package main

import (
	"context"
	"net/http"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	http.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {})
	http.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {})
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("shop")) })
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: time.Second}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go server.ListenAndServe()
	<-ctx.Done()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	server.Shutdown(ctx)
}
-- Dockerfile --
FROM golang:1.24 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /shop .
FROM scratch
COPY --from=build /shop /shop
USER 65532:65532
ENTRYPOINT ["/shop"]
-- deploy/shop.yaml --
# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
    name: shop
spec:
    selector:
        matchLabels: {app: shop}
    template:
        metadata:
            labels: {app: shop}
        spec:
            containers:
                - name: shop # the only one
                  image: example.com/shop:latest
                  securityContext:
                      runAsUser: 0 # for now
                      allowPrivilegeEscalation: true
                  ports:
                      - {name: http, containerPort: 8080}

            # nothing is kept
            volumes: []
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: http}]}
-- deploy/admin.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: admin}
spec:
  selector: {matchLabels: {app: admin}}
  template:
    metadata: {labels: {app: admin}}
    spec:
      containers: [{name: admin, image: "example.com/shop", ports: [{containerPort: 8080}]}]
-- other/pinned.yaml --
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: example.com/shop:1.4.2
          command: [/shop, migrate]
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}
`

const mendedShop = `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
    name: shop
spec:
    selector:
        matchLabels: {app: shop}
    template:
        metadata:
            labels: {app: shop}
        spec:
            containers:
                - name: shop # the only one
                  image: example.com/shop:1.4.2
                  securityContext:
                      runAsUser: 65532 # for now
                      allowPrivilegeEscalation: false
                      readOnlyRootFilesystem: true
                      runAsNonRoot: true
                  ports:
                      - {name: http, containerPort: 8080}
                  livenessProbe:
                      httpGet:
                          path: /livez
                          port: http
                  readinessProbe:
                      httpGet:
                          path: /readyz
                          port: http
                  resources:
                      requests:
                          cpu: 100m
                          memory: 128Mi
                      limits:
                          memory: 256Mi

            # nothing is kept
            volumes: []
            terminationGracePeriodSeconds: 45
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{port: 80, targetPort: http}]}
`

// TestFixManifests: after the fixes the findings are gone, and the rest of the files
// is as it was.
func TestFixManifests(t *testing.T) {
	dir := treetest.Write(t, unmended)
	mended := []string{"floatingtag", "graceperiod", "noprobes", "noresources", "privileged", "runasroot", "writableroot"}
	open := func() []string {
		var list []string
		for _, f := range parse(t, cnready(t, "check", "--format", "json", dir).stdout).Findings {
			if f.Status == "open" && slices.Contains(mended, f.Rule) {
				list = append(list, f.File+" "+f.Rule)
			}
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	want := []string{
		"deploy/admin.yaml floatingtag", "deploy/admin.yaml graceperiod", "deploy/admin.yaml noprobes", "deploy/admin.yaml noresources", "deploy/admin.yaml writableroot",
		"deploy/shop.yaml floatingtag", "deploy/shop.yaml graceperiod", "deploy/shop.yaml noprobes", "deploy/shop.yaml noresources", "deploy/shop.yaml privileged",
		"deploy/shop.yaml runasroot", "deploy/shop.yaml writableroot",
	}
	if diff := cmp.Diff(want, open()); diff != "" {
		t.Fatalf("before (-want +got):\n%s", diff)
	}
	// What somebody has to complete is not written unasked.
	stdout, stderr, _ := runCommand("fix", "--dry-run", dir)
	for _, word := range []string{"resources", "65532", "1.4.2"} {
		if strings.Contains(stdout, "+"+word) || strings.Contains(stdout, word+" #") {
			t.Errorf("%s is written unasked:\n%s", word, stdout)
		}
	}
	if !strings.Contains(stderr, "noresources: write requests and a memory limit, to be replaced by what was measured; the amounts are to be measured: ask for it with --rule noresources") {
		t.Errorf("got\n%s", stderr)
	}
	// Fixes of one place may need several runs.
	for range 4 {
		if o := cnready(t, "fix", "--rule", strings.Join(mended, ","), dir); o.code != 0 {
			t.Fatalf("exit code %d: %v", o.code, o.err)
		}
	}
	if left := open(); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	got, err := os.ReadFile(filepath.Join(dir, "deploy", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(mendedShop, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
