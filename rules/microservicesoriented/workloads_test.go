package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestWorkloadBoundaries runs the rules on where services end on wrong trees, where
// want comments name what fails, and on the same mended.
func TestWorkloadBoundaries(t *testing.T) {
	ruletest.Run(t, NodePort, "testdata/nodeport/wrong", "testdata/nodeport/mended")
	ruletest.RunAnswers(t, NoNetworkPolicy, map[string]string{"mended": "holds"})
	ruletest.RunAnswers(t, StartOrder, map[string]string{"mended": "holds"})
	for _, state := range []string{"wrong", "mended"} {
		ruletest.RunPrograms(t, MultiServicePod, "testdata/multiservicepod/"+state)
		ruletest.RunPrograms(t, SharedDatabase, "testdata/shareddatabase/"+state)
	}
}
