package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/service"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read returns a file of the small shop that the reports speak of.
func read(file string) ([]byte, error) {
	return os.ReadFile(filepath.Join("testdata", "shop", file))
}

// at is the place of the first occurrence of text in a file of the shop.
func at(file, text string) finding.Position {
	data, err := read(file)
	if err != nil {
		panic(err)
	}
	before, _, ok := strings.Cut(string(data), text)
	if !ok {
		panic(fmt.Sprintf("%s has no %q", file, text))
	}
	line := 1 + strings.Count(before, "\n")
	column := 1 + len(before) - (strings.LastIndex(before, "\n") + 1)
	end := line + strings.Count(text, "\n")
	endColumn := column + len(text)
	if end > line {
		endColumn = len(text) - strings.LastIndex(text, "\n")
	}
	return finding.Position{File: file, Line: line, Column: column, EndLine: end, EndColumn: endColumn}
}

func rule(name string, p finding.Property, s finding.Severity) *finding.Rule {
	return &finding.Rule{Name: name, Property: p, Severity: s}
}

var (
	nocontainer    = rule("nocontainer", finding.ContainerPackaged, finding.Error)
	portmismatch   = rule("portmismatch", finding.ContainerPackaged, finding.Error)
	missingcacerts = rule("missingcacerts", finding.ContainerPackaged, finding.Error)
	diskwrite      = rule("diskwrite", finding.ContainerPackaged, finding.Error)
	rootuser       = rule("rootuser", finding.ContainerPackaged, finding.Warning)
	unpinnedbase   = rule("unpinnedbase", finding.ContainerPackaged, finding.Warning)
	loopbacklisten = rule("loopbacklisten", finding.ContainerPackaged, finding.Error)
	lostsignal     = rule("lostsignal", finding.DynamicallyManaged, finding.Error)
	noprobes       = rule("noprobes", finding.DynamicallyManaged, finding.Warning)
	barepod        = rule("barepod", finding.DynamicallyManaged, finding.Error)
	probepath      = rule("probepath", finding.DynamicallyManaged, finding.Error)
	notimeout      = rule("notimeout", finding.MicroservicesOriented, finding.Warning)
	inlinesecret   = rule("inlinesecret", finding.MicroservicesOriented, finding.Warning)
)

// record runs what one rule would say.
func record(r *finding.Rule, say func(*finding.Recorder)) []finding.Result {
	rec := finding.NewRecorder(r)
	say(rec)
	return rec.Results()
}

func holds(r *finding.Rule, subjects ...string) []finding.Result {
	return record(r, func(rec *finding.Recorder) {
		for _, s := range subjects {
			rec.Holds(0, s)
		}
	})
}

func fails(r *finding.Rule, f finding.Finding) []finding.Result {
	return record(r, func(rec *finding.Recorder) { rec.Fails(0, f.Position.String(), f) })
}

func untold(r *finding.Rule, reason string, places ...finding.Position) []finding.Result {
	return record(r, func(rec *finding.Recorder) {
		for _, p := range places {
			rec.CannotTell(0, p.String(), reason, p)
		}
	})
}

