package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

// wantCounts says how many subjects failed, held and could not be judged.
func wantCounts(t *testing.T, name string, results []finding.Result, fails, holds, cannotTell int) {
	t.Helper()
	got := map[finding.Verdict]int{}
	for _, r := range results {
		got[r.Verdict]++
		if r.Verdict == finding.CannotTell && r.Reason == "" {
			t.Errorf("%s: %s cannot be told, and nothing says why", name, r.Subject)
		}
		if r.Subject == "" {
			t.Errorf("%s: a result has no subject", name)
		}
	}
	if got[finding.Fails] != fails || got[finding.Holds] != holds || got[finding.CannotTell] != cannotTell {
		t.Errorf("%s: %d fail, %d hold, %d cannot be told; want %d, %d, %d", name,
			got[finding.Fails], got[finding.Holds], got[finding.CannotTell], fails, holds, cannotTell)
	}
}
