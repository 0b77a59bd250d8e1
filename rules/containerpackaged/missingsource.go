package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

// MissingSource finds what a build needs and does not get from its context.
var MissingSource = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingsource",
		Doc: `the image's build lacks a source that it needs

An image is built from what its Dockerfile copies out of the build context, less
what .dockerignore leaves out. A clean build then fails, though the build on the
developer's machine went well, where

  - the source of a COPY is not in the repository, or .dockerignore leaves it out,
  - a go:embed pattern names files that .dockerignore leaves out, or that no COPY
    brings to the stage that builds,
  - go.mod replaces a module by a folder that is not yet copied, or that lies
    outside the context, when the first go command runs,
  - go.sum is not copied when go build runs.

The rule is silent where git ignores a missing file, or it may be made by a step
before the build, where the context cannot be told, and where files come by a bind
mount.

# Fails

	COPY go.mod ./                  // go.mod: replace example.com/lib => ./lib
	RUN go mod download

# Holds

	COPY go.mod go.sum ./
	COPY lib ./lib
	RUN go mod download

# How to mend it

Copy what is missing before the command that needs it, or take it out of
.dockerignore (an exception is a line with an exclamation mark: !web/dist).`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: never,
	Run:     onEachImage(missingSource),
}

func missingSource(p *rule.Pass) {
	t := repository(p)
	if t == nil {
		return
	}
	// The stages that the image is made of.
	stages := stagesOf(p.Image)
	for _, img := range stages {
		copies(p, t, img)
		goCommands(p, t, img)
	}
	if b := program(p); b != nil {
		embeds(p, t, b)
	}
}

// stagesOf are the models of the shipped stage and of all stages that it builds on
// or copies from, in the order of the file.
func stagesOf(img *image.Image) []*image.Image {
	seen := map[*image.Stage]bool{}
	var visit func(s *image.Stage)
	visit = func(s *image.Stage) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		visit(s.Base.Stage)
		for i := range s.Steps {
			visit(s.Steps[i].FromStage)
		}
	}
	visit(img.Stage)
	var out []*image.Image
	for _, s := range img.Stage.File().Stages {
		if seen[s] {
			out = append(out, image.Of(s, img.Context))
		}
	}
	return out
}

// copies judges the sources of COPY and ADD.
func copies(p *rule.Pass, t *tree.Tree, img *image.Image) {
	for _, c := range img.Sources() {
		if c.Step.From != "" || c.Remote {
			continue
		}
		subject := fmt.Sprintf("%s at line %d", c.Source, c.Step.Position.Line)
		switch c.Found.Has {
		case image.Yes:
			p.Holds(0, subject)
		case image.Unknown:
			p.CannotTell(0, subject, "whether "+c.Source+" is there when the image is built cannot be told: "+c.Found.Why, c.Step.Position)
		default:
			if elsewhere := otherContext(t, img.Context, c.Source); elsewhere != "" && !c.Ignored {
				p.CannotTell(0, subject, fmt.Sprintf("%s is there if the build's context is %s", c.Source, elsewhere), c.Step.Position)
				continue
			}
			f := finding.Finding{
				Position: c.Step.Position,
				Message:  fmt.Sprintf("%s copies %s, but %s: the build fails; mend the path, or bring the file into the build context", c.Step.Kind, c.Source, c.Found.Why),
			}
			if c.Ignored {
				f.Message = fmt.Sprintf("%s copies %s, but %s: the build fails; add the line !%s to it", c.Step.Kind, c.Source, c.Found.Why, strings.TrimPrefix(path.Clean("/"+c.Source), "/"))
				f.Related = []finding.Related{{Position: finding.Position{File: t.Name(img.Context.IgnoreFile)}, Message: "leaves out " + c.Source}}
			}
			p.Fails(0, subject, f)
		}
	}
}

// otherContext is another folder above the Dockerfile, or below the context, from
// which the source would be found: nobody says what the context is.
func otherContext(t *tree.Tree, c *image.Context, source string) string {
	rel := strings.TrimPrefix(path.Clean("/"+source), "/")
	for d := c.Dir; d != "." && d != "/"; {
		d = path.Dir(d)
		if t.Has(path.Join(d, rel)) {
			return d
		}
	}
	for _, f := range t.Files {
		if !within(f.Path, c.Dir) && c.Dir != "." {
			continue
		}
		if strings.ContainsAny(rel, "*?[") {
			if ok, err := path.Match(rel, lastElements(f.Path, strings.Count(rel, "/")+1)); err == nil && ok {
				return path.Dir(f.Path)
			}
			continue
		}
		if f.Path == rel || strings.HasSuffix(f.Path, "/"+rel) || strings.Contains("/"+f.Path, "/"+rel+"/") {
			return strings.TrimSuffix(strings.TrimSuffix(f.Path, rel), "/")
		}
	}
	return ""
}

