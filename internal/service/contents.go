package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/tree"
)

// A program is a Go program of the tree that a stage holds.
type program struct {
	path string // absolute in the stage; a dollar sign stands for what is not known
	main *code.Main
	at   finding.Position // of the go build that makes it
	// guess is true where the build names a folder by a variable whose value is
	// not known, and this main is one of those that fit.
	guess bool
}

// A source says that a folder of the build context stands in a stage.
type source struct {
	context string // relative to the tree
	dest    string // absolute in the stage
	// flat is true where only the folder's files were copied.
	flat bool
}

// A state is what is known of a stage's file system after some step.
type state struct {
	dir      string
	programs []program
	sources  []source
}

// maxPrograms bounds what one stage is followed for.
const maxPrograms = 1000

// contents follows the stages of one Dockerfile: which programs of the tree each
// holds, and where.
type contents struct {
	tree    *tree.Tree
	mains   []*code.Main
	file    *image.Dockerfile
	context string
	states  map[*image.Stage]*state
	// sent is the build context, opened when a model is first asked for.
	sent *image.Context
}

// image is the model of a stage of the file.
func (c *contents) image(s *image.Stage) *image.Image {
	if c.sent == nil {
		name := strings.TrimPrefix(strings.TrimPrefix(c.file.Path, c.tree.Prefix), "/")
		c.sent = image.NewContext(c.tree, c.context, name)
	}
	return image.Of(s, c.sent)
}

// contentsOf follows a Dockerfile with the context that fits it best: the first
// of those given in which its builds name mains.
func contentsOf(t *tree.Tree, mains []*code.Main, f *image.Dockerfile, contexts []string) *contents {
	var first *contents
	for _, dir := range contexts {
		c := &contents{tree: t, mains: mains, file: f, context: dir, states: map[*image.Stage]*state{}}
		found := false
		for _, s := range f.Stages {
			found = len(c.stage(s).programs) > 0 || found
		}
		if found {
			return c
		}
		if first == nil {
			first = c
		}
	}
	return first
}

// stage follows one stage. What it builds on stands before it in the file.
func (c *contents) stage(s *image.Stage) *state {
	if st := c.states[s]; st != nil {
		return st
	}
	st := &state{dir: "/"}
	c.states[s] = st
	if base := s.Base.Stage; base != nil && base.Index < s.Index {
		below := c.stage(base)
		st.dir, st.programs, st.sources = below.dir, slices.Clone(below.programs), slices.Clone(below.sources)
	} else if len(s.Steps) > 0 && s.Steps[0].Workdir != "" {
		st.dir = s.Steps[0].Workdir
	}
	for i := range s.Steps {
		c.step(s, &s.Steps[i], st)
	}
	return st
}

func (c *contents) step(s *image.Stage, step *image.Step, st *state) {
	switch step.Kind {
	case image.StepWorkdir:
		st.dir = joinDir(st.dir, blank(step.Value))
	case image.StepCopy, image.StepAdd:
		c.copy(s, step, st)
	case image.StepRun:
		c.run(s, step, st)
	}
}

var variable = lazyregexp.New(`\$(\{[^}]*\}|[A-Za-z_][A-Za-z0-9_]*)`)

// blank puts a dollar sign in the place of each variable that is not known.
func blank(text string) string { return variable.ReplaceAllString(text, "$$") }

func (c *contents) copy(s *image.Stage, step *image.Step, st *state) {
	raw := blank(step.Dest)
	dest := joinDir(st.dir, raw)
	isDir := strings.HasSuffix(raw, "/") || raw == "." || raw == "" || strings.HasSuffix(raw, "/.") ||
		len(step.Sources) > 1 || dest == st.dir || systemFolders[dest]
	from := step.FromStage
	if from == nil && step.From != "" || from != nil && from.Index >= s.Index {
		return // another image
	}
	for _, src := range step.Sources {
		src = blank(src)
		if strings.Contains(src, "://") {
			continue
		}
		if from != nil {
			take(c.stage(from), st, joinDir("/", src), dest, isDir)
			continue
		}
		c.place(src, dest, st)
	}
}

// place notes what of the build context stands at dest.
func (c *contents) place(src, dest string, st *state) {
	if len(st.sources) > maxPrograms {
		return
	}
	src = strings.TrimPrefix(path.Clean("/"+src), "/")
	abs := path.Join(c.context, src)
	switch base := path.Base(abs); {
	case strings.ContainsAny(base, "*?["):
		st.sources = append(st.sources, source{context: path.Dir(abs), dest: dest, flat: true})
	case path.Ext(base) == ".go":
		if path.Ext(dest) == ".go" {
			dest = path.Dir(dest)
		}
		st.sources = append(st.sources, source{context: path.Dir(abs), dest: dest, flat: true})
	default:
		st.sources = append(st.sources, source{context: abs, dest: dest})
	}
}

