package rules_test

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule/ruletest"
	"github.com/cnready/cnready/rules"
)

// seeded is how many defects the tree has that show only where two objects are
// compared, by rule. Each is marked in place.
var seeded = map[string]int{
	"danglingref": 15, "danglingservice": 6, "fixedname": 2, "hostnamespace": 1, "hpareplicas": 1, "nodisruptionbudget": 2,
	"rwovolume": 1, "targetport": 3, "unknownservice": 8,
}

// TestCrossObject runs all rules on manifests over a tree of plain manifests, a
// chart, an overlay and a compose file, and over the same tree mended: there they
// are silent.
func TestCrossObject(t *testing.T) {
	found := map[string]int{}
	for _, r := range ruletest.RunManifests(t, rules.All, "../testdata/crossobject/seeded") {
		if r.Verdict == finding.Fails {
			found[r.Rule.Name]++
		}
	}
	for name, n := range seeded {
		if found[name] != n {
			t.Errorf("%s: %d found, want %d", name, found[name], n)
		}
	}
	holds := map[string]int{}
	for _, r := range ruletest.RunManifests(t, rules.All, "../testdata/crossobject/twin") {
		if r.Verdict == finding.Holds {
			holds[r.Rule.Name]++
		}
	}
	for name := range seeded {
		if holds[name] == 0 && name != "fixedname" && name != "hostnamespace" { // which only answer where they fail
			t.Errorf("%s: nothing of the mended tree was judged", name)
		}
	}
}
