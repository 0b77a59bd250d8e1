package service

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// An imageDef is an image that a Dockerfile of the tree describes: one of its
// stages, under one set of build arguments.
type imageDef struct {
	file     *image.Dockerfile
	stage    *image.Stage
	contents *contents
	// last is true for the file's last stage, which builds without a target make.
	last bool
	// starts are the mains that the image may start by itself; several where its
	// build names them by a variable that is not known.
	starts []candidate
	// word is the program that it starts as written, "" where nothing tells.
	word string
	// foreign is true where the image starts a program that is not Go's.
	foreign bool
	// builds are the entries of build tools that make this image.
	builds []imageBuild
}

// A candidate is one main that an image may run.
type candidate struct {
	main   *code.Main
	def    *imageDef
	rank   rank
	reason string
	at     finding.Position
}

// A rank orders the reasons for which a main is taken to be built into an image;
// the best comes first.
type rank int

const (
	rankBuilt   rank = iota // the image starts what its go build makes
	rankOnly                // the only program of the tree that the image holds
	rankProgram             // the image starts a program of the main's name
	rankFolder              // the only main beside the file, and a Go builder stage
	rankGuess               // the build names a folder by a variable
	rankHeld                // the image holds it and starts something else
)

// imageDefs are the images that the Dockerfiles of a tree describe.
func imageDefs(t *tree.Tree, mains []*code.Main, files []*image.Dockerfile, builds []imageBuild) []*imageDef {
	var out []*imageDef
	for _, f := range files {
		out = append(out, defsOf(t, mains, f, builds)...)
	}
	return out
}

func defsOf(t *tree.Tree, mains []*code.Main, f *image.Dockerfile, builds []imageBuild) []*imageDef {
	var own []imageBuild
	for _, b := range builds {
		if b.file == f.Path {
			own = append(own, b)
		}
	}
	var out []*imageDef
	plain := contentsOf(t, mains, f, contexts(t, f, own))
	for _, s := range shippable(f) {
		out = append(out, newDef(plain, f, s, s))
	}
	for _, b := range own {
		s := f.Shipped(b.target)
		if s == nil {
			continue
		}
		if len(b.args) == 0 {
			i := slices.IndexFunc(out, func(d *imageDef) bool { return d.stage == s && len(d.args()) == 0 })
			if i < 0 {
				out = append(out, newDef(plain, f, s, s))
				i = len(out) - 1
			}
			out[i].builds = append(out[i].builds, b)
			continue
		}
		// With other arguments the file is another one.
		with := withArgs(t, f, b.args)
		c := contentsOf(t, mains, with, contexts(t, f, own))
		d := newDef(c, f, s, with.Stages[s.Index])
		d.builds = []imageBuild{b}
		out = append(out, d)
	}
	return out
}

func (d *imageDef) args() map[string]string {
	for _, b := range d.builds {
		return b.args
	}
	return nil
}

// deployed tells whether a tool that deploys builds this image.
func (d *imageDef) deployed() bool {
	return slices.ContainsFunc(d.builds, func(b imageBuild) bool { return b.tool == "skaffold" && !b.profile })
}

// withArgs is a Dockerfile with the arguments that a build gives it in the place
// of its defaults, or the file itself where that cannot be read.
func withArgs(t *tree.Tree, f *image.Dockerfile, args map[string]string) *image.Dockerfile {
	data, err := t.Read(strings.TrimPrefix(strings.TrimPrefix(f.Path, t.Prefix), "/"), 1<<20)
	if err != nil {
		return f
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		words := strings.Fields(line)
		if len(words) < 2 || !strings.EqualFold(words[0], "ARG") {
			continue
		}
		for j, w := range words[1:] {
			name, _, _ := strings.Cut(w, "=")
			if value, ok := args[name]; ok && !strings.ContainsAny(value, "\"'\\ \t\n$") {
				words[j+1] = name + "=" + value
			}
		}
		lines[i] = strings.Join(words, " ")
	}
	out := image.Parse(f.Path, []byte(strings.Join(lines, "\n")))
	if len(out.Stages) != len(f.Stages) {
		return f
	}
	return out
}

