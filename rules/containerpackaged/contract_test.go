package containerpackaged

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestWorkloads runs the rules that join code and workload on the programs of their
// folders. Answers are those of programs without a want comment.
func TestWorkloads(t *testing.T) {
	ruletest.RunAnswers(t, PortMismatch, map[string]string{"declaredmended": "holds", "bymapmended": "holds", "unix": "unclear", "configured": "unclear"})
	ruletest.RunAnswers(t, UnbackedWrite, map[string]string{"mended": "holds"})
	ruletest.RunAnswers(t, UnusedVolume, map[string]string{"mended": "holds", "unknown": "unclear"})
}
