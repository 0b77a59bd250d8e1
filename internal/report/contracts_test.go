package report_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/service"
)

// contracts is an outcome with every kind of entry in it.
func contracts() report.Outcome {
	orders := &effects.Contract{
		Main: "shop.example/cmd/orders",
		Effects: []effects.Instance{
			effect(effects.Listen, "http.Server.ListenAndServe", 10, "address", effects.ConcatOf(lit(":"), effects.ChoiceOf(envVar("PORT"), lit("8080")))),
			effect(effects.Listen, "net.Listen", 11, "network", "unix", "address", "/run/orders.sock"),
			effect(effects.Route, "http.HandleFunc", 12, "path", "GET /healthz"),
			effect(effects.Route, "http.HandleFunc", 13, "path", effects.ConcatOf(effects.ChoiceOf(envVar("BASE_URL"), lit("")), lit("/orders"))),
			effect(effects.Route, "grpc.Register", 14, "protocol", "grpc", "path", "shop.v1.Orders"),
			effect(effects.Dial, "redis.NewClient", 15, "address", envVar("REDIS_ADDR")),
			effect(effects.Dial, "http.Get", 16, "url", effects.Unresolved("comes from a request", goAt(16))),
			effect(effects.ReadEnv, "os.Getenv", 17, "name", "REDIS_ADDR"),
			effect(effects.ReadEnv, "os.Getenv", 27, "name", "REDIS_ADDR"),
			effect(effects.ReadEnv, "os.Getenv", 28, "name", "REDIS_ADDR"),
			effect(effects.ReadEnv, "os.Getenv", 18, "name", "PORT"),
			effect(effects.ReadEnv, "runtime.Start", 19, "name", "THE_NAME_OF_THIS_VARIABLE_IS_LONGER_THAN_ITS_COLUMN", "by", "runtime"),
			effect(effects.Require, "log.Fatal", 20, "name", "REDIS_ADDR"),
			effect(effects.DefFlag, "flag.Duration", 21, "name", "timeout", "default", "5000000000"),
			effect(effects.DefFlag, "flag.String", 22, "name", "data", "default", effects.Unresolved("x", goAt(22))),
			effect(effects.Read, "os.ReadFile", 23, "path", "/etc/orders/\x1b[31m注文.yaml"),
			effect(effects.Write, "os.WriteFile", 24, "path", &effects.Value{Kind: effects.Join, Args: []*effects.Value{
				{Kind: effects.Flag, Text: "data", Args: []*effects.Value{nil, lit("/data")}}, effects.Unresolved("x", goAt(24)),
			}}),
			effect(effects.Exec, "exec.Command", 25, "program", "git"),
			effect(effects.Timezone, "time.LoadLocation", 26, "name", "Europe/Berlin"),
			effect(effects.Signal, "signal.Notify", 30, "signals", &effects.Value{Kind: effects.List, Args: []*effects.Value{lit("15"), lit("2")}}),
			effect(effects.Drain, "http.Server.Shutdown", 31, "timeout", "5000000000"),
		},
		Gaps: []effects.Gap{
			{What: "the url of http.Get comes from a request", At: goAt(16)},
			{What: "github.com/acme/queue is not known", At: goAt(3)},
		},
		Subcommands: []effects.Subcommand{
			{Name: "serve", Serves: true, At: goAt(40)}, {Name: "migrate", At: goAt(41)}, {At: goAt(42)}, {Name: "dump", At: goAt(43)},
		},
	}
	shown := report.ContractOf(orders)
	shown.EntryPoint = report.EntryPointOf(&service.EntryPoint{
		Command: []string{"serve"}, Reason: "named by the CMD of Dockerfile", At: finding.Position{File: "Dockerfile", Line: 9},
	})
	billing := &effects.Contract{Main: "shop.example/cmd/billing", Effects: []effects.Instance{
		effect(effects.Listen, "http.ListenAndServe", 10, "address", ":9000"),
	}}
	return report.Outcome{
		ToolName: "cnready", Version: "v0.1.0",
		Services: []report.ServiceOutcome{
			{Service: &service.Service{Name: "orders", Dir: "cmd/orders", Contract: orders}, Contract: shown},
			{Service: &service.Service{Name: "billing", Dir: "cmd/billing", Contract: billing}, Contract: report.ContractOf(billing)},
			{Service: &service.Service{Name: "idle", Dir: "cmd/idle", Contract: &effects.Contract{Main: "shop.example/cmd/idle"}}, Contract: report.ContractOf(&effects.Contract{})},
		},
		Mains: []report.Main{
			{Name: "seed", Dir: "cmd/seed", Main: "shop.example/cmd/seed", Reason: "it neither listens nor is run by a workload"},
			{Name: "gen", Dir: "cmd/gen", Main: "shop.example/cmd/gen", Reason: "an example"},
		},
		NotAnalyzed: []finding.NotAnalyzed{{File: "cmd/x/x.go", Reason: "does not parse"}},
	}
}

