package shutdown

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/cnready/cnready/internal/coderule/coderuletest"
	"github.com/cnready/cnready/internal/finding"
)

// One package at a time, as go vet sees it.
func TestAnalyzer(t *testing.T) {
	results := analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), Analyzer, "wrong/...", "mended/...", "silent/...", "example.com/shop/...")
	related := 0
	for _, r := range results {
		for _, d := range r.Diagnostics {
			if d.URL != Rule.URL() || d.Category != "shutdown" {
				t.Errorf("%s: URL %q, category %q", d.Message, d.URL, d.Category)
			}
			if !d.End.IsValid() || d.End <= d.Pos {
				t.Errorf("%s: no range", d.Message)
			}
			for _, rel := range d.Related {
				related++
				if line := r.Pass.Fset.Position(rel.Pos).Line; line == r.Pass.Fset.Position(d.Pos).Line || line < 2 {
					t.Errorf("%s: the other half of the evidence is on line %d: %s", d.Message, line, rel.Message)
				}
			}
		}
	}
	// The server of interrupt and nodrain; server and drain of late.
	if related != 4 {
		t.Errorf("%d related places, want 4", related)
	}
}

// The whole program, as the command sees it.
func TestPrograms(t *testing.T) {
	results := coderuletest.Run(t, "testdata", Rule)
	for name, rs := range results {
		for _, r := range rs {
			if r.Subject != "main" || r.Severity != finding.Error {
				t.Errorf("%s: subject %q, severity %v", name, r.Subject, r.Severity)
			}
		}
		if len(rs) > 1 {
			t.Errorf("%s: %d answers about one main", name, len(rs))
		}
	}
	// The two halves of the evidence are those of two packages here.
	fails := results["spreadint"][0].Finding
	if i := slices.IndexFunc(fails.Related, func(r finding.Related) bool { return r.File == "main.go" }); fails.Position.File != "stop/stop.go" || i < 0 {
		t.Errorf("found at %v with %v", fails.Position, fails.Related)
	}
}

func TestDoc(t *testing.T) {
	if !strings.HasPrefix(Rule.Doc, "shutdown: ") || !strings.Contains(Rule.Doc, "\nFails:\n") || !strings.Contains(Rule.Doc, "\nPasses:\n") {
		t.Errorf("the rule's text lacks its first line or an example:\n%s", Rule.Doc)
	}
}
