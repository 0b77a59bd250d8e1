package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cnready/cnready/internal/report"
)

// TestContractReports compares the contracts of a whole tree with golden files,
// and holds the JSON to the published schema.
func TestContractReports(t *testing.T) {
	schema := publishedSchema(t, "contract.schema.json")
	shop := filepath.Join(trees, "shop")
	for _, tt := range []struct {
		golden string
		args   []string
	}{
		{"shop.contract.txt", nil},
		{"shop.contract.json", []string{"--format", "json"}},
		{"shop.contract.yaml", []string{"--format", "yaml"}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			o := cnready(t, append([]string{"contract", shop}, tt.args...)...)
			if o.code != 0 {
				t.Fatalf("exit code %d: %v", o.code, o.err)
			}
			golden(t, tt.golden, neutral(o.stdout))
			if filepath.Ext(tt.golden) != ".json" {
				return
			}
			instance, err := jsonschema.UnmarshalJSON(strings.NewReader(o.stdout))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(instance); err != nil {
				t.Errorf("the contracts do not meet docs/contract.schema.json: %v", err)
			}
		})
	}
}

// TestContractIsThatOfTheReport: both commands say the same of a service.
func TestContractIsThatOfTheReport(t *testing.T) {
	shop := filepath.Join(trees, "shop")
	checked := parse(t, cnready(t, "--format", "json", shop).stdout)
	var c report.Contracts
	if err := json.Unmarshal([]byte(cnready(t, "contract", "--format", "json", shop).stdout), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != len(checked.Services) || len(c.Services) == 0 {
		t.Fatalf("%d contracts, %d services", len(c.Services), len(checked.Services))
	}
	for i, s := range checked.Services {
		if diff := cmp.Diff(s.Contract, c.Services[i].Contract); diff != "" || s.Name != c.Services[i].Name {
			t.Errorf("%s (-check +contract):\n%s", s.Name, diff)
		}
	}
}

func TestContractServices(t *testing.T) {
	shop := shopWith(t, "")
	write(t, shop, map[string]string{
		"cmd/seed/main.go": "package main\n\nimport \"os\"\n\nfunc main() { _ = os.WriteFile(\"/data/seed\", nil, 0o600) }\n",
	})
	for _, tt := range []struct {
		args  []string
		shown string // the services
		code  int
		err   string
	}{
		{nil, "invoices orders", 0, ""},
		{[]string{"--service", "orders"}, "orders", 0, ""},
		{[]string{"--service=cmd/orders"}, "orders", 0, ""},
		{[]string{"--service", "./cmd/orders/"}, "orders", 0, ""},
		{[]string{"--service", "example.com/shop/cmd/seed"}, "seed", 0, ""},
		{[]string{"--service", "orders", "--service", "seed"}, "orders seed", 0, ""},
		{[]string{"--service", "order"}, "", 2, "--service: there is no main called order in " + shop + ": there are invoices (cmd/invoices), orders (cmd/orders), seed (cmd/seed)"},
		{[]string{"--format", "xml"}, "", 2, `unknown --format "xml": use text, json or yaml`},
		{[]string{"--color", "blue"}, "", 2, `unknown --color "blue": use auto, always or never`},
		{[]string{"--fail-on", "error"}, "", 2, "unknown flag: --fail-on"},
	} {
		args := append([]string{"contract", shop, "--format=json"}, tt.args...)
		o := cnready(t, args...)
		if o.code != tt.code || tt.err != "" && (o.err == nil || o.err.Error() != tt.err) {
			t.Errorf("%q: exit code %d: %v, want %d: %s", tt.args, o.code, o.err, tt.code, tt.err)
		}
		if tt.code != 0 {
			continue
		}
		var c report.Contracts
		if err := json.Unmarshal([]byte(o.stdout), &c); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range c.Services {
			names = append(names, s.Name)
		}
		if got := strings.Join(names, " "); got != tt.shown {
			t.Errorf("%q shows %s, want %s", tt.args, got, tt.shown)
		}
		if n := len(c.NotShown); n > 1 || (n == 0) != (tt.args != nil) {
			t.Errorf("%q names %d mains that it does not show", tt.args, n)
		}
	}
	text := cnready(t, "contract", shop).stdout
	if !strings.Contains(text, "\nnot shown: cmd/seed (it neither listens nor is run by a workload)\ncnready contract --service NAME shows one of them.\n") {
		t.Errorf("the main that does not serve is not named:\n%s", text)
	}
	text = cnready(t, "contract", shop, "--service", "seed").stdout
	if !strings.HasPrefix(text, "seed  cmd/seed\n") || !strings.Contains(text, "\n  write     \"/data/seed\"  (durable)") || strings.Contains(text, "not shown") {
		t.Errorf("the main that does not serve is not shown:\n%s", text)
	}
	if o := cnready(t, "contract", t.TempDir()); o.code != 2 || o.stdout != "" || !strings.Contains(o.err.Error(), "there is no Go code") {
		t.Errorf("an empty folder: exit code %d: %v", o.code, o.err)
	}
	if o := cnready(t, "contract", filepath.Join(t.TempDir(), "nowhere")); o.code != 2 || !strings.Contains(o.err.Error(), "does not exist: give the folder") {
		t.Errorf("no folder: exit code %d: %v", o.code, o.err)
	}
}

// TestHelp: what users ask first names the commands and shows examples.
func TestHelp(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--help"}, []string{"cnready contract --service orders", "Show what each service needs", ".cnready.yml", "--no-config"}},
		{[]string{"contract", "--help"}, []string{"cnready contract --service ./cmd/migrate --format yaml", `env PORT | flag --port | "8080"`, "--service NAME", "--config FILE"}},
	} {
		o := cnready(t, tt.args...)
		for _, want := range tt.want {
			if !strings.Contains(o.stdout, want) {
				t.Errorf("%q does not say %q:\n%s", tt.args, want, o.stdout)
			}
		}
		for line := range strings.Lines(o.stdout) {
			if len(line) > 240 {
				t.Errorf("%q has a line of %d bytes: %s", tt.args, len(line), line)
			}
		}
	}
}
