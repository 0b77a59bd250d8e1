// Package hosts holds cnready in golangci-lint, in go vet and as a command of its
// own to the same findings. It is a module of its own: golangci-lint, with all of
// its linters, is no dependency of cnready.
package hosts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cnready/cnready/analyzers"
)

const (
	service = "../service"
	fixable = "../fixable"
)

// built are the folder of the two programs, which are built once.
var built struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir)
	}
	os.Exit(code)
}

// programs builds cnready and a golangci-lint with cnready in it. The second takes
// minutes where the build cache has nothing of it.
func programs(t *testing.T) (cnready, golangci string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds golangci-lint")
	}
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "cnready-hosts"); built.err != nil {
			return
		}
		for _, args := range [][]string{
			{"build", "-mod=mod", "-o", program("golangci-lint"), "./gcl"},
			{"-C", "../../..", "build", "-o", program("cnready"), "./cmd/cnready"},
		} {
			cmd := exec.Command("go", args...)
			if out, err := cmd.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("%s: %w\n%s", cmd, err, out)
				return
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return program("cnready"), program("golangci-lint")
}

func program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(built.dir, name)
}

// A found is a finding of a host. Its severity is "" where the host tells none.
type found struct {
	File         string
	Line, Column int
	Rule, Text   string
	Severity     string
}

func (f found) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", f.File, f.Line, f.Column, f.Rule, f.Text)
}

// TestSameFindings runs the three hosts on one service. Its comments say what they
// find, and where the command, which sees the whole program, tells it elsewhere.
func TestSameFindings(t *testing.T) {
	cnready, golangci := programs(t)
	vetted := vet(t, cnready, service)
	linted := lint(t, golangci, service)
	checked := check(t, cnready, service)

	compare(t, "go vet", service, vetted, "want", "vet")
	compare(t, "golangci-lint", service, linted, "want", "vet")
	compare(t, "cnready check", service, checked, "want", "check")

	bare := slices.Clone(linted)
	for i := range bare {
		bare[i].Severity = ""
	}
	if !slices.Equal(vetted, bare) {
		t.Errorf("go vet:\n%s\ngolangci-lint:\n%s", text(vetted), text(bare))
	}
	// Where both see the same, they say it of the very same place.
	for _, v := range vetted {
		for _, c := range checked {
			if v.Rule == c.Rule && v.File == c.File && v.Line == c.Line && v.Column != c.Column {
				t.Errorf("go vet: %s\ncnready check: %s", v, c)
			}
		}
	}

	// The file's rules of severity give golangci-lint's findings those of cnready.
	for _, f := range linted {
		if want := severities()[f.Rule]; f.Severity != want {
			t.Errorf("golangci-lint gives %s the severity %q, want %q", f, f.Severity, want)
		}
	}
}

// TestWithinPackage: without facts of other packages the plugin finds what one
// package shows by itself.
func TestWithinPackage(t *testing.T) {
	_, golangci := programs(t)
	dir := copied(t, service)
	rewrite(t, filepath.Join(dir, ".golangci.yml"), "across-packages: true", "across-packages: false")
	across := lint(t, golangci, service)
	within := lint(t, golangci, dir)
	for _, f := range within {
		if !slices.Contains(across, f) {
			t.Errorf("only without facts: %s", f)
		}
	}
	if len(within) == 0 || len(within) >= len(across) {
		t.Errorf("%d findings without facts, %d with them", len(within), len(across))
	}
}

