package dynamicallymanaged

import (
	"fmt"
	"strconv"
	"time"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/yamlfix"
)

// GracePeriod finds workloads that kill the program before it may have drained.
var GracePeriod = &rule.Rule{
	Rule: finding.Rule{
		Name: "graceperiod",
		Doc: `the program may drain for longer than the platform waits

From the moment an instance is to end, the platform waits for the grace period, then
kills it. A preStop hook counts in: SIGTERM comes when the hook has ended. Where hook
and drain take longer than the grace period, requests that the program would have
finished are cut off.

The drain time is the longest timeout of the code's own shutdown, evaluated under the
workload's environment and arguments. The grace period is terminationGracePeriodSeconds,
30 seconds where it is not set; stop_grace_period in compose, 10 seconds where it is
not set; TimeoutStopSec in a unit of systemd, 90 seconds where it is not set.

Sources: Kubernetes documentation, "Pod Lifecycle" (termination of Pods); Compose
file reference, stop_grace_period; systemd.service(5), "TimeoutStopSec=".

# Fails

	terminationGracePeriodSeconds: 30
	lifecycle:
	  preStop:
	    sleep: {seconds: 15}        // ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	                                // server.Shutdown(ctx)

# Holds

	terminationGracePeriodSeconds: 40

# How to mend it

Set the grace period to a few seconds more than hook and drain take together.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      gracePeriod,
}

func gracePeriod(p *rule.Pass) {
	if p.Service == nil || p.Container == nil || p.Workload.RunsToEnd {
		return
	}
	join := p.Service.JoinOf(p.Workload, p.Container)
	w := p.Workload
	grace, said := 30, "the default of Kubernetes"
	switch {
	case w.Platform == deploy.Compose:
		grace, said = 10, "the default of Compose"
	case w.Platform == deploy.ECS:
		// Amazon ECS developer guide, "Task definition parameters", stopTimeout.
		said = "the default of Amazon ECS"
	case w.Machine():
		// systemd-system.conf(5), DefaultTimeoutStopSec.
		grace, said = 90, "the default of systemd"
	case w.Platform != deploy.Kubernetes && !w.GraceSeconds.Set:
		return
	}
	if w.GraceSeconds.Set {
		if grace, said = w.GraceSeconds.Value, "its grace period"; w.GraceSeconds.Unknown {
			return
		}
	}
	if join == nil {
		return
	}
	settings := p.Service.Settings(join)
	var drain time.Duration
	var by *effects.Instance
	for _, e := range p.Contract.Of(effects.Drain) {
		d, known := timeoutOf(e.Value("timeout").Under(settings))
		if known && !e.Late && d > drain {
			drain, by = d, e
		}
	}
	hook := p.Container.PreStopHook.Value.Sleep
	if by == nil && hook == 0 {
		return
	}
	subject := rule.Subject(w.Object(), "container "+p.Container.Name, "grace period")
	if hook+drain <= time.Duration(grace)*time.Second {
		p.Holds(0, subject)
		return
	}
	f := finding.Finding{Position: w.GraceSeconds.Position}
	if !f.Position.IsValid() {
		f.Position = w.Position
	}
	takes := ""
	if hook > 0 {
		takes = fmt.Sprintf("the preStop hook sleeps for %s", hook)
		f.Related = append(f.Related, finding.Related{Position: p.Container.PreStopHook.Position, Message: "sleeps for " + hook.String()})
	}
	if by != nil {
		if takes != "" {
			takes += ", then "
		}
		takes += fmt.Sprintf("%s drains for up to %s (%s at %s)", p.Service.Name, drain, by.API, by.At.Short())
		f.Related = append(f.Related, finding.Related{Position: by.At, Message: "drains for up to " + drain.String()})
	}
	f.Message = fmt.Sprintf("%s is killed after %d s (%s), but %s: requests that are still served are cut off; set the grace period to %d s or more",
		w.ID(), grace, said, takes, int((hook+drain)/time.Second)+5)
	f.Fixes = graceFix(p, grace, int((hook+drain+time.Second-1)/time.Second)+5)
	p.Fails(0, subject, f)
}

// graceFix lets the platform wait long enough.
func graceFix(p *rule.Pass, grace, seconds int) []finding.Fix {
	w := p.Workload
	message := fmt.Sprintf("set the grace period to %d s", seconds)
	switch {
	case w.Platform == deploy.Kubernetes && w.GraceSeconds.Set:
		return rule.Mends(message, p.YAML.Set(w.GraceSeconds.Position, strconv.Itoa(grace), strconv.Itoa(seconds)))
	case w.Platform == deploy.Kubernetes:
		// The container is in a list of the pod's spec.
		return rule.Mends(message, p.YAML.Add(p.Container.Position, 1, yamlfix.Field{Name: "terminationGracePeriodSeconds", Scalar: strconv.Itoa(seconds)}))
	case w.Platform == deploy.Compose && !w.GraceSeconds.Set:
		return rule.Mends(message, p.YAML.Below(w.Position, yamlfix.Field{Name: "stop_grace_period", Scalar: strconv.Itoa(seconds) + "s"}))
	}
	return nil
}

// timeoutOf is a duration: a number of nanoseconds, or a text as time.ParseDuration
// reads it.
func timeoutOf(v *effects.Value) (time.Duration, bool) {
	text, known := v.Default()
	if !known || text == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n), n > 0
	}
	d, err := time.ParseDuration(text)
	return d, err == nil && d > 0
}
