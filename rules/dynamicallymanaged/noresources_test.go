package dynamicallymanaged

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestNoResources(t *testing.T) {
	results := ruletest.Run(t, NoResources, "testdata/noresources/wrong", "testdata/noresources/mended", "testdata/noresources/traps")
	wantCounts(t, "wrong", results[0], 7, 1, 0)
	wantCounts(t, "mended", results[1], 0, 4, 0)
	wantCounts(t, "traps", results[2], 0, 4, 0)

	cleared := 0
	for _, r := range results[2] {
		if r.Finding == nil {
			continue
		}
		cleared++
		if r.Finding.Status != finding.Cleared || r.Finding.ClearedBy == nil || r.Finding.ClearedBy.Line != 10 && r.Finding.ClearedBy.Line != 11 {
			t.Errorf("%s is not cleared by the LimitRange: %+v", r.Subject, r.Finding)
		}
	}
	if cleared != 2 {
		t.Errorf("%d findings are cleared, want 2: requests and memory limit", cleared)
	}
}
