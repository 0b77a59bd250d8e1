package continuum

import (
	"fmt"
	"slices"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/service"
)

// A running is one way in which something is run: a service by a workload, a
// service by nothing that is known, or a workload of something else.
type running struct {
	// service is nil for a workload that runs no service of the tree.
	service *service.Service
	// join, workload and container are nil for a service that no workload runs.
	join      *service.WorkloadJoin
	workload  *deploy.Workload
	container *deploy.Container
	// on is the platform that is asked, declared tells whether the workload is
	// written for it.
	on       deploy.PlatformID
	declared bool
	// results are those of the rules on the service and its workloads.
	results   []finding.Result
	manifests *deploy.Manifests
	index     *deploy.Index
}

// An answer is what a fact says of one way of running.
type answer struct {
	verdict finding.Verdict
	// offences are what offends, the most telling first.
	offences []Offence
	// reason says what could not be told.
	reason string
}

// An Offence is a place at which a constraint is offended.
type Offence struct {
	// At is the line that mends belong to; it may have no file, where something is
	// missing.
	At finding.Position
	// What says what stands there, as a clause: "Deployment/web mounts the host's
	// /var/run".
	What string
	// Mend says what to do about it, as an imperative clause.
	Mend string
	// Related is the other half of the evidence, if there is one.
	Related []finding.Related
	// Finding is set where a rule's finding says it.
	Finding *finding.Finding
	// Perhaps is true where the code comes there only under some conditions: then
	// it does not block.
	Perhaps bool
}

// facts are the questions that constraints ask, by name.
var facts = map[string]func(*Constraint, *running) answer{
	"arm64":            arm64,
	"background":       background,
	"capabilities":     capabilities,
	"drain":            drain,
	"execpath":         execPath,
	"fargatesize":      fargateSize,
	"fixeduser":        fixedUser,
	"grace":            grace,
	"host":             host,
	"hostnamespaces":   hostNamespaces,
	"hostnetwork":      hostNetwork,
	"hostpath":         hostPath,
	"hostport":         hostPort,
	"hostportdiffers":  hostPortDiffers,
	"hostsocket":       hostSocket,
	"ingressport":      ingressPort,
	"joinednetwork":    joinedNetwork,
	"lambda":           lambda,
	"listens":          listens,
	"lowport":          lowPort,
	"nonroot":          nonRoot,
	"notify":           notify,
	"onlyfunction":     onlyFunction,
	"podsecurity":      podSecurity,
	"ports":            ports,
	"privileged":       privileged,
	"reads":            reads,
	"rule":             ruleFindings,
	"setting":          setting,
	"socketactivation": socketActivation,
	"sysctls":          sysctls,
	"tls":              speaksTLS,
	"udp":              udp,
	"writepath":        writePath,
}

func holds() answer                  { return answer{verdict: finding.Holds} }
func unclear(reason string) answer   { return answer{verdict: finding.CannotTell, reason: reason} }
func offends(list ...Offence) answer { return answer{verdict: finding.Fails, offences: list} }

// verdictOf is what offends, if anything does.
func verdictOf(list []Offence) answer {
	if len(list) == 0 {
		return holds()
	}
	return offends(list...)
}

// contract is the service's, or nil.
func (r *running) contract() *effects.Contract {
	if r.service == nil {
		return nil
	}
	return r.service.Contract
}

// name is what runs, for sentences.
func (r *running) name() string {
	switch {
	case r.service != nil:
		return r.service.Name
	case r.workload != nil:
		return r.workload.ID()
	}
	return "it"
}

// listening is what the program listens on as it is run.
func (r *running) listening() []service.Listening {
	if r.service == nil {
		return nil
	}
	return r.service.Listens(r.join)
}

// seen tells whether the program was seen whole, so that what was not found is not
// there.
func (r *running) seen() (whole bool, reason string) {
	c := r.contract()
	switch {
	case c == nil:
		return false, "the program is not in this directory"
	case !c.Whole:
		return false, "the program was not seen whole"
	}
	for _, g := range c.Gaps {
		if len(g.What) > 12 && g.What[len(g.What)-12:] == "was not read" {
			return false, g.What
		}
	}
	return true, ""
}

// ruleFindings answers by the findings of rules.
func ruleFindings(k *Constraint, r *running) answer {
	var list []Offence
	reason := ""
	for i := range r.results {
		res := &r.results[i]
		if !slices.Contains(k.Rules, res.Rule.Name) {
			continue
		}
		f := res.Finding
		switch {
		case res.Verdict == finding.CannotTell && reason == "":
			reason = res.Reason
		case f == nil, f.Status == finding.Suppressed, f.Status == finding.Baseline:
		case f.Status == finding.Cleared && !k.Uncleared:
		case res.Verdict == finding.Fails || f.Status == finding.Cleared:
			if f.Workload != "" && r.workload != nil && f.Workload != r.workload.ID() {
				continue // of another workload
			}
			list = append(list, Offence{
				At: f.Position, What: f.Message, Mend: fmt.Sprintf("mend %s (%s)", res.Rule.Name, res.Rule.Summary()), Finding: f,
				Perhaps: f.Severity < finding.Error,
			})
		}
	}
	if len(list) == 0 && reason != "" {
		return unclear(reason)
	}
	// Errors first.
	slices.SortStableFunc(list, func(a, b Offence) int { return int(b.Finding.Severity) - int(a.Finding.Severity) })
	return verdictOf(list)
}
