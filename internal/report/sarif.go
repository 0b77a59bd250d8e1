package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/cnready/cnready/internal/finding"
)

// SARIFOptions say what WriteSARIF knows beside the report.
type SARIFOptions struct {
	// Dir is the checked directory relative to the root of its repository, with
	// forward slashes; files are named relative to that root, for so does GitHub.
	// It is "" or "." where they are the same.
	Dir string
	// Rules are all rules, sorted by name. They are listed whether or not they
	// found something.
	Rules []RuleHelp
	// All writes cleared, suppressed and baseline findings too. Code scanning on
	// GitHub shows them as if they were open, since it looks neither at the kind of
	// a result nor at its suppressions (GitHub documentation, "SARIF support for
	// code scanning", supported properties).
	All bool
	// Source returns the bytes of a file by the path that findings give. It turns
	// columns in bytes into columns in UTF-16 code units; where it is nil or fails,
	// places have no columns and fixes are left out.
	Source func(file string) ([]byte, error)
}

// RuleHelp is a rule with its page.
type RuleHelp struct {
	*finding.Rule
	HelpText     string // for a viewer that shows plain text
	HelpMarkdown string // GitHub Flavored Markdown without HTML
}

// Limits of code scanning (GitHub documentation, "SARIF support for code scanning"
// and "SARIF results exceed one or more limits"), as of 2026-06. A file with more
// results is rejected, and longer texts and lists are cut.
const (
	maxSARIFResults   = 25_000
	maxSARIFLocations = 100
	maxSARIFText      = 1024 // of a rule's descriptions, in characters
)

// Kinds of notifications, by their index among the driver's.
const (
	noteNotAnalyzed = iota
	noteCannotTell
	noteLeftOut
)

var sarifNotifications = []sarifDescriptor{
	noteNotAnalyzed: {ID: "not-analyzed", ShortDescription: &sarifText{Text: "A file or package was not read, or only in part."}},
	noteCannotTell:  {ID: "cannot-tell", ShortDescription: &sarifText{Text: "A rule could not tell whether something holds. It is in no score."}},
	noteLeftOut:     {ID: "left-out", ShortDescription: &sarifText{Text: "There are more findings than the file may have."}},
}

// WriteSARIF writes the report as a SARIF 2.1.0 log with one run. A finding that
// stands word for word for several services or workloads is one result. The same
// report gives the same bytes.
func WriteSARIF(w io.Writer, r *Report, opts SARIFOptions) error {
	s := &sarifWriter{
		report: r, opts: opts, at: locator{dir: opts.Dir, src: newSources(opts.Source)},
		descriptors: []sarifDescriptor{}, rules: map[string]int{},
	}
	for _, h := range opts.Rules {
		s.addRule(describe(h))
	}
	results := s.results()
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: r.Tool.Name, Version: r.Tool.Version, InformationURI: "https://github.com/cnready/cnready",
			Notifications: sarifNotifications,
		}},
		OriginalURIBaseIDs: map[string]sarifArtifactLocation{
			srcRoot: {Description: &sarifText{Text: "The root of the repository, or the checked directory where that is in none."}},
		},
		ColumnKind:  "utf16CodeUnits",
		Results:     results,
		Invocations: []sarifInvocation{{ExecutionSuccessful: true, ToolExecutionNotifications: s.notifications()}},
		Properties:  sarifRunProperties{Services: sarifServices(r)},
	}
	if v := r.Tool.Version; semver.IsValid(v) && strings.Count(v, ".") >= 2 {
		run.Tool.Driver.SemanticVersion = strings.TrimPrefix(v, "v")
	}
	run.Tool.Driver.Rules = s.descriptors // results may have added to them
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: sarifVersion, Runs: []sarifRun{run}})
}

type sarifWriter struct {
	report      *Report
	opts        SARIFOptions
	at          locator
	descriptors []sarifDescriptor
	rules       map[string]int // indexes of descriptors by name
	leftOut     int            // findings that are too many
}

func (s *sarifWriter) addRule(d sarifDescriptor) int {
	s.rules[d.ID] = len(s.descriptors)
	s.descriptors = append(s.descriptors, d)
	return s.rules[d.ID]
}

// describe makes a rule's descriptor. GitHub wants none of its texts to be empty.
func describe(h RuleHelp) sarifDescriptor {
	summary := sentence(cmp.Or(h.Summary(), h.Name))
	full := summary
	if first := firstParagraph(h.HelpText); first != "" {
		full += " " + first
	}
	d := sarifDescriptor{
		ID:                   h.Name,
		ShortDescription:     &sarifText{Text: cut(summary, maxSARIFText)},
		FullDescription:      &sarifText{Text: cut(full, maxSARIFText)},
		Help:                 &sarifText{Text: cmp.Or(h.HelpText, summary), Markdown: h.HelpMarkdown},
		HelpURI:              h.URL(),
		DefaultConfiguration: &sarifConfiguration{Level: h.Severity.String()},
		Properties: &sarifRuleProperties{
			Tags: []string{"cloud-native"}, ProblemSeverity: h.Severity.String(), Property: string(h.Property),
		},
	}
	if h.Severity == finding.Note {
		d.Properties.ProblemSeverity = "recommendation"
	}
	if title := h.Property.Title(); title != "" {
		d.Properties.Tags = append(d.Properties.Tags, strings.ReplaceAll(title, " ", "-"))
	}
	return d
}

