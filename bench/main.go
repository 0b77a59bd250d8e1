//go:build unix

// Bench measures what cnready costs on a real module, beside go vet, staticcheck
// and gosec, and beside `go list -deps`, which is the least that any of them does.
//
// Usage:
//
//	go run . [-module PATH@VERSION] [-tools LIST] [-phases LIST]
//
// README.md says what the phases are and how to read the table.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// The versions of the other tools.
const (
	staticcheckVersion = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
	gosecVersion       = "github.com/securego/gosec/v2/cmd/gosec@v2.30.0"
)

// A tool is one command that reads the whole module.
type tool struct {
	name string
	// command starts with the name of the program.
	command []string
	// install is what `go install` takes to get the program; "" for a part of Go.
	install string
	// cacheEnv names the environment variable for a cache of the tool's own.
	cacheEnv string
}

var tools = []tool{
	{name: "list", command: []string{"go", "list", "-deps", "./..."}},
	{name: "cnready", command: []string{"cnready", "check", ".", "--fail-on=never"}, cacheEnv: "CNREADY_CACHE"},
	{name: "vet", command: []string{"go", "vet", "./..."}},
	{name: "staticcheck", command: []string{"staticcheck", "./..."}, install: staticcheckVersion, cacheEnv: "STATICCHECK_CACHE"},
	{name: "gosec", command: []string{"gosec", "-quiet", "./..."}, install: gosecVersion},
}

// The phases, in the order in which they run; each finds what the one before left.
var phases = []string{"cold", "first", "warm", "edit", "again"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	module := flag.String("module", "github.com/prometheus/prometheus@v0.316.0", "the module to read, as `PATH@VERSION`")
	toolList := flag.String("tools", "list,cnready", "what to run, of list, cnready, vet, staticcheck and gosec")
	phaseList := flag.String("phases", strings.Join(phases, ","), "what to measure")
	binary := flag.String("cnready", "", "a cnready `binary`; by default it is built from the folder above")
	core := flag.String("core", "", "the `folder` of the package that is edited; by default the one that most packages of the module import")
	keep := flag.Bool("keep", false, "keep the scratch folder")
	flag.Parse()

	wanted, err := chosen("-tools", *toolList, names(tools))
	if err != nil {
		return err
	}
	measured, err := chosen("-phases", *phaseList, phases)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "cnready-bench-")
	if err != nil {
		return err
	}
	defer func() {
		if *keep {
			fmt.Println("scratch folder:", scratch)
			return
		}
		_ = os.RemoveAll(scratch) // what stays is in the temporary folder
	}()

	b := &bench{dir: filepath.Join(scratch, "module"), bin: filepath.Join(scratch, "bin"), caches: filepath.Join(scratch, "caches")}
	if err := b.prepare(ctx, *module, *binary, wanted); err != nil {
		return err
	}
	edited, count, err := b.core(ctx, *core)
	if err != nil {
		return err
	}
	shown, err := filepath.Rel(b.dir, edited)
	if err != nil {
		return err
	}
	fmt.Printf("%s, %d packages; %s, %d cores; edited: %s\n\n", *module, count, runtime.Version(), runtime.NumCPU(), shown)

	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "tool\tphase\twall s\tCPU s\tpeak MB\texit\t")
	for _, t := range tools {
		if !slices.Contains(wanted, t.name) {
			continue
		}
		if err := b.measure(ctx, t, measured, edited, w); err != nil {
			return errors.Join(err, w.Flush())
		}
	}
	return w.Flush()
}

// chosen splits a list and checks its words.
func chosen(name, list string, known []string) ([]string, error) {
	words := strings.Split(list, ",")
	for _, w := range words {
		if !slices.Contains(known, w) {
			return nil, fmt.Errorf("%s: unknown %q: use %s", name, w, strings.Join(known, ", "))
		}
	}
	return words, nil
}

func names(tools []tool) []string {
	var out []string
	for _, t := range tools {
		out = append(out, t.name)
	}
	return out
}

// A bench is where things lie.
type bench struct{ dir, bin, caches string }