// lastElements are the last n elements of a path.
func lastElements(p string, n int) string {
	parts := strings.Split(p, "/")
	return strings.Join(parts[max(0, len(parts)-n):], "/")
}

// goCommands judges what the go commands of a stage find when they run.
func goCommands(p *rule.Pass, t *tree.Tree, img *image.Image) {
	done := map[string]bool{}
	for _, run := range img.Runs() {
		if run.Maybe || len(run.Words) < 2 || path.Base(run.Words[0]) != "go" || mountsFiles(run.Step) {
			continue
		}
		verb := run.Words[1]
		loads := verb == "build" || verb == "install" || verb == "test" || verb == "run" || verb == "vet" || verb == "generate"
		if !loads && !(verb == "mod" && len(run.Words) > 2 && (run.Words[2] == "download" || run.Words[2] == "verify")) {
			continue
		}
		if slices.ContainsFunc(run.Words[2:], func(w string) bool {
			return strings.Contains(w, "@") || strings.HasPrefix(w, "-mod") || strings.HasPrefix(w, "-C")
		}) || strings.Contains(run.Env["GOFLAGS"], "-mod") {
			continue
		}
		came := before(img, run.Step)
		module, ok := moduleAt(t, came, run.Dir)
		if !ok {
			continue
		}
		judgeModule(p, t, img, came, module, run, loads, done)
	}
}

// mountsFiles tells whether a RUN gets files by a mount.
func mountsFiles(s *image.Step) bool {
	return slices.ContainsFunc(s.Flags, func(f string) bool {
		return strings.HasPrefix(f, "--mount") && (strings.Contains(f, "type=bind") || !strings.Contains(f, "type="))
	})
}

// before are the files and folders that came from the build context before a
// step; nil where some of them cannot be told.
func before(img *image.Image, step *image.Step) []image.Transfer {
	var out []image.Transfer
	for s := img.Stage; s != nil; s = s.Base.Stage {
		m := img
		if s != img.Stage {
			m = image.Of(s, img.Context)
		}
		for _, t := range m.Sources() {
			if s == img.Stage && t.Step.Position.Line > step.Position.Line {
				continue
			}
			if t.Found.Has == image.Unknown || t.Step.From != "" || t.Remote {
				// Who knows what it brings.
				if t.Step.From == "" || !within("/usr", t.Dest) {
					return nil
				}
			}
			out = append(out, t)
		}
	}
	return out
}

// moduleAt is the folder of the repository whose go.mod was copied into a folder
// of the stage.
func moduleAt(t *tree.Tree, came []image.Transfer, dir string) (module string, ok bool) {
	for _, c := range came {
		for _, source := range sourcesOf(t, c) {
			if path.Base(source) == "go.mod" && (c.Dest == dir || path.Join(c.Dest, "go.mod") == path.Join(dir, "go.mod") || c.Dest == path.Join(dir, "go.mod")) {
				return path.Dir(source), true
			}
			if within(dir, c.Dest) && !tIsFile(t, source) {
				folder := path.Join(source, strings.TrimPrefix(strings.TrimPrefix(dir, c.Dest), "/"))
				if t.Has(path.Join(folder, "go.mod")) {
					return folder, true
				}
			}
		}
	}
	return "", false
}

func tIsFile(t *tree.Tree, p string) bool {
	return slices.ContainsFunc(t.Files, func(f tree.File) bool { return f.Path == p })
}

