package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// MaxSummary is the size in bytes up to which GitHub takes what one step adds to the
// job summary: "each step is restricted to a maximum size of 1MiB" (GitHub
// documentation, "Workflow commands for GitHub Actions").
const MaxSummary = 1 << 20

// SummaryOptions say what WriteSummary knows beside the report.
type SummaryOptions struct {
	// Dir is the checked directory relative to the root of its repository, with
	// forward slashes; files are named relative to that root. It is "" or "." where
	// they are the same.
	Dir string
	// Limit is how many bytes may be written at most; 0 stands for MaxSummary.
	Limit int
	// Link is the address of a line of a file, by its name relative to the root of
	// the repository; the line is 0 for the whole file. Where it is nil or returns
	// "", places are no links.
	Link func(file string, line int) string
}

// Bounds of a summary.
const (
	summaryReserve = 4 << 10 // bytes kept for what is said of rows that have no room
	summaryRows    = 100     // of what was not seen; the findings are all shown
)

// WriteSummary writes the report as GitHub Flavored Markdown, for a job summary: the
// scores of each service, all open findings with the gravest first, and what was not
// seen. What does not fit into the limit is counted.
func WriteSummary(w io.Writer, r *Report, opts SummaryOptions) error {
	opts.Limit = cmp.Or(opts.Limit, MaxSummary)
	if opts.Limit < 2*summaryReserve {
		return nil // something else has filled the summary
	}
	s := &summaryWriter{report: r, opts: opts}
	s.out.WriteString("## cnready\n\n")
	s.scores()
	s.findings()
	s.aside()
	s.unknown()
	s.notAnalyzed()
	_, err := io.WriteString(w, s.out.String())
	return err
}

type summaryWriter struct {
	report *Report
	opts   SummaryOptions
	out    strings.Builder
	full   bool // a row had no room
}

// table writes the rows of a table, as many as there is room for and no more than
// most, and says how many are missing.
func (s *summaryWriter) table(head []string, rows [][]string, most int, what string) {
	bar := func(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
	s.out.WriteString(bar(head))
	s.out.WriteString("|" + strings.Repeat("---|", len(head)) + "\n")
	for i, row := range rows {
		line := bar(row)
		// Where one row has no room, none below it has: the gravest stand first.
		s.full = s.full || s.out.Len()+len(line) > s.opts.Limit-summaryReserve
		if s.full || i == most {
			fmt.Fprintf(&s.out, "\n%d more %s not shown; the JSON report has them all.\n", len(rows)-i, what)
			break
		}
		s.out.WriteString(line)
	}
	s.out.WriteString("\n")
}

// markdownEscapes keep text of foreign files from being taken for Markdown or HTML,
// and from ending a cell.
var markdownEscapes = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "$", `\$`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;",
)

func markdown(text string) string { return markdownEscapes.Replace(clean(text)) }

// at is a place, with a link where there is one.
func (s *summaryWriter) at(file string, line int) string {
	name, inside := repositoryPath(s.opts.Dir, file)
	text := markdown(place(name, line))
	if s.opts.Link == nil || !inside {
		return text
	}
	if address := s.opts.Link(name, line); address != "" {
		return "[" + text + "](" + address + ")"
	}
	return text
}

func (s *summaryWriter) scores() {
	if len(s.report.Services) == 0 {
		l := s.report.LookedAt
		fmt.Fprintf(&s.out, "No Go service was found in %s, %s and %s.\n\n",
			plural(l.Packages, "package"), plural(l.Dockerfiles, "Dockerfile"), plural(l.Workloads, "workload"))
		return
	}
	head := []string{"service"}
	for _, p := range finding.Properties {
		head = append(head, p.Title())
	}
	var rows [][]string
	for i := range s.report.Services {
		service := &s.report.Services[i]
		row := []string{"**" + markdown(service.Name) + "** " + markdown(service.Dir)}
		for _, p := range properties(service) {
			state := "ready"
			if !p.Ready {
				state = "not ready"
				if len(p.NotReady) > 0 {
					state += ": " + markdown(strings.Join(p.NotReady, ", "))
				}
			}
			row = append(row, fmt.Sprintf("**%s** %s (%d%% judged)", number(p.Score), state, int(p.Coverage*100+0.5)))
		}
		rows = append(rows, row)
	}
	s.table(head, rows, len(rows), "services are")
}

func (s *summaryWriter) findings() {
	t := &textWriter{report: s.report, shown: map[string]*shown{}}
	t.collect()
	count := map[string]int{}
	several := len(s.report.Services) > 1
	head := []string{"severity", "rule", "place", "finding"}
	if several {
		head = append(head, "service")
	}
	var rows [][]string
	for _, f := range t.open { // by severity and place
		count[f.Severity]++
		var b strings.Builder
		b.WriteString(markdown(f.Message))
		for _, rel := range f.Related {
			b.WriteString("<br>")
			if rel.File != "" {
				b.WriteString(s.at(rel.File, rel.Line) + ": ")
			}
			b.WriteString(markdown(rel.Message))
		}
		rule := markdown(f.Rule)
		if f.URL != "" {
			rule = "[" + rule + "](" + f.URL + ")"
		}
		row := []string{f.Severity, rule, s.at(f.File, f.Line), b.String()}
		if several {
			services := slices.DeleteFunc(slices.Clone(f.services), func(name string) bool { return name == "" })
			row = append(row, markdown(strings.Join(services, ", ")))
		}
		rows = append(rows, row)
	}
	fmt.Fprintf(&s.out, "### %s\n\n", capitalized(findingCount(count)))
	if len(rows) > 0 {
		s.table(head, rows, len(rows), "findings are")
	}
}

// aside counts the findings that do not count, and why.
func (s *summaryWriter) aside() {
	count := map[string]int{}
	for _, f := range grouped(s.report) {
		count[f.Status]++
	}
	var parts []string
	for _, one := range []struct {
		status finding.Status
		words  string
	}{
		{finding.Cleared, "cleared by another file"},
		{finding.Suppressed, "suppressed by a comment"},
		{finding.Baseline, "in the baseline"},
	} {
		if n := count[string(one.status)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, one.words))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(&s.out, "Beside these, %s.\n\n", strings.Join(parts, ", "))
	}
}

func (s *summaryWriter) unknown() {
	if len(s.report.Unknown) == 0 {
		return
	}
	s.open(fmt.Sprintf("%d could not be told", len(s.report.Unknown)), "Neither good nor bad, and in no score.")
	var rows [][]string
	for _, u := range s.report.Unknown {
		rows = append(rows, []string{markdown(u.Rule), markdown(u.Service), s.at(u.File, u.Line), markdown(u.Reason)})
	}
	s.table([]string{"rule", "service", "place", "what was missing"}, rows, summaryRows, "are")
	s.out.WriteString("</details>\n\n")
}

func (s *summaryWriter) notAnalyzed() {
	if len(s.report.NotAnalyzed) == 0 {
		return
	}
	s.open(fmt.Sprintf("%d not analyzed", len(s.report.NotAnalyzed)), "Files and packages that were not read, or only in part.")
	var rows [][]string
	for _, n := range s.report.NotAnalyzed {
		rows = append(rows, []string{markdown(n.File), markdown(n.Reason)})
	}
	s.table([]string{"file or package", "why"}, rows, summaryRows, "are")
	s.out.WriteString("</details>\n\n")
}

// open begins a part that is folded up until a reader opens it.
func (s *summaryWriter) open(title, text string) {
	fmt.Fprintf(&s.out, "<details><summary>%s</summary>\n\n%s\n\n", title, text)
}
