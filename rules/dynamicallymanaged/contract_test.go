package dynamicallymanaged

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestWorkloads runs the rules that join code and workload on the programs of their
// folders. Answers are those of programs without a want comment.
func TestWorkloads(t *testing.T) {
	ruletest.RunAnswers(t, GracePeriod, map[string]string{"mended": "holds", "standard": "holds"})
	ruletest.RunAnswers(t, LostWrite, map[string]string{"mended": "holds", "handed": "unclear", "cache": "nothing"})
	ruletest.RunAnswers(t, MemoryLimit, map[string]string{"mended": "holds holds", "called": "holds", "unlimited": "nothing"})
	ruletest.RunAnswers(t, ProbePath, map[string]string{"mended": "holds", "all": "holds", "hidden": "unclear"})
}