func join(lists ...[]finding.Result) []finding.Result {
	var all []finding.Result
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

func pointer[T any](v T) *T { return &v }

// imageResults are those that both services get from the one Dockerfile.
func imageResults() []finding.Result {
	return join(
		holds(nocontainer, "service"),
		fails(rootuser, finding.Finding{
			Position: at("Dockerfile", "FROM debian AS final"),
			Message:  "the image runs as root: neither this stage nor debian sets a user, so a break-out from the process starts with full rights; add USER 65532:65532 before ENTRYPOINT",
			Fixes:    []finding.Fix{{Message: "add USER 65532:65532", Edits: []finding.Edit{{Position: at("Dockerfile", "ENTRYPOINT"), NewText: "USER 65532:65532\nENTRYPOINT"}}}},
		}),
		record(unpinnedbase, func(rec *finding.Recorder) {
			rec.Fails(0, "tag", finding.Finding{
				Position: at("Dockerfile", "debian"),
				Message:  "base image debian has no tag, so each build may ship another system; name a release",
			})
		}),
		fails(lostsignal, finding.Finding{
			Position: at("Dockerfile", `ENTRYPOINT /usr/local/bin/start.sh "$SERVICE"`),
			Message:  "ENTRYPOINT in shell form starts /bin/sh, which does not pass SIGTERM on: the service is killed without draining; write it in exec form",
		}),
		untold(missingcacerts, "the packages of base image debian are not known without its tag", at("Dockerfile", "FROM debian AS final")),
	)
}

// shop is an outcome with every shape in it.
func shop() report.Outcome {
	dockerfile := &image.Dockerfile{Path: "Dockerfile", Dir: "."}
	stage := &image.Stage{Index: 1, Name: "final"}
	deployment := &deploy.Workload{Platform: "kubernetes", Kind: "Deployment", Name: "orders", Position: at("deploy/orders.yaml", "orders")}
	sweep := &deploy.Workload{Platform: "kubernetes", Kind: "CronJob", Name: "orders-sweep", Position: at("deploy/orders.yaml", "orders-sweep")}

	orders := report.ServiceOutcome{
		Service: &service.Service{
			Name: "orders", Dir: "cmd/orders", Contract: &effects.Contract{Main: "shop.example/cmd/orders"},
			Image: &service.ImageJoin{File: dockerfile, Stage: stage, Reason: "the stage copies /bin/orders, which is built from ./cmd/orders"},
			Workloads: []*service.WorkloadJoin{
				{Workload: sweep, Reason: "its image is named orders"},
				{Workload: deployment, Reason: "its image is named orders"},
			},
		},
		Contract: report.Contract{
			Listens: []report.Listen{{
				Network: "tcp", Port: pointer(8080), File: "cmd/orders/main.go", Line: 20,
				From: []report.Source{{Kind: "env", Name: "PORT"}, {Kind: "literal", Value: "8080"}},
			}},
			Env:    []report.Env{{Name: "PORT", Default: pointer("8080"), ReadBy: "code", File: "cmd/orders/main.go", Line: 10}},
			Routes: []report.Route{{Protocol: "http", Path: "/orders", File: "cmd/orders/main.go", Line: 14}},
			Dials: []report.Dial{{
				Network: "tcp", Address: "billing.internal.shop.example:8443", File: "cmd/orders/main.go", Line: 18,
				From: []report.Source{{Kind: "literal", Value: "https://billing.internal.shop.example:8443"}},
			}},
			Writes: []report.Access{{Path: "/data/注文.json", Durable: true, File: "cmd/orders/main.go", Line: 15,
				From: []report.Source{{Kind: "literal", Value: "/data/注文.json"}}}},
			Complete: true,
		},
		Results: join(
			imageResults(),
			holds(portmismatch, "targetPort"),
			fails(portmismatch, finding.Finding{
				Position: at("deploy/orders.yaml", "9090"),
				Message:  "containerPort 9090 is declared, but the service listens on 8080 (env PORT, else 8080), so what is sent to the declared port is refused; declare 8080, or set PORT to 9090",
				Related: []finding.Related{
					{Position: at("cmd/orders/main.go", `":"+port`), Message: "listens here"},
					{Position: at("cmd/orders/main.go", `"8080"`), Message: "with this default"},
				},
				Fixes:    []finding.Fix{{Message: "declare containerPort 8080", Edits: []finding.Edit{{Position: at("deploy/orders.yaml", "9090"), NewText: "8080"}}}},
				Workload: "orders",
			}),
			fails(diskwrite, finding.Finding{
				Position: at("cmd/orders/main.go", `os.WriteFile("/data/注文.json", nil, 0o600)`),
				Message:  "durable data is written to /data/注文.json, which is lost with the container",
				Status:   finding.Cleared,
				ClearedBy: &finding.Related{
					Position: at("deploy/orders.yaml", "mountPath: /data"), Message: "a persistent volume is mounted at /data in every workload",
				},
			}),
			fails(notimeout, finding.Finding{
				Position: at("cmd/orders/main.go", `http.Get(`),
				Message:  "http.Get waits for an answer without any bound; use an http.Client with a Timeout, or a request with a deadline",
				Related: []finding.Related{
					{Position: at("cmd/orders/main.go", `r.URL.Query().Get("customer")`), Message: "what is asked for comes from the request"},
					{Position: at("cmd/orders/main.go", `"/data/注文.json"`), Message: "after this write"},
				},
			}),
			record(noprobes, func(rec *finding.Recorder) {
				rec.Fails(0, "readiness", finding.Finding{
					Position: at("deploy/orders.yaml", "- name: orders\n          image"),
					Message:  "container orders has no readiness probe, so it gets requests before it can answer them",
					Workload: "orders",
				})
				rec.Fails(finding.Note, "liveness", finding.Finding{
					Position: at("deploy/orders.yaml", "- name: orders\n          image"),
					Message:  "container orders has no liveness probe",
					Status:   finding.Baseline, Workload: "orders",
				})
			}),
		),
	}
	billing := report.ServiceOutcome{
		Service: &service.Service{
			Name: "billing", Dir: "cmd/billing", Contract: &effects.Contract{Main: "shop.example/cmd/billing"},
			Image: &service.ImageJoin{File: dockerfile, Stage: stage, Reason: "the stage copies /bin/billing, which is built from ./cmd/billing"},
		},
		Results: join(
			imageResults(),
			fails(loopbacklisten, finding.Finding{
				Position: at("cmd/billing/main.go", `"127.0.0.1:9000"`),
				Message:  "the only listener is bound to loopback, so nothing outside the container reaches it; listen on \":9000\"",
				Status:   finding.Suppressed,
				ClearedBy: &finding.Related{
					Position: at("cmd/billing/main.go", "http.ListenAndServe"), Message: "runs beside its proxy on a VM",
				},
			}),
			untold(probepath, "routes are registered with a path that is computed", at("cmd/billing/main.go", "func main"), at("cmd/billing/main.go", "net/http")),
		),
	}
	return report.Outcome{
		ToolName: "cnready", Version: "v0.1.0",
		Services: []report.ServiceOutcome{orders, billing},
		Loose: join(
			fails(barepod, finding.Finding{
				Position: at("deploy/proxy.yaml", "proxy"),
				Message:  "Pod proxy has no controller: when its node goes, nothing starts it again; make it a Deployment",
				Workload: "proxy",
			}),
			untold(inlinesecret, "the config map proxy-env is defined nowhere in this directory", at("deploy/proxy.yaml", "nginx")),
		),
		Mains: []report.Main{
			{Name: "migrate", Dir: "cmd/migrate", Main: "shop.example/cmd/migrate", Reason: "ends by itself"},
			{Name: "genclient", Dir: "internal/genclient", Main: "shop.example/internal/genclient", Reason: "generates code"},
		},
		NotAnalyzed: []finding.NotAnalyzed{
			{File: "deploy/values.yaml", Reason: "line 3 is no YAML: mapping values are not allowed here"},
			{File: "shop.example/internal/pb", Reason: "generated files are missing; read from its syntax only"},
		},
		LookedAt: report.LookedAt{Packages: 9, Dockerfiles: 1, Workloads: 3},
		Source:   read,
	}
}

func text(t *testing.T, r *report.Report, opts report.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteText(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestGolden(t *testing.T) {
	r := report.Build(shop())
	golden(t, "shop.json", asJSON(t, r))
	golden(t, "shop.txt", text(t, r, report.TextOptions{Source: read}))
	golden(t, "shop.narrow.txt", text(t, r, report.TextOptions{Source: read, Width: 60}))
	golden(t, "shop.nosource.txt", text(t, r, report.TextOptions{}))
	golden(t, "shop.explain.txt", text(t, r, report.TextOptions{Source: read, ExplainScore: true}))
	golden(t, "shop.color.txt", text(t, r, report.TextOptions{Source: read, Color: true}))

	empty := report.Build(report.Outcome{ToolName: "cnready", Version: "v0.1.0"})
	golden(t, "empty.json", asJSON(t, empty))
	golden(t, "empty.txt", text(t, empty, report.TextOptions{}))

	library := shop()
	library.Services = nil
	golden(t, "noservice.txt", text(t, report.Build(library), report.TextOptions{Source: read}))

	clean := shop()
	clean.Services = clean.Services[:1]
	clean.Services[0].Service.Image = nil
	clean.Services[0].Service.Packaging = &service.Packaging{Kind: "ko", Reason: "it builds ./cmd/orders", At: finding.Position{File: ".ko.yaml", Line: 4}}
	clean.Services[0].Results = holds(nocontainer, "service")
	clean.Loose, clean.NotAnalyzed, clean.Mains = nil, nil, nil
	golden(t, "clean.txt", text(t, report.Build(clean), report.TextOptions{Source: read}))
}

// TestDeterministic shuffles everything that has no order of its own.
func TestDeterministic(t *testing.T) {
	want := report.Build(shop())
	wantJSON := asJSON(t, want)
	wantText := text(t, want, report.TextOptions{Source: read, ExplainScore: true})
	for seed := range int64(30) {
		r := rand.New(rand.NewSource(seed))
		o := shop()
		shuffle(r, o.Services)
		for i := range o.Services {
			shuffle(r, o.Services[i].Results)
			shuffle(r, o.Services[i].Service.Workloads)
		}
		shuffle(r, o.Loose)
		shuffle(r, o.Mains)
		shuffle(r, o.NotAnalyzed)
		got := report.Build(o)
		if diff := cmp.Diff(wantJSON, asJSON(t, got)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		if diff := cmp.Diff(wantText, text(t, got, report.TextOptions{Source: read, ExplainScore: true})); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}
