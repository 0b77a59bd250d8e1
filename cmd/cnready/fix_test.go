package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/tree/treetest"
)

const fixable = `
-- go.mod --
module example.com/fixable

go 1.24
-- main.go --
package main

import (
	"context"
	"net/http"
	"os"
	"os/signal"
)

func main() {
	srv := &http.Server{Addr: ":8080"}
	go func() {
		quit := make(chan os.Signal, 1)
		signal.Notify(quit, os.Interrupt)
		<-quit
		srv.Shutdown(context.Background())
	}()
	srv.ListenAndServe()
}
`

const fixDiff = `--- a/main.go
+++ b/main.go
@@ -5,13 +5,14 @@
 	"net/http"
 	"os"
 	"os/signal"
+	"syscall"
 )
 
 func main() {
 	srv := &http.Server{Addr: ":8080"}
 	go func() {
 		quit := make(chan os.Signal, 1)
-		signal.Notify(quit, os.Interrupt)
+		signal.Notify(quit, os.Interrupt, syscall.SIGTERM)
 		<-quit
 		srv.Shutdown(context.Background())
 	}()
`

// runCommand runs the command and returns what it writes.
func runCommand(args ...string) (stdout, stderr string, err error) {
	var out, errOut bytes.Buffer
	cmd := newCommand()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&errOut)
	err = cmd.Execute()
	return out.String(), errOut.String(), err
}

func TestFix(t *testing.T) {
	dir := treetest.Write(t, fixable)
	main := filepath.Join(dir, "main.go")
	if err := os.Chmod(main, 0o640); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(main)

	stdout, stderr, err := runCommand("fix", "--dry-run", "--rule", "shutdown", dir)
	var exit exitCode
	if !errors.As(err, &exit) || exit != 1 {
		t.Errorf("--dry-run gives %v, want exit code 1", err)
	}
	if d := cmp.Diff(fixDiff, stdout); d != "" {
		t.Errorf("--dry-run (-want +got):\n%s", d)
	}
	if !strings.HasPrefix(stderr, "would be mended\n  main.go:14:3 shutdown: add syscall.SIGTERM to the signals\n\n1 finding would be mended in 1 file.") {
		t.Errorf("--dry-run says %q", stderr)
	}
	if now, _ := os.ReadFile(main); !bytes.Equal(now, before) {
		t.Error("--dry-run changed the file")
	}

	stdout, stderr, err = runCommand("fix", dir)
	if err != nil || stderr != "" || !strings.HasPrefix(stdout, "mended\n  main.go:") || !strings.Contains(stdout, " fixedport: ") || !strings.Contains(stdout, " shutdown: add syscall.SIGTERM") {
		t.Errorf("got %v, %q and\n%s", err, stderr, stdout)
	}
	if info, err := os.Stat(main); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file's mode is %v (%v)", info.Mode(), err)
	}
	build := exec.Command("go", "build", "-o", os.DevNull, ".")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the mended code: %v\n%s", err, out)
	}
	for _, f := range parse(t, cnready(t, "check", "--format", "json", dir).stdout).Findings {
		if f.Rule == "shutdown" || f.Rule == "fixedport" {
			t.Errorf("still there: %s: %s", f.Rule, f.Message)
		}
	}

	// By now there is nothing more to do for these rules.
	stdout, stderr, err = runCommand("fix", "--dry-run", "--rule", "shutdown,fixedport", dir)
	if err != nil || stdout != "" || stderr != "There is nothing that a machine can mend safely.\n" {
		t.Errorf("got %v, %q and %q", err, stdout, stderr)
	}
}

func TestFixLeavesSuppressed(t *testing.T) {
	dir := treetest.Write(t, strings.Replace(fixable, "os.Interrupt)", "os.Interrupt) //nolint:shutdown // on purpose", 1))
	if stdout, _, err := runCommand("fix", "--dry-run", "--rule", "shutdown", dir); err != nil || stdout != "" {
		t.Errorf("got %v and\n%s", err, stdout)
	}
}

func TestFixArguments(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--rule", "shutdwn"}, `--rule: there is no rule "shutdwn": did you mean shutdown? cnready rules lists all`},
		{[]string{"nowhere"}, "nowhere does not exist"},
		{[]string{"a", "b"}, "accepts at most 1 arg"},
		{[]string{t.TempDir()}, "there is no Go code, no Dockerfile and no manifest"},
	} {
		_, _, err := runCommand(append([]string{"fix"}, tt.args...)...)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q gives %v, want %q", tt.args, err, tt.want)
		}
	}
}
