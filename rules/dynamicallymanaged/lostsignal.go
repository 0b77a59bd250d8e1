package dynamicallymanaged

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// LostSignal finds images whose command keeps SIGTERM from the program.
var LostSignal = &rule.Rule{
	Rule: finding.Rule{
		Name: "lostsignal",
		Doc: `SIGTERM cannot reach the program that the image starts

An orchestrator stops an instance by sending SIGTERM to the container's first
process, waits for the grace period, and then kills it. If the first process is
a shell that waits for the program, the program never hears of it: no request is
drained, no connection closed, and every rollout, every scaling down and every
move to another node takes the whole grace period.

Whether a shell is in the way depends on the shell that the image really has:

  - Debian and Ubuntu have dash: it starts the program as its child and stays.
    The signal is lost, unless the command begins with exec.
  - Alpine and BusyBox have BusyBox's sh, Fedora and Red Hat have bash. They
    replace themselves by the last command of sh -c, so that the program becomes
    the first process and gets the signal. They do not where that command is
    part of a pipeline or a loop; bash does not either where it stands in
    brackets or has a redirection, nor, before 5.1, in a list such as a && b.
    A shell form that works only by that is a note, not an error.
  - scratch and the distroless images have no shell: a command in shell form
    does not start at all.

The exec form (a JSON array) has no shell and is always right, unless it names
one itself. An init such as tini passes the signal to its child; if that is a
shell that stays, the shell dies of it and the program is killed at once. Scripts
that are not written in the Dockerfile are not read, and an image on a base that
is not known is not judged. A workload that sets its own command is judged by
that command.

# Fails

	FROM debian:12-slim
	ENTRYPOINT ./app --port=8080

# Holds

	FROM debian:12-slim
	ENTRYPOINT ["./app", "--port=8080"]

	FROM debian:12-slim
	ENTRYPOINT exec ./app --port="$PORT"

# How to mend it

Write the exec form. Where a shell is needed, for a variable or a preparation,
begin the last command with exec, in wrapper scripts too (exec ./app "$@").`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Error,
	},
	Needs: rule.Image,
	Run:   lostSignal,
}

func lostSignal(p *rule.Pass) {
	overridden, n := 0, 0
	for _, j := range p.Service.Workloads {
		if j.Workload.Imageless() {
			continue // it runs no image
		}
		n++
		if j.Container != nil && lostInWorkload(p, j.Workload, j.Container) {
			overridden++
		}
	}
	// Where every workload sets its own command, nothing runs the image's.
	if n > 0 && overridden == n {
		return
	}
	lostInImage(p)
}

// lostInWorkload judges what a container starts where that is not what its image
// says, and tells whether it is so.
func lostInWorkload(p *rule.Pass, w *deploy.Workload, c *deploy.Container) bool {
	var argv []string
	at := c.Command.Position
	switch {
	case c.Command.Set && len(c.Command.Value) > 0:
		argv = c.Command.Value
	case c.Args.Set && len(c.Args.Value) > 0:
		// Arguments take the place of CMD: they decide where the image has no
		// ENTRYPOINT, or one that starts what it is given.
		entry, ok := p.Stage.Entrypoint()
		argv = entry.Argv()
		family, _ := image.LookupBase(p.Stage.Root().Base)
		if !ok && family.Entrypoint != image.No || entry.Shell || len(argv) > 0 && !startsItsArguments(argv[0]) {
			return false
		}
		at = c.Args.Position
	default:
		return false
	}
	argv = append(argv[:len(argv):len(argv)], c.Args.Value...)
	subject := fmt.Sprintf("command of %s %s, container %s", w.Kind, w.Name, c.Name)
	report(p, subject, judge(p.Stage, argv), "the command of container "+c.Name, finding.Finding{Position: at})
	return true
}

