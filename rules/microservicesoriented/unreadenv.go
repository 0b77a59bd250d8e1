package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// UnreadEnv finds environment variables that are set for a program which does not
// read them.
var UnreadEnv = &rule.Rule{
	Rule: finding.Rule{
		Name: "unreadenv",
		Doc: `an environment variable is set that nothing reads

A workload or an image sets a variable, and neither the program nor its libraries,
the Go runtime or the script that starts it ask for it. Most often it was renamed on
one side and forgotten on the other: who changes its value in the manifest changes
nothing.

A variable counts as read where its name, or a name that may be it, stands in any
source file of the program or of a module that is linked into it. The rule is silent
where names of variables are made up at run time, where the program starts other
programs, and of variables that tools around the program read (LD_*, LANG, OTEL_*
and other agents').

# Fails

	ENV APP_PORT=50051             // port := os.Getenv("PORT")

# Holds

	ENV PORT=50051                 // port := os.Getenv("PORT")

# How to mend it

Write the name that the program reads, or remove the variable.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs:      rule.Workload,
	Contract:   true,
	Run:        unreadEnv,
	RunService: unreadImageEnv,
}

func unreadEnv(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	if join == nil {
		return
	}
	for i := range p.Container.Env {
		e := &p.Container.Env[i]
		if e.From != "" && e.From != "configMap" && e.From != "secret" || e.Implied || isAmbient(e.Name) || mentioned(p.Container, e) {
			continue
		}
		subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, "variable "+e.Name)
		judgeRead(p, subject, e.Name, e.Position, p.Workload.ID(), p.Service.StartIn(join), p.Container.Command.Set)
	}
}

func unreadImageEnv(p *rule.Pass) {
	s := p.Service
	if s.Image == nil || s.Image.Image == nil || !s.Image.Starts || holdsOthers(s.Image.Image, s.Dir) {
		return
	}
	start := s.Image.Image.Start()
	for _, v := range s.Image.Image.Env() {
		if isAmbient(v.Name) || s.Image.File.Mentions(v.Name, v.Position.Line) || !v.Position.IsValid() {
			continue
		}
		judgeRead(p, "ENV "+v.Name+" of "+s.Image.File.Path, v.Name, v.Position, s.Image.File.Path, &start, false)
	}
}

// holdsOthers tells whether an image has other programs of the tree, which may be
// started in the place of the first.
func holdsOthers(i *image.Image, dir string) bool {
	return slices.ContainsFunc(i.Binaries(), func(b image.Binary) bool { return b.Dir != dir && !b.Tool })
}

func judgeRead(p *rule.Pass, subject, name string, at finding.Position, setter string, start *image.Start, replaced bool) {
	if start == nil && replaced {
		return // something starts that was not followed
	}
	if start != nil {
		for _, w := range start.Chain {
			switch {
			case w.Kind == image.WrapSupervisor, w.Kind == image.WrapTool, w.Kind == image.WrapScript && !w.Read:
				p.CannotTell(0, subject, w.Name+", which starts the program, may read "+name, at)
				return
			}
		}
		if slices.ContainsFunc(start.Variables, func(v image.ScriptVariable) bool { return v.Name == name }) {
			p.Holds(0, subject)
			return
		}
	}
	reads, why := p.Service.ReadsEnv(name)
	switch {
	case reads == image.Yes:
		p.Holds(0, subject)
		return
	case reads == image.Unknown:
		p.CannotTell(0, subject, "whether anything reads "+name+" could not be told: "+why, at)
		return
	case !p.Contract.Whole:
		p.CannotTell(0, subject, "not all code of the program was seen", at)
		return
	}
	f := finding.Finding{
		Position: at,
		Message: fmt.Sprintf("%s sets %s, and neither %s nor a library of it reads that variable: changing it changes nothing; remove it, or write the name that the program reads",
			setter, name, p.Service.Name),
		Related: []finding.Related{{Position: p.Contract.At, Message: "the program that does not read it"}},
	}
	if like := likeName(p.Service, name); like != nil {
		f.Message = fmt.Sprintf("%s sets %s, and neither %s nor a library of it reads that variable, but it reads %s (%s): changing %s changes nothing; write %s, or remove it",
			setter, name, p.Service.Name, like.Name, like.At.Short(), name, like.Name)
		f.Related = []finding.Related{{Position: like.At, Message: "the program reads " + like.Name}}
	}
	p.Fails(0, subject, f)
}

// likeName is a variable that the program's own code reads and whose name shares
// its last word with the given one.
func likeName(s *service.Service, name string) *effects.Variable {
	last := func(n string) string { return n[strings.LastIndexByte(n, '_')+1:] }
	for _, v := range s.Contract.Environment() {
		if v.ReadBy == "code" && last(v.Name) == last(name) && !effects.Elsewhere(v.At.File) {
			return &v
		}
	}
	return nil
}

// mentioned tells whether the manifest itself uses a variable: another variable,
// the command, a probe or a hook has it.
func mentioned(c *deploy.Container, e *deploy.Env) bool {
	texts := slices.Concat(c.Command.Value, c.Args.Value, c.PreStopHook.Value.Command, c.PostStartHook.Value.Command,
		c.Readiness.Value.Command, c.Liveness.Value.Command, c.Startup.Value.Command, c.Health.Value.Command)
	for i := range c.Env {
		if &c.Env[i] != e {
			texts = append(texts, c.Env[i].Value)
		}
	}
	for i := range c.Mounts {
		texts = append(texts, c.Mounts[i].SubPath)
	}
	return slices.ContainsFunc(texts, func(t string) bool {
		return strings.Contains(t, "$("+e.Name+")") || strings.Contains(t, "${"+e.Name) || strings.Contains(t, "$"+e.Name) || strings.Contains(t, "env:"+e.Name)
	})
}

// ambient are variables, or beginnings of names with a final underscore, that
// tools around a program read: the dynamic linker and the C library (ld.so(8),
// locale(7), malloc(3)), the shell, the Go command, package managers, and agents
// that are brought into a process from outside (documentation of OpenTelemetry's
// operator, Datadog, New Relic, Elastic, Dynatrace).
var ambient = []string{
	"CI", "DEBIAN_FRONTEND", "DEBUG", "EDITOR", "HISTFILE", "HOME", "HOSTNAME", "LANG", "LANGUAGE", "LOGNAME", "OLDPWD", "PAGER",
	"PATH", "PS1", "PWD", "SHELL", "SHLVL", "TERM", "TMPDIR", "TZ", "TZDIR", "USER", "ZONEINFO",
	"BASH_", "CGO_", "CONTAINER_", "DD_", "DT_", "ELASTIC_", "GO", "GODEBUG", "GRPC_", "JAEGER_", "K8S_", "KUBERNETES_", "LC_", "LD_", "MALLOC_",
	"NEW_RELIC_", "NODE_", "OTEL_", "POD_", "SSL_", "XDG_",
}

func isAmbient(name string) bool {
	return strings.HasPrefix(name, "GO") || strings.HasSuffix(strings.ToLower(name), "_proxy") || slices.ContainsFunc(ambient, func(a string) bool {
		return a == name || strings.HasSuffix(a, "_") && strings.HasPrefix(name, a)
	})
}
