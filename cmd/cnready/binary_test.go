package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// TestBinary runs the program as users and the go command run it.
func TestBinary(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	binary := filepath.Join(t.TempDir(), "cnready")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if code, _, stderr := execute(t, ".", "go", "build", "-o", binary, "."); code != 0 {
		t.Fatalf("go build: %s", stderr)
	}
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
		if !regexp.MustCompile(`(?m)^\S+ version devel .*buildID=[0-9a-f]{16,}`).MatchString(stdout) {
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
		for _, name := range []string{"diskwrite", "hardcodedhost", "shutdown", "json"} {
			if !have[name] {
				t.Errorf("-flags has no %s: %s", name, stdout)
			}
		}
	})

	t.Run("vet", func(t *testing.T) {
		code, _, stderr := execute(t, shop, "go", "vet", "-vettool="+binary, "./...")
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

// execute runs a command off the network, outside of any workspace.
func execute(t *testing.T, dir, name string, args ...string) (code int, stdout, stderr string) {
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
