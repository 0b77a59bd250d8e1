package servertimeout

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/finding"
)

// One package at a time, as go vet sees it.
func TestAnalyzer(t *testing.T) {
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Analyzer, "wrong", "mended")
}

// The whole program, as the command sees it.
func TestPrograms(t *testing.T) {
	for name, rs := range coderuletest.Run(t, "testdata", Rule) {
		for _, r := range rs {
			if r.Severity > finding.Note || r.Subject == "" {
				t.Errorf("%s: severity %v, subject %q", name, r.Severity, r.Subject)
			}
			if r.Verdict == finding.Fails && len(r.Finding.Related) > 3 {
				t.Errorf("%s: %d related places", name, len(r.Finding.Related))
			}
		}
	}
}

func TestDoc(t *testing.T) {
	if !strings.HasPrefix(Rule.Doc, "servertimeout: ") || !strings.Contains(Rule.Doc, "\nFails:\n") || !strings.Contains(Rule.Doc, "\nPasses:") {
		t.Errorf("the rule's text lacks its first line or an example:\n%s", Rule.Doc)
	}
}
