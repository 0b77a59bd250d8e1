package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/config"
	"github.com/cnready/cnready/internal/effects/apitable"
)

const whole = `# What cnready cannot conclude by itself.
version: "1"
firstParty:
  - git.example.com/platform
api:
  - api/mail.txt
  - |
    package example.com/acme/queue
    Push dial network=tcp address=$0
exclude: [legacy/, "*.pb.go"]
services:
  ./cmd/orders/:
    name: orders
    image: build/Dockerfile#release
    workloads: [Deployment/orders, CronJob/orders-prune/prune]
  example.com/shop/cmd/invoices:
    workloads: []
manifests:
  - ../deploy
`

func TestParse(t *testing.T) {
	c, err := config.Parse(".cnready.yml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	texts := func(list []config.Text) (out []string) {
		for _, x := range list {
			out = append(out, x.Value+" "+x.At.String())
		}
		return out
	}
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"version", c.Version, "1"},
		{"firstParty", texts(c.FirstParty), []string{"git.example.com/platform .cnready.yml:4:5"}},
		{"exclude", texts(c.Exclude), []string{"legacy/ .cnready.yml:10:11", "*.pb.go .cnready.yml:10:20"}},
		{"manifests", texts(c.Manifests), []string{"../deploy .cnready.yml:19:5"}},
		{"services", len(c.Services), 2},
		{"api", c.API[0].File, "api/mail.txt"},
		{"api", c.API[1].Text, strings.Repeat("\n", 7) + "package example.com/acme/queue\nPush dial network=tcp address=$0\n"},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	orders, invoices := c.Services["cmd/orders"], c.Services["example.com/shop/cmd/invoices"]
	if orders == nil || invoices == nil {
		t.Fatalf("services: %v", c.Services)
	}
	if got := orders.At.String() + " " + orders.ImageAt.String() + " " + orders.Image; got != ".cnready.yml:12:3 .cnready.yml:14:12 build/Dockerfile#release" {
		t.Errorf("orders: %s", got)
	}
	if diff := cmp.Diff([]string{"Deployment/orders .cnready.yml:15:17", "CronJob/orders-prune/prune .cnready.yml:15:36"}, texts(orders.Workloads)); diff != "" {
		t.Errorf("workloads (-want +got):\n%s", diff)
	}
	// No workload is something else than none said.
	if !invoices.AllWorkloads || len(invoices.Workloads) != 0 || invoices.Name != "" {
		t.Errorf("invoices: %+v", invoices)
	}
}

func TestParseNothing(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "---\n", "null\n", "{}\n", "\ufeff"} {
		if c, err := config.Parse("c.yml", []byte(text)); err != nil || c.Version != "1" || c.Name() != "c.yml" {
			t.Errorf("%q: %v, %v", text, c, err)
		}
	}
}

