package finding

// A Recorder collects the results of one rule. Rules call it; they never build
// results themselves, so that each subject gets exactly one answer.
type Recorder struct {
	rule    *Rule
	results []Result
}

// NewRecorder starts a recorder for a rule.
func NewRecorder(rule *Rule) *Recorder { return &Recorder{rule: rule} }

// Results are the answers so far, in the order in which they were given.
func (r *Recorder) Results() []Result { return r.results }

// Holds records that the subject was seen and is right. severity is that of
// the check; zero means the rule's own.
func (r *Recorder) Holds(severity Severity, subject string) {
	r.results = append(r.results, Result{
		Rule: r.rule, Severity: r.or(severity), Subject: subject, Verdict: Holds,
	})
}

// Fails records that the subject is wrong. The finding's rule, severity and
// status are filled in where they are empty.
func (r *Recorder) Fails(severity Severity, subject string, f Finding) {
	f.Rule = r.rule
	f.Severity = r.or(severity)
	verdict := Fails
	if f.Status == "" {
		f.Status = Open
	}
	if f.Status == Cleared {
		verdict = Holds
	}
	r.results = append(r.results, Result{
		Rule: r.rule, Severity: f.Severity, Subject: subject, Verdict: verdict, Finding: &f,
	})
}

// CannotTell records what was missing to judge the subject, and where.
func (r *Recorder) CannotTell(severity Severity, subject, reason string, at Position) {
	r.results = append(r.results, Result{
		Rule: r.rule, Severity: r.or(severity), Subject: subject,
		Verdict: CannotTell, Reason: reason, Position: at,
	})
}

func (r *Recorder) or(s Severity) Severity {
	if s == 0 {
		return r.rule.Severity
	}
	return s
}
