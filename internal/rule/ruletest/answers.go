package ruletest

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// RunAnswers runs a rule by RunPrograms on testdata/NAME, the rule's own folder, and
// compares the answers for each service: holds, unclear or fails, once for each
// subject in turn, or nothing. Services that are not named must fail.
func RunAnswers(t *testing.T, r *rule.Rule, want map[string]string) {
	t.Run(r.Name, func(t *testing.T) {
		t.Parallel()
		results := RunPrograms(t, r, filepath.Join("testdata", r.Name))
		for _, name := range slices.Sorted(maps.Keys(want)) {
			got, ok := results[name]
			if !ok {
				t.Errorf("%s is no service", name)
				continue
			}
			if answers := Answers(got); answers != want[name] {
				t.Errorf("%s: %s, want %s: %+v", name, answers, want[name], got)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(results)) {
			if _, named := want[name]; !named && !strings.Contains(Answers(results[name]), "fails") {
				t.Errorf("%s: %s, and it should fail: %+v", name, Answers(results[name]), results[name])
			}
		}
	})
}

// Answers are the verdicts of results in words: "holds fails", or "nothing".
func Answers(results []finding.Result) string {
	var out []string
	for _, r := range results {
		out = append(out, map[finding.Verdict]string{finding.Holds: "holds", finding.Fails: "fails", finding.CannotTell: "unclear"}[r.Verdict])
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, " ")
}
