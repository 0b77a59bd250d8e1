package dynamicallymanaged

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/cnready/cnready/internal/image"
)

// What becomes of a SIGTERM that the container's first process gets. All of it
// was tried with dash 0.5.12, BusyBox 1.35 and bash 5.2 on Linux.
type outcome uint8

const (
	unclear outcome = iota
	reached         // the program gets it
	stays           // a shell gets it and does nothing, being process 1
	dies            // an init passes it to a shell, which ends
	noShell         // nothing starts: there is no such shell
)

// A verdict is what judge says of a command.
type verdict struct {
	kind   outcome
	reason string // of unclear: what is missing; of stays: what the shell does
	family image.ShellFamily
	shell  string // the shell as the command names it
	script bool   // it is a script's text, not a line of the command
}

func cannot(reason string) verdict { return verdict{reason: reason} }

// maxNesting bounds commands that start commands: tini, su-exec, sh -c, exec.
const maxNesting = 8

// A command is what is being judged.
type command struct {
	stage   *image.Stage
	init    bool // an init is process 1
	nesting int
}

// judge says what becomes of SIGTERM if the stage's image starts argv.
func judge(stage *image.Stage, argv []string) verdict {
	return command{stage: stage}.argv(argv)
}

// startsItsArguments tells whether a program starts another one that its
// arguments name.
func startsItsArguments(program string) bool {
	name := path.Base(program)
	_, init := inits[name]
	_, execs := execers[name]
	return init || execs || slices.Contains(shells, name)
}

// inits start one child and pass signals on to it, with their options that take
// a value.
//
// Sources: README of krallin/tini, README of Yelp/dumb-init, catatonit(1).
var inits = map[string]string{
	"tini": "pe", "tini-static": "pe", "docker-init": "pe", "dumb-init": "r", "catatonit": "",
}

// execers replace themselves by the program behind their own arguments: so many
// of them, options left out.
//
// Sources: README of ncopa/su-exec and tianon/gosu; chpst(8), nohup(1), nice(1).
var execers = map[string]int{"su-exec": 1, "gosu": 1, "nohup": 0, "setuidgid": 1, "s6-setuidgid": 1}

// supervisors start programs by a configuration of their own.
var supervisors = []string{
	"supervisord", "s6-svscan", "runsvdir", "runit", "systemd", "init", "circusd", "monit",
	"foreman", "goreman", "hivemind", "overmind", "honcho", "pm2",
}

// notTheProgram are programs that run or rebuild another one, or interpret it.
var notTheProgram = []string{
	"air", "bun", "delve", "deno", "dlv", "fresh", "gin", "go", "java", "make", "modd", "node", "npm",
	"npx", "perl", "php", "pnpm", "python", "python3", "reflex", "ruby", "sudo", "task", "timeout",
	"watchexec", "yarn",
}

// shells are programs that run a script.
var shells = []string{"ash", "bash", "busybox", "dash", "ksh", "mksh", "sh", "zsh"}

// scriptNames are names that wrapper scripts have without an ending.
var scriptNames = []string{"boot", "docker-entrypoint", "docker-start", "entrypoint", "launch", "run", "start", "startup", "wrapper"}

func (c command) argv(argv []string) verdict {
	if c.nesting++; c.nesting > maxNesting {
		return cannot("the command starts commands too deeply nested to be followed")
	}
	if len(argv) == 0 || argv[0] == "" {
		return cannot("the program that is started is not written in the command")
	}
	program := path.Base(argv[0])
	if values, ok := inits[program]; ok {
		c.init = true
		return c.argv(afterOptions(argv[1:], values))
	}
	if n, ok := execers[program]; ok {
		rest := afterOptions(argv[1:], "")
		if len(rest) <= n {
			return cannot(program + " is given no program to start")
		}
		return c.argv(rest[n:])
	}
	switch {
	case strings.Contains(argv[0], "$"):
		return cannot("the program is a variable, which the exec form does not expand")
	case slices.Contains(supervisors, program):
		return cannot(program + " starts programs by a configuration that is not read")
	case slices.Contains(notTheProgram, program):
		return cannot(program + " starts the program, and what it does with signals is not known")
	case slices.Contains(shells, program):
		return c.shell(argv)
	}
	if text, ok := c.inDockerfile(argv[0]); ok {
		return c.scriptFile(text, argv)
	}
	if strings.HasSuffix(program, ".sh") || strings.HasSuffix(program, ".bash") || slices.Contains(scriptNames, program) {
		return cannot("the entrypoint is a script that is not read: " + argv[0])
	}
	return verdict{kind: reached}
}

