package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/report"
)

// clearCI takes away what the machine that runs the tests says of itself.
func clearCI(t *testing.T) {
	t.Helper()
	for _, name := range []string{envWorkspace, envStepSummary, envServerURL, envRepository, envSHA} {
		t.Setenv(name, "")
	}
}

func TestOutputs(t *testing.T) {
	for _, tt := range []struct {
		flags []string
		file  string
		want  []output
		err   string
	}{
		{nil, "", []output{{"text", ""}}, ""},
		{nil, "r.txt", []output{{"text", "r.txt"}}, ""},
		{[]string{"json"}, "r.json", []output{{"json", "r.json"}}, ""},
		{[]string{"github", "sarif=a=b.sarif", "text=r.txt"}, "", []output{{"github", ""}, {"sarif", "a=b.sarif"}, {"text", "r.txt"}}, ""},
		{[]string{"sarif=r.sarif"}, "", []output{{"sarif", "r.sarif"}}, ""},
		{[]string{"text=a", "text=b"}, "", []output{{"text", "a"}, {"text", "b"}}, ""},
		{[]string{"xml"}, "", nil, `unknown --format "xml": use text, json, github, sarif or sarif-all`},
		{[]string{"xml=r.xml"}, "", nil, `unknown --format "xml": use text, json, github, sarif or sarif-all`},
		{[]string{""}, "", nil, `unknown --format "": use text, json, github, sarif or sarif-all`},
		{[]string{"json="}, "", nil, "--format json= names no file: write json=FILE, or json for standard output"},
		{[]string{"github", "json"}, "", nil, "--format json: only one report goes to standard output or the file of -o: write json=FILE"},
		{[]string{"json=r.json"}, "r.txt", nil, "-o r.txt has no report to write: each --format names a file of its own"},
		{[]string{"json=./r", "sarif=r"}, "", nil, "--format json=./r and --format sarif=r write to the same file"},
		{[]string{"json", "sarif=r"}, "r", nil, "--format json=r and --format sarif=r write to the same file"},
	} {
		got, err := outputs(tt.flags, tt.file)
		if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
			t.Errorf("--format %q -o %q: error %v, want %s", tt.flags, tt.file, err, tt.err)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("--format %q -o %q: %v, want %v", tt.flags, tt.file, got, tt.want)
		}
	}
}

// TestFormatsAtOnce: one run writes what several runs would, and ends as they do.
func TestFormatsAtOnce(t *testing.T) {
	clearCI(t)
	dir := t.TempDir()
	shop := filepath.Join(trees, "shop")
	file := func(name string) string { return filepath.Join(dir, name) }
	o := cnready(t, "check", shop, "--format", "github", "--format=text="+file("r.txt"), "--format", "json="+file("r.json"),
		"--format", "sarif="+file("r.sarif"), "--format", "sarif-all="+file("all.sarif"))
	if o.code != 1 {
		t.Errorf("exit code %d (%v), want 1", o.code, o.err)
	}
	for format, got := range map[string]string{
		"github": o.stdout, "text": contents(t, file("r.txt")), "json": contents(t, file("r.json")),
		"sarif": contents(t, file("r.sarif")), "sarif-all": contents(t, file("all.sarif")),
	} {
		alone := cnready(t, "check", shop, "--format", format)
		if diff := cmp.Diff(alone.stdout, got); diff != "" || alone.code != o.code {
			t.Errorf("%s, exit code %d (-alone +at once):\n%s", format, alone.code, diff)
		}
	}
	if o := cnready(t, shop, "--format=json="+filepath.Join(dir, "nowhere", "r.json")); o.code != 2 || o.err == nil ||
		!strings.Contains(o.err.Error(), "the report cannot be written") {
		t.Errorf("a file that cannot be written: exit code %d: %v", o.code, o.err)
	}
	if o := cnready(t, shop+"-mended", "--format=github"); o.code != 0 || strings.Contains(o.stdout, "::error") {
		t.Errorf("the mended shop: exit code %d:\n%s", o.code, o.stdout)
	}
	if o := cnready(t, t.TempDir(), "--format=sarif"); o.code != 2 {
		t.Errorf("an empty folder: exit code %d", o.code)
	}
}

