package service

import (
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// An EntryPoint says which subcommand of a main its image or workloads start.
type EntryPoint struct {
	// Command has the words that select it; none is the program without a
	// subcommand.
	Command []string
	At      finding.Position
	// Reason says what selects it, or that nothing names one.
	Reason string
}

// A word is one of a command line, with what says it.
type word struct {
	text string
	at   finding.Position
	from string
}

// EntryPoint is what the image's ENTRYPOINT and CMD select of the service's
// subcommands, with a workload's command and args in their place. It is nil where
// the program has no subcommands, where a word that may be one is not known, and
// where the workloads select different ones.
func (s *Service) EntryPoint() *EntryPoint {
	if s.Contract == nil || len(s.Contract.Subcommands) == 0 {
		return nil
	}
	if len(s.Workloads) == 0 {
		line, whole := s.commandLine(nil)
		return entryPoint(s.Contract, line, whole)
	}
	var out *EntryPoint
	for _, w := range s.Workloads {
		line, whole := s.commandLine(w)
		e := entryPoint(s.Contract, line, whole)
		if e == nil || out != nil && !slices.Equal(e.Command, out.Command) {
			return nil
		}
		if out == nil {
			out = e
		}
	}
	return out
}

// commandLine is what a container starts: its command, else the image's
// ENTRYPOINT, and its args, else the image's CMD where it has no command
// (Kubernetes documentation, "Define a Command and Arguments for a Container").
// whole is false where a part of it is not known.
func (s *Service) commandLine(w *WorkloadJoin) (line []word, whole bool) {
	var entry, cmd image.Command
	imageKnown := s.Image != nil && s.Image.Stage != nil && (w == nil || !w.Workload.Imageless())
	if imageKnown {
		entry, _ = s.Image.Stage.Entrypoint()
		cmd, _ = s.Image.Stage.Cmd()
	}
	add := func(list []string, at finding.Position, from string) {
		for _, text := range list {
			line = append(line, word{text, at, from})
		}
	}
	given := func(f deploy.Field[[]string]) bool { return f.Set && len(f.Value) > 0 }
	var c *deploy.Container
	name := ""
	if w != nil {
		c, name = w.Container, w.Workload.ID()
	}
	if c != nil && given(c.Command) {
		add(c.Command.Value, c.Command.Position, "the command of "+name)
		if given(c.Args) {
			add(c.Args.Value, c.Args.Position, "the args of "+name)
		}
		return line, true
	}
	if imageKnown {
		add(commandWords(entry), entry.Position, "the ENTRYPOINT of "+s.Image.File.Path)
	}
	switch {
	case imageKnown && entry.Shell && len(entry.Args) > 0:
		return line, true // the shell form takes no arguments
	case c != nil && given(c.Args):
		if !imageKnown {
			// Something stands before them.
			line = append(line, word{text: "*"})
		}
		add(c.Args.Value, c.Args.Position, "the args of "+name)
	case imageKnown:
		add(commandWords(cmd), cmd.Position, "the CMD of "+s.Image.File.Path)
	}
	return line, imageKnown && (s.Image.Starts || c != nil && given(c.Args))
}

// entryPoint finds the subcommand in a command line.
func entryPoint(c *effects.Contract, line []word, whole bool) *EntryPoint {
	line, ok := ofProgram(line)
	if !ok {
		return nil
	}
	names := map[string]bool{}
	all := true // every subcommand's name is known
	for _, s := range c.Subcommands {
		names[s.Name] = s.Name != ""
		all = all && s.Name != ""
	}
	var out *EntryPoint
	var groups []string // words before the subcommand: of a command above it
	program := line[0]
	line = line[1:]
	for i := 0; i < len(line); i++ {
		w := line[i]
		switch {
		case w.text == "--":
			i = len(line)
		case strings.HasPrefix(w.text, "-"):
			if !strings.Contains(w.text, "=") && i+1 < len(line) && !isSwitch(c, w.text) && !strings.HasPrefix(line[i+1].text, "-") {
				if names[line[i+1].text] && out == nil {
					return nil // the flag's value, or the subcommand
				}
				i++
			}
		case strings.Contains(w.text, "$"):
			return nil
		case names[w.text]:
			if out == nil {
				out = &EntryPoint{Command: groups, At: w.at, Reason: "named by " + w.from}
			}
			out.Command = append(out.Command, w.text)
		case out != nil:
			return out // its arguments
		default:
			groups = append(groups, w.text)
		}
	}
	switch {
	case out != nil:
		return out
	case !whole || !all || len(groups) > 0 || len(c.Subcommands) < 2 || program.from == "":
		// One entry may be the root command of a program without subcommands.
		return nil
	}
	return &EntryPoint{At: program.at, Reason: "none is named by " + program.from + others(line, program.from)}
}

// others names what else the words of a command line stand in.
func others(line []word, first string) string {
	for _, w := range line {
		if w.from != first {
			return " or " + w.from
		}
	}
	return ""
}

// isSwitch tells whether a flag is one that takes no word behind it: its default
// is a boolean.
func isSwitch(c *effects.Contract, flag string) bool {
	flag = strings.TrimLeft(flag, "-")
	for _, e := range c.Of(effects.DefFlag) {
		if name := e.Value("name"); name == nil || name.Kind != effects.Literal || name.Text != flag {
			continue
		}
		d, ok := e.Value("default").Default()
		return ok && (d == "true" || d == "false")
	}
	return flag == "h" || flag == "help" || flag == "v" || flag == "version"
}

// ofProgram is a command line from the program on, behind init programs and the
// like; ok is false where it is a script that was not understood.
func ofProgram(line []word) ([]word, bool) {
	for i := 0; i < len(line); i++ {
		var rest []string
		for _, w := range line[i:] {
			rest = append(rest, w.text)
		}
		if text, ok := inlineScript(rest); ok {
			return lastCall(text, line[i])
		}
		operands, isWrapper := wrappers[path.Base(line[i].text)]
		switch {
		case isWrapper:
			for i+1 < len(line) && strings.HasPrefix(line[i+1].text, "-") && line[i+1].text != "--" {
				i++
			}
			i += operands
		case strings.Contains(line[i].text, "=") && !strings.Contains(line[i].text, "/"): // of env
		case isScript(line[i].text):
			return nil, false
		default:
			return line[i:], true
		}
	}
	return nil, false
}

// lastCall is the one command of an inline script that is no builtin, or the last
// that follows exec.
func lastCall(text string, at word) ([]word, bool) {
	var calls [][]string
	follow(text, "/", nil, func(_ string, words []string, _ map[string]string) {
		if len(words) > 0 && !shellBuiltins[words[0]] {
			calls = append(calls, slices.Clone(words))
		}
	})
	if len(calls) == 0 || len(calls) > 1 && calls[len(calls)-1][0] != "exec" {
		return nil, false
	}
	var line []word
	for _, text := range calls[len(calls)-1] {
		line = append(line, word{text, at.at, at.from})
	}
	if _, isShell := inlineScript(calls[len(calls)-1]); isShell {
		return nil, false
	}
	return ofProgram(line)
}