func lostInImage(p *rule.Pass) {
	subject := p.File.Path
	entry, hasEntry := p.Stage.Entrypoint()
	cmd, hasCmd := p.Stage.Cmd()
	family, knownBase := image.LookupBase(p.Stage.Root().Base)
	switch {
	case !hasEntry && !hasCmd:
		p.CannotTell(0, subject, "the image sets neither ENTRYPOINT nor CMD: what it starts is said elsewhere", p.Stage.Position)
		return
	case !hasEntry && (!knownBase || family.Entrypoint != image.No):
		p.CannotTell(0, subject, "CMD may only be the arguments of an ENTRYPOINT that the base image has", cmd.Position)
		return
	}
	first, name := entry, "ENTRYPOINT"
	argv := entry.Argv()
	switch {
	case len(argv) == 0:
		first, name, argv = cmd, "CMD", cmd.Argv()
	case !entry.Shell:
		// A CMD is no argument of a shell line.
		argv = append(argv[:len(argv):len(argv)], cmd.Argv()...)
	}
	if len(argv) == 0 {
		p.CannotTell(0, subject, "ENTRYPOINT and CMD are empty: what the image starts is said elsewhere", p.Stage.Position)
		return
	}
	v := judge(p.Stage, argv)
	f := finding.Finding{Position: first.Position}
	what := "this " + name
	if first.Shell {
		what = fmt.Sprintf("this %s in shell form", name)
		if fix, ok := execForm(first); ok {
			f.Fixes = append(f.Fixes, fix)
		}
	}
	report(p, subject, v, what, f)
	if v.kind == reached {
		byChance(p, subject, first, what, f)
	}
}

// byChance notes a shell form through which SIGTERM passes only because of the
// shell that the base image happens to have.
func byChance(p *rule.Pass, subject string, c image.Command, what string, f finding.Finding) {
	subject += ": form"
	if !c.Shell || execs.MatchString(c.Args[0]) {
		p.Holds(finding.Note, subject)
		return
	}
	f.Message = fmt.Sprintf("%s passes SIGTERM on only because the shell of %s replaces itself by its last command: "+
		"another base image, or a pipe on this line, loses the signal. Write the exec form, a JSON array", what, p.Stage.Root().Base.Resolved)
	p.Fails(finding.Note, subject, f)
}

// execs matches a shell line whose program replaces the shell by its own words.
var execs = regexp.MustCompile(`(^|[;&|\s])exec\s`)

// report turns what judge said into a result; what names the command.
func report(p *rule.Pass, subject string, v verdict, what string, f finding.Finding) {
	base := p.Stage.Root().Base
	switch v.kind {
	case reached:
		p.Holds(0, subject)
		return
	case unclear:
		p.CannotTell(0, subject, v.reason, f.Position)
		return
	case noShell:
		f.Message = fmt.Sprintf("%s does not start: it runs %s, and %s has no shell. Write the exec form, a JSON array that begins with the program", what, v.shell, base.Resolved)
	case stays:
		f.Message = fmt.Sprintf("SIGTERM never reaches the program: %s runs %s%s, which %s. Each stop waits for the grace period and then kills, and nothing is drained; %s", what, v.shell, shellNames[v.family], v.reason, mend(v))
	case dies:
		f.Message = fmt.Sprintf("the program is killed without a SIGTERM: %s runs %s under an init, which passes the signal to that shell alone; the shell ends, and the container with it. Nothing is drained; %s", what, v.shell, mend(v))
	}
	if v.kind == noShell {
		f.Related = append(f.Related, finding.Related{Position: base.Position, Message: "this image has no shell"})
	} else if p.Stage.Base.Stage != nil {
		f.Related = append(f.Related, finding.Related{Position: base.Position, Message: "the shell comes from this image"})
	}
	p.Fails(0, subject, f)
}

var shellNames = map[image.ShellFamily]string{
	image.ShellDash:    " (here dash)",
	image.ShellBusybox: " (here BusyBox)",
	image.ShellBash:    " (here bash)",
	image.ShellOldBash: " (here bash)",
}

func mend(v verdict) string {
	if v.script {
		return "begin the script's last command with exec"
	}
	return "write the exec form, or begin the last command with exec"
}

// execForm is the mechanical mend: a shell line of plain words says the same as
// a JSON array. Anything that a shell would expand or redirect needs its author.
func execForm(c image.Command) (finding.Fix, bool) {
	p := c.Position
	if len(c.Args) != 1 || p.Line != p.EndLine || p.Column == 0 {
		return finding.Fix{}, false
	}
	words := strings.Fields(c.Args[0])
	if len(words) == 0 || isBuiltin(words[0]) {
		return finding.Fix{}, false
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		for _, r := range w {
			plain := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
			if !plain && !strings.ContainsRune("-_./:,@%+", r) && (r != '=' || i == 0) {
				return finding.Fix{}, false
			}
		}
		quoted[i] = `"` + w + `"`
	}
	return finding.Fix{
		Message: "write the exec form",
		Edits:   []finding.Edit{{Position: p, NewText: "[" + strings.Join(quoted, ", ") + "]"}},
	}, true
}
