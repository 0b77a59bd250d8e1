package containerpackaged

import (
	"archive/zip"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/tree"
)

// TestExecution proves findings by execution: the programs of the fixtures are
// built as their Dockerfiles build them, the file systems that the model describes
// are laid into folders, and the programs are started there, in a chroot, as the
// users that the images name. What a rule finds must fail as it says, and what it
// holds to be right must come to the line "ready".
//
// It needs root, Linux, a Go and a C compiler; where one is missing it is skipped.
func TestExecution(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and starts programs")
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		t.Skip("chroot and network namespaces need root, on Linux")
	}
	for _, tool := range []string{"go", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	for _, tt := range []struct {
		rule *rule.Rule
		// fails gives what the program says, by service, where the rule has a
		// finding; works are services of which it has none.
		fails map[string]string
		works []string
	}{
		{MissingCACerts, map[string]string{"wrong": "certificate signed by unknown authority"}, []string{"mended"}},
		{MissingTZData, map[string]string{"wrong": "unknown time zone Europe/Berlin"}, []string{"mended", "tagged", "copied"}},
		{MissingProgram, map[string]string{
			"wrong":     `exec: "git": executable file not found in $PATH`,
			"renamed":   "no such file or directory",
			"shellform": "no such file or directory",
		}, []string{"mended"}},
		{MissingFile, map[string]string{"wrong": "open wrong/templates/index.html: no such file or directory"}, []string{"mended"}},
		{MissingTmp, map[string]string{"wrong": "no such file or directory"}, []string{"mended"}},
		{UnwritablePath, map[string]string{"wrong": "open /srv/wrong/audit.log: permission denied"}, []string{"mended"}},
		{PrivilegedPort, map[string]string{"wrong": "bind: permission denied"}, []string{"mended", "compiled"}},
		{HomeDir, map[string]string{"wrong": "user: Current requires cgo or $USER set in environment", "below": "mkdir /.shop: permission denied"}, []string{"mended", "handled", "belowmended"}},
		{LibcMismatch, map[string]string{"wrong": "no such file or directory", "alpine": "no such file or directory"}, []string{"mended", "base", "nettags"}},
		{CgoDisabled, map[string]string{"wrong": "requires cgo to work"}, []string{"mended"}},
	} {
		t.Run(tt.rule.Name, func(t *testing.T) {
			root, joined := ruletest.LoadPrograms(t, filepath.Join("testdata", tt.rule.Name))
			for _, s := range joined.Services {
				said, wrong := tt.fails[s.Name]
				if !wrong && !slices.Contains(tt.works, s.Name) {
					continue
				}
				t.Run(s.Name, func(t *testing.T) {
					if found := finds(tt.rule, s); found != wrong {
						t.Fatalf("the rule finds something: %v", found)
					}
					output, ready := start(t, root, s)
					switch {
					case !wrong && !ready:
						t.Errorf("the program does not start: %s", output)
					case wrong && ready:
						t.Errorf("the program works: %s", output)
					case wrong && !strings.Contains(output, said):
						t.Errorf("the program ends with %q, and not with %q", output, said)
					}
				})
			}
		})
	}
}

// TestBuildExecution proves findings on builds: what the COPY instructions bring is
// laid into a folder, and the go commands are run there.
func TestBuildExecution(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip(err)
	}
	root, joined := ruletest.LoadPrograms(t, filepath.Join("testdata", MissingSource.Name))
	for name, said := range map[string]string{
		"replace": "replaced by ./lib", "replacemended": "",
		"embed": "pattern web: no matching files found", "embedmended": "",
		"embedcopied": "pattern web: no matching files found",
	} {
		i := slices.IndexFunc(joined.Services, func(s *service.Service) bool { return s.Name == name })
		if i < 0 {
			t.Errorf("%s is no service", name)
			continue
		}
		s := joined.Services[i]
		t.Run(name, func(t *testing.T) {
			if found := finds(MissingSource, s); found != (said != "") {
				t.Fatalf("the rule finds something: %v", found)
			}
			output, err := runGo(t, root, stagesOf(s.Image.Image)[0])
			switch {
			case said == "" && err != nil:
				t.Errorf("the build fails: %v\n%s", err, output)
			case said != "" && (err == nil || !strings.Contains(output, said)):
				t.Errorf("the build ends with %v and %q, and not with %q", err, output, said)
			}
		})
	}
}

