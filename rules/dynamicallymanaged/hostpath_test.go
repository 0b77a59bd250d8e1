package dynamicallymanaged

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestHostPath(t *testing.T) {
	results := ruletest.Run(t, HostPath, "testdata/hostpath/wrong", "testdata/hostpath/mended", "testdata/hostpath/traps")
	wantCounts(t, "wrong", results[0], 6, 0, 0)
	wantCounts(t, "mended", results[1], 0, 0, 0)
	wantCounts(t, "traps", results[2], 0, 5, 1)

	for _, r := range results[0] {
		want := finding.Warning
		if strings.Contains(r.Finding.Message, "socket") {
			want = finding.Error
		}
		if r.Severity != want {
			t.Errorf("%s is a %s, want a %s", r.Subject, r.Severity, want)
		}
		if len(r.Finding.Related) != 1 {
			t.Errorf("%s does not show where it is mounted: %+v", r.Subject, r.Finding.Related)
		}
	}
}
