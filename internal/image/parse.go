package image

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"strconv"
	"strings"

	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/cnready/cnready/internal/finding"
)

// Limits of one Dockerfile. Real ones have some dozens of either.
const (
	maxStages = 500
	maxSteps  = 20_000
	maxNotes  = 20 // of what could not be read
)

// Parse reads one Dockerfile. name is its path in reports. What cannot be read
// is listed in the result's NotAnalyzed: an instruction that does not parse
// costs itself, a file whose text does not parse has no stages.
func Parse(name string, data []byte) (f *Dockerfile) {
	f = &Dockerfile{Path: name, Dir: path.Dir(name)}
	defer func() {
		if r := recover(); r != nil {
			f = &Dockerfile{Path: name, Dir: path.Dir(name)}
			f.note(0, "the Dockerfile parser failed on it")
		}
	}()
	if len(data) > maxSize {
		f.note(0, fmt.Sprintf("is larger than %d bytes", maxSize))
		return f
	}
	result, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		f.note(errorLine(err), "does not parse: "+errorText(err))
		return f
	}
	spent := 0
	r := &reader{
		file: f, src: newSource(name, data), escape: result.EscapeToken,
		global: newScope(&spent), scopes: map[*Stage]*scope{}, workdirs: map[*Stage]string{},
		shells: map[*Stage][]string{}, spent: &spent,
	}
	r.src.escape = byte(result.EscapeToken)
	f.src = r.src
	for name := range platformArgs {
		r.global.args[name] = Variable{Name: name}
	}
	if line := templateLine(result.AST); line > 0 {
		f.note(line, "is written in a template language: only what it expands to could be read")
		return f
	}
	for _, node := range result.AST.Children {
		if !r.node(node) {
			return f
		}
	}
	if len(f.Stages) == 0 {
		f.note(0, "has no FROM")
	}
	return f
}

// templateLine is the first line on which a template engine's action stands
// where an instruction should, or 0.
func templateLine(ast *parser.Node) int {
	for _, node := range ast.Children {
		for _, open := range []string{"{{", "{%", "<%"} {
			if strings.HasPrefix(node.Value, open) {
				return node.StartLine
			}
		}
	}
	return 0
}

func (f *Dockerfile) note(line int, reason string) {
	switch n := len(f.NotAnalyzed); {
	case n == maxNotes:
		line, reason = 0, "more of it could not be read"
	case n > maxNotes:
		return
	}
	if line > 0 {
		reason = fmt.Sprintf("line %d: %s", line, reason)
	}
	f.NotAnalyzed = append(f.NotAnalyzed, finding.NotAnalyzed{File: f.Path, Reason: reason})
}

// A reader builds the model, instruction by instruction.
type reader struct {
	file   *Dockerfile
	src    *source
	escape rune
	global *scope
	// What holds at the end of each stage, for the stages that build on it.
	scopes   map[*Stage]*scope
	workdirs map[*Stage]string
	shells   map[*Stage][]string

	stage *Stage // the one that is open
	steps int
	spent *int
}

// defaultShell is what a shell form runs in where no SHELL says otherwise.
//
// Source: Dockerfile reference, "SHELL".
var defaultShell = []string{"/bin/sh", "-c"}

// node reads one instruction. It returns false where the rest is not to be read.
func (r *reader) node(node *parser.Node) bool {
	at := r.src.instruction(node.StartLine, node.EndLine)
	cmd, err := instructions.ParseInstruction(node)
	if from, ok := cmd.(*instructions.Stage); ok && err == nil {
		return r.from(from, at)
	}
	if strings.EqualFold(node.Value, "FROM") {
		// The instructions that follow belong to a stage of which only the
		// place is known.
		r.file.note(node.StartLine, "FROM cannot be read: "+errorText(err))
		return r.from(&instructions.Stage{}, at)
	}
	if err != nil {
		r.file.note(node.StartLine, errorText(err))
		if strings.Contains(err.Error(), "did you mean FROM?") {
			// Which stage ships cannot be told: not the one before.
			r.file.Stages = nil
			return false
		}
		return true
	}
	if arg, ok := cmd.(*instructions.ArgCommand); ok && r.stage == nil {
		r.file.Args = append(r.file.Args, r.arguments(r.global, arg, at)...)
		return true
	}
	if r.stage == nil {
		r.file.note(node.StartLine, node.Value+" stands before the first FROM")
		return true
	}
	if r.steps++; r.steps > maxSteps {
		r.file.note(node.StartLine, fmt.Sprintf("there are more than %d instructions; the rest was not read", maxSteps))
		return false
	}
	step := Step{Position: at, Text: strings.TrimSpace(node.Original), Flags: node.Flags, Known: true, Workdir: r.workdirs[r.stage]}
	r.step(&step, cmd)
	r.stage.Steps = append(r.stage.Steps, step)
	return true
}