// runGo runs the go commands of a stage, each where the files are that came before
// it.
func runGo(t *testing.T, repo *tree.Tree, stage *image.Image) (string, error) {
	t.Helper()
	root := t.TempDir()
	for _, run := range stage.Runs() {
		if run.Words[0] != "go" {
			continue
		}
		for _, c := range before(stage, run.Step) {
			for _, f := range repo.Files {
				rel, ok := strings.CutPrefix(f.Path, strings.TrimSuffix(c.Context, "/")+"/")
				switch {
				case f.Path == c.Context:
					rel = ""
				case !ok || stage.Context.Ignores(strings.TrimPrefix(f.Path, stage.Context.Dir+"/")):
					continue
				}
				data, err := repo.Read(f.Path, 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				write(t, inRoot(root, path.Join(c.Dest, rel)), data, 0o644)
			}
		}
		cmd := exec.Command("go", run.Words[1:]...)
		for i, w := range cmd.Args {
			if path.IsAbs(w) {
				cmd.Args[i] = inRoot(root, w)
			}
		}
		cmd.Dir = inRoot(root, run.Dir)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off")
		if output, err := cmd.CombinedOutput(); err != nil {
			return string(output), err
		}
	}
	return "", nil
}

// finds tells whether a rule finds something in a service.
func finds(r *rule.Rule, s *service.Service) bool {
	rec := finding.NewRecorder(&r.Rule)
	r.Run(&rule.Pass{Recorder: rec, Service: s, Contract: s.Contract, File: s.Image.File, Stage: s.Image.Stage, Image: s.Image.Image})
	return slices.ContainsFunc(rec.Results(), func(r finding.Result) bool { return r.Verdict == finding.Fails })
}

// start lays the image of a service into a folder and starts it there, in a
// network of its own. ready is true where the program says so; otherwise output
// is what it printed before it ended, or why it was not started.
func start(t *testing.T, repo *tree.Tree, s *service.Service) (output string, ready bool) {
	t.Helper()
	img := s.Image.Image
	root := filepath.Join(t.TempDir(), "root")
	mkdir(t, root, 0o755, 0)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()

	lay(t, repo, img, s, root, server)
	begin := img.Start()
	if len(begin.Argv) == 0 {
		t.Fatal("the image starts nothing")
	}
	user := img.User()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	program := begin.Argv[0]
	if !path.IsAbs(program) {
		t.Fatalf("%s is no absolute path", program)
	}
	cmd := &exec.Cmd{Path: program, Args: begin.Argv, Dir: "/"}
	if dir, ok := img.Workdir(); ok {
		cmd.Dir = dir
	}
	cmd.Env = environment(img, user)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: number(t, user.ID), Gid: number(t, user.GID), NoSetGroups: true}}
	// A new network has no addresses, and its own lowest unprivileged port.
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
	if slices.Contains(caServices, path.Base(repo.Root)) {
		cmd.SysProcAttr.Cloneflags = 0 // it is to reach the server
		cmd.Env = append(cmd.Env, "RATES_URL="+server.URL)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = writer, writer
	err = cmd.Start()
	if closed := writer.Close(); closed != nil {
		t.Fatal(closed)
	}
	if err != nil {
		if errors.Is(err, syscall.EPERM) {
			t.Skipf("the test may not do that here: %v", err)
		}
		return err.Error(), false
	}
	kill := func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
	}
	stop := context.AfterFunc(ctx, kill)
	defer stop()
	output, ready = read(reader)
	kill()
	_ = cmd.Wait() // it was killed, or ended by itself
	return output, ready
}

// caServices are the fixtures' folders whose programs ask the test's server.
var caServices = []string{"missingcacerts"}

// read collects what a program prints, until it says that it is ready or ends.
func read(r io.Reader) (output string, ready bool) {
	var b strings.Builder
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		b.Write(buf[:n])
		if strings.Contains(b.String(), "ready") {
			return b.String(), true
		}
		if err != nil {
			return b.String(), false
		}
	}
}

