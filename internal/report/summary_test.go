package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

func summary(t *testing.T, r *report.Report, opts report.SummaryOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteSummary(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func link(file string, line int) string {
	return fmt.Sprintf("https://git.example/blob/main/%s#L%d", file, line)
}

func TestSummaryGolden(t *testing.T) {
	golden(t, "shop.summary.md", summary(t, report.Build(shop()), report.SummaryOptions{Dir: "services/shop", Link: link}))
	golden(t, "empty.summary.md", summary(t, report.Build(report.Outcome{}), report.SummaryOptions{}))
}

// TestSummaryCells: text of foreign files neither ends a cell nor becomes markup.
func TestSummaryCells(t *testing.T) {
	o := report.Outcome{Loose: fails(barepod, finding.Finding{
		Position: finding.Position{File: "../x|y_z.yaml", Line: 3}, Message: "a|b\n<script> `c` **d** [e](f) $g$ h&amp;",
	})}
	got := summary(t, report.Build(o), report.SummaryOptions{Link: link})
	want := `| error | [barepod](https://github.com/cnready/cnready/blob/main/docs/rules/barepod.md) | ../x\|y\_z.yaml:3 | ` +
		"a\\|b &lt;script&gt; \\`c\\` \\*\\*d\\*\\* \\[e\\](f) \\$g\\$ h&amp;amp; |\n"
	if !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant the line:\n%s", got, want)
	}
}

// TestSummaryLimit: whatever there is to say, a summary keeps within its limit, shows
// the gravest and counts the rest.
func TestSummaryLimit(t *testing.T) {
	r := report.Build(report.Outcome{})
	for i := range 4000 {
		severity := "warning"
		if i >= 3990 {
			severity = "error"
		}
		r.Findings = append(r.Findings, report.Finding{
			Rule: "r", Severity: severity, Status: "open", File: "a.go", Line: i + 1, Message: strings.Repeat("word ", 100),
		})
		r.Unknown = append(r.Unknown, report.Unknown{Rule: "r", File: "a.go", Line: i, Reason: "a reason"})
		r.NotAnalyzed = append(r.NotAnalyzed, report.NotAnalyzed{File: fmt.Sprint(i), Reason: "a reason"})
		r.Services = append(r.Services, report.Service{Name: fmt.Sprint("s", i)})
	}
	for _, limit := range []int{0, 100, 9_000, 64 << 10, 2 << 20} {
		got := summary(t, r, report.SummaryOptions{Limit: limit})
		most := limit
		if limit == 0 {
			most = report.MaxSummary
		}
		if len(got) > most {
			t.Errorf("%d bytes, the limit is %d", len(got), limit)
		}
		if limit == 100 {
			if got != "" {
				t.Errorf("there is no room, and yet: %s", got)
			}
			continue
		}
		if !strings.Contains(got, "more findings are not shown; the JSON report has them all.") && limit < 1<<20 ||
			!strings.Contains(got, "### 10 errors, 3990 warnings") || strings.Count(got, "</details>") != 2 {
			t.Errorf("with a limit of %d the summary does not say what is missing:\n%.300s", limit, got)
		}
	}
	few := summary(t, r, report.SummaryOptions{Limit: 2 << 20})
	if strings.Index(few, "| error |") > strings.Index(few, "| warning |") {
		t.Error("the gravest findings do not stand first")
	}
}
