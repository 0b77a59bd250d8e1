package containerpackaged

import (
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// onEachImage judges the image of a service and the variants of it. Subjects of a
// variant carry the name of its Dockerfile.
func onEachImage(judge func(*rule.Pass)) func(*rule.Pass) {
	return func(p *rule.Pass) {
		judge(p)
		for _, v := range p.Service.Variants {
			if v.Stage == nil || v.Image == nil || v.Stage == p.Stage {
				continue
			}
			recorder := finding.NewRecorder(&finding.Rule{})
			of := *p.Service
			of.Image, of.Variants = v, nil
			judge(&rule.Pass{Recorder: recorder, Service: &of, Contract: p.Contract, File: v.File, Stage: v.Stage, Image: v.Image})
			for _, r := range recorder.Results() {
				report(p, r.Subject+" in "+v.File.Path, r)
			}
		}
	}
}

// worst judges by a function that may answer several times for one subject, once
// for each way in which the service is run, and keeps the worst answer of each.
func worst(judge func(*rule.Pass)) func(*rule.Pass) {
	return func(p *rule.Pass) {
		recorder := finding.NewRecorder(&finding.Rule{})
		q := *p
		q.Recorder = recorder
		judge(&q)
		var subjects []string
		by := map[string]finding.Result{}
		for _, r := range recorder.Results() {
			old, seen := by[r.Subject]
			if !seen {
				subjects = append(subjects, r.Subject)
			}
			if !seen || rank(r) > rank(old) {
				by[r.Subject] = r
			}
		}
		for _, s := range subjects {
			report(p, s, by[s])
		}
	}
}

// rank orders verdicts: what fails is worse than what cannot be told.
func rank(r finding.Result) int {
	switch r.Verdict {
	case finding.Fails:
		return 10 + int(r.Severity)
	case finding.CannotTell:
		return 1
	}
	return 0
}

// report records a result of another recorder.
func report(p *rule.Pass, subject string, r finding.Result) {
	switch {
	case r.Finding != nil: // it fails, or it would and is cleared
		p.Fails(r.Severity, subject, *r.Finding)
	case r.Verdict == finding.Holds:
		p.Holds(r.Severity, subject)
	default:
		p.CannotTell(r.Severity, subject, r.Reason, r.Position)
	}
}