// TestErrors has each error text.
func TestErrors(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"a: [", "c.yml:1: is no YAML: did not find expected node content"},
		{"\xff\xfe\x00", "c.yml: is no YAML: "},
		{"version: \"1\"\n---\nversion: \"1\"\n", "c.yml:2:1: there is a second document: the file has one"},
		{"[a]", "c.yml:1:1: the file is a list: it wants keys with values"},
		{"text", "c.yml:1:1: the file is text: it wants keys with values"},
		{"exclud: []", `c.yml:1:1: unknown key "exclud" in the file: there are version, firstParty, api, exclude, services, manifests, helm, ignore`},
		{"exclude: []\nexclude: []", `c.yml:2:1: "exclude" stands twice in the file`},
		{"? [a]\n: b", "c.yml:1:3: a key of the file is a list: it wants a name"},
		{"<<: {}\n", "c.yml:1:1: a key of the file is <<: it wants a name"},
		{"version: \"2\"", `c.yml:1:10: version "2" is not known: write version: "1"`},
		{"version: 1", "c.yml:1:10: version is a number: put quotes around it"},
		{"firstParty: a/b", "c.yml:1:13: firstParty is text: it wants a list"},
		{"firstParty: [git.example.com/...]", `c.yml:1:14: firstParty: "git.example.com/..." is no import path: write the beginning of one, for instance git.example.com/team`},
		{"firstParty:", "c.yml:1:12: firstParty is empty: it wants a list"},
		{"exclude: [[a]]", "c.yml:1:11: an element of exclude is a list: it wants text"},
		{"exclude: [\" \"]", "c.yml:1:11: an element of exclude is empty"},
		{"exclude: [yes, true]", `c.yml:1:16: an element of exclude is "true", which YAML takes for a boolean: put quotes around it`},
		{"exclude: [2026-01-01]", "c.yml:1:11: an element of exclude is a date: put quotes around it"},
		{"exclude: [\"a[\"]", `c.yml:1:11: exclude: "a[" is no pattern: write one as in a .gitignore file, for instance generated/ or *.pb.go`},
		{"manifests: [/etc]", `c.yml:1:13: manifests: "/etc" is an absolute path: write one relative to this file`},
		{"manifests: [{a: b}]", "c.yml:1:13: an element of manifests is a mapping: it wants text"},
		{"api: {a: b}", "c.yml:1:6: api is a mapping: it wants a list"},
		{"api: [../mail.txt]", `c.yml:1:7: api: "../mail.txt" does not lie below the folder of this file: name a file that does`},
		{"api: /etc/passwd", `c.yml:1:6: api: "/etc/passwd" does not lie below the folder of this file: name a file that does`},
		{"api: \"package a.example/b\\nF dial url=$0\"", "c.yml:1:6: api: entries of several lines are written as a block behind |"},
		{"services: [cmd/x]", "c.yml:1:11: services is a list: it wants keys with values"},
		{"services: {cmd/x: orders}", "c.yml:1:19: services.cmd/x is text: it wants keys with values"},
		{"services: {cmd/x: {}}", "c.yml:1:19: services.cmd/x says nothing: it wants name, image or workloads"},
		{"services: {\"\": {name: a}}", "c.yml:1:12: a key of services is empty: it wants the folder or import path of a main package"},
		{"services: {../x: {name: a}}", `c.yml:1:12: services: "../x" is no folder of the checked directory: write a path relative to it, or an import path`},
		{"services: {a: {name: x}, ./a: {name: y}}", `c.yml:1:26: "a" stands twice in services`},
		{"services: {a: {name: x}, b: {name: x}}", `c.yml:1:36: services.b.name: another service is called "x" already`},
		{"services: {a: {nam: x}}", `c.yml:1:16: unknown key "nam" in services.a: there are name, image, workloads`},
		{"services: {a: {image: Dockerfile#}}", `c.yml:1:23: services.a.image: "Dockerfile#" wants the path of a Dockerfile in the checked directory, or Dockerfile#stage`},
		{"services: {a: {image: }}", "c.yml:1:23: services.a.image is empty: it wants text"},
		{"services: {a: {workloads: [orders]}}", `c.yml:1:28: services.a.workloads: "orders" is no workload: write Kind/name, for instance Deployment/orders, or Kind/name/container`},
		{"exclude: [1]\nmanifests: [2]", "c.yml:1:11: an element of exclude is a number: put quotes around it\nc.yml:2:13: an element of manifests is a number: put quotes around it"},
		{"exclude: [1,2,3,4,5,6,7,8,9,10,11,12]", "c.yml: there are more errors"},
		{"exclude: [" + strings.Repeat("a,", 1001) + "]", "c.yml:1:10: exclude has more than 1000 elements"},
	} {
		_, err := config.Parse("c.yml", []byte(tt.text))
		if err == nil {
			t.Errorf("%q: no error, want %s", tt.text, tt.want)
			continue
		}
		got := err.Error()
		if got != tt.want && !strings.HasSuffix(tt.want, ": ") && !strings.HasSuffix(got, "\n"+tt.want) || !strings.HasPrefix(got, "c.yml:") {
			t.Errorf("%q:\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	if file, err := config.Find(dir); file != "" || err != nil {
		t.Errorf("in an empty folder: %q, %v", file, err)
	}
	for i, name := range []string{".cnready.yaml", ".cnready.yml"} {
		write(t, dir, name, "version: \"1\"\n")
		file, err := config.Find(dir)
		if i == 0 && (err != nil || filepath.Base(file) != name) {
			t.Errorf("got %q, %v", file, err)
		}
		if i == 1 && (err == nil || !strings.HasSuffix(err.Error(), "has both .cnready.yml and .cnready.yaml: keep one of them")) {
			t.Errorf("two files: %v", err)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "large.yml", strings.Repeat("#", 1<<20+1))
	for name, want := range map[string]string{
		"none.yml":  "does not exist",
		"large.yml": "is larger than 1048576 bytes",
		".":         "cannot be read: it is no regular file",
	} {
		_, err := config.Read(filepath.Join(dir, name), name)
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "api/mail.txt", "package example.com/acme/mail\nSend dial network=tcp address=$0\n")
	write(t, dir, "bad.txt", "package example.com/acme/mail\n\nSend flies\n")
	table := func(text string) (*apitable.Table, error) {
		write(t, dir, ".cnready.yml", text)
		c, err := config.Read(filepath.Join(dir, ".cnready.yml"), ".cnready.yml")
		if err != nil {
			t.Fatal(err)
		}
		return c.Table(apitable.Default())
	}
	got, err := table(whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range [][2]string{{"example.com/acme/mail", "Send"}, {"example.com/acme/queue", "Push"}, {"os", "Getenv"}} {
		if len(got.Lookup(symbol[0], symbol[1])) == 0 {
			t.Errorf("%s.%s is not known", symbol[0], symbol[1])
		}
	}
	if same, err := table(""); err != nil || same != apitable.Default() {
		t.Errorf("without entries: another table, %v", err)
	}
	for text, want := range map[string]string{
		"api: api/none.txt": ".cnready.yml:1:6: api: the file api/none.txt does not exist",
		"api: api":          ".cnready.yml:1:6: api: the file api cannot be read: it is no regular file",
		"api: bad.txt":      `bad.txt:3: unknown verb "flies" (docs/api-table.md has the format)`,
		// Lines are those of the configuration file, whatever stands above.
		"version: \"1\"\napi:\n  # mail\n  - |\n    package a.example/b\n\n    Send flies\n": `.cnready.yml:7: unknown verb "flies" (docs/api-table.md has the format)`,
		"api: |\n  Send dial\n": ".cnready.yml:2: want a package line first, then SYMBOL VERB ARGUMENTS (docs/api-table.md has the format)",
	} {
		if _, err := table(text); err == nil || err.Error() != want {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