func number(t *testing.T, id string) uint32 {
	t.Helper()
	if id == "" {
		return 0
	}
	n, err := strconv.ParseUint(id, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(n)
}

// environment are the variables that a container gets: the image's, and HOME, which
// the runtime takes from /etc/passwd and else sets to the root directory.
func environment(img *image.Image, user image.User) []string {
	dirs, _ := img.Path()
	home := "/"
	if user.Entry.Has == image.Yes && user.Home != "" {
		home = user.Home
	}
	env := []string{"PATH=" + strings.Join(dirs, ":"), "HOME=" + home}
	for _, v := range img.Env() {
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

// lay makes the part of an image's file system that the programs of the fixtures
// look at: whatever the model says is there, with its owner and mode.
func lay(t *testing.T, repo *tree.Tree, img *image.Image, s *service.Service, root string, server *httptest.Server) {
	t.Helper()
	for _, b := range img.Binaries() {
		if b.Dir == s.Dir {
			build(t, repo, b, inRoot(root, b.Path))
		}
	}
	// Container runtimes bring devices (OCI runtime specification, "Default
	// Devices").
	null := inRoot(root, "/dev/null")
	mkdir(t, filepath.Dir(null), 0o755, 0)
	if err := syscall.Mknod(null, syscall.S_IFCHR|0o666, 1<<8|3); err != nil {
		t.Skipf("the test may not make devices here: %v", err)
	}
	if err := os.Chmod(null, 0o666); err != nil {
		t.Fatal(err)
	}
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	contents := map[string]func() []byte{
		"/usr/share/zoneinfo/Europe/Berlin": func() []byte { return zone(t, "Europe/Berlin") },
		"/usr/bin/git":                      func() []byte { return tool(t) },
	}
	for _, p := range caPaths[:6] {
		contents[p] = func() []byte { return certificate }
	}
	for _, p := range []string{"/tmp", "/srv/wrong", "/srv/mended"} {
		contents[p] = nil // folders
	}
	user := img.User()
	if user.Home != "" {
		contents[user.Home] = nil
	}
	if dir, ok := img.Workdir(); ok {
		contents[dir] = nil
	}
	contents[path.Join("/srv", s.Dir, "templates/index.html")] = nil
	names := make([]string, 0, len(contents))
	for p := range contents {
		names = append(names, p)
	}
	slices.Sort(names)
	for _, p := range names {
		f := img.File(p)
		if f.Has != image.Yes {
			continue
		}
		data := contents[p]
		switch {
		case f.Source != "" && f.Kind == image.FileRegular:
			text, err := repo.Read(f.Source, 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			write(t, inRoot(root, p), text, 0o644)
		case data != nil:
			write(t, inRoot(root, p), data(), 0o755)
		default:
			mkdir(t, inRoot(root, p), f.Mode, int(number(t, f.User)))
		}
	}
	if user.Entry.Has == image.Yes && user.ID != "" {
		write(t, inRoot(root, "/etc/passwd"), fmt.Appendf(nil, "%s:x:%s:%s::%s:/sbin/nologin\n", user.Name, user.ID, user.GID, user.Home), 0o644)
	}
	if libc, _ := img.Libc(); libc == "glibc" {
		libraries(t, root)
	}
}

func inRoot(root, p string) string { return filepath.Join(root, filepath.FromSlash(p)) }

// mkdir makes a folder with an owner and mode, and those above it.
func mkdir(t *testing.T, dir string, mode uint32, owner int) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	perm := os.FileMode(mode & 0o777)
	if mode&0o1000 != 0 {
		perm |= os.ModeSticky
	}
	if err := errors.Join(os.Chmod(dir, perm), os.Chown(dir, owner, owner)); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file string, data []byte, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, mode); err != nil {
		t.Fatal(err)
	}
}

// build makes the program as the Dockerfile's go build does.
func build(t *testing.T, repo *tree.Tree, b image.Binary, out string) {
	t.Helper()
	args := []string{"build", "-buildvcs=false", "-o", out}
	if len(b.Build.Tags) > 0 {
		args = append(args, "-tags="+strings.Join(b.Build.Tags, ","))
	}
	cmd := exec.Command("go", append(args, "./"+b.Dir)...)
	cmd.Dir = repo.Root
	cgo := "1"
	if b.Cgo.Has == image.No {
		cgo = "0"
	}
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo, "GOFLAGS=", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
}

// zone is a time zone of the Go installation.
func zone(t *testing.T, name string) []byte {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(out)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skip(err)
	}
	defer r.Close()
	f, err := r.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// tool is a program that stands for git: one that starts in an empty file system.
func tool(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.go"), []byte("package main\n\nfunc main() { println(\"git version 2\") }\n"), 0o644)
	out := filepath.Join(dir, "git")
	cmd := exec.Command("go", "build", "-o", out, "main.go")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GO111MODULE=off", "GOFLAGS=")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// libraries lays the C library and dynamic linker of this machine, as gcc names
// them.
func libraries(t *testing.T, root string) {
	t.Helper()
	for _, name := range []string{"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "libc.so.6", "libresolv.so.2", "libpthread.so.0", "libnss_files.so.2", "libnss_dns.so.2"} {
		out, err := exec.Command("gcc", "-print-file-name="+name).Output()
		file := strings.TrimSpace(string(out))
		if err != nil || !filepath.IsAbs(file) {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, dir := range []string{"/lib64", "/lib", "/usr/lib"} {
			write(t, inRoot(root, path.Join(dir, name)), data, 0o755)
		}
	}
}
