package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// MissingProgram finds programs that are started and that the image lacks.
var MissingProgram = &rule.Rule{
	Rule: finding.Rule{
		Name: "missingprogram",
		Doc: `a program is started that the image does not have

What an image starts, what its HEALTHCHECK asks, and what the code calls by
os/exec must be in the image that ships, not only in the one that builds or on the
developer's machine. Otherwise the container does not start, is never healthy, or
fails at the first request that needs the program: "executable file not found in
$PATH".

The rule follows ENTRYPOINT, CMD and HEALTHCHECK through shells, inits and scripts
to the program, the shell form to its shell, and calls of exec.Command and the
like with a fixed name. It looks for the program in what the base image has, what
packages bring, what COPY brings and what is built. It is silent where the code
looks first whether the program is there, by exec.LookPath, and where it is the
program of another operating system.

# Fails

	FROM gcr.io/distroless/static-debian13
	COPY --from=build /app /app      // exec.Command("git", "clone", url)
	ENTRYPOINT ["/app"]

	FROM scratch
	COPY --from=build /app /app
	HEALTHCHECK CMD curl -f http://localhost:8080/healthz

# Holds

	FROM alpine:3.22
	RUN apk add --no-cache git
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Install the program in the stage that ships, or do without it: many programs have
a Go package that does the same, and a service can offer its health check as a
subcommand of its own.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: has(effects.Exec),
	Run:     onEachImage(missingProgram),
}

func missingProgram(p *rule.Pass) {
	startedByImage(p)
	askedByHealthcheck(p)
	startedByCode(p)
}

// startedByImage judges ENTRYPOINT and CMD.
func startedByImage(p *rule.Pass) {
	start := p.Image.Start()
	subject := "what the image starts"
	if len(start.Argv) == 0 {
		return
	}
	if start.Outcome == image.SignalNoShell {
		_, why := p.Image.Shell()
		p.Fails(0, subject, finding.Finding{
			Position: start.At,
			Message:  fmt.Sprintf("the shell form starts %s, but %s: the container does not start; write the command in exec form, [%s]", start.Argv[0], lacksShell(p, why), quoted(start.Argv)),
			Related:  relatedFact(p, why, start.At),
		})
		return
	}
	// What stands before the program: an init, a script.
	for _, w := range start.Chain {
		if w.Kind == image.WrapTool && w.Name == image.GoRun || strings.Contains(w.Name, "$") {
			continue
		}
		if f := p.Image.Program(w.Name); f.Has == image.No {
			p.Fails(0, subject, lackOf(p, start.At, "starts", w.Name, f, "the container does not start"))
			return
		}
	}
	switch {
	case start.Program == "" || start.Program == image.GoRun:
		p.CannotTell(0, subject, or(start.Signal.Why, "the program cannot be told"), start.At)
	case start.File.Has == image.Yes:
		p.Holds(0, subject)
	case start.File.Has == image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("whether the image has %s cannot be told: %s", start.Program, or(start.File.Why, "it is not known what the image holds")), start.At)
	default:
		if replaced(p) {
			p.CannotTell(0, subject, "the workloads set a command of their own", start.At)
			return
		}
		f := lackOf(p, start.At, "starts", start.Program, start.File, "the container does not start")
		if b := program(p); b != nil && b.Path != "" {
			f.Message += fmt.Sprintf("; go build makes the program, and it stands at %s", b.Path)
			f.Related = append(f.Related, finding.Related{Position: b.At, Message: "the program is built here"})
		}
		p.Fails(0, subject, f)
	}
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// replaced tells whether all workloads set a command of their own.
func replaced(p *rule.Pass) bool {
	rs := runnings(p)
	return !slices.ContainsFunc(rs, func(r running) bool {
		return r.workload == nil || !r.container.Command.Set || len(r.container.Command.Value) == 0
	})
}

func lacksShell(p *rule.Pass, why image.Fact) string {
	if why.Why != "" {
		return why.Why
	}
	return baseName(p) + " has no shell"
}

// quoted are a shell form's words as an exec form has them, where that is simple.
func quoted(argv []string) string {
	words := argv
	if len(argv) == 3 {
		words = strings.Fields(argv[2])
	}
	if slices.ContainsFunc(words, func(w string) bool { return strings.ContainsAny(w, "$&|;<>*'\"\\(){}`") }) {
		return `"/app", ...`
	}
	for i, w := range words {
		words[i] = `"` + w + `"`
	}
	return strings.Join(words, ", ")
}

// lackOf is the finding of a program that is started at a place of the Dockerfile.
func lackOf(p *rule.Pass, at finding.Position, verb, name string, f image.File, outcome string) finding.Finding {
	return finding.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s %s, which the image does not have (%s): %s", verb, name, f.Why, outcome),
		Related:  relatedFact(p, f.Fact, at),
	}
}

// relatedFact is the line that a fact about the image rests on, unless it is the
// finding's own.
func relatedFact(_ *rule.Pass, f image.Fact, at finding.Position) []finding.Related {
	if !f.At.IsValid() || f.At == at || f.Why == "" {
		return nil
	}
	return []finding.Related{{Position: f.At, Message: f.Why}}
}