// afterOptions drops leading options; values are the letters of those whose
// value is the next word.
func afterOptions(words []string, values string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		w := words[0]
		words = words[1:]
		if w == "--" {
			break
		}
		if len(w) == 2 && strings.Contains(values, w[1:]) && len(words) > 0 {
			words = words[1:]
		}
	}
	return words
}

// shell judges the start of a shell: sh -c 'line', or sh file.
func (c command) shell(argv []string) verdict {
	name := argv[0]
	words := argv[1:]
	if path.Base(name) == "busybox" {
		if len(words) == 0 || words[0] != "sh" && words[0] != "ash" {
			return cannot("busybox is not started as a shell")
		}
		words = words[1:]
	}
	line := false
	for len(words) > 0 && (strings.HasPrefix(words[0], "-") || strings.HasPrefix(words[0], "+")) {
		w := words[0]
		words = words[1:]
		if w == "--" {
			break
		}
		if strings.HasPrefix(w, "--") {
			continue // --login, --norc
		}
		line = line || strings.Contains(w, "c") && w[0] == '-'
		if strings.HasSuffix(w, "o") && len(words) > 0 {
			words = words[1:] // -o pipefail
		}
	}
	switch {
	case len(words) == 0:
		return cannot("the image starts a shell and no program")
	case line:
		return c.script(name, words[0], words[1:])
	}
	if text, ok := c.inDockerfile(words[0]); ok {
		return c.scriptFile(text, words)
	}
	return cannot("the entrypoint is a script that is not read: " + words[0])
}

// inDockerfile finds the text of a script that a here document of the
// Dockerfile writes.
func (c command) inDockerfile(program string) (string, bool) {
	text, found := "", false
	for _, step := range c.stage.AllSteps() {
		if step.Kind != image.StepCopy && step.Kind != image.StepAdd || !step.Known {
			continue
		}
		if step.Dest == path.Clean(program) {
			found = len(step.Heredocs) == 1 && len(step.Sources) == 0
			if found {
				text = step.Heredocs[0]
			}
		}
	}
	return text, found
}

// scriptFile judges a script that is started as a file: no shell replaces
// itself there, so that only exec passes the signal on.
func (c command) scriptFile(text string, argv []string) verdict {
	first, _, _ := strings.Cut(text, "\n")
	if rest, ok := strings.CutPrefix(first, "#!"); ok {
		words := strings.Fields(rest)
		if len(words) > 1 && path.Base(words[0]) == "env" {
			words = words[1:]
		}
		if len(words) == 0 || !slices.Contains(shells, path.Base(words[0])) {
			return cannot("the entrypoint is no shell script: " + first)
		}
	}
	return script{command: c, name: "the script " + argv[0], args: argv, file: true, forks: true}.judge(text)
}

// script judges the line behind -c.
func (c command) script(name, text string, args []string) verdict {
	family := c.stage.ShellFamily(name)
	switch family {
	case image.ShellUnknown:
		return cannot("which shell " + name + " is in this image is not known")
	case image.ShellNone:
		return verdict{kind: noShell, shell: name}
	}
	s := script{command: c, family: family, name: name, args: args, forks: family == image.ShellDash}
	return s.judge(text)
}

// A script is shell text that is being judged.
type script struct {
	command
	family image.ShellFamily
	name   string   // the shell or script, as the command names it
	args   []string // $0, $1, ...
	file   bool     // the text is a file, not a line behind -c
	forks  bool     // only exec replaces the shell
	list   bool     // the command stands behind others
	jobs   bool     // another command before it runs in the background
}

// maxScript bounds the shell text that is parsed, in bytes.
const maxScript = 64 << 10

func (s script) judge(text string) verdict {
	if len(text) > maxScript {
		return cannot("the shell line is too long to be read")
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return cannot("the shell line cannot be read")
	}
	if len(f.Stmts) == 0 {
		return cannot("the shell line is empty")
	}
	if firstWordIn(f, "trap") {
		return cannot("the shell line sets a trap, which may pass the signal on")
	}
	return s.last(f.Stmts)
}

func (s script) last(stmts []*syntax.Stmt) verdict {
	if len(stmts) == 0 {
		return cannot("the shell line starts nothing")
	}
	for _, st := range stmts[:len(stmts)-1] {
		s.jobs = s.jobs || st.Background || st.Coprocess
	}
	s.list = s.list || len(stmts) > 1
	return s.stmt(stmts[len(stmts)-1])
}

// lost is the verdict where the shell remains; reason says what it does.
func (s script) lost(reason string) verdict {
	v := verdict{kind: stays, reason: reason, family: s.family, shell: s.name, script: s.file}
	if s.init {
		v.kind = dies
	}
	return v
}

const waits = "starts the program as its child, waits for it and passes no signal on"

