package main

import (
	"os"
	"strings"
	"testing"

	"github.com/cnready/cnready/analyzers"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/suppression"
	"github.com/cnready/cnready/rules"
)

// TestReadme: the reports that the README shows are parts of the real ones, and
// its table has every rule.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for _, name := range []string{"shop.txt", "shop.contract.txt"} {
		_, rest, _ := strings.Cut(readme, "<!-- excerpt of cmd/cnready/testdata/"+name+"; a test compares -->\n```text\n")
		excerpt, _, ok := strings.Cut(rest, "\n```\n")
		if !ok {
			t.Fatalf("the README shows no excerpt of %s", name)
		}
		golden, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		report := string(golden)
		for _, part := range strings.Split(excerpt, "\n...\n") {
			_, after, ok := strings.Cut(report, part+"\n")
			if !ok {
				t.Errorf("this part of the README's excerpt is not in %s, or not in that order:\n%s", name, part)
				continue
			}
			report = after
		}
	}

	all := []*finding.Rule{suppression.Rule}
	for _, r := range analyzers.Rules {
		all = append(all, &r.Rule)
	}
	for _, r := range rules.All {
		all = append(all, &r.Rule)
	}
	for _, r := range all {
		row := "| [" + r.Name + "](docs/rules/" + r.Name + ".md) | "
		_, line, ok := strings.Cut(readme, row)
		line, _, _ = strings.Cut(line, "\n")
		if !ok || !strings.Contains(line, "| "+r.Severity.String()+" |") {
			t.Errorf("the README's table has no row for %s with severity %s", r.Name, r.Severity)
		}
	}
	if n := strings.Count(readme, "](docs/rules/"); n != len(all) {
		t.Errorf("the README's table has %d rules, there are %d", n, len(all))
	}
}
