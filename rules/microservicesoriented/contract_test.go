package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestWorkloads runs the rules that join code and workload on the programs of their
// folders. Answers are those of programs without a want comment.
func TestWorkloads(t *testing.T) {
	ruletest.RunAnswers(t, UndeclaredEnv, map[string]string{"mended": "holds", "fromconfig": "holds", "unknown": "unclear", "optionalmended": "holds"})
	ruletest.RunAnswers(t, UnreachableHost, map[string]string{"mended": "nothing", "named": "holds"})
	ruletest.RunPrograms(t, ServiceCycle, "testdata/servicecycle/wrong")
	ruletest.RunPrograms(t, ServiceCycle, "testdata/servicecycle/mended")
	ruletest.RunAnswers(t, UnreadEnv, map[string]string{"mended": "holds", "used": "holds", "starts": "unclear"})
}
