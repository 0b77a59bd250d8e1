package containerpackaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// UndefinedVar finds variables that a Dockerfile expands and nothing defines.
var UndefinedVar = &rule.Rule{
	Rule: finding.Rule{
		Name: "undefinedvar",
		Doc: `a variable of the Dockerfile expands to nothing

In EXPOSE, USER, WORKDIR, COPY, ADD, ENV and VOLUME the builder puts in variables
itself. One that neither an ENV nor an ARG of the stage defines expands to nothing,
without an error: EXPOSE ${PORT} exposes no port, COPY ${BIN} /app copies nothing that
was meant.

An ARG before the first FROM holds for the FROM lines only; a stage sees it after an ARG
of the same name. What a RUN line uses is the shell's business and is not judged. A
variable with a default (${PORT:-8080}), one that an ENV line adds to itself
(PATH=$PATH:/app), those that BuildKit defines, and any of a base image whose
variables are not known are passed over.

Source: Dockerfile reference, "Environment replacement" and "Understand how ARG and FROM
interact".

# Fails

	ARG PORT=8080
	FROM alpine:3.22
	EXPOSE ${PORT}

# Holds

	FROM alpine:3.22
	ARG PORT=8080
	EXPOSE ${PORT}

# How to mend it

Define it in the stage, by ENV where the program reads it too, or by ARG; repeat an ARG
that stands before FROM.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   undefinedVar,
}

func undefinedVar(p *rule.Pass) {
	expands := false
	told := map[string]bool{}
	for _, s := range p.File.Stages {
		for i := range s.Steps {
			step := &s.Steps[i]
			if step.Kind == image.StepRun || step.Kind == image.StepLabel || step.Kind == image.StepArg {
				continue
			}
			expands = expands || strings.Contains(step.Text, "$")
			for _, name := range step.Undefined {
				key := fmt.Sprintf("$%s of stage %d of %s", name, s.Index, p.File.Path)
				if told[key] || defaulted(step.Text, name) || step.Kind == image.StepEnv && addsToItself(step, name) {
					continue
				}
				told[key] = true
				p.Fails(0, key, undefined(p.File, step, name))
			}
		}
	}
	if expands && len(told) == 0 {
		p.Holds(0, "variables of "+p.File.Path)
	}
}

func undefined(f *image.Dockerfile, step *image.Step, name string) finding.Finding {
	out := finding.Finding{Position: step.Position}
	mend := fmt.Sprintf("define it by ENV %s=... or ARG %s above", name, name)
	if i := slices.IndexFunc(f.Args, func(a image.Variable) bool { return a.Name == name }); i >= 0 {
		mend = fmt.Sprintf("the ARG at line %d holds for FROM only: write ARG %s again behind FROM", f.Args[i].Position.Line, name)
		out.Related = append(out.Related, finding.Related{Position: f.Args[i].Position, Message: "holds for FROM lines only"})
	}
	out.Message = fmt.Sprintf("$%s expands to nothing in this %s: no ENV or ARG of the stage defines it; %s", name, step.Kind, mend)
	return out
}

// defaulted tells whether all that an instruction says of a variable has a default
// or asks whether it is set.
func defaulted(text, name string) bool {
	for _, op := range []string{":-", "-", ":+", "+", ":?", "?"} {
		if strings.Contains(text, "${"+name+op) {
			return true
		}
	}
	return false
}

// addsToItself tells of an ENV that puts something before or behind what a variable
// has: of one that has nothing, nothing is left out.
func addsToItself(step *image.Step, name string) bool {
	return slices.ContainsFunc(step.Vars, func(v image.Variable) bool { return v.Name == name })
}