func contractsText(t *testing.T, c *report.Contracts, opts report.TextOptions) string {
	t.Helper()
	return written(t, func(w io.Writer) error { return report.WriteContractsText(w, c, opts) })
}

func written(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestContractsGolden(t *testing.T) {
	c := report.BuildContracts(contracts())
	file := func(name string) string { return filepath.Join("contracts", name) }
	plain := contractsText(t, c, report.TextOptions{})
	golden(t, file("all.txt"), plain)
	golden(t, file("all.narrow.txt"), contractsText(t, c, report.TextOptions{Width: 80}))
	golden(t, file("all.json"), written(t, c.WriteJSON))
	golden(t, file("all.yaml"), written(t, c.WriteYAML))

	colored := contractsText(t, c, report.TextOptions{Color: true})
	if stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored, ""); stripped != plain || colored == plain {
		t.Errorf("colours change the text:\n%s", cmp.Diff(plain, stripped))
	}
	if strings.ContainsRune(plain, 0x1b) {
		t.Error("what a file is called reaches the terminal as an escape")
	}
	empty := report.BuildContracts(report.Outcome{ToolName: "cnready", Version: "v0.1.0"})
	if got := contractsText(t, empty, report.TextOptions{}); got != "No Go service was found.\n" {
		t.Errorf("of nothing: %q", got)
	}
}

// TestContractsYAML: the YAML says what the JSON says.
func TestContractsYAML(t *testing.T) {
	o := contracts()
	// Texts that YAML may take for something else.
	for _, text := range []string{"yes", "0x10", "1e3", "null", "~", "a: b", "- a", "#", "", " x ", "2026-01-01", "a\nb\n", "\t", "'", "=", "<<", "\u2028é"} {
		o.NotAnalyzed = append(o.NotAnalyzed, finding.NotAnalyzed{File: text, Reason: text})
	}
	c := report.BuildContracts(o)
	inYAML := written(t, c.WriteYAML)
	converted, err := yaml.YAMLToJSON([]byte(inYAML))
	if err != nil {
		t.Fatalf("%v in:\n%s", err, inYAML)
	}
	var got, want any
	for data, into := range map[string]*any{string(converted): &got, written(t, c.WriteJSON): &want} {
		if err := json.Unmarshal([]byte(data), into); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the YAML differs (-JSON +YAML):\n%s", diff)
	}
	if !strings.HasPrefix(inYAML, "version: \"1\"\ntool:\n  name: cnready\n") {
		t.Errorf("the keys are in another order:\n%.200s", inYAML)
	}
}

func TestContractsDeterministic(t *testing.T) {
	want := written(t, report.BuildContracts(contracts()).WriteJSON)
	for seed := range int64(20) {
		r := rand.New(rand.NewSource(seed))
		o := contracts()
		shuffle(r, o.Services)
		shuffle(r, o.Mains)
		for i := range o.Services {
			c := &o.Services[i].Contract
			shuffle(r, c.Listens)
			shuffle(r, c.Env)
			shuffle(r, c.Flags)
			shuffle(r, c.Routes)
			shuffle(r, c.Dials)
			shuffle(r, c.Gaps)
			shuffle(r, c.Uses)
			shuffle(r, c.Subcommands)
		}
		if diff := cmp.Diff(want, written(t, report.BuildContracts(o).WriteJSON)); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
	}
}
