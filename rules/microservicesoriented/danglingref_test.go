package microservicesoriented

import (
	"testing"

	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestDanglingRef(t *testing.T) {
	results := ruletest.Run(t, DanglingRef, "testdata/danglingref/wrong", "testdata/danglingref/mended", "testdata/danglingref/traps")
	wantCounts(t, "wrong", results[0], 8, 2, 0)
	wantCounts(t, "mended", results[1], 0, 8, 0)
	wantCounts(t, "traps", results[2], 0, 2, 4)
}
