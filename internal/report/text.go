package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/fatih/color"

	"github.com/cnready/cnready/internal/finding"
)

// Widths of the text report.
const (
	defaultWidth = 100
	minWidth     = 40
)

// TextOptions say how the text report looks.
type TextOptions struct {
	// Color puts ANSI colours in.
	Color bool
	// Width is that of the terminal in columns; 0 stands for 100.
	Width int
	// ExplainScore shows which finding lost which point.
	ExplainScore bool
	// Source returns the bytes of a file by the path that findings give. Where
	// it is nil or fails, source lines are left out.
	Source func(file string) ([]byte, error)
}

// WriteText writes the report for people: each service with its scores and
// findings, then what belongs to none, what could not be told, and the counts.
// A finding that stands word for word for several services is written once.
func WriteText(w io.Writer, r *Report, opts TextOptions) error {
	t := &textWriter{
		report: r, opts: opts, width: max(cmp.Or(opts.Width, defaultWidth), minWidth),
		src: newSources(opts.Source), paint: newPalette(opts.Color), shown: map[string]*shown{},
	}
	t.collect()
	for i := range r.Services {
		t.service(&r.Services[i])
	}
	t.loose()
	t.unknown()
	t.notAnalyzed()
	t.mains()
	t.summary()
	_, err := w.Write(t.out.Bytes())
	return err
}

// A palette colours text, or leaves it as it is.
type palette struct {
	red, yellow, blue, green, bold, dim func(string) string
}

func newPalette(on bool) palette {
	style := func(attributes ...color.Attribute) func(string) string {
		c := color.New(attributes...)
		// The caller decides, not the library's look at the terminal.
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return func(s string) string { return c.Sprint(s) }
	}
	return palette{
		red: style(color.FgRed, color.Bold), yellow: style(color.FgYellow, color.Bold),
		blue: style(color.FgCyan, color.Bold), green: style(color.FgGreen, color.Bold),
		bold: style(color.Bold), dim: style(color.Faint),
	}
}

func (p palette) severity(s string) func(string) string {
	switch s {
	case finding.Error.String():
		return p.red
	case finding.Warning.String():
		return p.yellow
	}
	return p.blue
}

// shown is one finding as it is printed: once, for all that it stands for.
type shown struct {
	*Finding
	// services that it stands for, in report order; "" is none of the directory.
	services []string
	// workloads that it stands for.
	workloads []string
}

type textWriter struct {
	report *Report
	opts   TextOptions
	width  int
	src    *sources
	paint  palette
	out    bytes.Buffer

	open  []*shown            // open findings by severity and place
	shown map[string]*shown   // findings of any status by spot
	byID  map[string]*Finding // all findings
}

// spot is the same for findings that say the same of the same place.
func spot(f *Finding) string {
	return contentOf([]any{f.Rule, f.Severity, f.Status, f.File, f.Line, f.Column, f.EndLine, f.EndColumn, f.Message, f.Related})
}

// collect groups the findings by what is printed once.
func (t *textWriter) collect() {
	order := map[string]int{"": len(t.report.Services)}
	for i, s := range t.report.Services {
		order[s.Name] = i
	}
	t.byID = map[string]*Finding{}
	for i := range t.report.Findings {
		f := &t.report.Findings[i]
		t.byID[f.ID] = f
		key := spot(f)
		s := t.shown[key]
		if s == nil {
			s = &shown{Finding: f}
			t.shown[key] = s
			if f.Status == string(finding.Open) {
				t.open = append(t.open, s)
			}
		}
		if !slices.Contains(s.services, f.Service) {
			s.services = append(s.services, f.Service)
		}
		if f.Workload != "" && !slices.Contains(s.workloads, f.Workload) {
			s.workloads = append(s.workloads, f.Workload)
		}
	}
	for _, s := range t.shown {
		slices.SortStableFunc(s.services, func(a, b string) int { return cmp.Compare(order[a], order[b]) })
		slices.Sort(s.workloads)
	}
	slices.SortStableFunc(t.open, func(a, b *shown) int { return compareSeverity(a.Severity, b.Severity) })
}

// line writes one line.
func (t *textWriter) line(s string) {
	t.out.WriteString(strings.TrimRight(s, " "))
	t.out.WriteByte('\n')
}

