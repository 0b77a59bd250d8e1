package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/tree"
)

// A candidate is one main that a Dockerfile may build.
type candidate struct {
	main   *code.Main
	file   *image.Dockerfile
	stage  *image.Stage
	rank   int // lower is better
	reason string
	at     finding.Position
}

// Ranks of the reasons for which a main is taken to be built into an image.
const (
	rankBuilt   = iota // the shipped program is the output of its go build
	rankOnly           // the only go build of the file builds it
	rankProgram        // the entrypoint starts a program of its name
	rankFolder         // the only main beside the file, and a Go builder stage
)

// imagesOf finds, for each main, the Dockerfiles that build it, best first.
func imagesOf(t *tree.Tree, mains []*code.Main, files []*image.Dockerfile, builds []skaffoldArtifact) map[*code.Main][]candidate {
	out := map[*code.Main][]candidate{}
	for _, f := range files {
		for _, stage := range targets(f, builds) {
			for _, c := range candidatesOf(t, mains, f, stage, builds) {
				out[c.main] = append(out[c.main], c)
			}
		}
	}
	for m, list := range out {
		slices.SortStableFunc(list, func(a, b candidate) int {
			switch {
			case a.rank != b.rank:
				return a.rank - b.rank
			case plainName(a.file) != plainName(b.file):
				if plainName(a.file) {
					return -1
				}
				return 1
			}
			return distance(a.file.Dir, m.Dir) - distance(b.file.Dir, m.Dir)
		})
		out[m] = list
	}
	return out
}

// targets are the stages of a file that ship: those that a build names, else the
// last.
func targets(f *image.Dockerfile, builds []skaffoldArtifact) []*image.Stage {
	for _, b := range builds {
		if b.file == f.Path && b.target != "" {
			if s := f.Shipped(b.target); s != nil {
				return []*image.Stage{s}
			}
		}
	}
	if s := f.Shipped(""); s != nil {
		return []*image.Stage{s}
	}
	return nil
}

// plainName tells the Dockerfile proper from Dockerfile.debug and the like.
func plainName(f *image.Dockerfile) bool {
	base := path.Base(f.Path)
	return base == "Dockerfile" || base == "Containerfile"
}

// distance is how many folders lie between two.
func distance(a, b string) int {
	as, bs := parts(a), parts(b)
	i := 0
	for i < len(as) && i < len(bs) && as[i] == bs[i] {
		i++
	}
	return len(as) - i + len(bs) - i
}

func parts(dir string) []string {
	if dir == "." || dir == "" {
		return nil
	}
	return strings.Split(dir, "/")
}

func candidatesOf(t *tree.Tree, mains []*code.Main, f *image.Dockerfile, stage *image.Stage, builds []skaffoldArtifact) []candidate {
	program, at := programOf(stage)
	var all []goBuild
	for _, s := range f.Stages {
		all = append(all, goBuilds(s)...)
	}
	built := map[*code.Main]goBuild{}
	var order []*code.Main
	for _, b := range all {
		for _, dir := range contexts(t, f, builds) {
			found := mainsOf(mains, f, b, dir)
			for _, m := range found {
				if _, ok := built[m]; !ok {
					built[m] = b
					order = append(order, m)
				}
			}
			if len(found) > 0 {
				break
			}
		}
	}
	var out []candidate
	for _, m := range order {
		b := built[m]
		switch {
		case program != "" && path.Base(program) == outputName(b, m) && !strings.Contains(program, "$"):
			out = append(out, candidate{m, f, stage, rankBuilt, "its go build makes " + path.Base(program) + ", which the image starts", b.at})
		case len(order) == 1:
			out = append(out, candidate{m, f, stage, rankOnly, "the file's go build builds " + show(m.Dir), b.at})
		}
	}
	if len(out) > 0 || len(order) > 0 {
		return out
	}
	if program != "" {
		if m := byProgram(mains, f, path.Base(program)); m != nil {
			return []candidate{{m, f, stage, rankProgram, "the image starts " + path.Base(program) + ", the name of this main", at}}
		}
	}
	// A Go builder whose build was not understood, beside the only main.
	if hasGoBuilder(f) {
		var beside []*code.Main
		for _, m := range mains {
			if !m.Example && (m.Dir == f.Dir || m.ModuleDir == f.Dir) {
				beside = append(beside, m)
			}
		}
		if len(beside) == 1 {
			return []candidate{{beside[0], f, stage, rankFolder, "the only main of the folder, built in a Go stage", stage.Position}}
		}
	}
	return nil
}

func show(dir string) string {
	if dir == "." {
		return "this folder's main"
	}
	return dir
}

func hasGoBuilder(f *image.Dockerfile) bool {
	for _, s := range f.Stages {
		if base := path.Base(s.Root().Base.Repository); base == "golang" || base == "go" {
			return true
		}
	}
	return false
}

