package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestTargetPort(t *testing.T) {
	results := ruletest.Run(t, TargetPort, "testdata/targetport/wrong", "testdata/targetport/mended", "testdata/targetport/traps")
	wantCounts(t, "wrong", results[0], 2, 0, 2)
	wantCounts(t, "mended", results[1], 0, 3, 0)
	wantCounts(t, "traps", results[2], 0, 0, 3)
}