// hang writes head, and text behind it, wrapped and indented to where it began.
// headWidth is that of head without its colours.
func (t *textWriter) hang(head string, headWidth int, text string, style func(string) string) {
	for i, l := range wrap(text, max(t.width-headWidth, minWidth/2)) {
		if style != nil {
			l = style(l)
		}
		if i > 0 {
			head = strings.Repeat(" ", headWidth)
		}
		t.line(head + l)
	}
}

func (t *textWriter) service(s *Service) {
	t.line(t.paint.bold(clean(s.Name)) + "  " + t.paint.dim(clean(s.Dir)))
	t.origin(s)
	t.line("")
	t.scores(s)
	if t.opts.ExplainScore {
		t.line("")
		t.explain(s)
	}
	t.findings(s.Name)
	t.line("")
}

// origin says what the service is built into and what runs it.
func (t *textWriter) origin(s *Service) {
	const label, none = "  %-11s", "none found"
	row := func(name, text string) {
		head := fmt.Sprintf(label, name)
		t.hang(t.paint.dim(head), len(head), text, nil)
	}
	switch {
	case s.Image != nil && s.Image.Stage != "":
		row("image", because(s.Image.File+", stage "+s.Image.Stage, s.Image.Reason))
	case s.Image != nil:
		row("image", because(s.Image.File, s.Image.Reason))
	case s.Packaging != nil:
		row("image", because(fmt.Sprintf("built by %s, %s", s.Packaging.Kind, place(s.Packaging.File, s.Packaging.Line)), s.Packaging.Reason))
	default:
		row("image", none)
	}
	if len(s.Workloads) == 0 {
		row("workloads", none)
	}
	const most = 8
	for i, w := range s.Workloads {
		name := ""
		if i == 0 {
			name = "workloads"
		}
		if i == most {
			row(name, fmt.Sprintf("and %d more", len(s.Workloads)-most))
			break
		}
		row(name, because(fmt.Sprintf("%s %s %s, %s", w.Platform, w.Kind, w.Name, place(w.File, w.Line)), w.Reason))
	}
}

// because is what with its reason in parentheses.
func because(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + " (" + reason + ")"
}

func place(file string, line int) string {
	return finding.Position{File: file, Line: line}.String()
}

func spanOf(f *Finding) finding.Position {
	return finding.Position{File: f.File, Line: f.Line, Column: f.Column, EndLine: f.EndLine, EndColumn: f.EndColumn}
}

type titled struct {
	title string
	*Property
}

func properties(s *Service) []titled {
	return []titled{
		{finding.ContainerPackaged.Title(), &s.Properties.ContainerPackaged},
		{finding.DynamicallyManaged.Title(), &s.Properties.DynamicallyManaged},
		{finding.MicroservicesOriented.Title(), &s.Properties.MicroservicesOriented},
	}
}

func number(score *float64) string {
	if score == nil {
		return "-"
	}
	return strconv.FormatFloat(*score, 'f', 1, 64)
}

func (t *textWriter) scores(s *Service) {
	t.line(t.paint.dim(fmt.Sprintf("  %-22s  %5s  %6s", "", "score", "judged")))
	for _, p := range properties(s) {
		style, state := t.paint.green, "ready"
		if !p.Ready {
			style, state = t.paint.yellow, "not ready"
			if len(p.NotReady) > 0 {
				state += ": " + strings.Join(p.NotReady, ", ")
			}
		}
		const headWidth = 2 + 22 + 2 + 5 + 2 + 6 + 2
		head := fmt.Sprintf("  %-22s  %s  %5d%%  ", p.title, style(fmt.Sprintf("%5s", number(p.Score))), int(p.Coverage*100+0.5))
		t.hang(head, headWidth, state, nil)
	}
}

