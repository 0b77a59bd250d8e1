package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/report"
)

// shopWith is a copy of the shop with a configuration file.
func shopWith(t *testing.T, text string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(trees, "shop"))); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{".cnready.yml": text})
	return dir
}

func TestConfigJoins(t *testing.T) {
	dir := shopWith(t, `services:
  cmd/orders:
    name: ordering
    image: cmd/invoices/Dockerfile
    workloads: [StatefulSet/invoices]
  example.com/shop/cmd/invoices:
    workloads: []
`)
	r := parse(t, cnready(t, "--format", "json", dir).stdout)
	got := map[string]string{}
	for _, s := range r.Services {
		text := s.Dir
		if s.Image != nil {
			text += " " + s.Image.File + " (" + s.Image.Reason + ")"
		}
		for _, w := range s.Workloads {
			text += " " + w.Kind + "/" + w.Name + " (" + w.Reason + ")"
		}
		got[s.Name] = text
	}
	if want := "cmd/orders cmd/invoices/Dockerfile (said by .cnready.yml:4) StatefulSet/invoices (said by .cnready.yml:5)"; got["ordering"] != want {
		t.Errorf("ordering is %s, want %s", got["ordering"], want)
	}
	if !strings.HasPrefix(got["invoices"], "cmd/invoices cmd/invoices/Dockerfile") || strings.Contains(got["invoices"], "StatefulSet") {
		t.Errorf("invoices is %s", got["invoices"])
	}
	// Without the file it is as ever, and so with another.
	for _, args := range [][]string{{"--no-config"}, {"--config", filepath.Join(trees, "..", ".golangci.none")}} {
		o := cnready(t, append([]string{"--format", "json", dir}, args...)...)
		if args[0] == "--config" {
			if o.code != 2 || !strings.HasSuffix(o.err.Error(), "does not exist") {
				t.Errorf("%q: exit code %d: %v", args, o.code, o.err)
			}
			continue
		}
		if s := parse(t, o.stdout).Services; len(s) != 2 || s[1].Name != "orders" {
			t.Errorf("%q does not leave the file out: %+v", args, s)
		}
	}
	other := filepath.Join(t.TempDir(), "other.yml")
	write(t, filepath.Dir(other), map[string]string{"other.yml": "services: {cmd/orders: {name: elsewhere}}\n"})
	if s := parse(t, cnready(t, "--format", "json", dir, "--config", other).stdout).Services; len(s) != 2 || s[0].Name != "elsewhere" {
		t.Errorf("--config does not take the place of the file: %+v", s)
	}
}

func TestConfigExclude(t *testing.T) {
	dir := shopWith(t, "exclude: [/cmd/invoices/, 'deploy/invoices.yaml', '*.none']\n")
	r := parse(t, cnready(t, "--format", "json", dir).stdout)
	if len(r.Services) != 1 || r.Services[0].Name != "orders" || r.LookedAt.Dockerfiles != 1 {
		t.Errorf("%+v, %+v", r.Services, r.LookedAt)
	}
	for _, f := range r.Findings {
		if strings.Contains(f.File, "invoices") {
			t.Errorf("%s is found in %s", f.Rule, f.File)
		}
	}
	reasons := map[string]string{}
	for _, n := range r.NotAnalyzed {
		reasons[n.File] = n.Reason
	}
	if reasons["/cmd/invoices/"] != "left out by .cnready.yml:1: 2 files" || reasons["deploy/invoices.yaml"] != "left out by .cnready.yml:1: 1 file" {
		t.Errorf("not analyzed: %q", reasons)
	}
}

func TestConfigManifests(t *testing.T) {
	dir := shopWith(t, "manifests: [../manifests]\n")
	if err := os.Rename(filepath.Join(dir, "deploy"), filepath.Join(filepath.Dir(dir), "manifests")); err != nil {
		t.Fatal(err)
	}
	r := parse(t, cnready(t, "--format", "json", dir).stdout)
	for _, s := range r.Services {
		if len(s.Workloads) != 1 || s.Workloads[0].File != "../manifests/"+s.Name+".yaml" {
			t.Errorf("%s: %+v", s.Name, s.Workloads)
		}
	}
}

// mailUser is a program that uses the in-house package of docs/api-table.md.
const mailUser = `package main

import (
	"context"
	"os"

	"git.example.com/platform/mail"
)

func main() {
	c, err := mail.Dial(mail.Setting("MAIL_ADDR"))
	if err != nil {
		os.Exit(1)
	}
	mail.Archive(os.Getenv("MAIL_DIR"), c)
	s := &mail.Server{Addr: ":2525"}
	s.Route("/inbox", nil)
	go s.Run()
	s.Stop(context.Background())
}
`

