package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// GitHubOptions say what WriteGitHub knows beside the report.
type GitHubOptions struct {
	// Dir is the checked directory relative to the root of its repository, with
	// forward slashes, for annotations name files relative to that root. It is ""
	// or "." where they are the same.
	Dir string
	// Source returns the bytes of a file by the path that findings give. Where it is
	// nil or fails, annotations have no columns.
	Source func(file string) ([]byte, error)
}

// Limits of annotations. "GitHub Actions are limited to 10 warning annotations and
// 10 error annotations per step" (GitHub REST documentation, "Check runs"), and the
// same holds of notices. A job may have 50, so three times ten leave room for other
// steps. A message is cut by the runner (actions/runner, ExecutionContext).
const (
	maxAnnotations       = 10   // of each severity
	maxAnnotationMessage = 4096 // in UTF-16 code units
	maxAnnotationTitle   = 255
)

// WriteGitHub writes the open findings as workflow commands, which GitHub Actions
// turns into annotations of the changed lines: the gravest first, and of each
// severity no more than GitHub shows. The others follow in a group of the log, as
// plain lines. WriteSummary has all of them in one table.
func WriteGitHub(w io.Writer, r *Report, opts GitHubOptions) error {
	g := &githubWriter{opts: opts, at: locator{dir: opts.Dir, src: newSources(opts.Source)}}
	t := &textWriter{report: r, shown: map[string]*shown{}}
	t.collect()
	count := map[string]int{}
	var rest []*shown
	for _, f := range t.open { // by severity and place
		if count[f.Severity]++; count[f.Severity] > maxAnnotations {
			rest = append(rest, f)
			continue
		}
		g.annotate(f.Finding)
	}
	if len(rest) > 0 {
		fmt.Fprintf(&g.out, "::group::%s without an annotation\n", plural(len(rest), "finding"))
		for _, f := range rest {
			name, _ := repositoryPath(opts.Dir, f.File)
			at := spanOf(f.Finding)
			at.File = name
			g.line(fmt.Sprintf("%s %s: %s: %s", f.Severity, f.Rule, at, f.Message))
		}
		g.out.WriteString("::endgroup::\n")
	}
	g.line(sumUp(r, count))
	_, err := w.Write(g.out.Bytes())
	return err
}

type githubWriter struct {
	opts GitHubOptions
	at   locator
	out  bytes.Buffer
}

// line writes text that the runner must not take for a command: one of the older
// form may stand anywhere in a line (actions/runner, ActionCommand).
func (g *githubWriter) line(text string) {
	text = strings.ReplaceAll(clean(text), "##[", "## [")
	if strings.HasPrefix(strings.TrimSpace(text), "::") {
		text = "'" + text
	}
	g.out.WriteString(text + "\n")
}

// annotate writes the workflow command of a finding (GitHub documentation, "Workflow
// commands for GitHub Actions").
func (g *githubWriter) annotate(f *Finding) {
	command := map[string]string{
		finding.Error.String(): "error", finding.Warning.String(): "warning", finding.Note.String(): "notice",
	}[f.Severity]
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+escapeProperty(value)) }
	message := cleanLines(f.Message)
	name, inside := repositoryPath(g.opts.Dir, f.File)
	switch {
	case inside:
		add("file", name)
		g.place(f, add)
	case name != "":
		// An annotation is on a file of the repository, or on none.
		message = place(clean(name), f.Line) + ": " + message
	}
	title := f.Rule
	if words := finding.Property(f.Property).Title(); words != "" {
		title += ": " + words
	}
	add("title", cut(clean(title), maxAnnotationTitle))
	for _, rel := range f.Related {
		other, _ := repositoryPath(g.opts.Dir, rel.File)
		message += "\n" + clean(strings.TrimPrefix(place(other, rel.Line)+": "+rel.Message, ": "))
	}
	page := ""
	if f.URL != "" {
		page = "\n" + f.URL
	}
	message = cut(message, maxAnnotationMessage-utf16Length(page)) + page
	fmt.Fprintf(&g.out, "::%s %s::%s\n", command, strings.Join(properties, ","), escapeData(message))
}

// place adds the lines and columns of a finding as far as they are known. The runner
// drops columns of a stretch that goes over several lines.
func (g *githubWriter) place(f *Finding, add func(name, value string)) {
	if f.Line == 0 {
		return
	}
	r := g.at.region(spanOf(f))
	add("line", strconv.Itoa(r.StartLine))
	if r.EndLine > 0 {
		add("endLine", strconv.Itoa(r.EndLine))
	}
	if f.Column == 0 || r.StartColumn == 0 || r.EndLine > r.StartLine {
		return
	}
	add("col", strconv.Itoa(r.StartColumn))
	if r.EndColumn > 0 {
		add("endColumn", strconv.Itoa(r.EndColumn))
	}
}

// cleanLines makes text of foreign files fit for a log, line by line.
func cleanLines(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, clean(strings.TrimRight(line, "\r\n")))
	}
	return strings.Join(lines, "\n")
}

// The escapes of workflow commands; of the percent sign first, so that none is
// escaped twice (actions/toolkit, core, command).
var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func escapeData(s string) string     { return dataEscapes.Replace(s) }
func escapeProperty(s string) string { return propertyEscapes.Replace(s) }

// sumUp counts the services and open findings of a report, and what was not seen, in
// one line. count has the findings by severity.
func sumUp(r *Report, count map[string]int) string {
	text := plural(len(r.Services), "service") + ": " + findingCount(count)
	if len(r.Services) == 0 {
		text = "no Go service was found: " + findingCount(count)
	}
	switch n := len(r.NotAnalyzed); n {
	case 0:
	case 1:
		text += "; 1 file or package not analyzed"
	default:
		text += fmt.Sprintf("; %d files or packages not analyzed", n)
	}
	if n := len(r.Unknown); n > 0 {
		text += fmt.Sprintf("; %d could not be told", n)
	}
	return text
}

// findingCount is "2 errors, 1 note", or "no findings".
func findingCount(count map[string]int) string {
	var parts []string
	for _, s := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		if n := count[s.String()]; n > 0 {
			parts = append(parts, plural(n, s.String()))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "no findings")
}

func capitalized(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