// shippable are the stages of a file that may become an image: the last, and
// those that nothing else in the file uses.
func shippable(f *image.Dockerfile) []*image.Stage {
	used := map[*image.Stage]bool{}
	names := map[string]bool{}
	for _, s := range f.Stages {
		used[s.Base.Stage] = true
		for _, step := range s.Steps {
			used[step.FromStage] = true
			for _, flag := range step.Flags {
				for field := range strings.SplitSeq(flag, ",") {
					if from, ok := strings.CutPrefix(field, "from="); ok {
						names[strings.ToLower(from)] = true
					}
				}
			}
		}
	}
	var out []*image.Stage
	for i, s := range f.Stages {
		last := i == len(f.Stages)-1
		if last || !used[s] && s.Name != "" && !names[s.Name] && !variants[s.Name] {
			out = append(out, s)
		}
	}
	return out
}

// newDef finds out what an image starts. s is the stage, in that it is followed
// the same one in the file with a build's arguments.
func newDef(c *contents, f *image.Dockerfile, s, in *image.Stage) *imageDef {
	d := &imageDef{file: f, stage: s, contents: c, last: s == f.Stages[len(f.Stages)-1]}
	st := c.stage(in)
	begin := c.ofImage(in)
	d.word = begin.word
	held := mainsOf(st.programs)
	switch {
	case len(begin.programs) > 0:
		for _, p := range begin.programs {
			if slices.ContainsFunc(d.starts, func(c candidate) bool { return c.main == p.main }) {
				continue
			}
			cand := candidate{p.main, d, rankBuilt, fmt.Sprintf("the image starts %s, which its go build makes from %s", show(p.path), showDir(p.main)), p.at}
			if begin.word == goRun {
				cand.reason = fmt.Sprintf("the image starts %s with go run", showDir(p.main))
			}
			if p.guess {
				cand.rank = rankGuess
				cand.reason = fmt.Sprintf("its go build takes the folder from a variable, and %s is one that fits", showDir(p.main))
			}
			d.starts = append(d.starts, cand)
		}
	case begin.open && len(held) == 1:
		d.starts = []candidate{{held[0], d, rankOnly, fmt.Sprintf("the only Go program that the image holds is built from %s", showDir(held[0])), st.programs[0].at}}
	case len(held) == 0:
		d.starts = c.byNames(d, in, begin)
	}
	d.foreign = len(d.starts) == 0 && len(held) == 0 && !hasGoBuilder(f)
	return d
}

// byNames finds the main of an image whose build was not understood, or is not
// in the file.
func (c *contents) byNames(d *imageDef, s *image.Stage, begin start) []candidate {
	var names []string
	if begin.word != "" && !strings.Contains(blank(begin.word), "$") && c.brings(s, begin.word) {
		names = append(names, path.Base(begin.word))
		names = append(names, c.origins(s, begin.word)...)
	}
	if buildsOther(d.file) && !hasGoBuilder(d.file) {
		return nil
	}
	near := c.within(d.file)
	for _, n := range names {
		if m := byProgram(near, d.file, n); m != nil {
			return []candidate{{m, d, rankProgram, fmt.Sprintf("the image starts %s, the name of this main", n), d.at(s)}}
		}
	}
	// A Go builder whose build was not understood, beside the only main.
	if !hasGoBuilder(d.file) || begin.word != "" && len(names) == 0 && !begin.open {
		return nil
	}
	var beside []*code.Main
	for _, m := range near {
		if !m.Example && !isTooling(m.Dir) && (m.Dir == d.file.Dir || m.ModuleDir == d.file.Dir) && c.copies(m) {
			beside = append(beside, m)
		}
	}
	if len(beside) != 1 {
		return nil
	}
	return []candidate{{beside[0], d, rankFolder, "the only main of the folder, built in a Go stage", s.Position}}
}

// at is the place that says what the image starts.
func (d *imageDef) at(s *image.Stage) finding.Position {
	if cmd, ok := s.Entrypoint(); ok {
		return cmd.Position
	}
	if cmd, ok := s.Cmd(); ok {
		return cmd.Position
	}
	return s.Position
}

