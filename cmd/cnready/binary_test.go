package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/cnready/cnready/analyzers"
)

// TestBinary runs the program as users and the go command run it.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := build(t)
	shop, err := filepath.Abs(filepath.Join(trees, "shop"))
	if err != nil {
		t.Fatal(err)
	}

	t.Run("exit codes", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, map[string]string{"fine/agent.yaml": deployment, "warning/agent.yaml": strings.Replace(deployment, ":1.0.0", "", 1)})
		for _, tt := range []struct {
			code   int
			stderr string // whole
			args   []string
		}{
			{0, "", []string{"fine"}},
			{0, "", []string{"check", "warning"}},
			{1, "", []string{"check", "warning", "--fail-on", "warning"}},
			{2, "cnready: nowhere does not exist: give the folder of a repository or service\n", []string{"nowhere"}},
			{2, "cnready: unknown --format \"xml\": use text, json, github, sarif or sarif-all\n", []string{"fine", "--format=xml"}},
		} {
			code, stdout, stderr := execute(t, dir, binary, tt.args...)
			if code != tt.code || stderr != tt.stderr {
				t.Errorf("cnready %q: exit code %d, want %d, standard error %q, want %q", tt.args, code, tt.code, stderr, tt.stderr)
			}
			if (stdout == "") != (tt.code == 2) {
				t.Errorf("cnready %q: exit code %d, standard output %q", tt.args, code, stdout)
			}
		}
	})

	t.Run("version", func(t *testing.T) {
		// The go command keeps a vet tool's results by the build id in this line.
		_, stdout, _ := execute(t, ".", binary, "-V=full")
		if !regexp.MustCompile(`(?m)^\S+ version devel buildID=[0-9A-Za-z_.-]{16,}\n$`).MatchString(stdout) {
			t.Errorf("-V=full: %q", stdout)
		}
		_, stdout, _ = execute(t, ".", binary, "--version")
		if !strings.HasPrefix(stdout, "cnready ") || strings.Count(stdout, "\n") != 1 {
			t.Errorf("--version: %q", stdout)
		}
	})

	t.Run("flags", func(t *testing.T) {
		_, stdout, _ := execute(t, ".", binary, "-flags")
		var flags []struct{ Name string }
		if err := json.Unmarshal([]byte(stdout), &flags); err != nil {
			t.Fatalf("-flags: %v: %q", err, stdout)
		}
		have := map[string]bool{}
		for _, f := range flags {
			have[f.Name] = true
		}
		for _, r := range analyzers.Rules {
			if !have[r.Name] {
				t.Errorf("-flags has no %s: %s", r.Name, stdout)
			}
		}
		if !have["json"] {
			t.Errorf("-flags has no json: %s", stdout)
		}
	})

	t.Run("vet", func(t *testing.T) {
		code, _, stderr := execute(t, shop, "go", "vet", "-vettool="+binary, "./...")
		if alone, _, same := execute(t, shop, "go", "vet", "-vettool="+buildOf(t, "../cnready-vet"), "./..."); alone != code || same != stderr {
			t.Errorf("cnready-vet: exit code %d, want %d, and\n%s\nwant\n%s", alone, code, same, stderr)
		}
		if code != 1 {
			t.Errorf("exit code %d, want 1: %s", code, stderr)
		}
		want := `(?m)^internal/payment/payment\.go:13:\d+: hardcodedhost: the host api\.payments\.example is fixed in the code`
		if !regexp.MustCompile(want).MatchString(stderr) {
			t.Errorf("go vet does not report %s:\n%s", want, stderr)
		}
		// One package does not tell what a deployment makes of a flag or what its
		// importers put into a field.
		for _, rule := range []string{"diskwrite: ", "internal error"} {
			if strings.Contains(stderr, rule) {
				t.Errorf("go vet reports %s:\n%s", rule, stderr)
			}
		}
		if code, _, stderr := execute(t, shop+"-mended", "go", "vet", "-vettool="+binary, "./..."); code != 0 || stderr != "" {
			t.Errorf("on the mended shop: exit code %d: %s", code, stderr)
		}
	})
}