// mailPackage is the package itself, which calls what cannot be followed.
const mailPackage = `package mail

import "context"

type Client struct{}

func Dial(addr string) (*Client, error) { return dial(addr) }

func Archive(dir string, c *Client) { archive(dir, c) }

type Server struct{ Addr string }

func (s *Server) Route(path string, h any) { route(s, path, h) }

func (s *Server) Run() error { return run(s) }

func (s *Server) Stop(ctx context.Context) error { return stop(ctx, s) }

func Setting(name string) string { return setting(name) }
`

// TestConfigAPI: what docs/api-table.md says of an in-house package makes the
// calls of it effects.
func TestConfigAPI(t *testing.T) {
	page, err := os.ReadFile("../../docs/api-table.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "<!-- a test analyzes a program with these entries -->\n```text\n")
	entries, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("docs/api-table.md has no example")
	}
	const module = "git.example.com/platform/mail"
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod":                        "module example.com/shop\n\ngo 1.25\n\nrequire " + module + " v1.0.0\n",
		"vendor/modules.txt":            "# " + module + " v1.0.0\n## explicit; go 1.25\n" + module + "\n",
		"vendor/" + module + "/mail.go": mailPackage,
		"main.go":                       mailUser,
		"build/api.txt":                 entries,
		".cnready.yml":                  "api: [build/api.txt]\n",
	})
	contract := func(args ...string) report.Contract {
		o := cnready(t, append([]string{"contract", dir, "--format", "json", "--service", "."}, args...)...)
		var c report.Contracts
		if err := json.Unmarshal([]byte(o.stdout), &c); err != nil || len(c.Services) != 1 {
			t.Fatalf("%v: %v\n%s", o.err, err, o.stdout)
		}
		return c.Services[0].Contract
	}
	with, without := contract(), contract("--no-config")
	if len(with.Dials) != 1 || with.Dials[0].Expression != "env MAIL_ADDR" {
		t.Errorf("dials %+v", with.Dials)
	}
	if len(with.Writes) != 1 || with.Writes[0].Expression != "env MAIL_DIR" {
		t.Errorf("writes %+v", with.Writes)
	}
	if len(with.Listens) != 1 || with.Listens[0].Port == nil || *with.Listens[0].Port != 2525 || len(with.Routes) != 1 || with.Routes[0].Path != "/inbox" {
		t.Errorf("listens %+v, routes %+v", with.Listens, with.Routes)
	}
	if !slices.ContainsFunc(with.Env, func(e report.Env) bool { return e.Name == "MAIL_ADDR" }) {
		t.Errorf("env %+v", with.Env)
	}
	if len(without.Dials)+len(without.Writes)+len(without.Listens)+len(without.Routes) > 0 {
		t.Errorf("without the configuration: %+v", without)
	}
}

// TestConfigErrors: a configuration that is wrong stops the run, and says where.
func TestConfigErrors(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shop")
	write(t, dir, map[string]string{
		"go.mod": "module example.com/x\n\ngo 1.25\n", "main.go": "package main\n\nfunc main() {}\n", "bad.txt": "package a.example/b\nF flies\n",
	})
	for text, want := range map[string]string{
		"exclud: []":   `.cnready.yml:1:1: unknown key "exclud" in the file: there are version, firstParty, api, exclude, services, manifests, helm, ignore`,
		"a: [":         ".cnready.yml:1: is no YAML: did not find expected node content",
		"api: bad.txt": `bad.txt:2: unknown verb "flies" (docs/api-table.md has the format)`,
		"api: |\n  package a.example/b\n  F flies": `.cnready.yml:3: unknown verb "flies" (docs/api-table.md has the format)`,
		"services: {cmd/x: {name: a}}":             ".cnready.yml:1:12: cmd/x is no main package that could be read; there is .",
		"services: {.: {image: Dockerfile}}":       ".cnready.yml:1:23: Dockerfile is no Dockerfile that could be read; there is none",
		"services: {.: {workloads: [Pod/x]}}":      ".cnready.yml:1:28: Pod/x is no workload that could be read; there is none",
		"manifests: [nowhere]":                     ".cnready.yml:1:13: manifests: " + filepath.Join(dir, "nowhere") + " does not exist: give the folder of a repository or service",
	} {
		write(t, dir, map[string]string{".cnready.yml": text})
		for _, command := range []string{"check", "contract"} {
			if o := cnready(t, command, dir); o.code != 2 || o.err == nil || o.err.Error() != want || o.stdout != "" {
				t.Errorf("%s with %q: exit code %d:\n got %v\nwant %s", command, text, o.code, o.err, want)
			}
		}
	}
	if o := cnready(t, dir, "--config", "x.yml", "--no-config"); o.code != 2 || !strings.Contains(o.err.Error(), "do not go together") {
		t.Errorf("both flags: exit code %d: %v", o.code, o.err)
	}
	write(t, dir, map[string]string{".cnready.yaml": ""})
	if o := cnready(t, dir); o.code != 2 || !strings.Contains(o.err.Error(), "has both .cnready.yml and .cnready.yaml: keep one of them") {
		t.Errorf("two files: exit code %d: %v", o.code, o.err)
	}
}
