package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestDanglingService(t *testing.T) {
	results := ruletest.Run(t, DanglingService, "testdata/danglingservice/wrong", "testdata/danglingservice/mended", "testdata/danglingservice/traps")
	wantCounts(t, "wrong", results[0], 4, 0, 0)
	wantCounts(t, "mended", results[1], 0, 4, 0)
	wantCounts(t, "traps", results[2], 0, 0, 3)
}
