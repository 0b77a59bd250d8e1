package image

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/cnready/cnready/internal/finding"
)

// A Start is what an image starts, followed through inits, shells and wrapper
// scripts to the program at the end.
type Start struct {
	// Argv is the command as the container runtime gets it: ENTRYPOINT with CMD.
	// It is empty where the image has neither.
	Argv []string
	// At is the ENTRYPOINT or CMD that says so.
	At finding.Position
	// Chain are the programs before the last one, in order.
	Chain []Wrapper
	// Program is the last program as its command names it, "" where nothing
	// tells; Args are its arguments. A dollar sign stands for what cannot be told.
	Program string
	Args    []string
	// File is what stands there in the image, Binary the Go program that it is.
	File   File
	Binary *Binary
	// Outcome is what becomes of a SIGTERM that the first process gets, and
	// Signal the same as a fact: Yes where the program gets it.
	Outcome Outcome
	Signal  Fact
	// Variables are those that the wrapper scripts read from the environment.
	Variables []ScriptVariable
	// Traps is true where a wrapper script sets a trap.
	Traps bool
	// User is whom a wrapper changes to (su-exec, gosu), "" where none does.
	User string
}

// GoRun is the Program of a Start that go run builds and starts.
const GoRun = "go run"

// WrapperKind is a kind of program that starts another one.
type WrapperKind string

// The kinds.
const (
	WrapInit       WrapperKind = "init"       // tini, dumb-init: passes signals on
	WrapExec       WrapperKind = "exec"       // su-exec, gosu, env: replaces itself
	WrapShell      WrapperKind = "shell"      // sh -c
	WrapScript     WrapperKind = "script"     // a script with an interpreter
	WrapSupervisor WrapperKind = "supervisor" // supervisord, s6: starts several
	WrapTool       WrapperKind = "tool"       // go run, air, make: what it does is not known
)

// A Wrapper is one program that starts the next.
type Wrapper struct {
	Kind WrapperKind
	Name string // as written
	// Shell is the family of the shell that runs it, for WrapShell.
	Shell ShellFamily
	// Source is the script in the tree, "" where it is not there.
	Source string
	// Read is true for a script whose text was read.
	Read bool
	// Exec is true where it replaces itself by the next program.
	Exec bool
}

// A ScriptVariable is an environment variable that a wrapper script reads.
type ScriptVariable struct {
	Name       string
	Default    string // of ${NAME:-default}
	HasDefault bool
	Required   bool // ${NAME:?}
	Script     string
	Line       int
}

// Outcome is what becomes of a SIGTERM that the container's first process gets.
// All of it was tried with dash 0.5.12, BusyBox 1.35 and bash 5.2 on Linux.
type Outcome uint8

// The outcomes.
const (
	SignalUnclear Outcome = iota
	SignalReached         // the program gets it
	SignalStays           // a shell gets it and does nothing, being process 1
	SignalDies            // an init passes it to a shell, which ends
	SignalNoShell         // nothing starts: there is no such shell
)

// Start follows what the image starts by itself.
func (i *Image) Start() Start {
	argv, at, why := i.argv()
	if why != "" {
		return Start{Argv: argv, At: at, Signal: unclear(at, why)}
	}
	return i.StartOf(argv, at)
}

// argv is ENTRYPOINT and CMD together (Dockerfile reference, "Understand how CMD
// and ENTRYPOINT interact"); why is "" where that is all.
func (i *Image) argv() (argv []string, at finding.Position, why string) {
	entry, hasEntry := i.Stage.Entrypoint()
	cmd, hasCmd := i.Stage.Cmd()
	switch {
	case !hasEntry && !hasCmd:
		return nil, i.Stage.Position, "the image sets neither ENTRYPOINT nor CMD: what it starts is said elsewhere"
	case !hasEntry && (!i.base.known || i.base.family.Entrypoint != No):
		return cmd.Argv(), cmd.Position, "CMD may only be the arguments of an ENTRYPOINT that the base image has"
	}
	argv, at = slices.Clone(entry.Argv()), entry.Position
	switch {
	case len(argv) == 0:
		argv, at = slices.Clone(cmd.Argv()), cmd.Position
	case !entry.Shell:
		argv = append(argv, cmd.Argv()...)
	}
	if len(argv) == 0 {
		return nil, i.Stage.Position, "ENTRYPOINT and CMD are empty: what the image starts is said elsewhere"
	}
	return argv, at, ""
}

