package score_test

import (
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"slices"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/score"
)

func rule(name string, p finding.Property, s finding.Severity) *finding.Rule {
	return &finding.Rule{Name: name, Property: p, Severity: s}
}

var (
	one   = rule("one", finding.ContainerPackaged, finding.Error)
	two   = rule("two", finding.ContainerPackaged, finding.Warning)
	three = rule("three", finding.ContainerPackaged, finding.Note)
	none  = rule("nocontainer", finding.ContainerPackaged, finding.Error)
	other = rule("other", finding.DynamicallyManaged, finding.Error)
)

func holds(r *finding.Rule, subject string) finding.Result {
	return finding.Result{Rule: r, Severity: r.Severity, Subject: subject, Verdict: finding.Holds}
}

func fails(r *finding.Rule, subject string) finding.Result {
	return finding.Result{
		Rule: r, Severity: r.Severity, Subject: subject, Verdict: finding.Fails,
		Finding: &finding.Finding{Rule: r, Severity: r.Severity, Message: subject, Status: finding.Open},
	}
}

func untold(r *finding.Rule, subject string) finding.Result {
	return finding.Result{Rule: r, Severity: r.Severity, Subject: subject, Verdict: finding.CannotTell, Reason: "not seen"}
}

func with(r finding.Result, s finding.Status) finding.Result {
	f := *r.Finding
	f.Status = s
	r.Finding = &f
	return r
}

// first is the score of the first property.
func first(results ...finding.Result) score.Property { return score.Compute(results)[0] }

// points is the score as text, "null" where there is none.
func points(p score.Property) string {
	if p.Score == nil {
		return "null"
	}
	return fmt.Sprintf("%.1f", *p.Score)
}

func TestCompute(t *testing.T) {
	tests := map[string]struct {
		results  []finding.Result
		score    string
		coverage float64
		notReady []string
	}{
		"nothing": {nil, "null", 0, []string{"nothing could be judged"}},
		"all right": {
			[]finding.Result{holds(one, "a"), holds(two, "a")}, "100.0", 1, nil,
		},
		"half of an error": {
			[]finding.Result{holds(one, "a"), fails(one, "b")}, "50.0", 1, []string{"score below 80", "1 error open"},
		},
		"weights": {
			// 10 of 15
			[]finding.Result{holds(one, "a"), fails(two, "a"), fails(three, "a")}, "66.6", 1, []string{"score below 80"},
		},
		"rounded down": {
			// 14/15 of a note, beside one warning
			append(many(three, 14), fails(three, "x"), holds(two, "a")), "98.6", 1, nil,
		},
		"an error open above 80": {
			append(many(one, 9), fails(one, "x")), "90.0", 1, []string{"1 error open"},
		},
		"just below 100": {
			append(many(two, 9999), fails(two, "x")), "99.9", 1, nil,
		},
		"just below 80": {
			append(many(two, 7999), manyFail(two, 2001)...), "79.9", 1, []string{"score below 80"},
		},
		"untold only": {
			[]finding.Result{untold(one, "a"), untold(two, "b")}, "null", 0, []string{"nothing could be judged"},
		},
		"untold check stays outside": {
			[]finding.Result{untold(one, "a"), holds(two, "a")}, "100.0", 0.28, []string{"only 28% judged"},
		},
		"untold subject lowers coverage only": {
			[]finding.Result{untold(one, "a"), holds(one, "b")}, "100.0", 0.5, nil,
		},
		"no container": {
			[]finding.Result{fails(none, "a"), holds(one, "a"), holds(two, "a"), fails(three, "a")},
			"0.0", 1, []string{"score below 80", "1 error open"},
		},
		"no container, suppressed": {
			[]finding.Result{with(fails(none, "a"), finding.Suppressed), holds(one, "a")}, "100.0", 1, nil,
		},
		"cleared holds": {
			[]finding.Result{with(fails(one, "a"), finding.Cleared), fails(one, "b")}, "50.0", 1, []string{"score below 80", "1 error open"},
		},
		"suppressed is outside": {
			[]finding.Result{with(fails(one, "a"), finding.Suppressed), fails(two, "a"), holds(two, "b")}, "50.0", 1, []string{"score below 80"},
		},
		"all suppressed": {
			[]finding.Result{with(fails(one, "a"), finding.Suppressed)}, "null", 0, []string{"nothing could be judged"},
		},
		"baseline is not judged": {
			[]finding.Result{with(fails(one, "a"), finding.Baseline), holds(two, "a")}, "100.0", 0.28, []string{"only 28% judged"},
		},
		"one subject twice": {
			[]finding.Result{fails(one, "a"), fails(one, "a"), holds(one, "a"), holds(one, "b"), holds(one, "b")},
			"50.0", 1, []string{"score below 80", "2 errors open"},
		},
		"right and unseen is unseen": {
			[]finding.Result{holds(one, "a"), untold(one, "a")}, "null", 0, []string{"nothing could be judged"},
		},
		"one rule at two severities": {
			[]finding.Result{
				{Rule: two, Severity: finding.Warning, Subject: "readiness", Verdict: finding.Holds},
				{Rule: two, Severity: finding.Note, Subject: "liveness", Verdict: finding.Fails},
			}, "80.0", 1, nil,
		},
		"a result without a rule": {[]finding.Result{{Verdict: finding.Fails}}, "null", 0, []string{"nothing could be judged"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := first(test.results...)
			if got := points(p); got != test.score {
				t.Errorf("score is %s, want %s", got, test.score)
			}
			if p.Coverage != test.coverage {
				t.Errorf("coverage is %v, want %v", p.Coverage, test.coverage)
			}
			if !slices.Equal(p.NotReady, test.notReady) {
				t.Errorf("not ready because of %q, want %q", p.NotReady, test.notReady)
			}
			if p.Ready != (len(test.notReady) == 0) {
				t.Errorf("ready is %v", p.Ready)
			}
		})
	}
}