// within are the mains that a Dockerfile in a module of its own may build: those
// of that module. One outside of all modules may build any.
func (c *contents) within(f *image.Dockerfile) []*code.Main {
	module, ok := moduleAbove(c.tree, f.Dir)
	if !ok || module == "." {
		return c.mains
	}
	var out []*code.Main
	for _, m := range c.mains {
		if _, ok := cutDir(m.Dir, module); ok {
			out = append(out, m)
		}
	}
	return out
}

// copies tells whether a file copies a main's source into some stage.
func (c *contents) copies(m *code.Main) bool {
	for _, s := range c.file.Stages {
		for _, src := range c.stage(s).sources {
			if _, above := cutDir(m.Dir, src.context); above {
				return true
			}
			if _, below := cutDir(src.context, m.Dir); below && m.Dir != "." {
				return true
			}
		}
	}
	return false
}

// brings tells whether the steps of a stage bring a program, rather than its base
// image.
func (c *contents) brings(s *image.Stage, word string) bool {
	at := word
	if strings.Contains(word, "/") {
		at = joinDir(c.stage(s).dir, word)
	}
	for _, step := range s.AllSteps() {
		switch step.Kind {
		case image.StepCopy, image.StepAdd:
			dest := joinDir(step.Workdir, blank(step.Dest))
			for _, src := range step.Sources {
				src = blank(src)
				_, below := cutDir(at, dest)
				switch {
				case path.Base(src) == path.Base(at), path.Base(dest) == path.Base(at) && !strings.HasSuffix(step.Dest, "/"),
					strings.ContainsAny(path.Base(src), "*?[$") && path.Ext(src) == "":
					return true
				case below && dest != "/" && path.Ext(src) == "":
					return true
				case !strings.Contains(word, "/") && (systemFolders[dest] || path.Base(dest) == "bin") && path.Ext(src) == "":
					return true
				}
			}
		case image.StepRun:
			// A stage that builds and ships.
			if base := path.Base(s.Root().Base.Repository); base == "golang" {
				return true
			}
		}
	}
	return false
}

// origins are the names that a program had before the COPY instructions that
// brought it: /app may have been /src/bin/orders.
func (c *contents) origins(s *image.Stage, word string) []string {
	var names []string
	at := joinDir(c.stage(s).dir, word)
	for range 8 {
		src, from := copied(s, at)
		if src == "" {
			break
		}
		if base := path.Base(src); !strings.ContainsAny(base, "$*?[") && !generic[base] && !slices.Contains(names, base) {
			names = append(names, base)
		}
		if from == nil || from.Index >= s.Index {
			break
		}
		s, at = from, joinDir("/", src)
	}
	return names
}

// copied finds the COPY that brought a file, the last one first.
func copied(s *image.Stage, at string) (src string, from *image.Stage) {
	steps := s.AllSteps()
	for i := len(steps) - 1; i >= 0; i-- {
		step := &steps[i]
		if step.Kind != image.StepCopy && step.Kind != image.StepAdd {
			continue
		}
		dest := joinDir(step.Workdir, blank(step.Dest))
		for _, src := range step.Sources {
			src = blank(src)
			if dest == at || path.Join(dest, path.Base(src)) == at {
				return src, step.FromStage
			}
		}
	}
	return "", nil
}