// take copies what one stage holds at src to dest of another.
func take(from, to *state, src, dest string, isDir bool) {
	for _, p := range from.programs {
		for _, at := range moved(p.path, src, dest, isDir) {
			to.add(program{path: at, main: p.main, at: p.at, guess: p.guess})
		}
	}
	for _, s := range from.sources {
		switch rest, below := cutDir(s.dest, src); {
		case below:
			to.sources = append(to.sources, source{s.context, path.Join(dest, rest), s.flat})
		default:
			if rest, above := cutDir(src, s.dest); above && !s.flat && len(to.sources) < maxPrograms {
				to.sources = append(to.sources, source{context: path.Join(s.context, rest), dest: dest})
			}
		}
	}
}

// moved are the paths at which a file may stand once src has been copied or
// moved to dest.
func moved(p, src, dest string, isDir bool) []string {
	switch {
	case p == src && isDir:
		return []string{path.Join(dest, path.Base(p))}
	case p == src:
		return []string{dest, path.Join(dest, path.Base(p))} // dest may be a folder
	}
	if rest, ok := cutDir(p, src); ok {
		return []string{path.Join(dest, rest)}
	}
	if strings.ContainsAny(src, "*?[$") {
		if ok := fits(src, p); ok {
			return []string{dest, path.Join(dest, path.Base(p))}
		}
	}
	return nil
}

// cutDir is what of a path lies below a folder, "." for the folder itself.
func cutDir(p, dir string) (string, bool) {
	switch {
	case p == dir:
		return ".", true
	case dir == "/" && strings.HasPrefix(p, "/"), dir == ".":
		return strings.TrimPrefix(p, "/"), true
	}
	return strings.CutPrefix(p, dir+"/")
}

// fits tells whether a path may be one that a pattern stands for, in which stars
// are wildcards and dollar signs stand for some part of a name. Either may have
// what is not known.
func fits(pattern, p string) bool {
	ps, qs := strings.Split(pattern, "/"), strings.Split(p, "/")
	if len(ps) != len(qs) {
		return false
	}
	for i := range ps {
		if ps[i] == qs[i] {
			continue
		}
		ok, err := path.Match(strings.ReplaceAll(ps[i], "$", "*"), qs[i])
		if err != nil || !ok {
			ok, err = path.Match(strings.ReplaceAll(qs[i], "$", "*"), ps[i])
		}
		if err != nil || !ok {
			return false
		}
	}
	return true
}

func (st *state) add(p program) {
	if len(st.programs) >= maxPrograms || slices.ContainsFunc(st.programs, func(q program) bool { return q.path == p.path && q.main == p.main }) {
		return
	}
	// A build that is known wins over guesses at the same place, and a later one
	// over an earlier one.
	st.programs = slices.DeleteFunc(st.programs, func(q program) bool {
		return q.path == p.path && !strings.Contains(p.path, "$") && !(p.guess && q.guess && p.at == q.at)
	})
	st.programs = append(st.programs, p)
}

// run follows the script of a RUN.
func (c *contents) run(s *image.Stage, step *image.Step, st *state) {
	vars := variables(s, step)
	inner := &state{dir: st.dir, programs: st.programs, sources: slices.Clone(st.sources)}
	c.mounts(s, step, inner)
	for _, text := range scriptsOf(step) {
		follow(text, st.dir, vars, func(dir string, words []string, env map[string]string) {
			switch path.Base(words[0]) {
			case "cp", "mv", "install", "ln":
				transfer(inner, dir, words)
				return
			}
			if b, ok := parseBuild(words, dir, env); ok {
				b.at = step.Position
				c.build(b, inner)
			}
		})
	}
	st.programs = inner.programs
}

func scriptsOf(step *image.Step) []string {
	var out []string
	switch {
	case step.Command.Shell && len(step.Command.Args) > 0:
		out = append(out, step.Command.Args[0])
	case len(step.Command.Args) > 0:
		if text, ok := inlineScript(step.Command.Args); ok {
			out = append(out, text)
		} else {
			out = append(out, strings.Join(step.Command.Args, " "))
		}
	}
	return append(out, step.Heredocs...)
}

