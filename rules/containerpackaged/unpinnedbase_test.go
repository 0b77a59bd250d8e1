package containerpackaged

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestUnpinnedBase(t *testing.T) {
	results := ruletest.Run(t, UnpinnedBase, "testdata/unpinnedbase/wrong", "testdata/unpinnedbase/mended", "testdata/unpinnedbase/silent")
	type count struct {
		severity finding.Severity
		verdict  finding.Verdict
	}
	counts := map[count]int{}
	for _, r := range results[0] {
		counts[count{r.Severity, r.Verdict}]++
	}
	// An image without a tag fails one check, and the lesser one is not asked.
	want := map[count]int{
		{finding.Warning, finding.Fails}: 3, {finding.Warning, finding.Holds}: 1, {finding.Note, finding.Fails}: 1,
	}
	for c, n := range want {
		if counts[c] != n {
			t.Errorf("%+v: %d, want %d", c, counts[c], n)
		}
	}
	if len(counts) != len(want) {
		t.Errorf("%v", counts)
	}
	all(t, results[1], finding.Holds)
	if len(results[1]) != 6 {
		t.Errorf("%d results, want two for each of three files", len(results[1]))
	}
	// scratch is no subject at all.
	all(t, results[2], finding.CannotTell)
	if len(results[2]) != 2 {
		t.Errorf("%+v", results[2])
	}
}