// candidates are the images that may be a main's, best first.
func candidates(m *code.Main, defs []*imageDef) []candidate {
	var out []candidate
	for _, d := range defs {
		found := false
		for _, c := range d.starts {
			if c.main == m {
				out = append(out, c)
				found = true
			}
		}
		if found {
			continue
		}
		for _, p := range d.contents.stage(d.followed()).programs {
			if p.main == m && !p.guess {
				out = append(out, candidate{m, d, rankHeld, fmt.Sprintf("the image holds %s, which its go build makes from %s", show(p.path), showDir(m)), p.at})
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int {
		switch {
		case a.rank != b.rank:
			return int(a.rank - b.rank)
		case plainName(a.def.file) != plainName(b.def.file):
			return first(plainName(a.def.file))
		case a.def.deployed() != b.def.deployed():
			return first(a.def.deployed())
		case a.def.last != b.def.last:
			return first(a.def.last)
		}
		return distance(a.def.file.Dir, m.Dir) - distance(b.def.file.Dir, m.Dir)
	})
	return out
}

// followed is the stage in the file that was followed: with a build's arguments
// it is another reading of the same file.
func (d *imageDef) followed() *image.Stage { return d.contents.file.Stages[d.stage.Index] }

// image is the model of the image, under the arguments of its build.
func (d *imageDef) image() *image.Image { return d.contents.image(d.followed()) }

func first(a bool) int {
	if a {
		return -1
	}
	return 1
}

// show is a path as reasons show it.
func show(p string) string {
	if strings.Contains(p, "$") {
		return path.Base(strings.ReplaceAll(p, "$", "*"))
	}
	return p
}

// showDir names a main by its folder.
func showDir(m *code.Main) string {
	if m.Dir == "." {
		return "this folder"
	}
	return m.Dir
}

// variants are words that tell a Dockerfile, or a stage, from the one that ships:
// they say nothing of the program.
var variants = map[string]bool{
	"alpine": true, "amd64": true, "arch": true, "arm": true, "arm64": true, "base": true, "build": true, "builder": true,
	"buildx": true, "ci": true, "cross": true, "debian": true, "debug": true, "dev": true, "develop": true, "development": true,
	"distroless": true, "docs": true, "e2e": true, "fips": true, "goreleaser": true, "integration": true, "lint": true,
	"linux": true, "local": true, "multi": true, "multiarch": true, "multistage": true, "prebuilt": true, "prod": true,
	"production": true, "race": true, "release": true, "scratch": true, "slim": true, "test": true, "tests": true,
	"tilt": true, "ubi": true, "ubuntu": true, "vendor": true, "windows": true, "gen": true, "generate": true, "image": true,
	"default": true, "final": true, "run": true, "runner": true, "runtime": true, "full": true, "minimal": true,
}

// label is what a Dockerfile's name says beside "Dockerfile": loadtester of
// Dockerfile.loadtester, "" where it names only a variant.
func label(f *image.Dockerfile) string {
	base := path.Base(f.Path)
	lower := strings.ToLower(base)
	for _, word := range []string{"dockerfile", "containerfile"} {
		if rest, ok := strings.CutPrefix(lower, word); ok {
			lower = strings.TrimLeft(rest, ".-_")
		} else if rest, ok := strings.CutSuffix(lower, word); ok {
			lower = strings.TrimRight(rest, ".-_")
		}
	}
	words := strings.FieldsFunc(lower, func(r rune) bool { return r == '.' || r == '-' || r == '_' })
	if !slices.ContainsFunc(words, func(w string) bool { return !variants[w] }) {
		return ""
	}
	return lower
}

// plainName tells the Dockerfile proper from Dockerfile.debug and the like.
func plainName(f *image.Dockerfile) bool {
	base := path.Base(f.Path)
	return base == "Dockerfile" || base == "Containerfile"
}

// distance is how many folders lie between two.
func distance(a, b string) int {
	as, bs := parts(a), parts(b)
	i := common(as, bs)
	return len(as) - i + len(bs) - i
}

// common is how many folders two paths begin with together.
func common(as, bs []string) int {
	i := 0
	for i < len(as) && i < len(bs) && as[i] == bs[i] {
		i++
	}
	return i
}

func parts(dir string) []string {
	if dir == "." || dir == "" {
		return nil
	}
	return strings.Split(dir, "/")
}

// hasGoBuilder tells whether some stage builds on a Go image.
func hasGoBuilder(f *image.Dockerfile) bool {
	for _, s := range f.Stages {
		base := s.Root().Base
		name := path.Base(base.Repository)
		if name == "golang" || name == "go" || strings.HasPrefix(name, "go-") || strings.Contains(name, "golang") ||
			!base.Known && strings.Contains(base.Ref, "golang") {
			return true
		}
		// Of an image that nobody knows the commands tell.
		if _, known := image.LookupBase(base); known || slices.Contains(otherLanguages, name) {
			continue
		}
		if slices.ContainsFunc(s.Steps, func(step image.Step) bool {
			return step.Kind == image.StepRun && buildsGoProgram.MatchString(step.Text)
		}) {
			return true
		}
	}
	return false
}

// buildsGoProgram matches what builds a Go program.
var buildsGoProgram = lazyregexp.New(`\bgo\s+(build|install|test|generate)\b|\bGO(OS|ARCH|FLAGS)=|-ldflags|\bLD_?FLAGS=`)

// otherLanguages are builder images of programs that are not Go's.
var otherLanguages = []string{"node", "python", "openjdk", "eclipse-temurin", "maven", "gradle", "rust", "php", "ruby", "sdk", "aspnet", "dotnet", "composer", "bun", "deno", "nginx"}

// buildsOther tells Dockerfiles of programs in other languages.
func buildsOther(f *image.Dockerfile) bool {
	for _, s := range f.Stages {
		if slices.Contains(otherLanguages, path.Base(s.Root().Base.Repository)) {
			return true
		}
	}
	return false
}

// contexts are the folders that a Dockerfile's build context may be: what build
// tools name, else the file's own folder and those above it.
func contexts(t *tree.Tree, f *image.Dockerfile, builds []imageBuild) []string {
	var out []string
	for _, b := range builds {
		if !slices.Contains(out, b.context) {
			out = append(out, b.context)
		}
	}
	if len(out) > 0 {
		return out
	}
	for dir := f.Dir; ; dir = path.Dir(dir) {
		out = append(out, dir)
		if dir == "." || dir == "/" {
			break
		}
	}
	// A folder that has what the file copies comes first.
	lacks := map[string]int{}
	for _, dir := range out {
		lacks[dir] = missing(t, f, dir)
	}
	slices.SortStableFunc(out, func(a, b string) int { return lacks[a] - lacks[b] })
	return out
}

// missing counts the sources of COPY that a context lacks.
func missing(t *tree.Tree, f *image.Dockerfile, context string) int {
	n := 0
	for _, s := range f.Stages {
		for _, step := range s.Steps {
			if step.Kind != image.StepCopy && step.Kind != image.StepAdd || step.From != "" {
				continue
			}
			for _, src := range step.Sources {
				if strings.ContainsAny(src, "*?[$") || strings.Contains(src, "://") {
					continue
				}
				if !t.Has(path.Join(context, strings.TrimPrefix(src, "/"))) {
					n++
				}
			}
		}
	}
	return n
}

// programName is the name that go build gives to a main's program: the last
// element of its import path that is no major version.
func programName(m *code.Main) string { return lastName(m.Path) }

func lastName(importPath string) string {
	base := path.Base(importPath)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(importPath))
	}
	return base
}

// byProgram is the one main whose program has the name, nearest to the file.
func byProgram(mains []*code.Main, f *image.Dockerfile, name string) *code.Main {
	var best *code.Main
	tie := false
	for _, m := range mains {
		if m.Example || !slices.Contains(programNames(m), name) {
			continue
		}
		switch {
		case best == nil || distance(m.Dir, f.Dir) < distance(best.Dir, f.Dir):
			best, tie = m, false
		case distance(m.Dir, f.Dir) == distance(best.Dir, f.Dir):
			tie = true
		}
	}
	if tie {
		return nil
	}
	return best
}

// programNames are the names under which a main's program may be found.
func programNames(m *code.Main) []string {
	names := map[string]bool{programName(m): true, nameOf(m): true}
	if m.Dir != "." {
		names[path.Base(m.Dir)] = true
	}
	if module := lastName(m.Module); m.Module != "" && !generic[module] {
		for n := range maps.Clone(names) {
			names[module+"-"+n] = true
		}
	}
	delete(names, ".")
	return slices.Sorted(maps.Keys(names))
}