// sentence is a phrase as one.
func sentence(phrase string) string {
	phrase = strings.TrimSuffix(strings.TrimSpace(phrase), ".")
	if phrase == "" {
		return ""
	}
	return capitalized(phrase) + "."
}

// firstParagraph is that of a text, on one line.
func firstParagraph(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// cut shortens a text to a number of UTF-16 code units, at the end of a word.
func cut(text string, most int) string {
	if utf16Length(text) <= most {
		return text
	}
	const dots = "..."
	room := most - len(dots)
	for i, r := range text {
		if room -= utf16Length(string(r)); room < 0 {
			text = text[:i]
			break
		}
	}
	if i := strings.LastIndexByte(text, ' '); i > len(text)/2 {
		text = text[:i]
	}
	return text + dots
}

// grouped are the findings of a report in its order, each once for all that it
// stands for.
func grouped(r *Report) []*shown {
	t := &textWriter{report: r, shown: map[string]*shown{}}
	t.collect()
	var all []*shown
	for i := range r.Findings {
		if s := t.shown[spot(&r.Findings[i])]; s.Finding == &r.Findings[i] {
			all = append(all, s)
		}
	}
	return all
}

func (s *sarifWriter) results() []sarifResult {
	all := grouped(s.report)
	if !s.opts.All {
		all = slices.DeleteFunc(all, func(f *shown) bool { return f.Status != string(finding.Open) })
	}
	if len(all) > maxSARIFResults {
		s.leftOut = len(all) - maxSARIFResults
		// The gravest stay.
		slices.SortStableFunc(all, func(a, b *shown) int { return compareSeverity(a.Severity, b.Severity) })
		all = all[:maxSARIFResults]
		slices.SortStableFunc(all, func(a, b *shown) int { return compareFindings(a.Finding, b.Finding) })
	}
	out := make([]sarifResult, 0, len(all))
	for _, f := range all {
		out = append(out, s.result(f))
	}
	return out
}

func (s *sarifWriter) result(f *shown) sarifResult {
	index, ok := s.rules[f.Rule]
	if !ok { // one that a user wrote
		index = s.addRule(describeUnknown(f.Finding))
	}
	r := sarifResult{
		RuleID: f.Rule, RuleIndex: index, Level: f.Severity,
		Locations:           []sarifLocation{},
		PartialFingerprints: map[string]string{"cnreadyFinding/v1": f.ID},
		Properties:          sarifResultProperties{Workloads: f.workloads, Status: f.Status},
	}
	for _, name := range f.services {
		if name != "" {
			r.Properties.Services = append(r.Properties.Services, name)
		}
	}
	if f.File != "" {
		at := spanOf(f.Finding)
		at.Line = max(at.Line, 1) // GitHub shows only what has a line
		r.Locations = append(r.Locations, s.at.location(at))
	}

	related := slices.Clone(f.Related)
	if f.ClearedBy != nil {
		related = append(related, Related{File: f.ClearedBy.File, Line: f.ClearedBy.Line, Message: "met by this: " + f.ClearedBy.Reason})
	}
	r.Message.Text = plainMessage(f.Message)
	for _, rel := range related {
		if len(r.RelatedLocations) == maxSARIFLocations {
			break
		}
		if rel.File == "" {
			r.Message.Text += "\n" + plainMessage(rel.Message)
			continue
		}
		id := len(r.RelatedLocations) + 1
		l := s.at.location(positionOf(rel))
		l.ID, l.Message = &id, &sarifText{Text: plainMessage(rel.Message)}
		r.RelatedLocations = append(r.RelatedLocations, l)
		// Only where the message links to them does GitHub show related locations.
		r.Message.Text += fmt.Sprintf("\n[%s](%d): %s", linkText(place(rel.File, rel.Line)), id, plainMessage(rel.Message))
	}
	for _, fix := range f.Fixes {
		if converted, ok := s.fix(fix); ok {
			r.Fixes = append(r.Fixes, converted)
		}
	}
	if s.opts.All {
		s.judged(&r, f.Finding)
	}
	return r
}

// judged says in SARIF's words why a finding does not count. All results of a run
// have a list of suppressions, or none has (section 3.27.23).
func (s *sarifWriter) judged(r *sarifResult, f *Finding) {
	r.Suppressions = []sarifSuppression{}
	switch finding.Status(f.Status) {
	case finding.Cleared:
		// It was looked at, and is right as the deployment has it.
		r.Kind, r.Level = "pass", "none"
	case finding.Suppressed:
		sup := sarifSuppression{Kind: "inSource", Status: "accepted"}
		if b := f.Suppression; b != nil {
			sup.Justification = b.Reason
			if b.File != "" {
				l := s.at.location(finding.Position{File: b.File, Line: b.Line})
				sup.Location = &l
			}
		}
		r.Suppressions = append(r.Suppressions, sup)
	case finding.Baseline:
		r.Suppressions = append(r.Suppressions, sarifSuppression{
			Kind: "external", Status: "accepted", Justification: "It was there before the baseline was taken.",
		})
	}
}

// describeUnknown makes a descriptor of what a finding says of its rule.
func describeUnknown(f *Finding) sarifDescriptor {
	severity, _ := finding.ParseSeverity(f.Severity)
	d := describe(RuleHelp{Rule: &finding.Rule{Name: f.Rule, Property: finding.Property(f.Property), Severity: severity}})
	d.HelpURI = f.URL
	return d
}

// plainMessage is a text as a plain text message: what looks like a link in it is
// none (section 3.11.6). Braces are left as they are, for viewers that know nothing
// of placeholders show them so, and those that do look for arguments first.
func plainMessage(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// linkText escapes what ends the text of a link.
func linkText(text string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(text)
}

// fix converts the edits of a fix. ok is false where one of them cannot be placed:
// half a fix is none.
func (s *sarifWriter) fix(f Fix) (out sarifFix, ok bool) {
	out.Description.Text = plainMessage(f.Message)
	for _, e := range f.Edits {
		region, ok := s.at.stretch(e)
		if !ok {
			return out, false
		}
		replacement := sarifReplacement{DeletedRegion: region}
		if e.NewText != "" {
			replacement.InsertedContent = &sarifText{Text: e.NewText}
		}
		file := s.at.artifact(e.File)
		i := slices.IndexFunc(out.ArtifactChanges, func(c sarifArtifactChange) bool { return c.ArtifactLocation == file })
		if i < 0 {
			i = len(out.ArtifactChanges)
			out.ArtifactChanges = append(out.ArtifactChanges, sarifArtifactChange{ArtifactLocation: file})
		}
		change := &out.ArtifactChanges[i]
		change.Replacements = append(change.Replacements, replacement)
	}
	return out, len(out.ArtifactChanges) > 0
}

// notifications are what was not analyzed, and what could not be told.
func (s *sarifWriter) notifications() []sarifNotification {
	list := []sarifNotification{}
	add := func(kind int, level, text string) *sarifNotification {
		list = append(list, sarifNotification{
			Descriptor: sarifReference{ID: sarifNotifications[kind].ID, Index: kind},
			Level:      level, Message: sarifText{Text: plainMessage(text)},
		})
		return &list[len(list)-1]
	}
	if s.leftOut > 0 {
		add(noteLeftOut, "warning", fmt.Sprintf("%d findings of lesser severity are left out: code scanning takes %d.", s.leftOut, maxSARIFResults))
	}
	for _, n := range s.report.NotAnalyzed {
		note := add(noteNotAnalyzed, "warning", because(n.File+" was not analyzed, or only in part", n.Reason))
		if s.isFile(n.File) { // it may name a folder or a package
			note.Locations = []sarifLocation{s.at.location(finding.Position{File: n.File})}
		}
	}
	for _, u := range s.report.Unknown {
		text := "It could not be told whether " + u.Rule + " holds"
		if u.Service != "" {
			text += " for " + u.Service
		}
		note := add(noteCannotTell, "note", text+": "+u.Reason)
		if u.File != "" {
			note.Locations = []sarifLocation{s.at.location(finding.Position{File: u.File, Line: u.Line})}
		}
		if i, ok := s.rules[u.Rule]; ok {
			note.AssociatedRule = &sarifReference{ID: u.Rule, Index: i}
		}
	}
	return list
}

func sarifServices(r *Report) []sarifService {
	list := []sarifService{}
	for i := range r.Services {
		s := &r.Services[i]
		out := sarifService{Name: s.Name, Dir: s.Dir, Scores: map[string]sarifScore{}}
		for name, p := range map[finding.Property]*Property{
			finding.ContainerPackaged:     &s.Properties.ContainerPackaged,
			finding.DynamicallyManaged:    &s.Properties.DynamicallyManaged,
			finding.MicroservicesOriented: &s.Properties.MicroservicesOriented,
		} {
			out.Scores[string(name)] = sarifScore{Score: p.Score, Coverage: p.Coverage, Ready: p.Ready}
		}
		list = append(list, out)
	}
	return list
}

// isFile tells whether a name is that of a file that can be read.
func (s *sarifWriter) isFile(name string) bool {
	if s.opts.Source == nil || name == "" {
		return false
	}
	_, err := s.opts.Source(name)
	return err == nil
}
