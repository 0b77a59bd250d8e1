package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/tree/treetest"
	"github.com/cnready/cnready/rules"
)

// unitProgram is a service that a unit starts. It needs a variable, writes below
// /var/lib and /srv, and drains for 20 seconds.
const unitProgram = `-- go.mod --
module example.test/shop

go 1.26
-- main.go --
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("listen", ":8080", "")
	flag.Parse()
	key := os.Getenv("SHOP_KEY")
	if key == "" {
		log.Fatal("SHOP_KEY is not set")
	}
	if err := os.WriteFile("/var/lib/shop/receipts", []byte(key), 0o600); err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Addr: *addr}
	go srv.ListenAndServe()
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	srv.Shutdown(drain)
}
-- Dockerfile --
FROM golang:1.26 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/shop .

FROM gcr.io/distroless/static-debian12:nonroot
ENV SHOP_KEY=image
COPY --from=build /out/shop /shop
ENTRYPOINT ["/shop", "--listen", ":9090"]
`

// TestUnits runs all rules on workloads on units of systemd: those that speak of
// images, clusters and containers say nothing of them, and those that hold a
// workload against the code judge them.
func TestUnits(t *testing.T) {
	for _, tt := range []struct{ name, files, want string }{
		{"as systemd sets it up", "-- shop.service --\n[Service]\nType=exec\nUser=shop\nEnvironment=SHOP_KEY=a\nExecStart=/usr/bin/shop\nStateDirectory=shop\nProtectSystem=strict\nPrivateTmp=yes\nRestart=on-failure\n", ""},
		{"what the unit takes away", "-- shop.service --\n[Service]\nExecStart=/usr/bin/shop\nProtectSystem=strict\nTimeoutStopSec=10\n", `
dynamicallyManaged graceperiod shop.service:4:16: unit/shop.service is killed after 10 s (its grace period), but shop drains for up to 20s
dynamicallyManaged norestart shop.service:2:11: unit/shop.service does not set Restart=: after a crash shop stays down until somebody starts it
containerPackaged unbackedwrite shop.service:3:15: unit/shop.service has a read-only root file system, but shop writes /var/lib/shop/receipts
microservicesOriented undeclaredenv shop.service:2:11: unit/shop.service does not set SHOP_KEY, and shop ends without it
`},
		{"a socket for another port", "-- shop.service --\n[Service]\nExecStart=/usr/bin/shop --listen :9000\nEnvironmentFile=/etc/default/shop\n-- shop.socket --\n[Socket]\nListenStream=9001\n", `
containerPackaged portmismatch shop.socket:2:14: unit/shop.service is handed port 9001 by its socket, but as it is run shop listens on 9000 only
`},
		{"arguments that are not known", "-- shop.service --\n[Service]\nExecStart=/usr/bin/shop $SHOP_OPTS\nEnvironmentFile=-/etc/default/shop\nRestart=always\n-- shop.socket --\n[Socket]\nListenStream=9001\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unitFindings(t, unitProgram+tt.files); !matchLines(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}

// unitFindings are what the rules on workloads find in units, a line each.
func unitFindings(t *testing.T, archive string) []string {
	dir := treetest.Write(t, archive)
	_, joined := ruletest.LoadPrograms(t, dir)
	m := ruletest.ManifestsOf(dir)
	var got []string
	for _, r := range rules.All {
		if r.Needs != rule.Workload || r.Run == nil {
			continue
		}
		recorder := finding.NewRecorder(&r.Rule)
		for _, s := range joined.Services {
			for _, j := range s.Workloads {
				if !j.Workload.Machine() {
					continue
				}
				r.Run(&rule.Pass{
					Recorder: recorder, Service: s, Contract: s.Contract, Workload: j.Workload, Container: j.Container, Services: joined.Services,
					Manifests: m, Index: deploy.NewIndex(m),
				})
			}
		}
		for _, res := range recorder.Results() {
			if f := res.Finding; f != nil && res.Verdict == finding.Fails {
				got = append(got, fmt.Sprintf("%s %s %s: %s", r.Property, r.Name, f.Position, f.Message))
			}
		}
	}
	slices.Sort(got)
	return got
}

// matchLines tells whether each line begins as one that is wanted.
func matchLines(got []string, want string) bool {
	lines := slices.Sorted(strings.SplitSeq(strings.TrimSpace(want), "\n"))
	lines = slices.DeleteFunc(lines, func(s string) bool { return s == "" })
	if len(got) != len(lines) {
		return false
	}
	for i := range got {
		if !strings.HasPrefix(got[i], lines[i]) {
			return false
		}
	}
	return true
}