func (r *reader) from(from *instructions.Stage, at finding.Position) bool {
	if len(r.file.Stages) >= maxStages {
		r.file.note(at.Line, fmt.Sprintf("there are more than %d stages; the rest was not read", maxStages))
		return false
	}
	s := &Stage{
		Index: len(r.file.Stages), Name: from.Name, Position: at, Platform: from.Platform, file: r.file,
	}
	s.Base = r.base(from.BaseName, r.src.word(at, 0))
	inner, workdir, sh := newScope(r.spent), "", defaultShell
	if b := s.Base.Stage; b != nil {
		outer := r.scopes[b]
		inner.env, inner.args = maps.Clone(outer.env), maps.Clone(outer.args)
		inner.rest, inner.open = outer.rest, outer.open
		workdir, sh = r.workdirs[b], r.shells[b]
	} else {
		family, ok := LookupBase(s.Base)
		inner.rest, inner.open = family.variable, !ok || family.Env == nil
		workdir = family.Workdir
	}
	r.scopes[s], r.workdirs[s], r.shells[s] = inner, workdir, sh
	r.file.Stages = append(r.file.Stages, s)
	r.stage = s
	return true
}

// base resolves the reference of a FROM.
func (r *reader) base(ref string, at finding.Position) Base {
	b := Base{Position: at, Ref: ref}
	resolved, known, _ := r.global.expand(ref, r.escape)
	if !known || resolved == "" {
		return b
	}
	if s := r.earlier(resolved); s != nil {
		b.Stage, b.Resolved, b.Known = s, resolved, true
		return b
	}
	// scratch is no image but a word of the language.
	if resolved == "scratch" {
		b.Scratch, b.Resolved, b.Known, b.Repository = true, resolved, true, resolved
		return b
	}
	return imageBase(b, resolved)
}

// imageBase fills in the parts of an image's reference.
func imageBase(b Base, resolved string) Base {
	named, err := reference.ParseNormalizedNamed(resolved)
	if err != nil {
		return b
	}
	b.Resolved, b.Known = resolved, true
	b.Repository = reference.FamiliarName(named)
	if t, ok := named.(reference.Tagged); ok {
		b.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		b.Digest = d.Digest().String()
	}
	return b
}

