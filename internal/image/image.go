package image

import "github.com/cnready/cnready/internal/finding"

// A Dockerfile is one parsed build file. Nothing of it is executed and no
// registry is asked.
type Dockerfile struct {
	// Path is the file, relative to the checked directory.
	Path string
	// Dir is the folder of the file; the build context is often, not always, it.
	Dir    string
	Stages []*Stage
	// Args are the ARGs before the first FROM, with their defaults.
	Args []Variable
	// NotAnalyzed lists what of the file could not be read, and why.
	NotAnalyzed []finding.NotAnalyzed

	src *source
}

// A Stage is what one FROM opens.
type Stage struct {
	Index    int
	Name     string           // AS name, lower case, or ""
	Position finding.Position // of the FROM instruction
	Base     Base
	Platform string // --platform, as written
	Steps    []Step // in file order, without the FROM

	file *Dockerfile
}

// File is the Dockerfile that the stage is in.
func (s *Stage) File() *Dockerfile { return s.file }

// Base is what a stage builds on: another stage, scratch, or an image.
type Base struct {
	Position finding.Position // of the image's name within FROM
	Stage    *Stage           // set if the base is an earlier stage
	Scratch  bool
	// Ref is the reference as written, Resolved with ARG defaults put in.
	Ref      string
	Resolved string
	// Known is false where an ARG without default is part of the reference:
	// then Resolved is empty.
	Known bool
	// Repository (without tag and digest), Tag and Digest are the parts of
	// Resolved, as in the distribution reference grammar. Docker Hub's
	// implicit docker.io/library/ is left out of Repository.
	Repository string
	Tag        string
	Digest     string
}

// Variable is a name with a value: an ENV or ARG entry.
type Variable struct {
	Name     string
	Value    string // expanded as far as it can be told
	Set      bool   // false for an ARG without default
	Known    bool   // false where expansion met something unknown
	Position finding.Position
}

// A Command is an ENTRYPOINT, CMD or shell line.
type Command struct {
	Position finding.Position // of what stands behind the instruction's name and flags
	Shell    bool             // shell form
	Args     []string         // exec form's words; the one script line in shell form
	// Interpreter is, of a shell form, the SHELL in force at that place:
	// ["/bin/sh", "-c"] where the Dockerfile sets none.
	Interpreter []string
}

// Argv is the command as the container runtime gets it: the words of the exec
// form, or the shell with the script line as its last argument.
func (c Command) Argv() []string {
	if !c.Shell || len(c.Args) == 0 {
		return c.Args
	}
	return append(c.Interpreter[:len(c.Interpreter):len(c.Interpreter)], c.Args...)
}

// StepKind says which instruction a step is.
type StepKind string

// The instructions that the model keeps apart; others are StepOther.
const (
	StepRun        StepKind = "RUN"
	StepCopy       StepKind = "COPY"
	StepAdd        StepKind = "ADD"
	StepEnv        StepKind = "ENV"
	StepArg        StepKind = "ARG"
	StepUser       StepKind = "USER"
	StepWorkdir    StepKind = "WORKDIR"
	StepExpose     StepKind = "EXPOSE"
	StepEntrypoint StepKind = "ENTRYPOINT"
	StepCmd        StepKind = "CMD"
	StepShell      StepKind = "SHELL"
	StepStopSignal StepKind = "STOPSIGNAL"
	StepVolume     StepKind = "VOLUME"
	StepHealth     StepKind = "HEALTHCHECK"
	StepLabel      StepKind = "LABEL"
	StepOnbuild    StepKind = "ONBUILD" // does nothing in this build
	StepOther      StepKind = "OTHER"
)

// A Step is one instruction of a stage. Which fields are set follows from Kind.
type Step struct {
	Kind     StepKind
	Position finding.Position
	Text     string // the instruction as written, joined to one line

	Command   Command    // RUN, ENTRYPOINT, CMD, HEALTHCHECK, SHELL
	Heredocs  []string   // RUN, COPY, ADD: the bodies of here documents
	Sources   []string   // COPY, ADD: expanded
	Dest      string     // COPY, ADD: absolute in the stage where it can be told; ends in / where it is written as a folder
	From      string     // COPY: --from as written
	FromStage *Stage     // COPY: the stage that --from names, if it names one
	Vars      []Variable // ENV, ARG, LABEL
	Value     string     // USER, WORKDIR (absolute), STOPSIGNAL: expanded; NONE for HEALTHCHECK NONE; ONBUILD's instruction
	Values    []string   // EXPOSE ports, VOLUME paths: expanded
	Flags     []string   // the instruction's flags as written: --chown=app, --mount=type=cache,...
	Known     bool       // false where Value, Values, Sources or Dest could not be told
	Workdir   string     // the working directory in force at this step; "" if unknown
	// Undefined are the variables that the instruction expands and that neither
	// the stage, its base stages nor its base image define. It is empty where the
	// base image is not known.
	Undefined []string
}