// askedByHealthcheck judges HEALTHCHECK.
func askedByHealthcheck(p *rule.Pass) {
	h, ok := p.Image.Healthcheck()
	if !ok || h.None || h.Program == "" {
		return
	}
	subject := "HEALTHCHECK"
	switch h.Found.Has {
	case image.Yes:
		p.Holds(0, subject)
	case image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("whether the image has %s cannot be told: %s", h.Program, h.Found.Why), h.At)
	default:
		f := lackOf(p, h.At, "HEALTHCHECK calls", h.Program, image.File{Fact: h.Found}, "the check always fails, and what heeds it takes the service for broken; let the program check itself, by a subcommand, or leave the check to the platform's probes")
		p.Fails(0, subject, f)
	}
}

// foreignPrograms are programs of other operating systems, and those that a
// desktop has: code that names them has another branch for servers.
var foreignPrograms = []string{
	"cmd", "cmd.exe", "explorer", "explorer.exe", "ifconfig.exe", "ioreg", "launchctl", "netsh", "notify-send", "open", "osascript",
	"pbcopy", "pbpaste", "powershell", "powershell.exe", "reg", "rundll32", "sc", "scutil", "sw_vers", "sysctl", "system_profiler",
	"taskkill", "tasklist", "wmic", "xclip", "xdg-open", "xsel", "ver", "route", "ipconfig",
}

// startedByCode judges the programs that the code starts, one answer for each.
func startedByCode(p *rule.Pass) {
	type use struct {
		calls []*effects.Instance
	}
	byName := map[string]*use{}
	var names []string
	for _, e := range p.Contract.Of(effects.Exec) {
		v := e.Value("program")
		if v == nil {
			continue
		}
		seen := map[string]bool{}
		for _, r := range runnings(p) {
			name, known := v.Under(r.settings).Default()
			if !known || name == "" || seen[name] {
				continue
			}
			seen[name] = true
			u := byName[name]
			if u == nil {
				u = &use{}
				byName[name] = u
				names = append(names, name)
			}
			u.calls = append(u.calls, e)
		}
	}
	for _, name := range names {
		judgeCalls(p, name, byName[name].calls)
	}
}

func judgeCalls(p *rule.Pass, name string, calls []*effects.Instance) {
	base := path.Base(name)
	if slices.Contains(foreignPrograms, base) || strings.HasSuffix(base, ".exe") || strings.HasSuffix(base, ".bat") || strings.HasSuffix(base, ".ps1") {
		return
	}
	subject := "the program " + name
	f := p.Image.Program(name)
	first := calls[0]
	for _, c := range calls[1:] {
		if c.Reach < first.Reach {
			first = c
		}
	}
	switch f.Has {
	case image.Yes:
		p.Holds(0, subject)
		return
	case image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("whether the image has %s, which %s starts, cannot be told: %s", name, called(first), or(f.Why, "it is not known what the image holds")), first.At)
		return
	}
	if strings.Contains(name, "/") && !path.IsAbs(name) {
		p.CannotTell(0, subject, fmt.Sprintf("%s starts %s, relative to a folder that the program may change", called(first), name), first.At)
		return
	}
	if mounted(p, name) {
		p.CannotTell(0, subject, "a workload mounts something where it may be", first.At)
		return
	}
	if packageMentions(p, first.At, "LookPath(", "exec.ErrNotFound", "runtime.GOOS") {
		p.CannotTell(0, subject, fmt.Sprintf("the image does not have %s, but the package of %s looks whether it is there, or which system it runs on", name, called(first)), first.At)
		return
	}
	severity := finding.Error
	if h := onError(p, first.At); first.Reach > effects.ByDefault || h == errorIgnored || h == errorHandled {
		severity = finding.Warning
	}
	finds := finding.Finding{
		Position: p.Stage.Base.Position,
		Message: fmt.Sprintf("starts %s (%s), which the image does not have (%s): the call fails with \"executable file not found\"; %s, or do it in Go",
			name, called(first), f.Why, mendByPackage(p, packageOf(base), "")),
	}
	for i, c := range calls {
		if i < 3 {
			finds.Related = append(finds.Related, relatedCode(c, "starts "+name))
		}
	}
	p.Fails(severity, subject, finds)
}

// packageOf is the package that brings a program, where its name is another one.
func packageOf(programName string) string {
	switch programName {
	case "convert", "identify", "mogrify":
		return "imagemagick"
	case "pg_dump", "psql", "pg_restore":
		return "postgresql-client"
	case "mysqldump", "mysql":
		return "mysql-client"
	case "ssh", "scp", "ssh-keygen":
		return "openssh-client"
	case "pdftotext", "pdftoppm":
		return "poppler-utils"
	case "dig", "nslookup":
		return "bind-tools"
	case "ping":
		return "iputils"
	case "ffprobe":
		return "ffmpeg"
	}
	return programName
}

// mounted tells whether a workload mounts something where a program may be.
func mounted(p *rule.Pass, name string) bool {
	for _, r := range runnings(p) {
		if path.IsAbs(name) {
			if m := r.mount(name); m != nil {
				return true
			}
			continue
		}
		dirs, _ := p.Image.Path()
		for _, d := range dirs {
			if r.mount(path.Join(d, name)) != nil {
				return true
			}
		}
	}
	return false
}