// TestVetFlags: the flags by which go vet picks its analyzers pick rules, and its
// other flags do what they do there (cmd/vet documentation).
func TestVetFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := build(t)
	service := filepath.Join(trees, "hosts", "service")
	for _, tt := range []struct {
		flags string
		rules []string // nil for all that the service has
	}{
		{"", []string{"diskwrite", "fixedport", "hardcodedhost"}},
		{"-diskwrite", []string{"diskwrite"}},
		{"-diskwrite -fixedport", []string{"diskwrite", "fixedport"}},
		{"-diskwrite=true", []string{"diskwrite"}},
		{"-diskwrite=false", []string{"fixedport", "hardcodedhost"}},
		{"-diskwrite=false -hardcodedhost=false", []string{"fixedport"}},
		{"-shutdown", nil},
	} {
		args := append([]string{"vet", "-vettool=" + binary}, strings.Fields(tt.flags)...)
		code, _, stderr := execute(t, service, "go", append(args, "./...")...)
		if (code == 1) != (tt.rules != nil) {
			t.Errorf("go vet %s: exit code %d: %s", tt.flags, code, stderr)
		}
		rules := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^\S+:\d+:\d+: (\w+): `).FindAllStringSubmatch(stderr, -1) {
			rules[m[1]] = true
		}
		if got := slices.Sorted(maps.Keys(rules)); !slices.Equal(got, tt.rules) {
			t.Errorf("go vet %s reports %q, want %q", tt.flags, got, tt.rules)
		}
	}

	// With -json there is one object for each package, and no failure.
	code, stdout, stderr := execute(t, service, "go", "vet", "-vettool="+binary, "-json", "-fixedport", "./cmd/server")
	var units map[string]map[string][]struct{ Posn, Message string }
	if err := json.Unmarshal([]byte(stdout), &units); err != nil || code != 0 {
		t.Errorf("-json: exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	if list := units["example.com/service/cmd/server"]["fixedport"]; len(list) != 1 || !strings.HasPrefix(list[0].Message, "fixedport: ") {
		t.Errorf("-json: %s", stdout)
	}
	// -c shows the line, and those around it.
	if _, _, stderr := execute(t, service, "go", "vet", "-vettool="+binary, "-c=0", "-fixedport", "./cmd/server"); !strings.Contains(stderr, "log.Fatal(web.Run(") {
		t.Errorf("-c=0: %s", stderr)
	}
	if code, _, stderr := execute(t, service, "go", "vet", "-vettool="+binary, "-fixedprot", "./..."); code == 0 || !strings.Contains(stderr, "-fixedprot") {
		t.Errorf("a flag that is not there: exit code %d: %s", code, stderr)
	}

	// -fix -diff shows what -fix would change, and changes nothing.
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(trees, "hosts", "fixable"))); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = execute(t, dir, "go", "vet", "-vettool="+binary, "-fix", "-diff", "./...")
	if code != 1 || !strings.Contains(stdout, "\n+") || !strings.Contains(stdout, "syscall.SIGTERM") {
		t.Errorf("-fix -diff: exit code %d: %s%s", code, stdout, stderr)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "main.go")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("-fix -diff changes the file (%v)", err)
	}
}

// BenchmarkStart measures what a start of the program costs as a vet tool, which
// the go command makes of it once for each package and its dependencies.
func BenchmarkStart(b *testing.B) {
	binary := buildOf(b, "../cnready-vet")
	dir := b.TempDir()
	source := filepath.Join(dir, "a.go")
	if err := os.WriteFile(source, []byte("package a\n\nfunc F() int { return 1 }\n"), 0o666); err != nil {
		b.Fatal(err)
	}
	unit := func(name string, cfg unitchecker.Config) string {
		cfg.ImportPath, cfg.GoVersion, cfg.ModulePath = "example.com/a", "go1.26", "example.com/a"
		cfg.GoFiles = []string{source}
		cfg.VetxOutput = filepath.Join(dir, name+".vetx")
		data, err := json.Marshal(cfg)
		if err != nil {
			b.Fatal(err)
		}
		file := filepath.Join(dir, name+".cfg")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			b.Fatal(err)
		}
		return file
	}
	for _, bb := range []struct{ name, arg string }{
		{"version", "-V=full"},
		{"flags", "-flags"},
		{"dependency", unit("dependency", unitchecker.Config{ID: "dependency", Dir: dir + "@v1.0.0", ModuleVersion: "v1.0.0", VetxOnly: true})},
		{"package", unit("package", unitchecker.Config{ID: "package", Dir: dir})},
	} {
		b.Run(bb.name, func(b *testing.B) {
			var used time.Duration
			for b.Loop() {
				cmd := exec.Command(binary, bb.arg)
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
				used += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			b.ReportMetric(float64(used.Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// build builds the program.
func build(tb testing.TB) string { return buildOf(tb, ".") }

// buildOf builds the program in a folder.
func buildOf(tb testing.TB, folder string) string {
	tb.Helper()
	binary := filepath.Join(tb.TempDir(), "cnready")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if code, _, stderr := execute(tb, ".", "go", "build", "-o", binary, folder); code != 0 {
		tb.Fatalf("go build: %s", stderr)
	}
	return binary
}

// execute runs a command off the network, outside of any workspace.
func execute(t testing.TB, dir, name string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOPROXY=off")
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}
