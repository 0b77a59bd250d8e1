// Package score turns the results of all rules on one service into a score for
// each of the three properties. docs/score.md states the formula for users.
package score

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// Thresholds of a property that is ready.
const (
	// ReadyScore is the lowest score that is ready.
	ReadyScore = 80
	// ReadyCoverage is the lowest coverage that is ready.
	ReadyCoverage = 0.5
)

// noContainer is the rule whose failure alone makes the score of the first
// property 0: what is in no container cannot be container packaged, however
// good its parts are.
const noContainer = "nocontainer"

// A Property is the score of one property of one service.
type Property struct {
	Property finding.Property
	// Score is 0 to 100 with one decimal, rounded down, so that 100 means that
	// nothing was lost; nil where nothing was judged.
	Score *float64
	// Coverage is the share, 0 to 1, of the checks' weight that was judged, with
	// two decimals, rounded down; 0 where there was nothing to judge.
	Coverage float64
	// Ready is true at a score of ReadyScore or more, a coverage of
	// ReadyCoverage or more, and no open error.
	Ready bool
	// NotReady says in words what is missing; empty where Ready.
	NotReady []string
	// Lost has what each check took from the score, the most first. The points
	// and the score add up to 100.
	Lost []Lost
	// Untold has the checks that stayed outside the mean in whole or in part,
	// the heaviest first.
	Untold []Untold
}

// Lost is what the failures of one check took from a score.
type Lost struct {
	Rule     *finding.Rule
	Severity finding.Severity
	// Points are of 100, with one decimal.
	Points float64
	// Findings are the open findings of the check, by position.
	Findings []*finding.Finding
}

// Untold is what of one check stayed outside the mean.
type Untold struct {
	Rule     *finding.Rule
	Severity finding.Severity
	// Weight is the part of the check's weight that was not judged, with two
	// decimals.
	Weight float64
	// Subjects of Of subjects were not judged; Baseline of these because their
	// findings are in the baseline, the others because it could not be told.
	Subjects int
	Of       int
	Baseline int
}

// answer is the answer on one subject as the score sees it. The order matters:
// where one subject was answered twice, the higher answer stands. That is the
// conjunction of three-valued logic: one wrong thing makes the subject wrong,
// and one thing unseen keeps it from being right.
type answer uint8

const (
	waved      answer = iota // suppressed by its author: as if it did not apply
	holds                    // right, or cleared by another artifact
	untold                   // could not be told
	inBaseline               // not judged either
	fails
)

// A check is one rule at one severity.
type check struct {
	rule     *finding.Rule
	severity finding.Severity
	subjects map[string]answer
	findings []*finding.Finding // open ones

	held, failed, untold, baseline int
}

func (c *check) told() int   { return c.held + c.failed }
func (c *check) judged() int { return c.told() + c.untold }

// weight is the check's weight, times part/whole.
func (c *check) weight(part, whole int) *big.Rat {
	w := new(big.Rat).SetFloat64(c.severity.Weight())
	return w.Mul(w, big.NewRat(int64(part), int64(whole)))
}

// Compute takes the results of all rules on one service, in any order, and
// returns the three properties in the order of finding.Properties.
//
// All arithmetic is on exact fractions, so that neither the order of the
// results nor the machine changes a digit.
func Compute(results []finding.Result) []Property {
	byProperty := map[finding.Property][]*check{}
	for _, c := range checks(results) {
		byProperty[c.rule.Property] = append(byProperty[c.rule.Property], c)
	}
	properties := make([]Property, 0, len(finding.Properties))
	for _, p := range finding.Properties {
		properties = append(properties, compute(p, byProperty[p]))
	}
	return properties
}

// checks groups the results and sorts the groups by rule and severity.
func checks(results []finding.Result) []*check {
	type key struct {
		rule     string
		severity finding.Severity
	}
	byKey := map[key]*check{}
	var all []*check
	for i := range results {
		r := &results[i]
		if r.Rule == nil || r.Severity.Weight() == 0 {
			continue // no rule of ours gives such a result
		}
		k := key{r.Rule.Name, r.Severity}
		c := byKey[k]
		if c == nil {
			c = &check{rule: r.Rule, severity: r.Severity, subjects: map[string]answer{}}
			byKey[k] = c
			all = append(all, c)
		}
		a := answerOf(r)
		if old, seen := c.subjects[r.Subject]; !seen || a > old {
			c.subjects[r.Subject] = a
		}
		if a == fails && r.Finding != nil && !slices.Contains(c.findings, r.Finding) {
			c.findings = append(c.findings, r.Finding)
		}
	}
	for _, c := range all {
		for _, a := range c.subjects {
			switch a {
			case holds:
				c.held++
			case fails:
				c.failed++
			case untold:
				c.untold++
			case inBaseline:
				c.untold++
				c.baseline++
			}
		}
		slices.SortFunc(c.findings, compareFindings)
	}
	slices.SortFunc(all, func(a, b *check) int {
		return cmp.Or(strings.Compare(a.rule.Name, b.rule.Name), cmp.Compare(b.severity, a.severity))
	})
	return all
}

