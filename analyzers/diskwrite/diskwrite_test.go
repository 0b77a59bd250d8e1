package diskwrite

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/finding"
)

// One package at a time, as go vet sees it.
func TestAnalyzer(t *testing.T) {
	results := analysistest.Run(t, analysistest.TestData(), Analyzer, "wrong/...", "mended/...", "silent/...")
	var related []string
	for _, r := range results {
		for _, d := range r.Diagnostics {
			for _, rel := range d.Related {
				related = append(related, rel.Message)
				if !rel.Pos.IsValid() || rel.Pos == d.Pos {
					t.Errorf("%s: the other half stands at %v", d.Message, r.Pass.Fset.Position(rel.Pos))
				}
			}
		}
	}
	// The constant of wrong/main, and the call that reaches the write.
	if len(related) != 2 {
		t.Errorf("related places: %q", related)
	}
}

// The whole program, as the command sees it.
func TestPrograms(t *testing.T) {
	results := coderuletest.Run(t, "testdata", Rule)
	for name, rs := range results {
		for _, r := range rs {
			want := finding.Error
			if r.Verdict == finding.Fails && strings.HasPrefix(r.Finding.Message, "where configuration asks for it") {
				want = finding.Warning
			}
			if r.Severity != want || r.Subject == "" {
				t.Errorf("%s: severity %v, subject %q", name, r.Severity, r.Subject)
			}
			if r.Verdict == finding.Fails && !strings.Contains(r.Finding.Message, "database or object store, or mount a persistent volume") {
				t.Errorf("%s: the message does not say how to mend: %s", name, r.Finding.Message)
			}
		}
	}
}