func many(r *finding.Rule, n int) []finding.Result {
	var out []finding.Result
	for i := range n {
		out = append(out, holds(r, fmt.Sprint(i)))
	}
	return out
}

func manyFail(r *finding.Rule, n int) []finding.Result {
	var out []finding.Result
	for i := range n {
		out = append(out, fails(r, fmt.Sprint("bad", i)))
	}
	return out
}

func TestPropertiesAreKeptApart(t *testing.T) {
	got := score.Compute([]finding.Result{fails(other, "a"), holds(one, "a")})
	if len(got) != 3 {
		t.Fatalf("%d properties, want 3", len(got))
	}
	for i, want := range []string{"100.0", "0.0", "null"} {
		if got[i].Property != finding.Properties[i] || points(got[i]) != want {
			t.Errorf("property %d is %s %s, want %s %s", i, got[i].Property, points(got[i]), finding.Properties[i], want)
		}
	}
}

func TestLostNamesItsFindings(t *testing.T) {
	a, b, n := fails(one, "b"), fails(one, "a"), fails(three, "c")
	a.Finding.Position = finding.Position{File: "b.go", Line: 1}
	b.Finding.Position = finding.Position{File: "a.go", Line: 9}
	p := first(n, a, holds(one, "z"), b, holds(two, "z"))
	if len(p.Lost) != 2 || p.Lost[0].Rule != one || p.Lost[1].Rule != three {
		t.Fatalf("lost by %+v, want one, then three", p.Lost)
	}
	if want := []*finding.Finding{b.Finding, a.Finding}; !slices.Equal(p.Lost[0].Findings, want) {
		t.Errorf("findings are not those of the check by position: %v", p.Lost[0].Findings)
	}
	// 2/3 of 10, and 1, of 15: 44.44 and 6.66. The score is 48.88; what rounding
	// it down takes is shared out too.
	if p.Lost[0].Points != 44.5 || p.Lost[1].Points != 6.7 || *p.Score != 48.8 {
		t.Errorf("lost %v and %v of %v, want 44.5, 6.7, 48.8",
			p.Lost[0].Points, p.Lost[1].Points, *p.Score)
	}
}

func TestNoContainerLosesAll(t *testing.T) {
	none := fails(none, "svc")
	p := first(fails(one, "a"), none, holds(two, "a"))
	if len(p.Lost) != 1 || p.Lost[0].Points != 100 || !slices.Equal(p.Lost[0].Findings, []*finding.Finding{none.Finding}) {
		t.Errorf("lost by %+v, want 100 points by nocontainer's finding alone", p.Lost)
	}
}

