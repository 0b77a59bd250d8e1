package dynamicallymanaged

import (
	"testing"

	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestWorkloadSettings runs the rules on what manifests say of workloads on a wrong
// tree, where want comments name what fails, and on the same mended.
func TestWorkloadSettings(t *testing.T) {
	for _, tt := range []struct {
		rule         *rule.Rule
		fails, holds int // of the wrong tree, and of the mended one
	}{
		{BarePod, 1, 0},
		{DeprecatedAPI, 1, 0},
		{HostNamespace, 2, 0},
		{HPAReplicas, 1, 1},
		{NoDisruptionBudget, 3, 2},
		{PinnedNode, 2, 0},
		{Recreate, 2, 1},
		{RWOVolume, 2, 2},
		{SameProbes, 1, 2},
	} {
		t.Run(tt.rule.Name, func(t *testing.T) {
			results := ruletest.Run(t, tt.rule, "testdata/"+tt.rule.Name+"/wrong", "testdata/"+tt.rule.Name+"/mended")
			if fails, _, _ := count(results[0]); fails != tt.fails {
				t.Errorf("wrong: %d fail, want %d", fails, tt.fails)
			}
			if fails, holds, _ := count(results[1]); fails != 0 || holds != tt.holds {
				t.Errorf("mended: %d fail and %d hold, want 0 and %d", fails, holds, tt.holds)
			}
		})
	}
}

// TestServiceWorkloads runs those that look at services of the tree alone.
func TestServiceWorkloads(t *testing.T) {
	ruletest.RunAnswers(t, SingleReplica, map[string]string{"mended": "holds", "scaled": "nothing", "disk": "nothing"})
	ruletest.RunAnswers(t, NoRestart, map[string]string{"mended": "holds", "dev": "nothing"})
	ruletest.RunAnswers(t, FixedName, map[string]string{"mended": "nothing"})
}