// TestSettings: the file's settings reach the plugin, and a wrong one ends the run
// with a word.
func TestSettings(t *testing.T) {
	_, golangci := programs(t)
	dir := copied(t, service)
	// The least that a configuration file must hold, as the README shows it.
	within := lint(t, golangci, dir)
	copyFile(t, "least.yml", filepath.Join(dir, ".golangci.yml"))
	least := lint(t, golangci, dir)
	for i := range within {
		within[i].Severity = ""
	}
	if !slices.Equal(least, within) {
		t.Errorf("by least.yml:\n%s\nby the service's file:\n%s", text(least), text(within))
	}
	copyFile(t, filepath.Join(service, ".golangci.yml"), filepath.Join(dir, ".golangci.yml"))

	config := filepath.Join(dir, ".golangci.yml")
	// Nothing is left that its comment for golangci-lint could silence.
	if err := os.RemoveAll(filepath.Join(dir, "silent")); err != nil {
		t.Fatal(err)
	}
	rewrite(t, config, "disable: [metrics]", "enable: [fixedport]")
	for _, f := range lint(t, golangci, dir) {
		if f.Rule != "fixedport" {
			t.Errorf("only fixedport is enabled: %s", f)
		}
	}
	rewrite(t, config, "enable: [fixedport]", "enable: [fixedprot]")
	code, _, stderr := run(t, dir, golangci, "run", "./...")
	if code != 3 || !strings.Contains(stderr, `there is no rule \"fixedprot\" on Go code`) && !strings.Contains(stderr, `there is no rule "fixedprot" on Go code`) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

// TestFix: each host mends the finding in the same way, and what comes of it
// compiles.
func TestFix(t *testing.T) {
	cnready, golangci := programs(t)
	mended := map[string]string{}
	for name, fix := range map[string][]string{
		"golangci-lint": {golangci, "run", linters, "--fix", "--allow-parallel-runners", "./..."},
		"go vet":        {"go", "vet", "-vettool=" + cnready, "-fix", "./..."},
		"cnready":       {cnready, "fix", "--rule", "shutdown"},
	} {
		dir := copied(t, fixable)
		copyFile(t, filepath.Join(service, ".golangci.yml"), filepath.Join(dir, ".golangci.yml"))
		before := vet(t, cnready, dir)
		if !slices.ContainsFunc(before, isShutdown) {
			t.Fatalf("%s: before: %s", name, text(before))
		}
		code, stdout, stderr := run(t, dir, fix[0], fix[1:]...)
		if code != 0 {
			t.Errorf("%s: exit code %d: %s%s", name, code, stdout, stderr)
		}
		after := vet(t, cnready, dir)
		if slices.ContainsFunc(after, isShutdown) || len(after) != len(before)-1 {
			t.Errorf("%s: before:\n%s\nafter:\n%s", name, text(before), text(after))
		}
		if code, _, stderr := run(t, dir, "go", "build", "-o", os.DevNull, "."); code != 0 {
			t.Errorf("%s: the mended program does not compile: %s", name, stderr)
		}
		data, err := os.ReadFile(filepath.Join(dir, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		mended[name] = string(data)
	}
	for name, text := range mended {
		if text != mended["cnready"] {
			t.Errorf("%s mends it to\n%s\ncnready fix to\n%s", name, text, mended["cnready"])
		}
	}
}

func isShutdown(f found) bool { return f.Rule == "shutdown" }

// vet is what go vet finds with cnready as its tool.
func vet(t *testing.T, cnready, dir string) []found {
	t.Helper()
	code, stdout, stderr := run(t, dir, "go", "vet", "-vettool="+cnready, "-json", "./...")
	if code != 0 {
		t.Fatalf("go vet: exit code %d: %s", code, stderr)
	}
	var out []found
	for dec := json.NewDecoder(strings.NewReader(stdout)); ; {
		var units map[string]map[string][]struct{ Posn, Message string }
		if err := dec.Decode(&units); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go vet: %v: %s", err, stdout)
		}
		for _, rules := range units {
			for _, list := range rules {
				for _, d := range list {
					at := regexp.MustCompile(`^(.*):(\d+):(\d+)$`).FindStringSubmatch(d.Posn)
					if at == nil {
						t.Fatalf("go vet: position %q", d.Posn)
					}
					out = append(out, newFound(t, dir, at[1], number(at[2]), number(at[3]), d.Message))
				}
			}
		}
	}
	return sorted(out)
}

// linters are those that run. The second looks at the comments that silence the
// first.
const linters = "--enable-only=cnready,nolintlint"

// lint is what golangci-lint finds, by the configuration file of dir.
func lint(t *testing.T, golangci, dir string) []found {
	t.Helper()
	code, stdout, stderr := run(t, dir, golangci, "run", linters, "--allow-parallel-runners", "--path-mode=abs",
		"--uniq-by-line=false", "--output.text.path="+os.DevNull, "--output.json.path=stdout", "--show-stats=false", "./...")
	if code > 1 { // 1 is for findings
		t.Fatalf("golangci-lint: exit code %d: %s", code, stderr)
	}
	var report struct {
		Issues []struct {
			FromLinter, Text, Severity string
			Pos                        struct {
				Filename     string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("golangci-lint: %v: %s%s", err, stdout, stderr)
	}
	var out []found
	for _, i := range report.Issues {
		if i.FromLinter != "cnready" {
			t.Errorf("golangci-lint: %s: %s", i.FromLinter, i.Text)
			continue
		}
		f := newFound(t, dir, i.Pos.Filename, i.Pos.Line, i.Pos.Column, i.Text)
		f.Severity = i.Severity
		out = append(out, f)
	}
	return sorted(out)
}

// check is what the command finds of the rules on code.
func check(t *testing.T, cnready, dir string) []found {
	t.Helper()
	_, stdout, stderr := run(t, dir, cnready, "check", "--format=json", "--fail-on=never")
	var report struct {
		Findings []struct {
			Rule, File, Message, Status, Severity string
			Line, Column                          int
		}
	}
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("cnready check: %v: %s", err, stderr)
	}
	var out []found
	for _, f := range report.Findings {
		if severities()[f.Rule] != "" && f.Status == "open" {
			out = append(out, found{File: f.File, Line: f.Line, Column: f.Column, Rule: f.Rule, Text: f.Message, Severity: f.Severity})
		}
	}
	return sorted(out)
}

// severities are those of the rules on code, by name.
var severities = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, r := range analyzers.Rules {
		out[r.Name] = r.Severity.String()
	}
	return out
})

// newFound makes a found of a message that begins with its rule.
func newFound(t *testing.T, dir, file string, line, column int, message string) found {
	t.Helper()
	rule, text, ok := strings.Cut(message, ": ")
	if !ok || severities()[rule] == "" {
		t.Fatalf("%s:%d: the message does not begin with a rule: %s", file, line, message)
	}
	return found{File: relative(t, dir, file), Line: line, Column: column, Rule: rule, Text: text}
}

// relative names a file by its place in dir.
func relative(t *testing.T, dir, file string) string {
	t.Helper()
	root, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	rel, err := filepath.Rel(root, file)
	if err != nil || !filepath.IsLocal(rel) {
		t.Fatalf("%s is not in %s", file, root)
	}
	return filepath.ToSlash(rel)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(err) // the pattern has digits only
	}
	return n
}