func TestUntold(t *testing.T) {
	p := first(untold(two, "a"), holds(one, "a"), untold(one, "b"), with(fails(one, "c"), finding.Baseline))
	want := []score.Untold{
		{Rule: one, Severity: finding.Error, Weight: 6.67, Subjects: 2, Of: 3, Baseline: 1},
		{Rule: two, Severity: finding.Warning, Weight: 4, Subjects: 1, Of: 1},
	}
	if !reflect.DeepEqual(p.Untold, want) {
		t.Errorf("untold is %+v, want %+v", p.Untold, want)
	}
}

// randomResults is a mix of every shape: several rules, two severities, shared
// subjects, every verdict and status.
func randomResults(r *rand.Rand) []finding.Result {
	rules := []*finding.Rule{one, two, three, none, other}
	var out []finding.Result
	for range r.Intn(14) {
		rule := rules[r.Intn(len(rules))]
		subject := string(rune('a' + r.Intn(4)))
		var res finding.Result
		switch r.Intn(6) {
		case 0:
			res = holds(rule, subject)
		case 1, 2:
			res = fails(rule, subject)
		case 3:
			res = untold(rule, subject)
		case 4:
			res = with(fails(rule, subject), []finding.Status{finding.Cleared, finding.Suppressed, finding.Baseline}[r.Intn(3)])
		case 5:
			res = fails(rule, subject)
			res.Severity = finding.Note
			res.Finding.Severity = finding.Note
		}
		if res.Finding != nil {
			res.Finding.Position = finding.Position{File: "f", Line: 1 + r.Intn(5), Column: 1 + r.Intn(3)}
			res.Finding.Message = fmt.Sprint(r.Intn(1000))
		}
		out = append(out, res)
	}
	return out
}

func TestMendingNeverLowers(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	mended := 0
	for range 2000 {
		results := randomResults(r)
		before := score.Compute(results)
		for i := range results {
			if results[i].Verdict != finding.Fails || results[i].Finding.Status != finding.Open {
				continue
			}
			// Mended, the rule may say so at the severity that it failed at, or
			// at its own, or find nothing to judge any more.
			same := slices.Clone(results)
			same[i] = holds(same[i].Rule, same[i].Subject)
			same[i].Severity = results[i].Severity
			own := slices.Clone(results)
			own[i] = holds(own[i].Rule, own[i].Subject)
			for how, after := range map[string][]finding.Result{
				"same severity": same, "own severity": own, "gone": slices.Delete(slices.Clone(results), i, i+1),
			} {
				mended++
				for j, p := range score.Compute(after) {
					if p.Score != nil && before[j].Score != nil && *p.Score < *before[j].Score {
						t.Fatalf("mending %s of %s (%s) lowers %s from %v to %v", results[i].Subject,
							results[i].Rule.Name, how, p.Property, *before[j].Score, *p.Score)
					}
				}
			}
		}
	}
	if mended < 4000 {
		t.Fatalf("only %d findings were mended", mended)
	}
}

func TestOrderAndDuplicatesDoNotMatter(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 500 {
		results := randomResults(r)
		want := score.Compute(results)
		again := append(slices.Clone(results), results...)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		if got := score.Compute(again); !reflect.DeepEqual(got, want) {
			t.Fatalf("shuffled and doubled results give\n%+v\nwant\n%+v", got, want)
		}
	}
}

func TestPointsAddUp(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	for range 2000 {
		for _, p := range score.Compute(randomResults(r)) {
			if p.Score == nil {
				if len(p.Lost) != 0 {
					t.Fatalf("points lost of no score: %+v", p)
				}
				continue
			}
			sum := *p.Score
			for _, l := range p.Lost {
				if l.Points < 0 || len(l.Findings) == 0 {
					t.Fatalf("lost %v points by %d findings", l.Points, len(l.Findings))
				}
				sum += l.Points
			}
			if math.Abs(sum-100) > 1e-9 {
				t.Fatalf("score and points lost make %v, want 100: %+v", sum, p)
			}
			if *p.Score < 0 || *p.Score > 100 || p.Coverage < 0 || p.Coverage > 1 {
				t.Fatalf("out of range: %+v", p)
			}
			if p.Ready && (*p.Score < 80 || p.Coverage < 0.5) {
				t.Fatalf("ready at %v with coverage %v", *p.Score, p.Coverage)
			}
		}
	}
}
