package score_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/score"
)

// TestWorkedExample computes the example of docs/score.md from the answers that
// it lists, and compares every figure that it states.
func TestWorkedExample(t *testing.T) {
	data, err := os.ReadFile("../../docs/score.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)

	var results []finding.Result
	rules := map[string]*finding.Rule{}
	told, all := map[string]int{}, map[string]int{}
	for _, row := range table(t, doc, "answers") {
		name, subject, answer := row[0], row[2], row[3]
		severity, err := finding.ParseSeverity(row[1])
		if err != nil {
			t.Fatal(err)
		}
		if rules[name] == nil {
			rules[name] = rule(name, finding.ContainerPackaged, severity)
		}
		var res finding.Result
		switch answer {
		case "holds":
			res = holds(rules[name], subject)
		case "fails":
			res = fails(rules[name], subject)
		case "cannot tell":
			res = untold(rules[name], subject)
		default:
			t.Fatalf("unknown answer %q", answer)
		}
		res.Severity = severity
		results = append(results, res)
		check := name + ", " + row[1]
		all[check]++
		if answer != "cannot tell" {
			told[check]++
		}
	}

	rows := table(t, doc, "checks")
	if len(rows) != len(all) {
		t.Errorf("the doc lists %d checks, the answers make %d", len(rows), len(all))
	}
	for _, row := range rows {
		if row[2] != strconv.Itoa(told[row[0]]) || row[3] != strconv.Itoa(all[row[0]]-told[row[0]]) {
			t.Errorf("check %s has %s told and %s untold in the doc, %d of %d in the answers", row[0], row[2], row[3], told[row[0]], all[row[0]])
		}
	}

	p := first(results...)
	want := [][]string{{"score", points(p)}, {"coverage", fmt.Sprint(p.Coverage)}}
	for _, l := range p.Lost {
		want = append(want, []string{fmt.Sprintf("lost by %s, %s", l.Rule.Name, l.Severity), fmt.Sprint(l.Points)})
	}
	for _, u := range p.Untold {
		want = append(want, []string{fmt.Sprintf("outside: %s, %s", u.Rule.Name, u.Severity), fmt.Sprint(u.Weight)})
	}
	want = append(want, []string{"ready", "no: " + strings.Join(p.NotReady, ", ")})
	if got := table(t, doc, "outcome"); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the doc says\n%q\ncomputed is\n%q", got, want)
	}

	mended := slices.Clone(results)
	i := slices.IndexFunc(mended, func(r finding.Result) bool { return r.Subject == "containerPort 9090" })
	mended[i] = holds(mended[i].Rule, mended[i].Subject)
	after := first(mended...)
	if sentence := fmt.Sprintf("its 12.8 points back: %s,", points(after)); !strings.Contains(doc, sentence) || !after.Ready {
		t.Errorf("the doc does not say %q of the mended service (ready: %v)", sentence, after.Ready)
	}
}

// TestDocumentedWeights compares the weights and thresholds that the doc states.
func TestDocumentedWeights(t *testing.T) {
	data, err := os.ReadFile("../../docs/score.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if row := fmt.Sprintf("| %s | %v |", s, s.Weight()); !strings.Contains(string(data), row) {
			t.Errorf("docs/score.md has no row %q", row)
		}
	}
	if s := fmt.Sprintf("a score of %d or more", score.ReadyScore); !strings.Contains(string(data), s) {
		t.Errorf("docs/score.md does not say %q", s)
	}
}

// table returns the rows, without the head, of the table behind a marker.
func table(t *testing.T, doc, marker string) [][]string {
	t.Helper()
	_, rest, ok := strings.Cut(doc, "<!-- "+marker+" -->\n")
	body, _, end := strings.Cut(rest, "<!-- end -->")
	if !ok || !end {
		t.Fatalf("docs/score.md has no table %q", marker)
	}
	var rows [][]string
	for _, line := range strings.Split(strings.TrimSpace(body), "\n")[2:] {
		var cells []string
		for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(c))
		}
		rows = append(rows, cells)
	}
	return rows
}
