package containerpackaged

import (
	"testing"

	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestRights runs the rules on the rights of containers on a wrong tree, where want
// comments name what fails, and on the same mended.
func TestRights(t *testing.T) {
	for _, r := range []*rule.Rule{Privileged, RunAsRoot} {
		ruletest.Run(t, r, "testdata/"+r.Name+"/wrong", "testdata/"+r.Name+"/mended")
	}
	ruletest.RunAnswers(t, WritableRoot, map[string]string{"mended": "holds", "writes": "nothing"})
}