func contents(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestSARIFOfShop: the log has every rule with its page, the places that the JSON
// report has, and the other findings only where all are asked for.
func TestSARIFOfShop(t *testing.T) {
	clearCI(t)
	shop := filepath.Join(trees, "shop")
	workspace, err := filepath.Abs(shop)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(envWorkspace, workspace)
	type log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID               string
						ShortDescription struct{ Text string }
						Help             struct{ Text, Markdown string }
					}
				}
			}
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
				}
				Properties struct{ Status string }
			}
		}
	}
	read := func(format string) log {
		var l log
		if err := json.Unmarshal([]byte(cnready(t, shop, "--format", format).stdout), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	open, all := read("sarif"), read("sarif-all")
	rules := open.Runs[0].Tool.Driver.Rules
	for i, r := range allRules() {
		if got := rules[i]; got.ID != r.Name || got.ShortDescription.Text == "" || !strings.HasPrefix(got.Help.Markdown, "# "+r.Name+"\n") ||
			got.Help.Text == "" || strings.Contains(got.Help.Markdown, "<!--") {
			t.Errorf("rule %s is %+v", r.Name, got)
		}
	}
	if len(rules) != len(allRules()) {
		t.Errorf("%d rules, there are %d", len(rules), len(allRules()))
	}
	places := func(l log, status string) map[string]bool {
		out := map[string]bool{}
		for _, f := range l.Runs[0].Results {
			if f.Properties.Status == status {
				out[f.RuleID+" "+f.Locations[0].PhysicalLocation.ArtifactLocation.URI] = true
			}
		}
		return out
	}
	want := map[string]map[string]bool{"open": {}, "cleared": {}}
	for _, f := range parse(t, cnready(t, shop, "--format", "json").stdout).Findings {
		if want[f.Status] != nil {
			want[f.Status][f.Rule+" "+f.File] = true
		}
	}
	if diff := cmp.Diff(want["open"], places(open, "open")); diff != "" {
		t.Errorf("sarif (-json +sarif):\n%s", diff)
	}
	if diff := cmp.Diff(want["cleared"], places(all, "cleared")); diff != "" || len(want["cleared"]) == 0 || len(places(open, "cleared")) > 0 {
		t.Errorf("sarif has the cleared %v; sarif-all (-json +sarif):\n%s", places(open, "cleared"), diff)
	}
}

// TestRepositoryOf: files are named relative to the nearest repository, within a
// workspace to nothing above it.
func TestRepositoryOf(t *testing.T) {
	top := t.TempDir()
	write(t, top, map[string]string{
		"repo/.git/HEAD": "", "repo/services/shop/main.go": "", "repo/modules/sub/.git": "gitdir: x", "repo/modules/sub/cmd/main.go": "",
		"plain/shop/main.go": "",
	})
	for _, tt := range []struct {
		workspace, dir string
		want           repository
	}{
		{"", "repo", repository{dir: "."}},
		{"", "repo/services/shop", repository{dir: "services/shop"}},
		{"", "repo/modules/sub/cmd", repository{dir: "cmd"}},
		{"", "plain/shop", repository{dir: "."}},
		{"repo", "repo/services/shop", repository{dir: "services/shop", workspace: true}},
		{"repo", "repo", repository{dir: ".", workspace: true}},
		{"plain", "plain/shop", repository{dir: "shop", workspace: true}},
		{"repo", "repo/modules/sub/cmd", repository{dir: "cmd"}}, // checked out beside
		{"repo/services", "repo/services/shop", repository{dir: "shop", workspace: true}},
		{"plain", "repo/services/shop", repository{dir: "services/shop"}},
	} {
		t.Setenv(envWorkspace, "")
		if tt.workspace != "" {
			t.Setenv(envWorkspace, filepath.Join(top, tt.workspace))
		}
		if got := repositoryOf(filepath.Join(top, tt.dir)); got != tt.want {
			t.Errorf("%s in workspace %q: %+v, want %+v", tt.dir, tt.workspace, got, tt.want)
		}
	}
}

// TestJobSummary: annotations come with a summary that adds to what is there, links
// to the commit, and keeps within what GitHub takes.
func TestJobSummary(t *testing.T) {
	clearCI(t)
	top := t.TempDir()
	write(t, top, map[string]string{"fine/agent.yaml": strings.Replace(deployment, ":1.0.0", "", 1)})
	file := filepath.Join(top, "summary.md")
	for name, value := range map[string]string{
		envWorkspace: top, envStepSummary: file, envServerURL: "https://github.example/", envRepository: "own/er", envSHA: "abc",
	} {
		t.Setenv(name, value)
	}
	if err := os.WriteFile(file, []byte("before\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o := cnready(t, filepath.Join(top, "fine"), "--format=github")
	if !regexp.MustCompile(`(?m)^::warning file=fine/agent\.yaml,line=\d+,`).MatchString(o.stdout) {
		t.Errorf("no annotation of the file as the repository names it:\n%s", o.stdout)
	}
	got := contents(t, file)
	if !strings.HasPrefix(got, "before\n## cnready\n") ||
		!regexp.MustCompile(`\| \[fine/agent\.yaml:\d+\]\(https://github\.example/own/er/blob/abc/fine/agent\.yaml\?plain=1#L\d+\) \|`).MatchString(got) {
		t.Errorf("the summary:\n%s", got)
	}
	if cnready(t, filepath.Join(top, "fine"), "--format=json"); contents(t, file) != got {
		t.Error("another format adds to the summary")
	}

	t.Setenv(envSHA, "")
	if err := os.WriteFile(file, make([]byte, report.MaxSummary-10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	cnready(t, filepath.Join(top, "fine"), "--format=github")
	if got := contents(t, file); len(got) > report.MaxSummary || !strings.Contains(got, "## cnready") || strings.Contains(got, "](https://github.example") {
		t.Errorf("the summary has %d bytes", len(got))
	}
}

// An action is what a test asks of action.yml.
type action struct {
	Inputs  map[string]struct{ Description, Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			Name, ID, If, Shell, Uses, Run string
			Env, With                      map[string]string
		}
	}
}

func readAction(t *testing.T) action {
	t.Helper()
	var a action
	if err := yaml.Unmarshal([]byte(contents(t, "../../action.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestActionInputs holds action.yml to the command that it runs, and docs/ci.md to
// action.yml.
func TestActionInputs(t *testing.T) {
	a := readAction(t)
	text := contents(t, "../../action.yml")
	if a.Runs.Using != "composite" {
		t.Errorf("the action runs %q", a.Runs.Using)
	}
	page := contents(t, "../../docs/ci.md")
	for name, in := range a.Inputs {
		if in.Description == "" || !regexp.MustCompile(`inputs\.`+name+`\b`).MatchString(text) {
			t.Errorf("the input %s is not described or not used", name)
		}
		if !strings.Contains(page, "| `"+name+"` |") {
			t.Errorf("docs/ci.md does not have the input %s", name)
		}
	}
	for _, used := range regexp.MustCompile(`inputs\.([\w-]+)`).FindAllStringSubmatch(text, -1) {
		if _, ok := a.Inputs[used[1]]; !ok {
			t.Errorf("there is no input %s", used[1])
		}
	}
	check, _, err := newCommand().Find([]string{"check"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Inputs["fail-on"].Default, check.Flags().Lookup("fail-on").DefValue; got != want {
		t.Errorf("fail-on is %s by default, the command's is %s", got, want)
	}
	ids := map[string]bool{}
	for _, s := range a.Runs.Steps {
		if s.ID != "" {
			ids[s.ID] = true
		}
		if (s.Run == "") == (s.Uses == "") || s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %s runs %q in %q and uses %q", s.Name, s.Run, s.Shell, s.Uses)
		}
		// What a pull request may choose does not get into a script.
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %s has an expression in its script", s.Name)
		}
		if s.Uses != "" && !regexp.MustCompile(`^[\w-]+(/[\w-]+)+@v\d+$`).MatchString(s.Uses) {
			t.Errorf("step %s uses %s, which names no major version", s.Name, s.Uses)
		}
		if s.ID == "check" {
			for _, flag := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(s.Run, -1) {
				if check.Flags().Lookup(flag[1]) == nil {
					t.Errorf("cnready check has no flag %s", flag[0])
				}
			}
		}
	}
	for _, used := range regexp.MustCompile(`steps\.([\w-]+)\.outputs\.([\w-]+)`).FindAllStringSubmatch(text, -1) {
		if !ids[used[1]] || !strings.Contains(text, `"`+used[2]+`=`) {
			t.Errorf("there is no step output %s", used[0])
		}
	}
}

// TestActionRuns runs the action's own steps as a runner would, with a program in
// cnready's place that says what it was called with.
func TestActionRuns(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	a := readAction(t)
	step := map[string]string{}
	for _, s := range a.Runs.Steps {
		step[s.Name] = s.Run
	}
	dir := t.TempDir()
	write(t, dir, map[string]string{"cnready": "#!/bin/sh\nprintf '%s\\n' \"$@\" > called\nexit $ANSWER\n"})
	if err := os.Chmod(filepath.Join(dir, "cnready"), 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(script string, env ...string) int {
		cmd := exec.Command(bash, "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), append(env, "GITHUB_OUTPUT="+filepath.Join(dir, "output"))...)
		if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return cmd.ProcessState.ExitCode()
	}
	for _, tt := range []struct{ answer, check, result int }{{0, 0, 0}, {1, 0, 1}, {2, 2, 2}} {
		answer := string(rune('0' + tt.answer))
		if err := os.WriteFile(filepath.Join(dir, "output"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		code := run(step["Check"], "ANSWER="+answer, "CNREADY=./cnready", "CNREADY_DIR=my service", "CNREADY_FAIL_ON=warning",
			"CNREADY_MANIFESTS=../deploy\n\nk8s $(x)\n", "CNREADY_ARGS=--config\n.ci/cnready.yml", "CNREADY_SARIF=out dir/r.sarif")
		if code != tt.check {
			t.Errorf("cnready ends with %d: the step ends with %d, want %d", tt.answer, code, tt.check)
		}
		if got, want := contents(t, filepath.Join(dir, "output")), "exit-code="+answer+"\nsarif-file=out dir/r.sarif\n"; got != want {
			t.Errorf("the step's outputs are %q, want %q", got, want)
		}
		want := "check --format github --format sarif=out dir/r.sarif --fail-on warning --manifests ../deploy --manifests k8s $(x) " +
			"--config .ci/cnready.yml -- my service"
		if got := strings.ReplaceAll(strings.TrimSpace(contents(t, filepath.Join(dir, "called"))), "\n", " "); got != want {
			t.Errorf("cnready is called with\n%s, want\n%s", got, want)
		}
		if code := run(step["Result"], "CNREADY_EXIT_CODE="+answer); code != tt.result {
			t.Errorf("cnready ends with %d: the action ends with %d, want %d", tt.answer, code, tt.result)
		}
	}
}

// TestCIPage: the commands that docs/ci.md shows are ones that cnready takes, and its
// workflows are YAML.
func TestCIPage(t *testing.T) {
	page := contents(t, "../../docs/ci.md")
	a := readAction(t)
	check, _, err := newCommand().Find([]string{"check"})
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(blocks) < 4 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(b[1]), &doc); err != nil {
			t.Errorf("an example is no YAML: %v\n%s", err, b[1])
		}
		for _, with := range regexp.MustCompile(`(?s)uses: cnready/cnready@\S+\n\s+with:\n((?:          [\w-]+:[^\n]*\n)+)`).FindAllStringSubmatch(b[1], -1) {
			for _, in := range regexp.MustCompile(`(?m)^          ([\w-]+):`).FindAllStringSubmatch(with[1], -1) {
				if _, ok := a.Inputs[in[1]]; !ok {
					t.Errorf("the action has no input %s", in[1])
				}
			}
		}
	}
	calls := regexp.MustCompile(`(?m)^.*\bcnready (check )?(--[^|&\n]*)`).FindAllStringSubmatch(page, -1)
	if len(calls) == 0 {
		t.Error("no example calls cnready")
	}
	for _, call := range calls {
		for _, flag := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(call[2], -1) {
			if check.Flags().Lookup(flag[1]) == nil {
				t.Errorf("%s: cnready has no flag %s", strings.TrimSpace(call[0]), flag[0])
			}
		}
		for _, format := range regexp.MustCompile(`--format[ =]([\w-]+)`).FindAllStringSubmatch(call[2], -1) {
			if !slices.Contains(formats, format[1]) {
				t.Errorf("%s: there is no format %s", strings.TrimSpace(call[0]), format[1])
			}
		}
	}
}
