package containerpackaged

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/rule/ruletest"
)

// TestPrograms runs the rules that join code and image on the programs of their
// folders: what is wrong, the same mended, and what they must not mistake. The
// expected answers are those of the services without a want comment.
func TestPrograms(t *testing.T) {
	for _, tt := range []struct {
		rule *rule.Rule
		// answers are, by service, holds, unclear or nothing; fails is said by the
		// want comments.
		answers map[string]string
	}{
		{MissingCACerts, map[string]string{"mended": "holds", "installed": "holds", "cluster": "nothing", "plain": "nothing", "unknown": "unclear", "own": "unclear", "configured": "unclear"}},
		{MissingTZData, map[string]string{"mended": "holds", "tagged": "holds", "installed": "holds", "copied": "holds", "utc": "nothing"}},
		{MissingProgram, map[string]string{"mended": "holds holds", "looked": "holds unclear", "healthmended": "holds holds"}},
		{MissingFile, map[string]string{"mended": "holds"}},
		{ExposedPort, map[string]string{"mended": "holds", "variable": "holds"}},
		{MissingTmp, map[string]string{"mended": "holds"}},
		{UnwritablePath, map[string]string{"mended": "holds", "mounted": "nothing"}},
		{PrivilegedPort, map[string]string{"mended": "holds", "compiled": "holds", "sysctl": "holds"}},
		{HomeDir, map[string]string{"mended": "holds", "handled": "holds", "belowmended": "holds"}},
		{LibcMismatch, map[string]string{"mended": "holds", "musl": "holds", "base": "holds", "nettags": "holds"}},
		{CgoDisabled, map[string]string{"mended": "holds"}},
		{GoVersion, map[string]string{"mended": "holds", "toolchain": "holds", "floating": "nothing"}},
		{BuildVCS, map[string]string{"mended": "holds", "passed": "nothing"}},
	} {
		t.Run(tt.rule.Name, func(t *testing.T) {
			t.Parallel()
			results := ruletest.RunPrograms(t, tt.rule, filepath.Join("testdata", tt.rule.Name))
			for _, name := range slices.Sorted(maps.Keys(tt.answers)) {
				got, ok := results[name]
				if !ok {
					t.Errorf("%s is no service", name)
					continue
				}
				if answers := answersOf(got); answers != tt.answers[name] {
					t.Errorf("%s: %s, want %s: %+v", name, answers, tt.answers[name], got)
				}
			}
			for name, got := range results {
				if _, expected := tt.answers[name]; !expected && !strings.Contains(answersOf(got), "fails") {
					t.Errorf("%s: %s, and nothing is expected of it", name, answersOf(got))
				}
			}
		})
	}
}

func answersOf(results []finding.Result) string { return ruletest.Answers(results) }

func TestMissingSource(t *testing.T) {
	results := ruletest.RunPrograms(t, MissingSource, "testdata/missingsource")
	for name, got := range results {
		fails := strings.Contains(answersOf(got), "fails")
		mended := strings.HasSuffix(name, "mended") || name == "generated"
		if fails == mended {
			t.Errorf("%s: %s: %+v", name, answersOf(got), got)
		}
	}
}