// explain shows, for each score, who lost its points and what is outside it.
func (t *textWriter) explain(s *Service) {
	t.line(t.paint.bold("  how the scores came about"))
	for _, p := range properties(s) {
		switch {
		case p.Score == nil:
			t.line(fmt.Sprintf("    %s: no score, nothing could be judged", p.title))
		case len(p.Lost) == 0:
			t.line(fmt.Sprintf("    %s: %s, nothing was lost", p.title, number(p.Score)))
		default:
			t.line(fmt.Sprintf("    %s: %s", p.title, number(p.Score)))
		}
		longest := 0
		for _, l := range p.Lost {
			longest = max(longest, len(l.Severity+" "+l.Rule))
		}
		for _, l := range p.Lost {
			points := fmt.Sprintf("      %6s  ", "-"+number(&l.Points))
			check := t.paint.severity(l.Severity)(l.Severity) + " " + l.Rule +
				strings.Repeat(" ", longest-len(l.Severity+" "+l.Rule)+2)
			if len(l.Findings) == 0 {
				t.line(points + check)
			}
			for i, id := range l.Findings {
				head := points + check
				if i > 0 {
					head = strings.Repeat(" ", len(points)+longest+2)
				}
				if f := t.byID[id]; f != nil {
					head += clean(spanOf(f).String()) + "  "
				}
				t.line(head + t.paint.dim(id))
			}
		}
		for _, o := range p.Outside {
			var why []string
			if n := o.Subjects - o.Baseline; n > 0 {
				why = append(why, fmt.Sprintf("%d of %d could not be told", n, o.Of))
			}
			if o.Baseline > 0 {
				why = append(why, fmt.Sprintf("%d of %d in the baseline", o.Baseline, o.Of))
			}
			t.hang("      ", 6, fmt.Sprintf("outside: %s %s, weight %s (%s)", o.Severity, o.Rule,
				strconv.FormatFloat(o.Weight, 'f', -1, 64), strings.Join(why, ", ")), t.paint.dim)
		}
	}
}

// findings writes those of one service, or of none with the name "".
func (t *textWriter) findings(service string) {
	var elsewhere []*shown
	printed := false
	for _, f := range t.open {
		switch {
		case f.Property == "":
		case f.services[0] == service:
			t.line("")
			t.finding(f)
			printed = true
		case slices.Contains(f.services, service):
			elsewhere = append(elsewhere, f)
		}
	}
	if !printed && len(elsewhere) == 0 {
		t.line("")
		t.line("  no findings")
	}
	// What counts here too and is written elsewhere: one line for each service.
	for _, first := range t.report.Services {
		var list []string
		for _, f := range elsewhere {
			if f.services[0] == first.Name {
				list = append(list, fmt.Sprintf("%s %s %s", f.Severity, f.Rule, spanOf(f.Finding)))
			}
		}
		if len(list) > 0 {
			t.line("")
			t.hang("  ", 2, fmt.Sprintf("shown under %s: %s", first.Name, strings.Join(list, "; ")), nil)
		}
	}
	for i, q := range t.quiet(service) {
		if i == 0 {
			t.line("")
		}
		t.hang("  ", 2, q, t.paint.dim)
	}
}