func (s script) stmt(st *syntax.Stmt) verdict {
	if st.Background || st.Coprocess {
		return cannot("the shell line ends with a command in the background")
	}
	if st.Negated {
		return cannot("the shell line ends with a condition")
	}
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		return s.call(cmd, len(st.Redirs) > 0)
	case *syntax.BinaryCmd:
		return s.binary(cmd)
	case *syntax.Block:
		// bash runs a group in brackets itself, all but an exec in it.
		s.forks = s.forks || s.family != image.ShellBusybox
		return s.last(cmd.Stmts)
	case *syntax.Subshell:
		if !s.forks && s.family == image.ShellBusybox {
			return s.last(cmd.Stmts)
		}
		return s.lost(waits)
	case *syntax.WhileClause, *syntax.ForClause:
		if firstWordIn(cmd, "exec") {
			return cannot("the shell line ends with a loop that may replace the shell")
		}
		return s.lost("runs a loop and passes no signal on")
	case *syntax.IfClause, *syntax.CaseClause:
		if firstWordIn(cmd, "exec") || !s.forks && s.family == image.ShellBusybox {
			return cannot("the shell line ends with a choice between commands")
		}
		return s.lost(waits)
	}
	return cannot("the shell line does not end with a command")
}

func (s script) binary(cmd *syntax.BinaryCmd) verdict {
	s.list = true
	switch cmd.Op {
	case syntax.AndStmt:
		return s.stmt(cmd.Y)
	case syntax.OrStmt:
		// Either side may be the program.
		if !s.forks || firstWordIn(cmd, "exec") {
			return cannot("the shell line ends with a choice between commands")
		}
		return s.lost(waits)
	}
	return s.lost("runs a pipeline as its children and passes no signal on")
}

// builtins are words that a shell does itself.
//
// Source: POSIX.1-2024, "Shell Command Language", 2.15, and the builtins of dash(1).
var builtins = []string{
	".", ":", "[", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export",
	"false", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift",
	"source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset", "wait",
}

func isBuiltin(word string) bool { return slices.Contains(builtins, word) }

func (s script) call(cmd *syntax.CallExpr, redirected bool) verdict {
	words := s.words(cmd.Args)
	if len(words) == 0 {
		return cannot("the shell line does not end with a command")
	}
	if words[0] == "exec" {
		rest := afterOptions(words[1:], "a")
		if len(rest) == 0 {
			return cannot("exec is given no program")
		}
		return s.argvOrUnknown(rest)
	}
	if isBuiltin(words[0]) {
		return cannot("the shell line ends with " + words[0] + ", which starts no program by itself")
	}
	switch {
	case s.forks:
		return s.lost(waits)
	case s.family == image.ShellBusybox:
		return s.argvOrUnknown(words)
	case redirected, s.jobs:
		return s.lost(waits)
	case s.list && s.family == image.ShellOldBash:
		return cannot("whether bash replaces itself by the last command of a list depends on its version")
	}
	return s.argvOrUnknown(words)
}

// argvOrUnknown judges the program that takes the shell's place, unless a
// variable names it: it may be a script.
func (s script) argvOrUnknown(words []string) verdict {
	if words[0] == "" {
		return cannot("the program that is started is not written in the command")
	}
	return s.argv(words)
}

// words are a command's words; "$@" is replaced by the shell's arguments, and a
// word that a shell would expand to something else is "".
func (s script) words(args []*syntax.Word) []string {
	var words []string
	for _, a := range args {
		if isAllArgs(a) {
			if len(s.args) > 1 {
				words = append(words, s.args[1:]...)
			} else {
				words = append(words, "")
			}
			continue
		}
		words = append(words, literal(a))
	}
	return words
}

func isAllArgs(w *syntax.Word) bool {
	if len(w.Parts) != 1 {
		return false
	}
	part := w.Parts[0]
	if q, ok := part.(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		part = q.Parts[0]
	}
	p, ok := part.(*syntax.ParamExp)
	return ok && p.Param != nil && p.Param.Value == "@"
}

// literal is a word without its quotes, or "" where a shell would expand it.
func literal(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(strings.ReplaceAll(p.Value, `\`, ""))
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, q := range p.Parts {
				l, ok := q.(*syntax.Lit)
				if !ok {
					return ""
				}
				b.WriteString(l.Value)
			}
		default:
			return ""
		}
	}
	return b.String()
}

// firstWordIn tells whether some command in the text begins with the word.
func firstWordIn(node syntax.Node, word string) bool {
	found := false
	syntax.Walk(node, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 && call.Args[0].Lit() == word {
			found = true
		}
		return !found
	})
	return found
}
