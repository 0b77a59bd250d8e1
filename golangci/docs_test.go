package golangci

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/finding"
)

// hosts has the files that the pages show; a module below it runs them.
const hosts = "../testdata/hosts/"

// TestPages: what the pages and the README show is what the files hold.
func TestPages(t *testing.T) {
	for _, tt := range []struct{ page, file, language, head string }{
		{"docs/golangci-lint.md", "service/.custom-gcl.yml", "yaml", ""},
		{"docs/golangci-lint.md", "service/.golangci.yml", "yaml", ""},
		{"docs/nogo.md", "nogo/MODULE.bazel", "starlark", "# MODULE.bazel\n"},
		{"docs/nogo.md", "nogo/BUILD.bazel", "starlark", "# BUILD.bazel\n"},
		{"docs/nogo.md", "nogo/nogo.json", "json", ""},
		{"README.md", "service/.custom-gcl.yml", "yaml", "# .custom-gcl.yml\n"},
		{"README.md", "golangci/least.yml", "yaml", "# .golangci.yml\n"},
	} {
		shown := "<!-- testdata/hosts/" + tt.file + "; a test compares -->\n```" + tt.language + "\n" + tt.head + read(t, hosts+tt.file) + "```\n"
		if !strings.Contains(read(t, "../"+tt.page), shown) {
			t.Errorf("%s does not show %s:\n%s", tt.page, tt.file, shown)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestFiles: golangci-lint's files name this package and linter, and their
// settings are right.
func TestFiles(t *testing.T) {
	var build struct {
		Version string
		Plugins []struct{ Module, Import, Version string }
	}
	decode(t, hosts+"service/.custom-gcl.yml", &build)
	if len(build.Plugins) != 1 || build.Plugins[0].Import != build.Plugins[0].Module+"/golangci" || build.Plugins[0].Version == "" {
		t.Errorf("plugins: %+v", build.Plugins)
	}
	if module := "module " + build.Plugins[0].Module + "\n"; !strings.HasPrefix(read(t, "../go.mod"), module) {
		t.Errorf("go.mod does not begin with %q", module)
	}
	if tested := "github.com/golangci/golangci-lint/v2 " + build.Version + "\n"; !strings.Contains(read(t, hosts+"golangci/go.mod"), tested) {
		t.Errorf("the version %s is not that of the tests", build.Version)
	}

	for _, file := range []string{"service/.golangci.yml", "golangci/least.yml"} {
		var config struct {
			Version string
			Linters struct {
				Enable   []string
				Settings struct {
					Custom map[string]struct{ Type, Settings any }
				}
			}
			Severity struct {
				Default string
				Rules   []struct {
					Linters        []string
					Text, Severity string
				}
			}
		}
		decode(t, hosts+file, &config)
		custom, ok := config.Linters.Settings.Custom[Name]
		if config.Version != "2" || !slices.Contains(config.Linters.Enable, Name) || !ok || custom.Type != "module" {
			t.Errorf("%s: %+v", file, config)
		}
		if _, err := New(custom.Settings); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if config.Severity.Rules == nil {
			continue
		}
		for _, r := range analyzers.Rules {
			got := config.Severity.Default
			for _, rule := range config.Severity.Rules {
				if slices.Equal(rule.Linters, []string{Name}) && regexp.MustCompile(rule.Text).MatchString(r.Name+": ") {
					got = rule.Severity
				}
			}
			if got != r.Severity.String() {
				t.Errorf("%s gives %s the severity %s, it has %s", file, r.Name, got, r.Severity)
			}
		}
	}
}

func decode(t *testing.T, file string, v any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(read(t, file)), v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// TestNogoFiles: the files for nogo name each pass once, the grave ones first, and
// no pass that is not there.
func TestNogoFiles(t *testing.T) {
	build := read(t, hosts+"nogo/BUILD.bazel")
	var deps []string
	for _, m := range regexp.MustCompile(`"@com_github_cnready_cnready//analyzers/(\w+)",`).FindAllStringSubmatch(build, -1) {
		deps = append(deps, m[1])
	}
	var want []string
	for _, severity := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		for _, r := range analyzers.Rules {
			if r.Severity == severity {
				want = append(want, r.Name)
			}
		}
	}
	if !slices.Equal(deps, want) {
		t.Errorf("deps are %q, want %q", deps, want)
	}
	if n := strings.Count(build, "cnready//"); n != len(deps) {
		t.Errorf("%d labels of cnready, %d passes", n, len(deps))
	}
	if strings.Count(read(t, hosts+"nogo/MODULE.bazel"), `"com_github_cnready_cnready"`) != 1 {
		t.Error("MODULE.bazel does not use the repository of the labels")
	}

	var config map[string]struct {
		Description  string            `json:"description"`
		OnlyFiles    map[string]string `json:"only_files"`
		ExcludeFiles map[string]string `json:"exclude_files"`
	}
	dec := json.NewDecoder(strings.NewReader(read(t, hosts+"nogo/nogo.json")))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&config); err != nil {
		t.Fatal(err)
	}
	for name, c := range config {
		if name != "_base" && !slices.Contains(deps, name) {
			t.Errorf("nogo.json: there is no pass %s", name)
		}
		for _, files := range []map[string]string{c.OnlyFiles, c.ExcludeFiles} {
			for expr := range files {
				if _, err := regexp.Compile(expr); err != nil {
					t.Errorf("nogo.json: %s: %v", name, err)
				}
			}
		}
	}
}