// mounts adds what bind mounts bring to one RUN (Dockerfile reference, "RUN
// --mount=type=bind").
func (c *contents) mounts(s *image.Stage, step *image.Step, st *state) {
	for _, flag := range step.Flags {
		spec, ok := strings.CutPrefix(flag, "--mount=")
		if !ok {
			continue
		}
		kind, from, src, target := "bind", "", "/", ""
		for field := range strings.SplitSeq(spec, ",") {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "type":
				kind = value
			case "from":
				from = value
			case "source", "src":
				src = blank(value)
			case "target", "dst", "destination":
				target = blank(value)
			}
		}
		if kind != "bind" || target == "" {
			continue
		}
		dest := joinDir(st.dir, target)
		if from == "" {
			c.place(src, dest, st)
			continue
		}
		for _, other := range c.file.Stages[:s.Index] {
			if strings.EqualFold(other.Name, from) {
				take(c.stage(other), st, joinDir("/", src), dest, false)
			}
		}
	}
}

// variables are the ARG and ENV values of a stage that are known at a step.
func variables(s *image.Stage, until *image.Step) map[string]string {
	vars := map[string]string{}
	steps := s.AllSteps()
	for i := range steps {
		if steps[i].Position == until.Position {
			break
		}
		for _, v := range steps[i].Vars {
			if v.Set && v.Known {
				vars[v.Name] = v.Value
			} else {
				delete(vars, v.Name)
			}
		}
	}
	return vars
}

// transfer follows cp, mv, install and ln within a stage.
func transfer(st *state, dir string, words []string) {
	var operands []string
	for i := 1; i < len(words); i++ {
		switch w := words[i]; {
		case path.Base(words[0]) == "install" && (w == "-m" || w == "-o" || w == "-g"):
			i++
		case !strings.HasPrefix(w, "-"):
			operands = append(operands, w)
		}
	}
	if len(operands) < 2 {
		return
	}
	last := operands[len(operands)-1]
	dest := joinDir(dir, last)
	isDir := strings.HasSuffix(last, "/") || len(operands) > 2 || systemFolders[dest]
	from := &state{programs: slices.Clone(st.programs)}
	for _, src := range operands[:len(operands)-1] {
		take(from, st, joinDir(dir, src), dest, isDir)
	}
}

// build adds the programs that a go build makes.
func (c *contents) build(b goBuild, st *state) {
	type match struct {
		main  *code.Main
		arg   string
		guess bool
	}
	var found []match
	for _, arg := range b.args() {
		target, below, isFolder := b.target(arg)
		for _, m := range c.mains {
			switch {
			case m.Example:
			case m.Path == arg, !isFolder && below && (m.Path == target || strings.HasPrefix(m.Path, target+"/")):
				found = append(found, match{m, arg, false})
			case isFolder:
				if ok, guess := st.standsAt(m.Dir, target, below); ok {
					found = append(found, match{m, arg, guess})
				}
			}
		}
	}
	several := len(b.packages) > 1 && !b.namesFiles() || slices.ContainsFunc(b.packages, func(p string) bool { return strings.HasSuffix(p, "...") })
	for _, f := range found {
		for _, out := range b.outputs(f.arg, programName(f.main), several) {
			st.add(program{path: out, main: f.main, at: b.at, guess: f.guess})
		}
	}
}

// standsAt tells whether a folder of the tree stands at, or below, a folder of
// the stage. guess is true where that rests on a name that is not known.
func (st *state) standsAt(dir, target string, below bool) (ok, guess bool) {
	for _, s := range st.sources {
		at, known := s.place(dir)
		switch {
		case at == "":
		case at == target, below && (target == "/" || strings.HasPrefix(at, target+"/")):
			return true, !known
		case strings.Contains(target, "$") && !below && saysEnough(target, s.dest) && fits(target, at):
			guess = true
		}
	}
	return guess, guess
}

// saysEnough tells whether enough is known of a folder with unknown parts: some
// folder of its own below the place to which the source was copied. A name that
// is wholly unknown may stand for any path.
func saysEnough(target, dest string) bool {
	rest, ok := cutDir(target, dest)
	return ok && strings.Trim(rest, "$/.") != ""
}

// place is where a folder of the tree stands in the stage; "" where this source
// does not bring it. known is false where the source's name has unknown parts.
func (s source) place(dir string) (at string, known bool) {
	if strings.Contains(s.context, "$") {
		n := strings.Count(s.context, "/") + 1
		have := parts(dir)
		if len(have) < n || !fits(s.context, strings.Join(have[:n], "/")) || s.context == "$" {
			return "", false
		}
		return path.Join(s.dest, strings.Join(have[n:], "/")), false
	}
	rest, ok := cutDir(dir, s.context)
	if !ok || s.flat && rest != "." {
		return "", false
	}
	return path.Join(s.dest, rest), true
}