// sourcesOf are the paths of the repository that a transfer takes.
func sourcesOf(t *tree.Tree, c image.Transfer) []string {
	if !strings.ContainsAny(c.Context, "*?[") {
		return []string{c.Context}
	}
	var out []string
	seen := map[string]bool{}
	depth := strings.Count(c.Context, "/") + 1
	for _, f := range t.Files {
		parts := strings.SplitN(f.Path, "/", depth+1)
		if len(parts) < depth {
			continue
		}
		name := strings.Join(parts[:depth], "/")
		if ok, err := path.Match(c.Context, name); err == nil && ok && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	return out
}

// brought tells whether a path of the repository is among what came.
func brought(t *tree.Tree, came []image.Transfer, p string) bool {
	for _, c := range came {
		for _, source := range sourcesOf(t, c) {
			if within(p, source) || source == "." {
				return true
			}
		}
	}
	return false
}

// judgeModule judges go.sum and the replaced modules of a module.
func judgeModule(p *rule.Pass, t *tree.Tree, img *image.Image, came []image.Transfer, module string, run image.Run, loads bool, done map[string]bool) {
	file := path.Join(module, "go.mod")
	data, err := t.Read(file, maxSource)
	if err != nil {
		return
	}
	m, err := modfile.Parse(file, data, nil)
	if err != nil || tIsFile(t, path.Join(module, "vendor/modules.txt")) || brought(t, came, path.Join(module, "vendor")) && t.Has(path.Join(module, "vendor")) {
		return
	}
	command := "go " + strings.Join(run.Words[1:min(3, len(run.Words))], " ")
	if loads {
		command = "go " + run.Words[1]
	}
	if sum := path.Join(module, "go.sum"); loads && tIsFile(t, sum) && hasRequirements(m) && !done[sum] {
		done[sum] = true
		subject := "go.sum at " + run.At.Short()
		if brought(t, came, sum) {
			p.Holds(0, subject)
		} else {
			p.Fails(0, subject, finding.Finding{
				Position: run.At,
				Message:  fmt.Sprintf("%s runs where go.sum was not copied: the build fails with \"missing go.sum entry\"; COPY go.mod go.sum ./", command),
				Related:  []finding.Related{{Position: finding.Position{File: t.Name(file)}, Message: "is copied without its go.sum"}},
			})
		}
	}
	for _, r := range m.Replace {
		if r.New.Version != "" || !strings.HasPrefix(r.New.Path, ".") {
			continue
		}
		target := path.Join(module, r.New.Path)
		subject := "replace " + r.Old.Path + " in " + file
		if done[subject] {
			continue
		}
		done[subject] = true
		at := finding.Position{File: t.Name(file), Line: r.Syntax.Start.Line, Column: r.Syntax.Start.LineRune}
		related := []finding.Related{{Position: at, Message: fmt.Sprintf("replaces %s by %s", r.Old.Path, r.New.Path)}}
		outside := target == ".." || strings.HasPrefix(target, "../") || !within(target, img.Context.Dir) && img.Context.Dir != "."
		switch {
		case outside:
			p.Fails(0, subject, finding.Finding{
				Position: run.At, Related: related,
				Message: fmt.Sprintf("%s needs %s, by which go.mod replaces %s, but it lies outside of the build context: the build fails; build from a folder above both, or use a workspace (go.work) for development instead", command, r.New.Path, r.Old.Path),
			})
		case !t.Has(target):
			p.CannotTell(0, subject, r.New.Path+", by which go.mod replaces "+r.Old.Path+", is not in the repository", at)
		case brought(t, came, path.Join(target, "go.mod")):
			p.Holds(0, subject)
		default:
			p.Fails(0, subject, finding.Finding{
				Position: run.At, Related: related,
				Message: fmt.Sprintf("%s needs %s, by which go.mod replaces %s, but no COPY before it brings the folder: the build fails; add COPY %s %s before it", command, r.New.Path, r.Old.Path, inContext(img.Context, target), r.New.Path),
			})
		}
	}
}

func inContext(c *image.Context, p string) string {
	if c.Dir == "." {
		return p
	}
	return strings.TrimPrefix(p, c.Dir+"/")
}

func hasRequirements(m *modfile.File) bool { return len(m.Require) > 0 }

// maxEmbedding bounds the Go files that are looked through for go:embed.
const maxEmbedding = 5000

// embeds judges the go:embed patterns of the program's packages.
func embeds(p *rule.Pass, t *tree.Tree, b *image.Binary) {
	if b.Dir == "" || b.Stage == nil {
		return
	}
	builder := image.Of(b.Stage, p.Image.Context)
	folder, _, ok := b.Build.Target(strings.Fields(b.Arg + " .")[0])
	if !ok || strings.Contains(folder, "$") {
		return
	}
	module := moduleDir(t, b.Dir)
	rel := strings.TrimPrefix(strings.TrimPrefix(b.Dir, module), "/")
	if module == "." {
		rel = b.Dir
	}
	root, ok := strings.CutSuffix(folder, "/"+rel)
	if rel == "." || rel == "" {
		root, ok = folder, true
	}
	if !ok {
		return
	}
	modulePath := modulePathOf(t, module)
	n := 0
	for _, f := range t.Files {
		dir := path.Dir(f.Path)
		if path.Ext(f.Path) != ".go" || strings.HasSuffix(f.Path, "_test.go") || !within(dir, module) && module != "." {
			continue
		}
		inModule := strings.TrimPrefix(strings.TrimPrefix(dir, module), "/")
		if module == "." {
			inModule = dir
		}
		pkg := path.Join(modulePath, inModule)
		linked, _ := p.Contract.Links(pkg)
		if !linked && dir != b.Dir {
			continue
		}
		if n++; n > maxEmbedding {
			return
		}
		data, err := t.Read(f.Path, maxSource)
		if err != nil || !strings.Contains(string(data), "//go:embed ") {
			continue
		}
		for i, line := range strings.Split(string(data), "\n") {
			if rest, ok := strings.CutPrefix(line, "//go:embed "); ok {
				at := finding.Position{File: t.Name(f.Path), Line: i + 1, Column: 1}
				for _, pattern := range strings.Fields(rest) {
					embedded(p, t, b, builder, at, dir, path.Join(root, inModule), pattern)
				}
			}
		}
	}
}

func moduleDir(t *tree.Tree, dir string) string {
	for d := dir; ; d = path.Dir(d) {
		if t.Has(path.Join(d, "go.mod")) || d == "." || d == "/" {
			return d
		}
	}
}

func modulePathOf(t *tree.Tree, dir string) string {
	data, err := t.Read(path.Join(dir, "go.mod"), maxSource)
	if err != nil {
		return ""
	}
	return modfile.ModulePath(data)
}

// embedded judges one go:embed pattern: dir is the package's folder in the
// repository, at its own in the stage that builds.
func embedded(p *rule.Pass, t *tree.Tree, b *image.Binary, builder *image.Image, at finding.Position, dir, stageDir, pattern string) {
	pattern = strings.Trim(strings.TrimPrefix(strings.Trim(pattern, "\"`"), "all:"), "/")
	subject := "embedded " + path.Join(dir, pattern)
	// What the repository has of it.
	var sources []string
	depth := strings.Count(path.Join(dir, pattern), "/") + 1
	for _, f := range t.Files {
		parts := strings.SplitN(f.Path, "/", depth+1)
		if len(parts) < depth {
			continue
		}
		if ok, err := path.Match(path.Join(dir, pattern), strings.Join(parts[:depth], "/")); err == nil && ok {
			sources = append(sources, f.Path)
		}
		if len(sources) >= 50 {
			break
		}
	}
	if len(sources) == 0 {
		return // made before the build, perhaps
	}
	var why image.Fact
	for _, s := range sources {
		rel := strings.TrimPrefix(strings.TrimPrefix(s, dir), "/")
		if dir == "." {
			rel = s
		}
		f := builder.File(path.Join(stageDir, rel))
		if f.Has != image.No {
			if f.Has == image.Unknown {
				p.CannotTell(0, subject, "whether the stage that builds has it cannot be told: "+f.Why, at)
			} else {
				p.Holds(0, subject)
			}
			return
		}
		why = f.Fact
	}
	reason := "no COPY brings it to the stage that builds"
	if c := p.Image.Context; c.IgnoreFile != "" && ignores(c, sources[0]) {
		reason = c.IgnoreFile + " leaves it out of the build context"
	}
	f := finding.Finding{
		Position: b.At,
		Message:  fmt.Sprintf("go build embeds %s, but %s: the build fails with \"pattern %s: no matching files found\"; copy it before go build, or take it out of .dockerignore", path.Join(dir, pattern), reason, pattern),
		Related:  []finding.Related{{Position: at, Message: "is embedded here"}},
	}
	f.Related = append(f.Related, relatedFact(p, why, b.At)...)
	p.Fails(0, subject, f)
}

// ignores tells whether a context's ignore file leaves a file of the repository
// out.
func ignores(c *image.Context, file string) bool {
	rel := file
	if c.Dir != "." {
		rel = strings.TrimPrefix(file, c.Dir+"/")
	}
	return c.Ignores(rel)
}
