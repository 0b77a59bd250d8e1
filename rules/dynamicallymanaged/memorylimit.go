package dynamicallymanaged

import (
	"fmt"
	"go/version"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// MemoryLimit finds limits of which the Go runtime knows nothing.
var MemoryLimit = &rule.Rule{
	Rule: finding.Rule{
		Name: "memorylimit",
		Doc: `the container has a limit that the Go runtime is not told of

The garbage collector lets the heap grow to about twice what lives, whatever the
container may use, so that a program is killed for memory that it could have freed.
GOMEMLIMIT tells it. With a Go before 1.25 the runtime starts as many threads as the
node has cores, whatever the CPU limit, and is throttled for it; since then it heeds
the limit, where go.mod says go 1.25 or later.

The rule fails where a memory limit is set, and neither GOMEMLIMIT, nor a call of
debug.SetMemoryLimit, nor automemlimit; and where a CPU limit is set and go.mod says
a Go before 1.25, without GOMAXPROCS or automaxprocs.

Sources: "A Guide to the Go Garbage Collector" (memory limit); Go 1.25 release notes
(container-aware GOMAXPROCS).

# Fails

	resources:
	  limits:
	    memory: 256Mi

# Holds

	env:
	- name: GOMEMLIMIT
	  value: 230MiB
	resources:
	  limits:
	    memory: 256Mi

# How to mend it

Set GOMEMLIMIT to about nine tenths of the limit, or link
github.com/KimMachineGun/automemlimit, which reads the limit by itself.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Note,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      memoryLimit,
}

func memoryLimit(p *rule.Pass) {
	if p.Service == nil || p.Container == nil {
		return
	}
	c := p.Container
	// A function has its memory for one request at a time.
	if limit := c.Resources.MemoryLimit; limit.Known() && !p.Workload.Function() {
		judgeLimit(p, limit, "memory", "GOMEMLIMIT", "debug.SetMemoryLimit", "github.com/KimMachineGun/automemlimit",
			"the garbage collector does not know of it and lets the heap grow past it; set GOMEMLIMIT to about nine tenths of it")
	}
	// Platforms that run containers on machines of their own size show the program as
	// many cores as it has.
	shares := p.Workload.Platform == deploy.Kubernetes || p.Workload.Platform == deploy.Compose
	if limit := c.Resources.CPULimit; limit.Known() && shares && p.Service.GoVersion != "" && version.Compare("go"+p.Service.GoVersion, "go1.25") < 0 {
		judgeLimit(p, limit, "CPU", "GOMAXPROCS", "runtime.GOMAXPROCS", "go.uber.org/automaxprocs",
			fmt.Sprintf("with go %s in go.mod the runtime counts the node's cores instead, and is throttled; write go 1.25 or later there, or set GOMAXPROCS", p.Service.GoVersion))
	}
}

func judgeLimit(p *rule.Pass, limit deploy.Field[string], what, variable, call, module, why string) {
	subject := rule.Subject(p.Workload.Object(), "container "+p.Container.Name, what+" limit")
	switch has, told := tellsRuntime(p, variable, call, module); {
	case has:
		p.Holds(0, subject)
	case !told:
		p.CannotTell(0, subject, "whether "+variable+" or what stands for it is set could not be told", limit.Position)
	default:
		p.Fails(0, subject, finding.Finding{
			Position: limit.Position,
			Message:  fmt.Sprintf("%s limits the %s of container %q to %s, and nothing tells %s of it: %s", p.Workload.ID(), what, p.Container.Name, limit.Value, p.Service.Name, why),
			Related:  []finding.Related{{Position: p.Contract.At, Message: "the program"}},
		})
	}
}

// tellsRuntime tells whether a variable, a call or a module sets a limit of the
// runtime.
func tellsRuntime(p *rule.Pass, variable, call, module string) (has, told bool) {
	s := p.Service
	if slices.ContainsFunc(p.Container.Env, func(e deploy.Env) bool { return e.Name == variable }) {
		return true, true
	}
	for _, ref := range p.Container.EnvFrom {
		config, l := p.Index.Config(ref, p.Workload.Scope())
		if config == nil || l.Answer != deploy.Found || !config.Complete {
			return false, false
		}
		if _, found := config.Key(variable); found {
			return true, true
		}
	}
	if s.Image != nil && s.Image.Image != nil {
		for _, v := range s.Image.Image.Env() {
			if v.Name == variable {
				return true, true
			}
		}
	}
	for _, path := range p.Contract.Linked {
		if path == module || strings.HasPrefix(path, module+"/") {
			return true, true
		}
	}
	if s.Named == nil {
		return false, false
	}
	called, known := s.Named(call)
	if called || len(p.Contract.Of(effects.Exec)) > 0 && strings.Contains(strings.Join(p.Container.Command.Value, " "), variable) {
		return true, true
	}
	return false, known && p.Contract.LinkedWhole
}
