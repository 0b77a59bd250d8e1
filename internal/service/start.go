package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/code"
	"github.com/cnready/cnready/internal/image"
)

// maxScript is the largest entrypoint script that is read, in bytes.
const maxScript = 1 << 20

// A start is what a command starts in a stage.
type start struct {
	// programs are those of the tree that it starts; several where they are
	// guesses.
	programs []program
	// word is the program's name as written, "" where nothing tells it.
	word string
	// open is true where the command was not understood to its end: there is
	// none, or it is a script that starts what was not seen.
	open bool
}

// wrappers are programs that start the one named behind them, with the number of
// own operands that come first (their manual pages).
var wrappers = map[string]int{
	"--": 0, "catatonit": 0, "dumb-init": 0, "env": 0, "exec": 0, "nice": 0, "nohup": 0,
	"setsid": 0, "stdbuf": 0, "time": 0, "tini": 0, "tini-static": 0, "docker-init": 0,
	"gosu": 1, "su-exec": 1, "timeout": 1, "chroot": 1, "s6-setuidgid": 1, "setuidgid": 1,
}

// ofImage is what a stage starts by its ENTRYPOINT and CMD.
func (c *contents) ofImage(s *image.Stage) start {
	entry, hasEntry := s.Entrypoint()
	cmd, hasCmd := s.Cmd()
	switch {
	case hasEntry && len(entry.Args) > 0 && entry.Shell:
		return c.ofCommand(s, commandWords(entry))
	case hasEntry && len(entry.Args) > 0:
		words := commandWords(entry)
		if hasCmd {
			words = append(words[:len(words):len(words)], commandWords(cmd)...)
		}
		return c.ofCommand(s, words)
	case hasCmd:
		return c.ofCommand(s, commandWords(cmd))
	}
	return start{open: true}
}

// commandWords are a command's words; the shell form as the shell that runs it.
func commandWords(cmd image.Command) []string {
	if cmd.Shell && len(cmd.Args) > 0 {
		return []string{"sh", "-c", cmd.Args[0]}
	}
	return cmd.Args
}

// ofCommand is what a command starts in a stage, beyond init programs, shells
// and scripts of the tree.
func (c *contents) ofCommand(s *image.Stage, words []string) start {
	st := c.stage(s)
	out := start{open: true}
	for i := 0; i < len(words); i++ {
		w := words[i]
		if text, ok := inlineScript(words[i:]); ok {
			return c.ofScript(s, text, st.dir)
		}
		operands, isWrapper := wrappers[path.Base(w)]
		switch {
		case isWrapper:
			for i+1 < len(words) && strings.HasPrefix(words[i+1], "-") && words[i+1] != "--" {
				i++
			}
			i += operands
			continue
		case strings.HasPrefix(w, "-"), strings.Contains(w, "=") && !strings.Contains(w, "/"):
			continue
		case path.Base(w) == "dlv" && i+2 < len(words) && words[i+1] == "exec":
			i++
			continue
		case path.Base(w) == "go" && i+2 < len(words) && words[i+1] == "run":
			return c.ofGoRun(s, words[i+2:])
		}
		if found := st.find(w); len(found) > 0 {
			return start{programs: found, word: w}
		}
		if out.word == "" {
			out.word = w
		}
		if text, ok := c.scriptAt(s, w); ok {
			if inner := c.ofScript(s, text, st.dir); len(inner.programs) > 0 {
				return inner
			}
			continue // a script may start what stands behind it
		}
		out.open = isScript(w) || strings.Contains(blank(w), "$")
		if !isScript(w) {
			return out
		}
	}
	return out
}

// isScript tells names of entrypoint scripts from those of programs.
func isScript(w string) bool {
	base := path.Base(w)
	return strings.HasSuffix(base, ".sh") || strings.HasSuffix(base, "entrypoint") || slices.Contains(shells, base)
}

