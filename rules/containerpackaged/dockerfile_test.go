package containerpackaged

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestDockerfiles runs the rules on Dockerfiles by themselves on wrong ones, where
// want comments name what fails, on the same mended, where each must find something
// to hold, and on what they must not mistake.
func TestDockerfiles(t *testing.T) {
	for _, r := range []*rule.Rule{AddRemote, BuildContextLeak, LayerCache, NoPasswdEntry, PackageCache, RelativeWorkdir, SecretInImage, ToolchainInImage, UndefinedVar} {
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
	ruletest.RunAnswers(t, NonNumericUser, map[string]string{"mended": "holds", "given": "holds", "free": "nothing"})
}
