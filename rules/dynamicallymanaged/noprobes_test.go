package dynamicallymanaged

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

func TestNoProbes(t *testing.T) {
	results := ruletest.Run(t, NoProbes, "testdata/noprobes/wrong", "testdata/noprobes/mended", "testdata/noprobes/traps")
	wantCounts(t, "wrong", results[0], 4, 2, 0)
	wantCounts(t, "mended", results[1], 0, 6, 0)
	wantCounts(t, "traps", results[2], 0, 2, 0) // the container that the Service leads to

	for _, r := range results[0] {
		switch r.Subject {
		case "Deployment/web container web: readiness (web.yaml)":
			if r.Severity != finding.Warning || len(r.Finding.Related) != 1 || r.Finding.Related[0].Line != 4 {
				t.Errorf("the finding does not point to the Service that sends traffic: %+v", r)
			}
		case "Deployment/web container web: liveness (web.yaml)":
			if r.Severity != finding.Note {
				t.Errorf("a missing liveness probe is a %s, want a note", r.Severity)
			}
		}
	}
}