// StartOf follows a command as if the image were started with it: of a workload
// that sets its own.
func (i *Image) StartOf(argv []string, at finding.Position) Start {
	f := &follower{image: i, out: Start{Argv: argv, At: at}}
	f.argv(argv)
	if f.out.Signal.Why == "" {
		f.out.Signal = Fact{At: at, Why: "what becomes of the signal cannot be told"}
	}
	f.out.Signal.At = at
	if f.out.Program != "" && f.out.Program != GoRun && !strings.Contains(f.out.Program, "$") {
		f.out.File = i.Program(f.out.Program)
		if f.out.File.Has == Yes {
			f.out.Binary = f.out.File.Binary
		}
	}
	return f.out
}

const maxNesting = 8 // of commands that start commands: tini, su-exec, sh -c, exec

// A follower follows one command.
type follower struct {
	image   *Image
	out     Start
	init    bool // an init is process 1
	lost    bool // a shell stays in between
	nesting int
}

func (f *follower) say(o Outcome, why string) {
	if f.out.Outcome != SignalUnclear || f.out.Signal.Why != "" {
		return
	}
	f.out.Outcome = o
	f.out.Signal.Why = why
	switch o {
	case SignalReached:
		f.out.Signal.Has = Yes
	case SignalStays, SignalDies, SignalNoShell:
		f.out.Signal.Has = No
	}
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
// Sources: README of ncopa/su-exec and tianon/gosu; chpst(8), nohup(1), nice(1),
// env(1), chroot(1).
var execers = map[string]int{
	"su-exec": 1, "gosu": 1, "nohup": 0, "setuidgid": 1, "s6-setuidgid": 1, "env": 0, "nice": 0, "stdbuf": 0, "chroot": 1, "setpriv": 0, "ionice": 0,
}

// supervisors start programs by a configuration of their own.
var supervisors = []string{
	"supervisord", "s6-svscan", "runsvdir", "runit", "systemd", "init", "circusd", "monit",
	"foreman", "goreman", "hivemind", "overmind", "honcho", "pm2", "s6-overlay",
}

// notTheProgram are programs that run or rebuild another one, or interpret it.
var notTheProgram = []string{
	"air", "bun", "delve", "deno", "dlv", "fresh", "gin", "go", "java", "make", "modd", "node", "npm",
	"npx", "perl", "php", "pnpm", "python", "python3", "reflex", "ruby", "sudo", "task", "timeout",
	"watchexec", "yarn", "CompileDaemon", "realize", "gow", "wgo", "su", "runuser", "mage",
}

func (f *follower) argv(argv []string) {
	if f.nesting++; f.nesting > maxNesting {
		f.say(SignalUnclear, "the command starts commands too deeply nested to be followed")
		return
	}
	if len(argv) == 0 || argv[0] == "" {
		f.say(SignalUnclear, "the program that is started is not written in the command")
		return
	}
	program := path.Base(argv[0])
	if values, ok := inits[program]; ok {
		f.init = f.init || f.nesting == 1
		f.wrap(Wrapper{Kind: WrapInit, Name: argv[0]})
		f.argv(afterOptions(argv[1:], values))
		return
	}
	if n, ok := execers[program]; ok {
		f.execer(argv, program, n)
		return
	}
	switch {
	case strings.Contains(argv[0], "$"):
		f.out.Program = argv[0]
		f.out.Args = argv[1:]
		f.say(SignalUnclear, "the program is a variable")
	case slices.Contains(supervisors, program):
		f.wrap(Wrapper{Kind: WrapSupervisor, Name: argv[0]})
		f.say(SignalUnclear, program+" starts programs by a configuration that is not read")
	case slices.Contains(notTheProgram, program):
		f.tool(argv, program)
	case slices.Contains(shells, program), program == "busybox":
		f.shell(argv)
	default:
		f.program(argv)
	}
}

func (f *follower) wrap(w Wrapper) { f.out.Chain = append(f.out.Chain, w) }

func (f *follower) execer(argv []string, program string, n int) {
	rest := afterOptions(argv[1:], "u")
	for program == "env" && len(rest) > 0 && strings.Contains(rest[0], "=") {
		rest = rest[1:]
	}
	if len(rest) <= n {
		f.say(SignalUnclear, program+" is given no program to start")
		return
	}
	if n == 1 && program != "chroot" {
		f.out.User = rest[0]
	}
	f.wrap(Wrapper{Kind: WrapExec, Name: argv[0], Exec: true})
	f.argv(rest[n:])
}

// tool is a program that starts the program in a way of its own.
func (f *follower) tool(argv []string, program string) {
	f.wrap(Wrapper{Kind: WrapTool, Name: argv[0]})
	rest := argv[1:]
	switch {
	case program == "go" && len(rest) > 1 && rest[0] == "run":
		f.out.Program, f.out.Args = GoRun, rest[1:]
	case program == "dlv" && len(rest) > 1 && rest[0] == "exec":
		if !strings.HasPrefix(rest[1], "-") {
			f.out.Program = rest[1]
		}
	case program == "timeout" && len(rest) > 1:
		f.out.Program, f.out.Args = rest[1], rest[2:]
	case program == "sudo" || program == "su" || program == "runuser":
	default:
		f.out.Program, f.out.Args = argv[0], rest
	}
	f.say(SignalUnclear, program+" starts the program, and what it does with signals is not known")
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

// program is the end of the chain, or a script.
func (f *follower) program(argv []string) {
	file := f.image.Program(argv[0])
	name := path.Base(argv[0])
	if file.Has == Yes && file.Binary == nil {
		if text, ok := f.image.textOf(file.Path); ok && strings.HasPrefix(text, "#!") {
			if !isShellScript(text) {
				f.wrap(Wrapper{Kind: WrapScript, Name: argv[0], Source: file.Source})
				f.out.Program, f.out.Args = argv[0], argv[1:]
				f.say(SignalUnclear, "the entrypoint is no shell script")
				return
			}
			f.script(text, argv, file.Source)
			return
		}
	}
	if strings.HasSuffix(name, ".sh") || strings.HasSuffix(name, ".bash") || file.Binary == nil && slices.Contains(scriptNames, strings.TrimSuffix(name, path.Ext(name))) {
		f.wrap(Wrapper{Kind: WrapScript, Name: argv[0]})
		f.say(SignalUnclear, "the entrypoint is a script that is not read: "+argv[0])
		return
	}
	f.out.Program, f.out.Args = argv[0], argv[1:]
	switch {
	case f.lost && f.init:
		f.say(SignalDies, "an init passes the signal to a shell, which ends and takes the program with it")
	case f.lost:
		f.say(SignalStays, "a shell is the first process: it "+waits)
	default:
		f.say(SignalReached, "no shell stays between the runtime and the program")
	}
}

// scriptNames are names that wrapper scripts have without an ending.
var scriptNames = []string{"boot", "docker-entrypoint", "docker-start", "entrypoint", "launch", "run", "start", "startup", "wrapper"}

// shell follows the start of a shell: sh -c 'line', or sh file.
func (f *follower) shell(argv []string) {
	name, words := argv[0], argv[1:]
	if path.Base(name) == "busybox" {
		if len(words) == 0 || words[0] != "sh" && words[0] != "ash" {
			f.say(SignalUnclear, "busybox is not started as a shell")
			return
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
	family := f.image.Stage.ShellFamily(name)
	if path.Base(name) == "sh" {
		if s, fact := f.image.Shell(); fact.Has == No {
			family = s
		}
	}
	switch {
	case len(words) == 0:
		f.out.Program = name
		f.say(SignalUnclear, "the image starts a shell and no program")
	case family == ShellNone:
		f.wrap(Wrapper{Kind: WrapShell, Name: name, Shell: family})
		f.say(SignalNoShell, "the image has no "+name)
	case line:
		f.line(name, words[0], words[1:], family)
	default:
		file := f.image.Program(words[0])
		if text, ok := f.image.textOf(file.Path); ok && file.Has == Yes {
			f.script(text, words, file.Source)
			return
		}
		f.wrap(Wrapper{Kind: WrapScript, Name: words[0]})
		f.say(SignalUnclear, "the entrypoint is a script that is not read: "+words[0])
	}
}

// line follows the script behind -c. args are $0, $1 and so on.
func (f *follower) line(name, text string, args []string, family ShellFamily) {
	f.wrap(Wrapper{Kind: WrapShell, Name: name, Shell: family})
	if len(args) > 0 {
		args = args[1:]
	}
	s := &scriptEnd{follower: f, family: family, forks: family == ShellDash, at: len(f.out.Chain) - 1, name: name}
	if family == ShellUnknown {
		s.unknown = "which shell " + name + " is in this image is not known"
	}
	s.follow(text, args)
}

// script follows a script that is started as a file: no shell replaces itself
// there, so that only exec passes the signal on.
func (f *follower) script(text string, argv []string, source string) {
	f.wrap(Wrapper{Kind: WrapScript, Name: argv[0], Source: source, Read: true})
	f.readVariables(text, source)
	s := &scriptEnd{follower: f, forks: true, file: true, at: len(f.out.Chain) - 1, name: argv[0]}
	s.follow(text, argv[1:])
}

// readVariables lists the environment variables that a script reads.
func (f *follower) readVariables(text, source string) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return
	}
	set := map[string]bool{}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ForClause:
			if it, ok := n.Loop.(*syntax.WordIter); ok {
				set[it.Name.Value] = true
			}
		case *syntax.Assign:
			if n.Name != nil && n.Array != nil {
				set[n.Name.Value] = true
			}
			if n.Name != nil && n.Value != nil {
				// X=${X:-default} still reads X.
				reads := false
				syntax.Walk(n.Value, func(m syntax.Node) bool {
					if p, ok := m.(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == n.Name.Value {
						reads = true
					}
					return true
				})
				if !reads {
					set[n.Name.Value] = true
				}
			}
		}
		return true
	})
	syntax.Walk(file, func(n syntax.Node) bool {
		p, ok := n.(*syntax.ParamExp)
		if !ok || p.Param == nil || !isName(p.Param.Value) || set[p.Param.Value] || len(f.out.Variables) > maxNames {
			return true
		}
		v := ScriptVariable{Name: p.Param.Value, Script: source, Line: int(p.Pos().Line())}
		if p.Exp != nil {
			switch p.Exp.Op {
			case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
				w := &walker{vars: map[string]string{}, left: new(int)}
				v.HasDefault, v.Default = true, w.text(p.Exp.Word)
			case syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
				v.Required = true
			}
		}
		if i := slices.IndexFunc(f.out.Variables, func(o ScriptVariable) bool { return o.Name == v.Name }); i >= 0 {
			if v.HasDefault && !f.out.Variables[i].HasDefault {
				f.out.Variables[i].HasDefault, f.out.Variables[i].Default = true, v.Default
			}
			return true
		}
		f.out.Variables = append(f.out.Variables, v)
		return true
	})
}

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && s != "_"
}

