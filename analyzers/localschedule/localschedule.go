package localschedule

import (
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/cnready/cnready/internal/coderule"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
)

//go:embed doc.go
var doc string

// Rule is the judgement, for the command.
var Rule = &coderule.Rule{
	Rule: finding.Rule{
		Name: "localschedule", Doc: coderule.Doc(doc),
		Property: finding.DynamicallyManaged, Severity: finding.Warning,
	},
	Judge: judge,
}

// Analyzer is the pass, for go vet, golangci-lint and nogo.
var Analyzer = coderule.Analyzer(Rule)

// shortest is the interval from which on a ticker is taken for a schedule. What
// runs more often flushes buffers, renews leases or reports that it is alive, and
// each replica does so for itself.
const shortest = 10 * time.Minute

func judge(c *effects.Contract, r *finding.Recorder) {
	if !c.IsMain || !c.Serves() {
		return
	}
	guarded := elects(c)
	// A file that adds several jobs to a scheduler is one finding.
	done := map[string]bool{}
	tickers := map[string]int{}
	for _, s := range c.Of(effects.Schedule) {
		if isTicker(s) {
			tickers[s.Func]++
		}
	}
	for _, s := range c.Of(effects.Schedule) {
		does := s.Value("does")
		ticker := isTicker(s)
		interval, known := every(s.Value("spec"))
		subject := s.API + " in " + s.Func + " at " + s.At.Short()
		switch {
		case ticker && (does == nil || known && interval < shortest):
			continue
		case ticker && !known:
			r.CannotTell(0, subject, "how often the ticker runs what "+does.Text+" does could not be told", s.At)
		case ticker && tickers[s.Func] > 1:
			r.CannotTell(0, subject, "which of several tickers runs what "+does.Text+" does could not be told", s.At)
		case guarded:
			r.Holds(0, subject)
		case s.Reach == effects.OnRequest:
			r.Holds(0, subject)
		case !c.Whole:
			r.CannotTell(0, subject, "the rest of the program was not seen, and may elect a leader", s.At)
		case done[s.At.File+strconv.FormatBool(ticker)]:
		default:
			done[s.At.File+strconv.FormatBool(ticker)] = true
			r.Fails(0, subject, explain(s, does, ticker))
		}
	}
}

func isTicker(s *effects.Instance) bool { return strings.HasPrefix(s.API, "time.") }

// elects tells whether replicas agree who does something: by electing a leader, or
// by a lock that they share.
func elects(c *effects.Contract) bool {
	for _, e := range c.Of(effects.Election) {
		if on := e.Value("on"); on != nil {
			if text, known := on.Default(); known && text == "false" && !on.Configurable() {
				continue
			}
		}
		return true
	}
	return false
}

// every is the interval of a schedule by default: a number of nanoseconds, as
// constants of time.Duration fold to, or a text as time.ParseDuration reads it.
func every(v *effects.Value) (time.Duration, bool) {
	text, known := v.Default()
	if !known || text == "" {
		return 0, false
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Duration(n), true
	}
	d, err := time.ParseDuration(strings.TrimPrefix(text, "@every "))
	return d, err == nil
}

func explain(s *effects.Instance, does *effects.Value, ticker bool) finding.Finding {
	e := coderule.Evidence{Effect: s, Value: s.Value("spec"), Noun: "schedule"}
	what := "schedules a job inside the service"
	if ticker {
		what = "runs a job at intervals inside the service"
	}
	if spec, known := s.Value("spec").Default(); known && spec != "" && !ticker {
		what += " (" + spec + ")"
	}
	f := finding.Finding{
		Position: s.At,
		Message: what + " " + e.Text() + ": each replica runs it, and a replica that is replaced at that time runs it never; " +
			"start it from the platform's own schedule, a CronJob for instance, or elect a leader or take a lock first",
		Related: e.Related(s.At),
	}
	if does != nil && does.At.IsValid() && len(f.Related) < 3 {
		f.Related = append(f.Related, finding.Related{Position: does.At, Message: "the job does this (" + does.Text + ")"})
	}
	return f
}
