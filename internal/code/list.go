package code

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/build"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/tree"
)

// A listedPackage is what `go list -json` says of a package (cmd/go
// documentation, "List packages or modules").
type listedPackage struct {
	ImportPath string
	Name       string
	Dir        string
	GoFiles    []string
	CgoFiles   []string
	Imports    []string
	ImportMap  map[string]string
	Standard   bool
	DepOnly    bool
	Module     *listedModule
	Error      *listedError

	firstParty bool
}

type listedModule struct {
	Path      string
	Version   string
	Dir       string
	Main      bool
	GoVersion string
	Replace   *listedModule
}

type listedError struct {
	Pos string
	Err string
}

// files are the absolute names of the package's Go files.
func (p *listedPackage) files() []string {
	names := slices.Concat(p.GoFiles, p.CgoFiles)
	for i, name := range names {
		if !filepath.IsAbs(name) {
			names[i] = filepath.Join(p.Dir, name)
		}
	}
	return names
}

const listFields = "ImportPath,Name,Dir,GoFiles,CgoFiles,Imports,ImportMap,Standard,DepOnly,Module,Error"

// listTimeout bounds one go command; reading a large module takes seconds.
const listTimeout = 5 * time.Minute

// list asks the go command for the packages of a module or workspace and all
// that they need, dependencies first. Nothing is downloaded and nothing is
// compiled.
func (l *Loader) list(ctx context.Context, dir string, patterns []string) ([]*listedPackage, error) {
	args := []string{"list", "-e", "-deps", "-json=" + listFields, "--"}
	var env []string
	if l.noWorkspace {
		env = append(env, "GOWORK=off")
	}
	out, err := goCommand(ctx, dir, append(args, patterns...), env...)
	if err != nil {
		return nil, err
	}
	packages, err := decode(out)
	if err != nil {
		return nil, err
	}
	owners := map[string]bool{}
	for _, p := range packages {
		if p.Module != nil && p.Module.Main {
			owners[owner(p.Module.Path)] = true
		}
	}
	for _, p := range packages {
		p.firstParty = l.isFirstParty(p, owners)
	}
	return packages, nil
}

// decode reads what go list -json prints.
func decode(out []byte) ([]*listedPackage, error) {
	var packages []*listedPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(listedPackage)
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("what go list printed could not be read: %w", err)
		}
		packages = append(packages, p)
	}
	return packages, nil
}

// isFirstParty tells packages whose bodies are analyzed: those of main modules,
// of modules replaced by a folder, of modules of the same owner, and those that
// the user names.
func (l *Loader) isFirstParty(p *listedPackage, owners map[string]bool) bool {
	switch m := p.Module; {
	case p.Standard || m == nil:
		return false
	case m.Main, m.Replace != nil && m.Replace.Version == "":
		return true
	case slices.ContainsFunc(l.FirstParty, func(prefix string) bool {
		prefix = strings.TrimSuffix(prefix, "/")
		return prefix != "" && (p.ImportPath == prefix || strings.HasPrefix(p.ImportPath, prefix+"/"))
	}):
		return true
	default:
		// What the API table says of a module is more than its summaries would.
		o := owner(m.Path)
		return o != "" && owners[o] && !l.table().KnowsPackage(p.ImportPath)
	}
}

// forges are hosts on which the first path element is the owner. Elsewhere one
// host may carry the modules of many.
var forges = map[string]bool{
	"github.com": true, "gitlab.com": true, "bitbucket.org": true, "codeberg.org": true,
}

// owner is host and organisation of a module path, "" where they cannot be told.
func owner(module string) string {
	parts := strings.SplitN(module, "/", 3)
	if len(parts) < 3 || !forges[parts[0]] {
		return ""
	}
	return parts[0] + "/" + parts[1]
}

func goCommand(ctx context.Context, dir string, args []string, env ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	// Off the network, with the Go at hand, and without asking version control.
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOTOOLCHAIN=local", "PWD="+dir,
		"GOFLAGS="+strings.TrimSpace(os.Getenv("GOFLAGS")+" -buildvcs=false"))
	cmd.Env = append(cmd.Env, env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no go command in PATH")
	case ctx.Err() != nil:
		return nil, fmt.Errorf("go list did not end within %s", listTimeout)
	case err != nil && len(out) == 0:
		return nil, fmt.Errorf("go list fails (%s)", firstLine(stderr.String()))
	}
	return out, nil
}

