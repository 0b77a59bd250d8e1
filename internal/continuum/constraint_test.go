package continuum

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/cnready/cnready/internal/deploy"
)

// TestConstraints holds the data against itself: they parse, every fact is used, and
// no platform is without one.
func TestConstraints(t *testing.T) {
	list, err := parse(constraintsText)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	date := regexp.MustCompile(`^20\d\d(-\d\d)?$`)
	of := map[deploy.PlatformID]int{}
	for _, c := range list {
		used[c.Fact] = true
		if !date.MatchString(c.AsOf) {
			t.Errorf("%s: asOf %q is no year or year-month", c.Name, c.AsOf)
		}
		if c.Fact == "rule" != (len(c.Rules) > 0) {
			t.Errorf("%s: rules belong to the fact rule", c.Name)
		}
		for _, id := range slices.Concat(c.Blocks, c.Warns) {
			of[id]++
			if slices.Contains(c.Blocks, id) && slices.Contains(c.Warns, id) {
				t.Errorf("%s: both blocks and warns on %s", c.Name, id)
			}
		}
	}
	for name := range facts {
		if !used[name] {
			t.Errorf("no constraint asks the fact %s", name)
		}
	}
	for _, p := range Platforms {
		if of[p.ID] == 0 {
			t.Errorf("no constraint is known of %s", p.Name)
		}
	}
	if len(Platforms) != len(deploy.PlatformIDs) {
		t.Errorf("%d platforms have a rung, %d an id", len(Platforms), len(deploy.PlatformIDs))
	}
}

// TestBadConstraints has data that cannot be meant.
func TestBadConstraints(t *testing.T) {
	for name, text := range map[string]string{
		"no fact":           "- {name: a, says: b, fact: nosuch, source: c, asOf: '2026', blocks: [docker]}",
		"no source":         "- {name: a, says: b, fact: udp, asOf: '2026', blocks: [docker]}",
		"no platform":       "- {name: a, says: b, fact: udp, source: c, asOf: '2026'}",
		"unknown platform":  "- {name: a, says: b, fact: udp, source: c, asOf: '2026', blocks: [moon]}",
		"the same name":     "- &a {name: a, says: b, fact: udp, source: c, asOf: '2026', blocks: [docker]}\n- *a",
		"not a list at all": "name: a",
	} {
		if _, err := parse([]byte(text)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestUnconfirmed has what was not read in a platform's own documentation: it warns.
func TestUnconfirmed(t *testing.T) {
	c := &Constraint{Blocks: []deploy.PlatformID{deploy.OnDocker}}
	if holds, blocks := c.On(deploy.OnDocker); !holds || blocks {
		t.Errorf("holds %t, blocks %t", holds, blocks)
	}
	c.Confirmed = true
	if holds, blocks := c.On(deploy.OnDocker); !holds || !blocks {
		t.Errorf("confirmed: holds %t, blocks %t", holds, blocks)
	}
	if holds, _ := c.On(deploy.OnRunc); holds {
		t.Error("holds on another platform")
	}
}

// TestPage: docs/platforms.md is what the data say.
func TestPage(t *testing.T) {
	got, err := os.ReadFile("../../docs/platforms.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != Page() {
		t.Error("docs/platforms.md is not up to date: run go generate ./internal/continuum")
	}
}