// earlier finds a stage by its name among those before the open one. Names are
// compared without case, as BuildKit does.
func (r *reader) earlier(name string) *Stage {
	for i := len(r.file.Stages) - 1; i >= 0; i-- {
		s := r.file.Stages[i]
		if s.Name != "" && strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return nil
}

// copyFrom finds the stage that --from names, by name or by number.
func (r *reader) copyFrom(name string) *Stage {
	before := r.file.Stages[:r.stage.Index]
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(before) {
		return before[n]
	}
	if s := r.earlier(name); s != r.stage {
		return s
	}
	// The open stage may hide an earlier one of the same name.
	for i := len(before) - 1; i >= 0; i-- {
		if strings.EqualFold(before[i].Name, name) {
			return before[i]
		}
	}
	return nil
}

// step fills in what the instruction says, and carries its effect into the
// stage's state.
func (r *reader) step(step *Step, cmd any) {
	sc := r.scopes[r.stage]
	step.Kind = StepOther
	switch c := cmd.(type) {
	case *instructions.RunCommand:
		step.Kind = StepRun
		step.Command = r.command(c.ShellDependantCmdLine, step.Position)
		for _, f := range c.Files {
			step.Heredocs = append(step.Heredocs, heredoc(f.Data, f.Chomp))
		}
	case *instructions.CmdCommand:
		step.Kind = StepCmd
		step.Command = r.command(c.ShellDependantCmdLine, step.Position)
	case *instructions.EntrypointCommand:
		step.Kind = StepEntrypoint
		step.Command = r.command(c.ShellDependantCmdLine, step.Position)
	case *instructions.HealthCheckCommand:
		r.health(step, c)
	case *instructions.ShellCommand:
		step.Kind = StepShell
		step.Command = Command{Position: r.src.arguments(step.Position), Args: c.Shell}
		r.shells[r.stage] = c.Shell
	case *instructions.CopyCommand:
		step.Kind = StepCopy
		r.transfer(step, c.SourcesAndDest)
		if step.From = c.From; c.From != "" {
			step.FromStage = r.copyFrom(c.From)
		}
	case *instructions.AddCommand:
		step.Kind = StepAdd
		r.transfer(step, c.SourcesAndDest)
	case *instructions.EnvCommand:
		step.Kind = StepEnv
		r.env(step, c)
	case *instructions.ArgCommand:
		step.Kind = StepArg
		step.Vars = r.arguments(sc, c, step.Position)
	case *instructions.UserCommand:
		step.Kind = StepUser
		step.Value = r.expand(step, c.User)
	case *instructions.WorkdirCommand:
		step.Kind = StepWorkdir
		r.workdir(step, c.Path)
	case *instructions.StopSignalCommand:
		step.Kind = StepStopSignal
		step.Value = r.expand(step, c.Signal)
	case *instructions.ExposeCommand:
		step.Kind = StepExpose
		for _, p := range c.Ports {
			step.Values = append(step.Values, strings.Fields(r.expand(step, p))...)
		}
	case *instructions.LabelCommand:
		step.Kind = StepLabel
		for _, kv := range c.Labels {
			value, known, _ := sc.expand(kv.Value, r.escape)
			step.Vars = append(step.Vars, Variable{Name: kv.Key, Value: value, Set: true, Known: known, Position: step.Position})
		}
	case *instructions.OnbuildCommand:
		step.Kind = StepOnbuild
		step.Value = c.Expression
	case *instructions.VolumeCommand:
		step.Kind = StepVolume
		for _, v := range c.Volumes {
			step.Values = append(step.Values, r.expand(step, v))
		}
	}
}

// expand expands a word in the open stage and notes on the step what it met.
func (r *reader) expand(step *Step, word string) string {
	value, known, undefined := r.scopes[r.stage].expand(word, r.escape)
	step.Known = step.Known && known
	step.Undefined = append(step.Undefined, undefined...)
	return value
}

func (r *reader) command(line instructions.ShellDependantCmdLine, at finding.Position) Command {
	c := Command{Position: r.src.arguments(at), Shell: line.PrependShell, Args: line.CmdLine}
	if c.Shell {
		c.Interpreter = r.shells[r.stage]
	}
	return c
}

func (r *reader) health(step *Step, c *instructions.HealthCheckCommand) {
	step.Kind = StepHealth
	test := c.Health.Test
	switch {
	case len(test) == 0:
	case test[0] == "NONE":
		step.Value = "NONE"
	default:
		line := instructions.ShellDependantCmdLine{CmdLine: test[1:], PrependShell: test[0] == "CMD-SHELL"}
		step.Command = r.command(line, step.Position)
	}
}

func (r *reader) transfer(step *Step, sd instructions.SourcesAndDest) {
	for _, s := range sd.SourcePaths {
		step.Sources = append(step.Sources, r.expand(step, s))
	}
	for _, c := range sd.SourceContents {
		step.Heredocs = append(step.Heredocs, c.Data)
	}
	dest := r.expand(step, sd.DestPath)
	switch {
	case path.IsAbs(dest):
		step.Dest = cleanDir(dest)
	case step.Workdir == "":
		step.Dest, step.Known = dest, false
	default:
		if dest == "." || dest == "" || strings.HasSuffix(dest, "/.") {
			dest += "/"
		}
		step.Dest = cleanDir(step.Workdir + "/" + dest)
	}
}

// cleanDir cleans a path and keeps the slash that says that it is a folder.
func cleanDir(p string) string {
	clean := path.Clean(p)
	if clean != "/" && (strings.HasSuffix(p, "/") || strings.HasSuffix(p, "/.")) {
		clean += "/"
	}
	return clean
}

func (r *reader) env(step *Step, c *instructions.EnvCommand) {
	for _, kv := range c.Env {
		// Every value sees the variables as they were before the instruction.
		value, known, undefined := r.scopes[r.stage].expand(kv.Value, r.escape)
		step.Undefined = append(step.Undefined, undefined...)
		step.Vars = append(step.Vars, Variable{Name: kv.Key, Value: value, Set: true, Known: known, Position: step.Position})
	}
	for _, v := range step.Vars {
		r.scopes[r.stage].env[v.Name] = v
	}
}

// arguments reads an ARG into the scope: the global one, or that of a stage,
// where an ARG without a default takes the global one's.
func (r *reader) arguments(sc *scope, c *instructions.ArgCommand, at finding.Position) []Variable {
	var vars []Variable
	for i, a := range c.Args {
		v := Variable{Name: a.Key, Position: r.src.word(at, i)}
		switch {
		case a.Value != nil:
			v.Set = true
			v.Value, v.Known, _ = sc.expand(*a.Value, r.escape)
		case sc != r.global:
			if outer, ok := r.global.args[a.Key]; ok {
				v.Value, v.Set, v.Known = outer.Value, outer.Set, outer.Known
			}
		}
		sc.args[a.Key] = v
		vars = append(vars, v)
	}
	return vars
}

func (r *reader) workdir(step *Step, dir string) {
	step.Value = r.expand(step, dir)
	switch {
	case !step.Known:
		r.workdirs[r.stage] = ""
		return
	case path.IsAbs(step.Value):
		step.Value = path.Clean(step.Value)
	case step.Workdir == "":
		step.Known = false
		r.workdirs[r.stage] = ""
		return
	default:
		step.Value = path.Join(step.Workdir, step.Value)
	}
	r.workdirs[r.stage] = step.Value
}

func heredoc(data string, chomp bool) string {
	if chomp {
		return parser.ChompHeredocContent(data)
	}
	return data
}

// errorLine is the line that a parser error speaks of, or 0.
func errorLine(err error) int {
	var at *parser.LocationError
	if errors.As(err, &at) {
		for _, ranges := range at.Locations {
			if len(ranges) > 0 {
				return ranges[0].Start.Line
			}
		}
	}
	return 0
}

// errorText is a parser error as one short line.
func errorText(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	const limit = 200
	if len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "..."
	}
	return text
}