// firstLine is the first line of an error's text, with the next one where it ends
// in a colon.
func firstLine(s string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if strings.HasSuffix(line, ":") {
		next, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
		line = strings.TrimSuffix(line+" "+next, " ")
	}
	return strings.TrimPrefix(line, "go: ")
}

// listFromSyntax lists the packages of a folder without the module's help: one
// for each folder with Go files, by the module's path or, without one, by the
// folder. The standard library is still listed by the go command.
func (l *Loader) listFromSyntax(ctx context.Context, t *tree.Tree, g group) []*listedPackage {
	own := packagesOf(t, g)
	std := map[string]bool{}
	for _, p := range own {
		for _, imp := range p.Imports {
			if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") && imp != "C" && imp != "unsafe" {
				std[imp] = true
			}
		}
	}
	args := []string{"list", "-e", "-deps", "-json=" + listFields, "--"}
	// Outside modules the go command lists the standard library wherever it is
	// called.
	out, err := goCommand(ctx, t.Root, append(args, sortedKeys(std)...), "GO111MODULE=off", "GOFLAGS=")
	if err != nil {
		return own
	}
	listed, err := decode(out)
	if err != nil {
		return own
	}
	return append(slices.DeleteFunc(listed, func(p *listedPackage) bool { return !p.Standard }), own...)
}

// noModule stands for the path of a module that has none: a name that no module
// can have (RFC 2606).
const noModule = "local.invalid"

// packagesOf makes a package of each folder with Go files, dependencies first
// where they import each other.
func packagesOf(t *tree.Tree, g group) []*listedPackage {
	var out []*listedPackage
	seen := map[string]bool{}
	nested := map[string]bool{}
	for _, f := range t.Files {
		if dir, base := path.Split(f.Path); base == "go.mod" && path.Clean(dir) != g.dir {
			nested[path.Clean(dir)] = true
		}
	}
	ctx := build.Default
	for _, f := range t.Files {
		dir := path.Dir(f.Path)
		if !strings.HasSuffix(f.Path, ".go") || seen[dir] || !under(dir, g.dir) || inNested(dir, g.dir, nested) {
			continue
		}
		seen[dir] = true
		abs := filepath.Join(t.Root, filepath.FromSlash(dir))
		p, err := ctx.ImportDir(abs, 0)
		if p == nil || err != nil && len(p.GoFiles) == 0 {
			continue
		}
		rel := strings.TrimPrefix(strings.TrimPrefix(dir, g.dir), "/")
		if g.dir == "." {
			rel = dir
		}
		base := g.module
		if base == "" {
			base = noModule
		}
		out = append(out, &listedPackage{
			ImportPath: path.Join(base, rel), Name: p.Name, Dir: abs,
			GoFiles: p.GoFiles, CgoFiles: p.CgoFiles, Imports: p.Imports, firstParty: true,
			Module: &listedModule{Path: base, Dir: filepath.Join(t.Root, filepath.FromSlash(g.dir)), Main: true},
		})
	}
	return inOrder(out)
}

// inOrder sorts packages so that imports come first; a circle keeps the order in
// which it was met.
func inOrder(list []*listedPackage) []*listedPackage {
	byPath := map[string]*listedPackage{}
	for _, p := range list {
		byPath[p.ImportPath] = p
	}
	var out []*listedPackage
	seen := map[*listedPackage]bool{}
	var visit func(p *listedPackage)
	visit = func(p *listedPackage) {
		if p == nil || seen[p] {
			return
		}
		seen[p] = true
		for _, imp := range p.Imports {
			visit(byPath[imp])
		}
		out = append(out, p)
	}
	for _, p := range list {
		visit(p)
	}
	return out
}

func under(dir, parent string) bool {
	return parent == "." || dir == parent || strings.HasPrefix(dir, parent+"/")
}

// inNested tells whether a folder belongs to another module below parent.
func inNested(dir, parent string, nested map[string]bool) bool {
	for d := dir; d != parent && d != "."; d = path.Dir(d) {
		if nested[d] {
			return true
		}
	}
	return false
}
