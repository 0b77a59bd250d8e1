package dynamicallymanaged

import (
	"slices"
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

// count says how often each verdict was given. A cleared finding holds.
func count(results []finding.Result) (fails, holds, cannot int) {
	for _, r := range results {
		switch r.Verdict {
		case finding.Fails:
			fails++
		case finding.Holds:
			holds++
		case finding.CannotTell:
			cannot++
		}
	}
	return fails, holds, cannot
}

// wantCounts compares the verdicts of a run, and that each subject is unique.
func wantCounts(t *testing.T, dir string, results []finding.Result, fails, holds, cannot int) {
	t.Helper()
	if f, h, c := count(results); f != fails || h != holds || c != cannot {
		t.Errorf("%s: %d fail, %d hold, %d cannot be told; want %d, %d, %d", dir, f, h, c, fails, holds, cannot)
	}
	seen := map[string]bool{}
	for _, r := range results {
		if seen[r.Subject] {
			t.Errorf("%s: the subject %q is judged twice", dir, r.Subject)
		}
		seen[r.Subject] = true
	}
}

func TestRulesAreSortedByName(t *testing.T) {
	var names []string
	for _, r := range Rules {
		names = append(names, r.Name)
		if r.Property != finding.DynamicallyManaged {
			t.Errorf("%s judges %s", r.Name, r.Property)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("the rules are not sorted: %v", names)
	}
}