// answerOf maps a result to its answer. What became of the finding after the
// rule answered (cleared, suppressed, in the baseline) goes before the verdict.
func answerOf(r *finding.Result) answer {
	if r.Verdict == finding.CannotTell {
		return untold
	}
	if r.Finding != nil {
		switch r.Finding.Status {
		case finding.Cleared:
			return holds
		case finding.Suppressed:
			return waved
		case finding.Baseline:
			return inBaseline
		}
	}
	if r.Verdict == finding.Holds {
		return holds
	}
	return fails
}

func compareFindings(a, b *finding.Finding) int {
	return cmp.Or(
		a.Position.Compare(b.Position),
		strings.Compare(a.Workload, b.Workload),
		strings.Compare(a.Message, b.Message),
	)
}

func compute(name finding.Property, checks []*check) Property {
	p := Property{Property: name}
	// mean is over the checks with something told, each at its full weight;
	// judged and all split each check's weight by its subjects.
	var total, held, judged, all big.Rat
	openErrors := 0
	var without *check
	for _, c := range checks {
		if c.judged() == 0 {
			continue
		}
		all.Add(&all, c.weight(1, 1))
		judged.Add(&judged, c.weight(c.told(), c.judged()))
		if c.untold > 0 {
			p.Untold = append(p.Untold, Untold{
				Rule: c.rule, Severity: c.severity,
				Weight:   hundredths(c.weight(c.untold, c.judged())),
				Subjects: c.untold, Of: c.judged(), Baseline: c.baseline,
			})
		}
		if c.told() == 0 {
			continue
		}
		total.Add(&total, c.weight(1, 1))
		held.Add(&held, c.weight(c.held, c.told()))
		if c.failed > 0 && c.severity == finding.Error {
			openErrors += max(len(c.findings), 1)
		}
		if c.failed > 0 && c.rule.Name == noContainer && name == finding.ContainerPackaged {
			without = c
		}
	}
	slices.SortStableFunc(p.Untold, func(a, b Untold) int { return cmp.Compare(b.Weight, a.Weight) })

	if all.Sign() > 0 {
		p.Coverage = float64(floor(new(big.Rat).Quo(&judged, &all), 100)) / 100
	}
	tenths := 0
	switch {
	case total.Sign() == 0:
		p.NotReady = []string{"nothing could be judged"}
		return p
	case without != nil:
		p.Lost = []Lost{{Rule: without.rule, Severity: without.severity, Points: 100, Findings: without.findings}}
	default:
		tenths = floor(new(big.Rat).Quo(&held, &total), 1000)
		p.Lost = lost(checks, &total, 1000-tenths)
	}
	score := float64(tenths) / 10
	p.Score = &score

	if score < ReadyScore {
		p.NotReady = append(p.NotReady, fmt.Sprintf("score below %d", ReadyScore))
	}
	switch {
	case openErrors == 1:
		p.NotReady = append(p.NotReady, "1 error open")
	case openErrors > 1:
		p.NotReady = append(p.NotReady, fmt.Sprintf("%d errors open", openErrors))
	}
	if p.Coverage < ReadyCoverage {
		p.NotReady = append(p.NotReady, fmt.Sprintf("only %d%% judged", int(p.Coverage*100+0.5)))
	}
	p.Ready = len(p.NotReady) == 0
	return p
}

// lost shares out the lost tenths of points among the checks that failed, by the
// method of largest remainders, so that points and score add up to 100.
func lost(checks []*check, total *big.Rat, tenths int) []Lost {
	type share struct {
		check     *check
		tenths    int
		remainder *big.Rat
	}
	var shares []share
	for _, c := range checks {
		if c.failed == 0 {
			continue
		}
		exact := c.weight(c.failed, c.told())
		exact.Quo(exact, total).Mul(exact, big.NewRat(1000, 1))
		whole := floor(exact, 1)
		tenths -= whole
		shares = append(shares, share{c, whole, exact.Sub(exact, big.NewRat(int64(whole), 1))})
	}
	slices.SortStableFunc(shares, func(a, b share) int { return b.remainder.Cmp(a.remainder) })
	for i := range shares {
		if tenths == 0 {
			break
		}
		shares[i].tenths++
		tenths--
	}
	slices.SortFunc(shares, func(a, b share) int {
		return cmp.Or(
			cmp.Compare(b.tenths, a.tenths),
			strings.Compare(a.check.rule.Name, b.check.rule.Name),
			cmp.Compare(b.check.severity, a.check.severity),
		)
	})
	var out []Lost
	for _, s := range shares {
		out = append(out, Lost{
			Rule: s.check.rule, Severity: s.check.severity,
			Points: float64(s.tenths) / 10, Findings: s.check.findings,
		})
	}
	return out
}

// floor is the largest whole number not above r times scale; r is not negative.
func floor(r *big.Rat, scale int64) int {
	r = new(big.Rat).Mul(r, big.NewRat(scale, 1))
	return int(new(big.Int).Quo(r.Num(), r.Denom()).Int64())
}

// hundredths is r to the nearest hundredth.
func hundredths(r *big.Rat) float64 {
	return float64(floor(new(big.Rat).Add(r, big.NewRat(1, 200)), 100)) / 100
}