// quiet has a line for each finding that does not count.
func (t *textWriter) quiet(service string) []string {
	var lines []string
	baseline := 0
	for i := range t.report.Findings {
		f := &t.report.Findings[i]
		if f.Service != service {
			continue
		}
		by := f.ClearedBy
		switch f.Status {
		case string(finding.Open):
			continue
		case string(finding.Baseline):
			baseline++
			continue
		case string(finding.Suppressed):
			by = f.Suppression
		}
		l := fmt.Sprintf("%s %s %s", f.Status, f.Rule, spanOf(f))
		if by != nil {
			if by.File != "" {
				l += " by " + place(by.File, by.Line)
			}
			if by.Reason != "" {
				l += ": " + by.Reason
			}
		}
		if !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	switch {
	case baseline == 1:
		lines = append(lines, "1 finding is in the baseline")
	case baseline > 1:
		lines = append(lines, fmt.Sprintf("%d findings are in the baseline", baseline))
	}
	return lines
}

// maxRelated is how many related places of one finding are written.
const maxRelated = 8

// finding writes one finding with its evidence.
func (t *textWriter) finding(f *shown) {
	style := t.paint.severity(f.Severity)
	t.line(fmt.Sprintf("  %s %s  %s", style(f.Severity), t.paint.bold(f.Rule), clean(spanOf(f.Finding).String())))
	t.hang("    ", 4, f.Message, nil)

	gutter := len(strconv.Itoa(f.Line))
	for _, r := range f.Related {
		gutter = max(gutter, len(strconv.Itoa(r.Line)))
	}
	last := spanOf(f.Finding)
	t.source(last, gutter, style)
	for i, r := range f.Related {
		if i == maxRelated {
			t.hang("    ", 4, fmt.Sprintf("and %d more places", len(f.Related)-maxRelated), t.paint.dim)
			break
		}
		at := finding.Position{File: r.File, Line: r.Line, Column: r.Column, EndLine: r.EndLine, EndColumn: r.EndColumn}
		text := r.Message
		if at.IsValid() {
			text = at.String()
			if r.Message != "" {
				text += ": " + r.Message
			}
		}
		t.hang("    "+t.paint.dim("see "), 8, text, nil)
		if at != last {
			t.source(at, gutter, t.paint.blue)
		}
		last = at
	}
	if len(f.services) > 1 {
		var also []string
		for _, s := range f.services[1:] {
			also = append(also, cmp.Or(s, "workloads that run no service here"))
		}
		t.hang("    ", 4, "also for "+strings.Join(also, ", "), t.paint.dim)
	}
	if len(f.workloads) > 1 {
		t.hang("    ", 4, "for the workloads "+strings.Join(f.workloads, ", "), t.paint.dim)
	}
	if len(f.Variants) > 0 {
		t.hang("    ", 4, "in "+strings.Join(f.Variants, ", "), t.paint.dim)
	}
	for _, fix := range f.Fixes {
		t.hang("    "+t.paint.green("fix: "), 9, fix.Message, nil)
	}
}

// source writes the line of a position with marks under its columns.
func (t *textWriter) source(at finding.Position, gutter int, style func(string) string) {
	line := t.src.line(at.File, at.Line)
	if strings.TrimSpace(line) == "" {
		return
	}
	end := at.EndColumn
	switch {
	case at.EndLine > at.Line:
		end = len(line) + 1
	case at.EndLine < at.Line:
		end = 0 // only the start is known
	}
	const indent = 6
	text, marks := excerpt(line, at.Column, end, t.width-indent-gutter-len(" | "))
	t.line(fmt.Sprintf("%*s%s %s", indent, "", t.paint.dim(fmt.Sprintf("%*d |", gutter, at.Line)), text))
	if marks != "" {
		body := strings.TrimLeft(marks, " ")
		t.line(fmt.Sprintf("%*s%s %s%s", indent, "", t.paint.dim(fmt.Sprintf("%*s |", gutter, "")),
			marks[:len(marks)-len(body)], style(body)))
	}
}

// loose writes the findings on workloads that run no service of the directory,
// and those that are part of no score, which are about comments.
func (t *textWriter) loose() {
	if slices.ContainsFunc(t.report.Findings, func(f Finding) bool { return f.Service == "" && f.Property != "" }) {
		t.line(t.paint.bold("workloads that run no service of this directory"))
		t.findings("")
		t.line("")
	}
	title := t.paint.bold("comments that suppress findings")
	for _, f := range t.open {
		if f.Property != "" {
			continue
		}
		if title != "" {
			t.line(title)
			title = ""
		}
		t.line("")
		t.finding(f)
	}
	if title == "" {
		t.line("")
	}
}

// few joins the first items, and says how many more there are.
func few(items []string, most int) string {
	if len(items) <= most+1 { // "and 1 more" is no shorter than the one
		return strings.Join(items, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), len(items)-most)
}

// unknown sums up what could not be told, by rule and reason.
func (t *textWriter) unknown() {
	type group struct {
		rule, reason string
		places       []string
		joined       bool // said together with other rules
	}
	byKey := map[[2]string]*group{}
	var groups []*group
	longest, count := 0, 0
	for _, u := range t.report.Unknown {
		key := [2]string{u.Rule, u.Reason}
		g := byKey[key]
		if g == nil {
			g = &group{rule: u.Rule, reason: u.Reason}
			byKey[key] = g
			groups = append(groups, g)
		}
		at := cmp.Or(place(u.File, u.Line), u.Service)
		if at != "" && !slices.Contains(g.places, at) {
			g.places = append(g.places, at)
			count++
		}
	}
	if len(groups) == 0 {
		return
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(strings.Compare(a.rule, b.rule), cmp.Compare(len(b.places), len(a.places)), strings.Compare(a.reason, b.reason))
	})
	t.line(t.paint.bold("could not tell") + t.paint.dim(" (neither good nor bad, and not in the scores)"))
	say := func(g *group) string {
		text := g.reason
		if len(g.places) > 1 {
			text += fmt.Sprintf(" (%d times)", len(g.places))
		}
		if len(g.places) > 0 {
			text += ": " + few(g.places, 3)
		}
		return text
	}
	// Where one thing is missing, no manifest for instance, many rules say so.
	together := map[string][]string{}
	for _, g := range groups {
		together[say(g)] = append(together[say(g)], g.rule)
	}
	for _, g := range groups {
		if rules := together[say(g)]; len(rules) > 2 {
			g.joined = true
			if rules[0] == g.rule {
				t.hang("  ", 2, strings.Join(rules, ", ")+": "+say(g), nil)
			}
		}
	}
	groups = slices.DeleteFunc(groups, func(g *group) bool { return g.joined })
	for _, g := range groups {
		longest = max(longest, len(g.rule))
	}
	const most = 5 // reasons of one rule
	for i := 0; i < len(groups); {
		end := i
		for end < len(groups) && groups[end].rule == groups[i].rule {
			end++
		}
		for n, g := range groups[i:end] {
			head := fmt.Sprintf("  %-*s  ", longest, g.rule)
			if n > 0 {
				head = strings.Repeat(" ", len(head))
			}
			if n == most {
				t.hang(head, len(head), fmt.Sprintf("and for %d more reasons", end-i-most), t.paint.dim)
				break
			}
			t.hang(head, len(head), say(g), nil)
		}
		i = end
	}
	t.line("")
}