// sorted are findings by place, each once: go vet sees some packages twice, for
// their tests.
func sorted(list []found) []found {
	slices.SortFunc(list, func(a, b found) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.String(), b.String())
	})
	return slices.Compact(list)
}

func text(list []found) string {
	var b strings.Builder
	for _, f := range list {
		fmt.Fprintf(&b, "\t%s\n", f)
	}
	return b.String()
}

var comment = regexp.MustCompile("// (want|vet|check) `(.*)`$")

// compare holds a host's findings against the comments of the files of dir, those
// of the given words.
func compare(t *testing.T, host, dir string, list []found, words ...string) {
	t.Helper()
	left := slices.Clone(list)
	err := filepath.WalkDir(dir, func(file string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(file, ".go") {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(data), "\n") {
			m := comment.FindStringSubmatch(strings.TrimRight(line, "\r"))
			if m == nil || !slices.Contains(words, m[1]) {
				continue
			}
			pattern := regexp.MustCompile("^" + m[2])
			at := slices.IndexFunc(left, func(f found) bool {
				return f.File == filepath.ToSlash(name) && f.Line == i+1 && pattern.MatchString(f.Rule+": "+f.Text)
			})
			if at < 0 {
				t.Errorf("%s: %s:%d: nothing answers %q", host, name, i+1, m[2])
				continue
			}
			left = slices.Delete(left, at, at+1)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("%s: no comment expects %s", host, f)
	}
}

// run runs a program in a folder, off the network and with caches that it shares
// with nobody but golangci-lint's other runs of this test.
func run(t *testing.T, dir, name string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off", "CNREADY_CACHE=off",
		"GOLANGCI_LINT_CACHE="+filepath.Join(built.dir, "cache"))
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

// copied is a copy of a folder, with its hidden files.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// rewrite replaces a part of a file that is there.
func rewrite(t *testing.T, file, from, to string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), from) {
		t.Fatalf("%s does not hold %q", file, from)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(data), from, to, 1)), 0o666); err != nil {
		t.Fatal(err)
	}
}