// programOf is the program that a stage starts: the first word of the
// entrypoint, or of the command without one, beyond an init wrapper or a shell.
func programOf(s *image.Stage) (string, finding.Position) {
	cmd, ok := s.Entrypoint()
	extra, hasCmd := s.Cmd()
	if !ok {
		if !hasCmd {
			return "", finding.Position{}
		}
		cmd, hasCmd = extra, false
	}
	words := commandWords(cmd)
	if hasCmd && !cmd.Shell {
		words = append(words, commandWords(extra)...)
	}
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case path.Base(w) == "tini" || path.Base(w) == "dumb-init" || w == "exec" || w == "--" || w == "su-exec" || w == "gosu":
		case strings.HasPrefix(w, "-"), strings.Contains(w, "=") && !strings.Contains(w, "/"):
		default:
			return w, cmd.Position
		}
	}
	return "", cmd.Position
}

func commandWords(c image.Command) []string {
	if !c.Shell {
		return c.Args
	}
	if len(c.Args) == 0 {
		return nil
	}
	return strings.Fields(strings.Trim(c.Args[0], `"' `))
}

// contexts are the folders that a Dockerfile's build context may be: what a build
// names, else the file's own folder and those above it.
func contexts(t *tree.Tree, f *image.Dockerfile, builds []skaffoldArtifact) []string {
	for _, b := range builds {
		if b.file == f.Path {
			return []string{b.context}
		}
	}
	var out []string
	for dir := f.Dir; ; dir = path.Dir(dir) {
		out = append(out, dir)
		if dir == "." || dir == "/" {
			break
		}
	}
	// A folder that has what the file copies comes first.
	slices.SortStableFunc(out, func(a, b string) int { return missing(t, f, a) - missing(t, f, b) })
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
				if !t.Has(path.Join(context, src)) {
					n++
				}
			}
		}
	}
	return n
}

// mainsOf are the mains that a build names, if its context is the given folder.
func mainsOf(mains []*code.Main, f *image.Dockerfile, b goBuild, context string) []*code.Main {
	args := b.packages
	if len(args) == 0 {
		args = []string{"."}
	}
	var out []*code.Main
	for _, arg := range args {
		for _, m := range mains {
			if m.Example {
				continue
			}
			if m.Path == arg {
				out = append(out, m)
				continue
			}
			if strings.Contains(arg, "$") || strings.Contains(arg, "...") && !covers(arg, m, context) {
				continue
			}
			for _, dir := range sourceDirs(f, b.dir, context) {
				if packageDir(dir, arg) == m.Dir || strings.Contains(arg, "...") {
					out = append(out, m)
					break
				}
			}
		}
	}
	return out
}

// covers tells whether a pattern like ./cmd/... has the main below it.
func covers(arg string, m *code.Main, context string) bool {
	prefix := path.Join(context, strings.TrimSuffix(arg, "..."))
	return prefix == "." || m.Dir == prefix || strings.HasPrefix(m.Dir, prefix+"/")
}

// packageDir is the folder that a package argument names; Go files name theirs.
func packageDir(dir, arg string) string {
	if strings.HasSuffix(arg, ".go") || strings.HasSuffix(arg, "/*") {
		arg = path.Dir(arg)
	}
	return path.Join(dir, arg)
}

// sourceDirs are the folders of the context that may stand at a folder of the
// stage: by the COPY instructions whose destination is it or lies above it.
func sourceDirs(f *image.Dockerfile, dir, context string) []string {
	var out []string
	add := func(d string) {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	for _, s := range f.Stages {
		for _, step := range s.Steps {
			if step.Kind != image.StepCopy && step.Kind != image.StepAdd || step.From != "" {
				continue
			}
			for _, src := range step.Sources {
				dest := strings.TrimSuffix(step.Dest, "/")
				if dest == "" {
					dest = "/"
				}
				if dir == dest {
					add(path.Join(context, src))
				} else if rest, ok := strings.CutPrefix(dir, strings.TrimSuffix(dest, "/")+"/"); ok {
					add(path.Join(context, src, rest))
				}
			}
		}
	}
	// A bind mount brings the whole context to the working directory.
	add(context)
	return out
}

// outputName is the file name of a build's program.
func outputName(b goBuild, m *code.Main) string {
	if b.output != "" && !strings.HasSuffix(b.output, "/") && path.Base(b.output) != "." {
		name := path.Base(b.output)
		if !isFolderOutput(b) {
			return name
		}
	}
	return programName(m)
}

// isFolderOutput tells an output that is likely a folder: several packages, or a
// pattern.
func isFolderOutput(b goBuild) bool {
	return len(b.packages) > 1 && !slices.ContainsFunc(b.packages, func(p string) bool { return strings.HasSuffix(p, ".go") }) ||
		slices.ContainsFunc(b.packages, func(p string) bool { return strings.HasSuffix(p, "...") })
}

// programName is the name that go build gives to a main's program: the last
// element of its import path that is no major version.
func programName(m *code.Main) string {
	base := path.Base(m.Path)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		base = path.Base(path.Dir(m.Path))
	}
	return base
}

// byProgram is the one main whose program has the name, nearest to the file.
func byProgram(mains []*code.Main, f *image.Dockerfile, program string) *code.Main {
	var best *code.Main
	tie := false
	for _, m := range mains {
		if m.Example || programName(m) != program && path.Base(m.Dir) != program {
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