// A scriptEnd finds the command with which a shell text ends.
type scriptEnd struct {
	*follower
	family  ShellFamily
	name    string
	at      int  // of the wrapper in the chain
	file    bool // the text is a file, not a line behind -c
	forks   bool // only exec replaces the shell
	list    bool // the command stands behind others
	jobs    bool // another command before it runs in the background
	unknown string
	walk    *walker
}

const waits = "starts the program as its child, waits for it and passes no signal on"

func (s *scriptEnd) follow(text string, args []string) {
	if len(text) > maxScript {
		s.say(SignalUnclear, "the script is too long to be read")
		return
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil || len(file.Stmts) == 0 {
		s.say(SignalUnclear, "the script "+s.name+" cannot be read")
		return
	}
	if firstWordIn(file, "trap") {
		s.out.Traps = true
		s.say(SignalUnclear, "the script sets a trap, which may pass the signal on")
	}
	if args == nil {
		args = []string{}
	}
	left := maxCommands
	vars := map[string]string{}
	for _, v := range s.image.Stage.Root().Base.env() {
		vars[v.Name] = v.Value
	}
	for _, v := range s.image.Env() {
		vars[v.Name] = "$"
		if v.Known {
			vars[v.Name] = v.Value
		}
	}
	dir, ok := s.image.Workdir()
	if !ok {
		dir = "/$"
	}
	s.walk = &walker{dir: dir, vars: vars, funcs: map[string]*syntax.Stmt{}, run: func(Call) {}, left: &left, args: args}
	s.last(file.Stmts)
}

// env are the variables of a base image that are known.
func (b Base) env() []Variable {
	family, _ := LookupBase(b)
	var out []Variable
	for _, v := range family.Env {
		if v.Known {
			out = append(out, v)
		}
	}
	return out
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

func (s *scriptEnd) last(stmts []*syntax.Stmt) {
	// What comes behind an exec at the top is never reached.
	for i, st := range stmts {
		if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "exec" {
			stmts = stmts[:i+1]
			break
		}
	}
	for len(stmts) > 1 && isExit(stmts[len(stmts)-1]) {
		stmts = stmts[:len(stmts)-1]
	}
	if len(stmts) == 0 {
		s.say(SignalUnclear, "the script starts nothing")
		return
	}
	for _, st := range stmts[:len(stmts)-1] {
		s.jobs = s.jobs || st.Background || st.Coprocess
		s.walk.statement(st, false)
	}
	s.list = s.list || len(stmts) > 1
	s.stmt(stmts[len(stmts)-1])
}

// isExit tells the commands that only end a script.
func isExit(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	return ok && len(c.Args) > 0 && c.Args[0].Lit() == "exit"
}

// stays says that the shell remains the first process, or the init's child.
func (s *scriptEnd) stays(why string) {
	s.lost = true
	if why == "" {
		return
	}
	if s.init {
		s.say(SignalDies, "an init passes the signal to the shell alone, which ends and takes the program with it")
		return
	}
	s.say(SignalStays, s.what()+" "+why)
}

func (s *scriptEnd) what() string {
	if s.file {
		return "the script " + s.name
	}
	return fmt.Sprintf("%s%s", s.name, map[ShellFamily]string{ShellDash: " (here dash)", ShellBusybox: " (here BusyBox)", ShellBash: " (here bash)", ShellOldBash: " (here bash)"}[s.family])
}

func (s *scriptEnd) stmt(st *syntax.Stmt) {
	switch {
	case st.Background || st.Coprocess:
		s.say(SignalUnclear, "the script ends with a command in the background")
		return
	case st.Negated:
		s.say(SignalUnclear, "the script ends with a condition")
		return
	}
	switch cmd := st.Cmd.(type) {
	case *syntax.CallExpr:
		s.call(cmd, len(st.Redirs) > 0)
	case *syntax.BinaryCmd:
		s.binary(cmd)
	case *syntax.Block:
		// bash runs a group in brackets itself, all but an exec in it.
		s.forks = s.forks || s.family != ShellBusybox
		s.last(cmd.Stmts)
	case *syntax.Subshell:
		if !s.forks && s.family == ShellBusybox {
			s.last(cmd.Stmts)
			return
		}
		s.forks = true
		s.stays(waits)
		s.last(cmd.Stmts)
	case *syntax.WhileClause, *syntax.ForClause:
		if firstWordIn(cmd, "exec") {
			s.say(SignalUnclear, "the script ends with a loop that may replace the shell")
			return
		}
		s.stays("runs a loop and passes no signal on")
	case *syntax.IfClause:
		s.branches(cmd)
	case *syntax.CaseClause:
		if firstWordIn(cmd, "exec") || !s.forks && s.family == ShellBusybox {
			s.say(SignalUnclear, "the script ends with a choice between commands")
			return
		}
		s.stays(waits)
	case *syntax.FuncDecl:
		s.say(SignalUnclear, "the script does not end with a command")
	default:
		s.say(SignalUnclear, "the script does not end with a command")
	}
}

// branches follows the branch of a last if that is taken, where that is known.
func (s *scriptEnd) branches(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 {
			s.last(c.Then)
			return
		}
		if len(c.Cond) != 1 {
			break
		}
		result, known := s.walk.test(c.Cond[0])
		if !known {
			break
		}
		if result {
			s.last(c.Then)
			return
		}
	}
	if c == nil {
		s.say(SignalUnclear, "the script starts nothing")
		return
	}
	if firstWordIn(c, "exec") || !s.forks && s.family == ShellBusybox {
		s.agreed(c)
		return
	}
	s.stays(waits)
}

// agreed follows all branches of a choice, and takes what they agree on.
func (s *scriptEnd) agreed(c *syntax.IfClause) {
	var first *follower
	complete := false
	for ; c != nil; c = c.Else {
		complete = len(c.Cond) == 0
		f := *s.follower
		f.out.Chain = slices.Clone(f.out.Chain)
		b := *s
		b.follower = &f
		w := *s.walk
		w.vars = maps.Clone(w.vars)
		w.maybe = true
		b.walk = &w
		b.last(c.Then)
		if first == nil {
			first = &f
			continue
		}
		if f.out.Outcome != first.out.Outcome || f.out.Program != first.out.Program {
			s.say(SignalUnclear, "the script ends with a choice between commands")
			return
		}
	}
	if !complete || first == nil {
		s.say(SignalUnclear, "the script ends with a choice between commands")
		return
	}
	variables, traps := s.out.Variables, s.out.Traps
	*s.follower = *first
	s.out.Variables, s.out.Traps = variables, traps || s.out.Traps
}

func (s *scriptEnd) binary(cmd *syntax.BinaryCmd) {
	s.list = true
	switch cmd.Op {
	case syntax.AndStmt:
		s.walk.statement(cmd.X, false)
		s.stmt(cmd.Y)
	case syntax.OrStmt:
		// Either side may be the program.
		if !s.forks || firstWordIn(cmd, "exec") {
			s.say(SignalUnclear, "the script ends with a choice between commands")
			return
		}
		s.stays(waits)
		s.stmt(cmd.X)
	default:
		s.stays("runs a pipeline as its children and passes no signal on")
		s.forks = true
		s.stmt(cmd.X)
	}
}

// builtins are words that a shell does itself.
//
// Source: POSIX.1-2024, "Shell Command Language", 2.15, and the builtins of dash(1).
var builtins = []string{
	".", ":", "[", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export",
	"false", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift",
	"source", "test", "times", "trap", "true", "type", "ulimit", "umask", "unset", "wait",
}

func (s *scriptEnd) call(cmd *syntax.CallExpr, redirected bool) {
	var words []string
	for _, a := range cmd.Args {
		words = append(words, s.walk.fields(a)...)
	}
	if len(words) == 0 {
		s.say(SignalUnclear, "the program that is started is not written in the command")
		return
	}
	if body, ok := s.walk.funcs[words[0]]; ok && s.walk.depth < maxCalls {
		s.walk.depth++
		s.walk.args = append([]string{}, words[1:]...)
		s.forks = true
		if block, ok := body.Cmd.(*syntax.Block); ok {
			s.last(block.Stmts)
			return
		}
		s.stmt(body)
		return
	}
	if words[0] == "exec" {
		rest := afterOptions(words[1:], "a")
		if len(rest) == 0 {
			s.say(SignalUnclear, "exec is given no program")
			return
		}
		s.replaced(rest)
		return
	}
	if slices.Contains(builtins, words[0]) {
		s.say(SignalUnclear, "the script ends with "+words[0]+", which starts no program by itself")
		return
	}
	switch {
	case s.unknown != "":
		s.say(SignalUnclear, s.unknown)
	case s.forks:
		s.stays(waits)
	case s.family == ShellBusybox:
		s.out.Chain[s.at].Exec = true
	case redirected, s.jobs:
		s.stays(waits)
	case s.list && s.family == ShellOldBash:
		s.say(SignalUnclear, "whether bash replaces itself by the last command of a list depends on its version")
	default:
		s.out.Chain[s.at].Exec = true
	}
	s.argv(words)
}

// replaced follows a program that takes the shell's place.
func (s *scriptEnd) replaced(words []string) {
	s.out.Chain[s.at].Exec = true
	s.argv(words)
}