// prepare copies the module, downloads all that it needs, and installs the tools.
// None of it is measured.
func (b *bench) prepare(ctx context.Context, module, binary string, wanted []string) error {
	out, err := command(ctx, ".", nil, "go", "mod", "download", "-json", module)
	if err != nil {
		return err
	}
	var got struct{ Dir string }
	if err := json.Unmarshal(out, &got); err != nil || got.Dir == "" {
		return fmt.Errorf("go mod download %s does not say where the module is (%v)", module, err)
	}
	if err := copyTree(b.dir, got.Dir); err != nil {
		return err
	}
	// A workspace names modules that this one's archive does not have.
	for _, name := range []string{"go.work", "go.work.sum"} {
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if _, err := command(ctx, b.dir, nil, "go", "mod", "download"); err != nil {
		return err
	}
	for _, t := range tools {
		if t.install == "" || !slices.Contains(wanted, t.name) {
			continue
		}
		if _, err := command(ctx, ".", []string{"GOBIN=" + b.bin}, "go", "install", t.install); err != nil {
			return err
		}
	}
	if !slices.Contains(wanted, "cnready") {
		return nil
	}
	if binary == "" {
		_, err = command(ctx, "..", nil, "go", "build", "-o", filepath.Join(b.bin, "cnready"), "./cmd/cnready")
		return err
	}
	if binary, err = filepath.Abs(binary); err != nil {
		return err
	}
	if err := os.MkdirAll(b.bin, 0o755); err != nil {
		return err
	}
	return os.Symlink(binary, filepath.Join(b.bin, "cnready"))
}

// copyTree copies a module from the module cache, whose files cannot be written.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
}

// core is a file of the package that most others of the module import, or of the
// one in folder, and the number of the module's packages.
func (b *bench) core(ctx context.Context, folder string) (file string, packages int, err error) {
	out, err := command(ctx, b.dir, nil, "go", "list", "-json=ImportPath,Dir,GoFiles,Imports", "./...")
	if err != nil {
		return "", 0, err
	}
	importers := map[string]int{}
	files := map[string]string{} // by import path
	var order []string
	for dec := json.NewDecoder(strings.NewReader(string(out))); dec.More(); {
		var p struct {
			ImportPath, Dir  string
			GoFiles, Imports []string
		}
		if err := dec.Decode(&p); err != nil {
			return "", 0, err
		}
		packages++
		for _, imp := range p.Imports {
			importers[imp]++
		}
		if len(p.GoFiles) > 0 {
			files[p.ImportPath] = filepath.Join(p.Dir, p.GoFiles[0])
			order = append(order, p.ImportPath)
		}
		if folder != "" && len(p.GoFiles) > 0 && p.Dir == filepath.Join(b.dir, folder) {
			return files[p.ImportPath], packages, nil
		}
	}
	if folder != "" || len(order) == 0 {
		return "", 0, fmt.Errorf("the module has no package in %q", folder)
	}
	return files[slices.MaxFunc(order, func(x, y string) int { return importers[x] - importers[y] })], packages, nil
}

// measure runs a tool through the phases, with caches of its own.
func (b *bench) measure(ctx context.Context, t tool, measured []string, edited string, w *tabwriter.Writer) error {
	original, err := os.ReadFile(edited)
	if err != nil {
		return err
	}
	defer func() { _ = os.WriteFile(edited, original, 0o644) }() // the copy is thrown away
	caches := filepath.Join(b.caches, t.name)
	env := append(os.Environ(), "GOCACHE="+filepath.Join(caches, "go"), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if t.cacheEnv != "" {
		env = append(env, t.cacheEnv+"="+filepath.Join(caches, "own"))
	}
	program := t.command[0]
	if program != "go" {
		program = filepath.Join(b.bin, program)
	}
	for i, phase := range phases {
		if i > slices.Index(phases, measured[len(measured)-1]) {
			break
		}
		if phase == "first" && t.cacheEnv != "" {
			if err := os.RemoveAll(filepath.Join(caches, "own")); err != nil {
				return err
			}
		}
		if phase == "edit" {
			// A declaration, so that neither a hash of the tokens nor one of the
			// types is the same.
			if err := os.WriteFile(edited, append(slices.Clone(original), "\nvar edited int\n"...), 0o644); err != nil {
				return err
			}
		}
		cmd := exec.CommandContext(ctx, program, t.command[1:]...)
		cmd.Dir, cmd.Env = b.dir, env
		start := time.Now()
		out, err := cmd.CombinedOutput()
		wall := time.Since(start)
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
			return fmt.Errorf("%s: %w", t.name, errors.Join(err, ctx.Err()))
		}
		state := cmd.ProcessState
		if state.ExitCode() > 2 || state.ExitCode() < 0 {
			return fmt.Errorf("%s: %s: %s", t.name, state, last(out))
		}
		if slices.Contains(measured, phase) {
			fmt.Fprintf(w, "%s\t%s\t%.1f\t%.1f\t%d\t%d\t\n", t.name, phase, wall.Seconds(),
				(state.UserTime() + state.SystemTime()).Seconds(), peak(state)>>20, state.ExitCode())
		}
	}
	return nil
}

// peak is the memory of the largest process that the command was or started, in
// bytes (getrusage(2): kilobytes, on macOS bytes).
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10
}

// command runs what is not measured.
func command(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "GOWORK=off"), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, last([]byte(stderr.String())))
	}
	return out, nil
}

// last is the last line of a text.
func last(text []byte) string {
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}