// notAnalyzed lists what was not read, by reason where that is shorter.
func (t *textWriter) notAnalyzed() {
	if len(t.report.NotAnalyzed) == 0 {
		return
	}
	t.line(t.paint.bold("not analyzed"))
	files := map[string][]string{}
	for _, n := range t.report.NotAnalyzed {
		files[n.Reason] = append(files[n.Reason], n.File)
	}
	done := map[string]bool{}
	for _, n := range t.report.NotAnalyzed {
		if done[n.Reason] {
			continue
		}
		list := files[n.Reason]
		if len(list) <= 3 {
			t.hang("  ", 2, n.File+": "+n.Reason, nil)
			continue
		}
		done[n.Reason] = true
		t.hang("  ", 2, fmt.Sprintf("%s: %s", few(list, 3), n.Reason), nil)
	}
	t.line("")
}

// mains names the main packages that are no services.
func (t *textWriter) mains() {
	if len(t.report.Mains) == 0 {
		return
	}
	var list []string
	for _, m := range t.report.Mains {
		list = append(list, because(cmp.Or(m.Dir, m.Name), m.Reason))
	}
	t.hang(t.paint.dim("no services: "), 13, few(list, 10), t.paint.dim)
	t.line("")
}

// summary writes the last line, the counts of what was written.
func (t *textWriter) summary() {
	r := t.report
	head := plural(len(r.Services), "service") + ": "
	if len(r.Services) == 0 {
		t.line(t.paint.bold("No Go service was found."))
		t.hang("", 0, t.lookedAt(), nil)
		if len(r.Findings) == 0 {
			return
		}
		head = ""
	}
	count := map[string]int{}
	for _, f := range t.open {
		count[f.Severity]++
	}
	var parts []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if n := count[s.String()]; n > 0 {
			parts = append(parts, t.paint.severity(s.String())(plural(n, s.String())))
		}
	}
	if len(parts) == 0 {
		parts = []string{"no findings"}
	}
	status := map[string]int{}
	for _, f := range t.shown {
		status[f.Status]++
	}
	tail := ""
	var aside []string
	for _, s := range []struct{ status, words string }{
		{string(finding.Cleared), "cleared"}, {string(finding.Suppressed), "suppressed"}, {string(finding.Baseline), "in the baseline"},
	} {
		if n := status[s.status]; n > 0 {
			aside = append(aside, fmt.Sprintf("%d %s", n, s.words))
		}
	}
	if len(aside) > 0 {
		tail = t.paint.dim("; " + strings.Join(aside, ", "))
	}
	t.line(head + strings.Join(parts, ", ") + tail)
}

// lookedAt says what was looked at where no service was found.
func (t *textWriter) lookedAt() string {
	l := t.report.LookedAt
	if l == (LookedAt{}) && len(t.report.Mains) == 0 {
		return "There is no Go package, Dockerfile or manifest here that could be read."
	}
	mains := ""
	switch n := len(t.report.Mains); {
	case n == 1:
		mains = " (one main package, which is no service)"
	case n > 1:
		mains = fmt.Sprintf(" (%d main packages, none of which is a service)", n)
	}
	return fmt.Sprintf("Looked at %s%s, %s and %s.", plural(l.Packages, "Go package"), mains,
		plural(l.Dockerfiles, "Dockerfile"), plural(l.Workloads, "workload"))
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}