// ofScript is what a script starts: the programs of the stage that it names, if
// they are one main's.
func (c *contents) ofScript(s *image.Stage, text, dir string) start {
	st := c.stage(s)
	out := start{open: true}
	vars := map[string]string{}
	for _, step := range s.AllSteps() {
		if step.Kind != image.StepEnv {
			continue
		}
		for _, v := range step.Vars {
			if v.Known && v.Set {
				vars[v.Name] = v.Value
			}
		}
	}
	calls := 0
	follow(text, dir, vars, func(dir string, words []string, _ map[string]string) {
		for i := 0; i < len(words); i++ {
			if operands, ok := wrappers[path.Base(words[i])]; ok {
				for i+1 < len(words) && strings.HasPrefix(words[i+1], "-") {
					i++
				}
				i += operands
				continue
			}
			w := words[i]
			if strings.Contains(w, "/") {
				w = joinDir(dir, w)
			}
			for _, p := range st.find(w) {
				if !slices.Contains(out.programs, p) {
					out.programs = append(out.programs, p)
				}
			}
			if !shellBuiltins[words[i]] {
				calls++
				out.word = words[i]
			}
			return
		}
	})
	// One command that is no program of the tree is what the image starts.
	if calls == 1 && len(out.programs) == 0 {
		out.open = strings.Contains(out.word, "$") || isScript(out.word)
	}
	if calls != 1 && len(out.programs) == 0 {
		out.word = ""
	}
	if len(mainsOf(out.programs)) > 1 && !out.programs[0].guess {
		out.programs = nil
	}
	return out
}

// shellBuiltins are commands of a shell that start nothing (POSIX.1, 2.14 and
// XCU).
var shellBuiltins = map[string]bool{
	"set": true, "export": true, "echo": true, "printf": true, "test": true, "[": true, "true": true,
	"false": true, ":": true, "umask": true, "trap": true, "wait": true, "shift": true, "exit": true,
	"ulimit": true, "sleep": true, "source": true, ".": true, "unset": true, "read": true, "return": true,
}

// scriptAt is the text of a script that stands at a place of the stage, if the
// tree has it.
func (c *contents) scriptAt(s *image.Stage, w string) (string, bool) {
	if strings.Contains(blank(w), "$") {
		return "", false
	}
	at := w
	if strings.Contains(w, "/") {
		at = joinDir(c.stage(s).dir, w)
	}
	for _, step := range s.AllSteps() {
		if step.Kind != image.StepCopy && step.Kind != image.StepAdd || step.From != "" {
			continue
		}
		dest := joinDir(step.Workdir, step.Dest)
		for _, src := range step.Sources {
			rest := ""
			switch {
			case dest == at, path.Base(src) == path.Base(at) && (path.Join(dest, path.Base(src)) == at || !strings.Contains(w, "/")):
			default:
				below, ok := cutDir(at, dest)
				if !ok {
					continue
				}
				rest = below
			}
			file := path.Join(c.context, src, rest)
			if !c.tree.Has(file) {
				continue
			}
			data, err := c.tree.Read(file, maxScript)
			if err == nil && strings.HasPrefix(string(data), "#!") {
				return string(data), true
			}
		}
	}
	return "", false
}

// goRun stands for the program that go run builds and starts.
const goRun = "go run"

// ofGoRun is what go run starts: the main of its package argument.
func (c *contents) ofGoRun(s *image.Stage, words []string) start {
	out := start{word: goRun, open: true}
	b, ok := parseBuild(append([]string{"go", "build"}, words...), c.stage(s).dir, nil)
	if !ok || len(b.packages) == 0 {
		return out
	}
	// What follows the package are the program's own arguments.
	if !strings.HasSuffix(b.packages[0], ".go") {
		b.packages = b.packages[:1]
	}
	inner := &state{dir: b.dir, sources: c.stage(s).sources}
	b.at = s.Position
	c.build(b, inner)
	if len(mainsOf(inner.programs)) == 1 {
		out.programs, out.open = inner.programs, false
	}
	return out
}

// find are the programs that a command's first word names in a stage.
func (st *state) find(w string) []program {
	w = blank(w)
	var out []program
	if strings.Contains(w, "/") {
		at := joinDir(st.dir, w)
		for _, p := range st.programs {
			if p.path == at {
				out = append(out, p)
			}
		}
		if len(out) > 0 {
			return out
		}
		if strings.Contains(at, "$") {
			for _, p := range st.programs {
				if fits(at, p.path) {
					p.guess = true
					out = append(out, p)
				}
			}
			return out
		}
	}
	// By its name, where that is no other's: it is found in PATH, or the folder
	// could not be told.
	for _, p := range st.programs {
		if path.Base(p.path) == path.Base(w) && w != "$" {
			out = append(out, p)
		}
	}
	if len(mainsOf(out)) > 1 && !out[0].guess {
		return nil
	}
	return out
}

// mainsOf are the mains of programs, each once, in order.
func mainsOf(programs []program) []*code.Main {
	var out []*code.Main
	for _, p := range programs {
		if !slices.Contains(out, p.main) {
			out = append(out, p.main)
		}
	}
	return out
}
