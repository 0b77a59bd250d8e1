package metrics

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/finding"
)

// One package at a time, as go vet sees it.
func TestAnalyzer(t *testing.T) {
	for _, r := range analysistest.Run(t, analysistest.TestData(), Analyzer, "wrong", "mended", "silent") {
		for _, d := range r.Diagnostics {
			if d.URL != Rule.URL() || d.Category != "metrics" || d.End <= d.Pos {
				t.Errorf("%s: URL %q, category %q, from %v to %v", d.Message, d.URL, d.Category, d.Pos, d.End)
			}
		}
	}
}

// The whole program, as the command sees it.
func TestPrograms(t *testing.T) {
	for name, rs := range coderuletest.Run(t, "testdata", Rule) {
		for _, r := range rs {
			if r.Subject == "" || r.Severity == 0 || r.Severity > Rule.Severity {
				t.Errorf("%s: subject %q, severity %v", name, r.Subject, r.Severity)
			}
			if r.Verdict != finding.Fails {
				continue
			}
			if !strings.Contains(r.Finding.Message, "; ") || len(r.Finding.Related) > 3 {
				t.Errorf("%s: the message does not say how to mend, or has too many places: %+v", name, r.Finding)
			}
		}
	}
}

func TestDoc(t *testing.T) {
	if !strings.HasPrefix(Rule.Doc, "metrics: ") || !strings.Contains(Rule.Doc, "\nFails:\n") || !strings.Contains(Rule.Doc, "\nPasses:") {
		t.Errorf("the rule's text lacks its first line or an example:\n%s", Rule.Doc)
	}
}
