package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// trees are the whole trees of the repository's testdata.
const trees = "../../testdata"

// TestMain keeps what the tests find out of the user's cache.
func TestMain(m *testing.M) {
	_ = os.Setenv(code.CacheEnv, "off") // a test that wants a cache names a folder
	os.Exit(m.Run())
}

// An outcome is what one run of the command gave.
type outcome struct {
	code   int
	stdout string
	err    error
}

// cnready runs the command in process and maps its error to an exit code as main
// does; TestBinary holds main to that.
func cnready(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := newCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&stdout)
	cmd.SetErr(&stderr)
	err := cmd.Execute()
	if stderr.Len() > 0 {
		t.Errorf("cnready %q writes to standard error by itself: %s", args, &stderr)
	}
	o := outcome{stdout: stdout.String(), err: err}
	var exit exitCode
	switch {
	case errors.As(err, &exit):
		o.code = int(exit)
	case err != nil:
		o.code = 2
	}
	return o
}

// neutral takes out of a report what changes from build to build.
func neutral(text string) string {
	return toolVersion.ReplaceAllString(text, `${1}VERSION"`)
}

var toolVersion = regexp.MustCompile(`("name": "cnready",\s+"version": ")[^"]*"`)

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; go test ./cmd/cnready -update writes it anew):\n%s", file, diff)
	}
}

func parse(t *testing.T, text string) *report.Report {
	t.Helper()
	r := new(report.Report)
	if err := json.Unmarshal([]byte(text), r); err != nil {
		t.Fatalf("the report is no JSON: %v", err)
	}
	return r
}

// TestReports compares the reports on whole trees with golden files, holds the
// JSON to the published schema, and runs twice what the schema describes.
func TestReports(t *testing.T) {
	schema := publishedSchema(t, "report.schema.json")
	for _, tt := range []struct {
		tree, golden string
		args         []string
		code         int
	}{
		{"shop", "shop.txt", nil, 1},
		{"shop", "shop.explain.txt", []string{"--explain-score"}, 1},
		{"shop", "shop.json", []string{"--format", "json"}, 1},
		{"shop-mended", "shop-mended.txt", nil, 0},
		{"shop-mended", "shop-mended.json", []string{"--format", "json"}, 0},
		{"broken", "broken.txt", nil, 1},
		{"broken", "broken.json", []string{"--format", "json"}, 1},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"check", filepath.Join(trees, tt.tree)}, tt.args...)
			first := cnready(t, args...)
			if first.code != tt.code {
				t.Errorf("exit code %d (%v), want %d", first.code, first.err, tt.code)
			}
			if here, err := os.Getwd(); err != nil || strings.Contains(first.stdout, filepath.Dir(filepath.Dir(here))) {
				t.Errorf("the report names an absolute path (%v)", err)
			}
			golden(t, tt.golden, neutral(first.stdout))
			if filepath.Ext(tt.golden) != ".json" {
				return
			}
			if second := cnready(t, args...); first.stdout != second.stdout {
				t.Errorf("two runs differ:\n%s", cmp.Diff(first.stdout, second.stdout))
			}
			instance, err := jsonschema.UnmarshalJSON(strings.NewReader(first.stdout))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(instance); err != nil {
				t.Errorf("the report does not meet docs/report.schema.json: %v", err)
			}
		})
	}
}

func publishedSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	const id = "https://schema.invalid/schema" // compiled from here, not fetched
	c := jsonschema.NewCompiler()
	if err := c.AddResource(id, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A place is what must be found somewhere.
type place struct{ rule, status, file string }

// TestShop says in words what the golden files of the shop must keep on showing.
func TestShop(t *testing.T) {
	r := parse(t, cnready(t, "--format", "json", filepath.Join(trees, "shop")).stdout)
	got := map[place]int{}
	for _, f := range r.Findings {
		got[place{f.Rule, f.Status, f.File}]++
		if f.Line == 0 || f.Column == 0 {
			t.Errorf("%s in %s has no line or column", f.Rule, f.File)
		}
	}
	want := map[place]int{
		{"shutdown", "open", "cmd/orders/main.go"}:               1,
		{"hardcodedhost", "open", "internal/payment/payment.go"}: 1,
		{"diskwrite", "open", "internal/store/store.go"}:         1,
		{"diskwrite", "cleared", "internal/store/store.go"}:      1, // the same line, under a volume
		{"lostsignal", "open", "cmd/orders/Dockerfile"}:          1,
		{"rootuser", "open", "cmd/orders/Dockerfile"}:            1,
		{"unpinnedbase", "open", "cmd/orders/Dockerfile"}:        1,
		{"unpinnedbase", "open", "cmd/invoices/Dockerfile"}:      1, // a note
		{"noprobes", "open", "deploy/orders.yaml"}:               2,
		{"noresources", "open", "deploy/orders.yaml"}:            2,
		{"floatingtag", "open", "deploy/orders.yaml"}:            1,
		{"hostpath", "open", "deploy/orders.yaml"}:               1,
		{"floatingtag", "open", "deploy/prune.yaml"}:             1,
		{"metrics", "open", "cmd/invoices/main.go"}:              1,
		{"metrics", "open", "cmd/orders/main.go"}:                1,
		{"hostpath", "open", "deploy/prune.yaml"}:                1,
		{"memorylimit", "open", "deploy/invoices.yaml"}:          1,
		{"writableroot", "open", "deploy/invoices.yaml"}:         1,
		{"writableroot", "open", "deploy/orders.yaml"}:           1,
		{"nodisruptionbudget", "open", "deploy/orders.yaml"}:     1,
		{"nonetworkpolicy", "open", "deploy/orders.yaml"}:        1,
		{"nonetworkpolicy", "open", "deploy/invoices.yaml"}:      1,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	var unknown []string
	for _, u := range r.Unknown {
		unknown = append(unknown, u.Rule+" "+u.File)
	}
	slices.Sort(unknown)
	if diff := cmp.Diff([]string{"hardcodedhost internal/webhook/webhook.go", "missingcacerts cmd/invoices/Dockerfile", "rootuser cmd/invoices/Dockerfile", "toolchaininimage cmd/invoices/Dockerfile"}, unknown); diff != "" {
		t.Errorf("could not tell (-want +got):\n%s", diff)
	}
	joined := map[string]string{"invoices": "StatefulSet", "orders": "Deployment"}
	for _, s := range r.Services {
		if s.Image == nil || s.Image.File != "cmd/"+s.Name+"/Dockerfile" || len(s.Workloads) != 1 || s.Workloads[0].Kind != joined[s.Name] {
			t.Errorf("%s is not joined to its image and workload: %+v %+v", s.Name, s.Image, s.Workloads)
		}
		if s.Image != nil && s.Image.Reason == "" || len(s.Workloads) > 0 && s.Workloads[0].Reason == "" {
			t.Errorf("%s is joined without a reason", s.Name)
		}
	}
	if len(r.Services) != len(joined) {
		t.Errorf("%d services, want %d", len(r.Services), len(joined))
	}
}

// TestShopMended: mending what was found gives a service that is ready.
func TestShopMended(t *testing.T) {
	r := parse(t, cnready(t, "--format", "json", filepath.Join(trees, "shop-mended")).stdout)
	for _, f := range r.Findings {
		if f.Status == "open" && f.Severity != "note" {
			t.Errorf("%s at %s:%d is open", f.Rule, f.File, f.Line)
		}
	}
	for _, s := range r.Services {
		for name, p := range map[string]report.Property{
			"container packaged": s.Properties.ContainerPackaged, "dynamically managed": s.Properties.DynamicallyManaged,
			"microservices oriented": s.Properties.MicroservicesOriented,
		} {
			// Invoices calls nobody but the addresses that its customers give:
			// there is not much to judge.
			few := s.Name == "invoices" && name == "microservices oriented" && p.Score != nil && *p.Score == 100 && p.Coverage < 0.5
			if !p.Ready && !few {
				t.Errorf("%s: %s is not ready", s.Name, name)
			}
		}
	}
}

// TestBroken: what cannot be read is listed with a reason, costs its own findings
// only and never counts as good.
func TestBroken(t *testing.T) {
	r := parse(t, cnready(t, "--format", "json", filepath.Join(trees, "broken")).stdout)
	reasons := map[string]string{}
	for _, n := range r.NotAnalyzed {
		reasons[n.File] += n.Reason + "\n"
	}
	for file, want := range map[string]string{
		"billing":                     "missing.example/ledger (the package is not in the module cache; run go mod download)",
		"billing/parse.go":            "does not parse",
		"catalog":                     "undefined: newHandler",
		"catalog/Dockerfile":          "line 6: unknown instruction: FORM",
		"chart/templates/worker.yaml": "the template was not rendered",
		"deploy/billing.yaml":         "line 7: is not valid YAML",
		"deploy/mailer.yaml":          "template",
	} {
		if !strings.Contains(reasons[file], want) {
			t.Errorf("not analyzed: %s: %q, want %q", file, reasons[file], want)
		}
		delete(reasons, file)
	}
	if len(reasons) > 0 {
		t.Errorf("more is said not to be analyzed: %q", reasons)
	}
	for _, f := range r.Findings {
		switch f.File {
		case "catalog/Dockerfile", "chart/templates/worker.yaml", "deploy/billing.yaml", "deploy/mailer.yaml", "billing/parse.go":
			t.Errorf("%s is found in %s, which was not read", f.Rule, f.File)
		}
	}
	noPerfection(t, r)
}

// noPerfection asks that no property scores 100.
func noPerfection(t *testing.T, r *report.Report) {
	t.Helper()
	for _, s := range r.Services {
		for _, p := range []report.Property{s.Properties.ContainerPackaged, s.Properties.DynamicallyManaged, s.Properties.MicroservicesOriented} {
			// One rule that could judge may find nothing wrong; that is not much.
			if p.Ready || p.Score != nil && *p.Score >= 100 && p.Coverage >= 0.5 {
				t.Errorf("%s scores %v: %+v", s.Name, p.Score, p)
			}
		}
	}
}

// TestUnreadable runs on folders in which there is nothing but one bad file.
func TestUnreadable(t *testing.T) {
	for name, tt := range map[string]struct {
		files map[string]string
		code  int
		want  string // in the report, or in the error where the code is 2
	}{
		"nothing":           {nil, 2, "there is no Go code, no Dockerfile and no manifest in"},
		"only a text":       {map[string]string{"README": "hello"}, 2, "there is no Go code"},
		"a Dockerfile":      {map[string]string{"Dockerfile": "FROM a\nCMD [1, 2]"}, 0, "Dockerfile: "},
		"no FROM":           {map[string]string{"Dockerfile": "RUN make\n"}, 0, "Dockerfile: "},
		"bytes":             {map[string]string{"Dockerfile": "\x7fELF\x02\x00\xff\xfe", "deploy.yaml": "apiVersion: v1\nkind: Pod\n\x00\xff"}, 0, "deploy.yaml: "},
		"a manifest":        {map[string]string{"pod.yaml": "apiVersion: v1\nkind: Pod\nspec: [}\n"}, 0, "pod.yaml: "},
		"a wrong type":      {map[string]string{"pod.yaml": "apiVersion: v1\nkind: Pod\nspec:\n  containers: 3\n"}, 0, "pod.yaml: "},
		"a chart":           {map[string]string{"Chart.yaml": "apiVersion: v2\nname: x\n", "templates/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n"}, 0, "templates/pod.yaml: "},
		"a go.mod":          {map[string]string{"go.mod": "modul x\n", "main.go": "package main\n\nfunc main() {}\n"}, 0, "go.mod: "},
		"a go.work":         {map[string]string{"go.work": "uze (\n", "main.go": "package main\n\nfunc main() {}\n"}, 0, "go.work: "},
		"no go.mod":         {map[string]string{"main.go": "package main\n\nfunc main() {}\n"}, 0, "no go.mod"},
		"a Go file":         {map[string]string{"go.mod": "module x\n\ngo 1.25\n", "main.go": "package main\n\nfunc main( {}\n"}, 0, "main.go: "},
		"an empty package":  {map[string]string{"go.mod": "module x\n\ngo 1.25\n"}, 2, "there is no Go code"},
		"an empty manifest": {map[string]string{"deploy.yaml": "---\n---\n"}, 2, "there is no Go code"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, tt.files)
			text, inJSON := cnready(t, dir), cnready(t, dir, "--format", "json")
			said := text.stdout
			if tt.code == 2 {
				said = ""
				if text.err != nil {
					said = text.err.Error()
				}
			} else if !strings.Contains(said, "not analyzed") {
				t.Errorf("nothing is said not to be analyzed:\n%s", text.stdout)
			}
			if text.code != tt.code || inJSON.code != tt.code {
				t.Errorf("exit code %d, as JSON %d (%v), want %d", text.code, inJSON.code, text.err, tt.code)
			}
			if !strings.Contains(said, tt.want) {
				t.Errorf("want %q in:\n%s", tt.want, said)
			}
			noPerfection(t, parse(t, inJSON.stdout))
		})
	}
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// deployment is a manifest with room for defects.
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: agent
spec:
  selector:
    matchLabels: {app: agent}
  template:
    metadata:
      labels: {app: agent}
    spec:
      containers:
        - name: agent
          image: registry.example.com/agent:1.0.0
          resources:
            requests: {cpu: 100m, memory: 64Mi}
            limits: {memory: 64Mi}
          volumeMounts:
            - {name: run, mountPath: /host/run}
      volumes:
        - name: run
          emptyDir: {}
`

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"error/agent.yaml":   strings.Replace(deployment, "emptyDir: {}", "hostPath: {path: /run/docker.sock}", 1),
		"warning/agent.yaml": strings.Replace(deployment, ":1.0.0", ":latest", 1),
		"note/agent.yaml":    strings.Replace(deployment, "            limits: {memory: 64Mi}\n", "", 1),
		"fine/agent.yaml":    deployment,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, tt := range []struct {
		args []string
		code int
		want string // in the error
	}{
		{[]string{at("error")}, 1, ""},
		{[]string{"check", at("error")}, 1, ""},
		{[]string{at("error"), "--fail-on", "never"}, 0, ""},
		{[]string{at("warning")}, 0, ""},
		{[]string{at("warning"), "--fail-on", "error"}, 0, ""},
		{[]string{at("warning"), "--fail-on", "warning"}, 1, ""},
		{[]string{"check", at("warning"), "--fail-on=note"}, 1, ""},
		{[]string{at("note"), "--fail-on=warning"}, 0, ""},
		{[]string{at("note"), "--fail-on=note"}, 1, ""},
		{[]string{at("fine"), "--fail-on=note"}, 0, ""},
		{[]string{at("fine"), "--manifests", at("error")}, 1, ""},
		{[]string{at("error"), "--fail-on", "fatal"}, 2, `unknown severity "fatal": use error, warning or note, or never`},
		{[]string{at("error"), "--format", "xml"}, 2, `unknown --format "xml": use text, json, github, sarif or sarif-all`},
		{[]string{at("error"), "--color", "blue"}, 2, `unknown --color "blue"`},
		{[]string{at("error"), "--colour"}, 2, "unknown flag: --colour"},
		{[]string{at("error"), at("fine")}, 2, "accepts at most 1 arg"},
		{[]string{at("nowhere")}, 2, "nowhere does not exist: give the folder"},
		{[]string{"check", at("fine/agent.yaml")}, 2, "agent.yaml is a file: give the folder"},
		{[]string{at("fine"), "--manifests", at("nowhere")}, 2, "nowhere does not exist"},
		{[]string{at("fine"), "-o", at("nowhere/report")}, 2, "the report cannot be written"},
	} {
		t.Run(strings.ReplaceAll(strings.Join(tt.args, " "), dir+string(filepath.Separator), ""), func(t *testing.T) {
			o := cnready(t, tt.args...)
			if o.code != tt.code {
				t.Errorf("exit code %d (%v), want %d", o.code, o.err, tt.code)
			}
			if tt.want != "" && (o.err == nil || !strings.Contains(o.err.Error(), tt.want)) {
				t.Errorf("error %v, want %q", o.err, tt.want)
			}
			if tt.code == 2 && o.stdout != "" {
				t.Errorf("there is a report though cnready could not run:\n%s", o.stdout)
			}
		})
	}
}

func TestOutput(t *testing.T) {
	shop := filepath.Join(trees, "shop")
	file := filepath.Join(t.TempDir(), "report.json")
	o := cnready(t, shop, "--format", "json", "--output", file)
	if o.code != 1 || o.stdout != "" {
		t.Errorf("exit code %d, and on standard output: %q", o.code, o.stdout)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "shop.json", neutral(string(data)))
}

// TestColor: colours add to the report and change nothing.
func TestColor(t *testing.T) {
	shop := filepath.Join(trees, "shop")
	o := cnready(t, shop, "--color", "always")
	plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(o.stdout, "")
	if plain == o.stdout {
		t.Error("there are no colours")
	}
	golden(t, "shop.txt", plain)
}

// TestManifestsBeside reads the shop's manifests from another folder, as where
// they live in a repository of their own.
func TestManifestsBeside(t *testing.T) {
	dir := t.TempDir()
	app, manifests := filepath.Join(dir, "shop"), filepath.Join(dir, "manifests")
	if err := os.CopyFS(app, os.DirFS(filepath.Join(trees, "shop"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(app, "deploy"), manifests); err != nil {
		t.Fatal(err)
	}
	key := func(f report.Finding) string {
		return strings.Join([]string{f.Rule, f.Status, f.Severity, f.Service, f.Workload, filepath.Base(f.File)}, " ")
	}
	findings := func(args ...string) (keys []string, r *report.Report) {
		r = parse(t, cnready(t, append(args, "--format", "json")...).stdout)
		for _, f := range r.Findings {
			keys = append(keys, key(f))
		}
		return keys, r
	}
	together, _ := findings(filepath.Join(trees, "shop"))
	apart, r := findings(app, "--manifests", manifests)
	slices.Sort(together)
	slices.Sort(apart)
	if diff := cmp.Diff(together, apart); diff != "" {
		t.Errorf("manifests beside the code give other findings (-together +apart):\n%s", diff)
	}
	for _, s := range r.Services {
		if len(s.Workloads) != 1 || s.Workloads[0].File != "../manifests/"+s.Name+".yaml" {
			t.Errorf("%s is not joined to its workload: %+v", s.Name, s.Workloads)
		}
	}
	text := cnready(t, app, "--manifests", manifests).stdout
	if !strings.Contains(text, "19 |           image: registry.example.com/shop/orders:latest") {
		t.Errorf("the line of the manifest is not shown:\n%s", text)
	}
	alone, r := findings(app)
	if len(alone) >= len(together) || len(r.Services) != 2 || len(r.Services[0].Workloads) != 0 {
		t.Errorf("without --manifests: %d findings, %+v", len(alone), r.Services)
	}
}

// TestFilesAreKept: a run writes nothing into the tree that it reads.
func TestFilesAreKept(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(trees, "broken"))); err != nil {
		t.Fatal(err)
	}
	before := list(t, dir)
	cnready(t, dir)
	if diff := cmp.Diff(before, list(t, dir)); diff != "" {
		t.Errorf("the run changed the tree (-before +after):\n%s", diff)
	}
}

func list(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
