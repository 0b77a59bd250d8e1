package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestStandalone runs rules on images and workloads by themselves on what is wrong,
// where want comments name what fails, on the same mended, where something must hold,
// and on what they must not mistake.
func TestStandalone(t *testing.T) {
	for _, r := range []*rule.Rule{InlineSecret, MultiProcess} {
		t.Run(r.Name, func(t *testing.T) {
			dir := "testdata/" + r.Name + "/"
			results := ruletest.Run(t, r, dir+"wrong", dir+"mended", dir+"silent")
			holds := false
			for _, res := range results[1] {
				holds = holds || res.Verdict == finding.Holds
			}
			if !holds {
				t.Errorf("nothing holds in the mended tree: %+v", results[1])
			}
		})
	}
}
