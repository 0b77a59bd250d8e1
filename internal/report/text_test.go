package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

// TestColorOnlyAddsColor compares the coloured report, without its colours, with
// the plain one.
func TestColorOnlyAddsColor(t *testing.T) {
	r := report.Build(shop())
	plain := text(t, r, report.TextOptions{Source: read, ExplainScore: true})
	colored := text(t, r, report.TextOptions{Source: read, ExplainScore: true, Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("the plain report has escape sequences")
	}
	if !strings.Contains(colored, "\x1b[31;1merror") {
		t.Error("errors are not red")
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(colored, "")
	// Spaces at the end of a line are cut off only where no colour follows them.
	bare = regexp.MustCompile(` +\n`).ReplaceAllString(bare, "\n")
	if diff := cmp.Diff(plain, bare); diff != "" {
		t.Errorf("colours change the text (-plain +coloured):\n%s", diff)
	}
}

func TestWidthIsKept(t *testing.T) {
	r := report.Build(shop())
	for _, width := range []int{60, 72, 100, 160} {
		for _, line := range strings.Split(text(t, r, report.TextOptions{Source: read, Width: width}), "\n") {
			if n := len([]rune(line)); n > width+25 { // places and names are not broken
				t.Errorf("width %d: a line of %d columns: %s", width, n, line)
			}
		}
	}
}

// TestNothingTwice counts messages: what stands for two services is written once.
func TestNothingTwice(t *testing.T) {
	r := report.Build(shop())
	flat := strings.Join(strings.Fields(text(t, r, report.TextOptions{Source: read})), " ")
	for _, f := range r.Findings {
		want := 1
		if f.Status != "open" {
			want = 0
		}
		if n := strings.Count(flat, f.Message); n != want {
			t.Errorf("%q is written %d times, want %d", f.Message, n, want)
		}
	}
}

// TestHostileText puts escape sequences wherever text comes from files.
func TestHostileText(t *testing.T) {
	const evil = "\x1b]0;x\x07\u202e\r\x00"
	o := shop()
	o.Services[0].Service.Name += evil
	o.Services[0].Service.Dir += evil
	o.Services[0].Service.Image.Reason += evil
	o.Services[0].Service.Workloads[0].Workload.Name += evil
	o.NotAnalyzed = append(o.NotAnalyzed, finding.NotAnalyzed{File: evil, Reason: evil})
	o.Mains[0].Reason += evil
	for i, res := range o.Services[0].Results {
		o.Services[0].Results[i].Reason += evil
		if f := res.Finding; f != nil {
			f.Message += evil
			f.Position.File += evil
			f.Workload += evil
			for j := range f.Related {
				f.Related[j].Message += evil
				f.Related[j].File += evil
			}
			for j := range f.Fixes {
				f.Fixes[j].Message += evil
			}
		}
	}
	source := func(string) ([]byte, error) {
		return []byte(strings.Repeat("line"+strings.TrimSuffix(evil, "\x00")+"\n", 30)), nil
	}
	got := text(t, report.Build(o), report.TextOptions{Source: source, ExplainScore: true})
	if i := strings.IndexAny(got, "\x1b\x07\u202e\r\x00"); i >= 0 {
		t.Errorf("what a terminal obeys is in the report: %q", got[max(0, i-60):i+10])
	}
}

func TestManyOfAKind(t *testing.T) {
	var loose []finding.Result
	for i := range 9 {
		for j := range 6 - min(i, 5) {
			loose = append(loose, untold(probepath, fmt.Sprintf("reason %d", i), finding.Position{File: "f.go", Line: 10*i + j + 1})...)
		}
	}
	var unread []finding.NotAnalyzed
	for i := range 12 {
		unread = append(unread, finding.NotAnalyzed{File: fmt.Sprintf("pkg/p%02d", i), Reason: "does not type-check"})
	}
	got := text(t, report.Build(report.Outcome{Loose: loose, NotAnalyzed: unread}), report.TextOptions{})
	want := `could not tell (neither good nor bad, and not in the scores)
  probepath  reason 0 (6 times): f.go:1, f.go:2, f.go:3 and 3 more
             reason 1 (5 times): f.go:11, f.go:12, f.go:13 and 2 more
             reason 2 (4 times): f.go:21, f.go:22, f.go:23, f.go:24
             reason 3 (3 times): f.go:31, f.go:32, f.go:33
             reason 4 (2 times): f.go:41, f.go:42
             and for 4 more reasons

not analyzed
  pkg/p00, pkg/p01, pkg/p02 and 9 more: does not type-check

No Go service was found.
There is no Go package, Dockerfile or manifest here that could be read.
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOneFindingOfManyWorkloads(t *testing.T) {
	var results []finding.Result
	for _, w := range []string{"web", "canary", "web"} {
		results = append(results, fails(barepod, finding.Finding{
			Position: at("deploy/proxy.yaml", "proxy"), Message: "has no controller", Workload: w,
		})...)
	}
	o := outcome("", map[string][]finding.Result{"a": results})
	got := text(t, report.Build(o), report.TextOptions{})
	if strings.Count(got, "has no controller") != 1 || !strings.Contains(got, "for the workloads canary, web\n") {
		t.Errorf("one finding of two workloads is not written once:\n%s", got)
	}
	if !strings.HasSuffix(got, "1 service: 1 error\n") {
		t.Errorf("it is not counted once:\n%s", got)
	}
}
