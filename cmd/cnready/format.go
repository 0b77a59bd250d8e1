package main

import (
	"fmt"
	"go/doc/comment"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/report"
	"github.com/cnready/cnready/internal/rulepage"
)

// The formats of a report.
const (
	formatText     = "text"
	formatJSON     = "json"
	formatGitHub   = "github"
	formatSARIF    = "sarif"
	formatSARIFAll = "sarif-all"
)

var formats = []string{formatText, formatJSON, formatGitHub, formatSARIF, formatSARIFAll}

// formatUsage is said of the flag --format of check.
const formatUsage = "write the report as `FORMAT[=FILE]`, to standard output without a file (repeatable): text, json (docs/report.schema.json), " +
	"github (annotations and job summary of GitHub Actions), sarif, sarif-all (default text)"

// An output is one report that is to be written.
type output struct {
	format string
	file   string // empty for standard output
}

func (o output) String() string {
	if o.file == "" {
		return "--format " + o.format
	}
	return "--format " + o.format + "=" + o.file
}

// outputs are the reports that the flags --format and --output ask for: text where
// no format is named. No two go to the same place.
func outputs(flags []string, file string) ([]output, error) {
	if len(flags) == 0 {
		flags = []string{formatText}
	}
	var list []output
	plain := 0 // outputs without a file of their own
	for _, f := range flags {
		format, name, named := strings.Cut(f, "=")
		switch {
		case !slices.Contains(formats, format):
			return nil, fmt.Errorf("unknown --format %q: use %s or %s",
				format, strings.Join(formats[:len(formats)-1], ", "), formats[len(formats)-1])
		case named && name == "":
			return nil, fmt.Errorf("--format %s names no file: write %s=FILE, or %s for standard output", f, format, format)
		case !named:
			if plain++; plain > 1 {
				return nil, fmt.Errorf("--format %s: only one report goes to standard output or the file of -o: write %s=FILE", format, format)
			}
			name = file
		}
		list = append(list, output{format, name})
	}
	if plain == 0 && file != "" {
		return nil, fmt.Errorf("-o %s has no report to write: each --format names a file of its own", file)
	}
	taken := map[string]output{}
	for _, o := range list {
		name := filepath.Clean(o.file)
		if first, ok := taken[name]; ok && o.file != "" {
			return nil, fmt.Errorf("%s and %s write to the same file", first, o)
		}
		taken[name] = o
	}
	return list, nil
}

// write writes all reports that were asked for, and the job summary beside
// annotations.
func (o *options) write(stdout, stderr io.Writer, dir string, list []output, result *result) error {
	repo := repositoryOf(dir)
	for _, out := range list {
		err := writeTo(stdout, out.file, func(w io.Writer) error { return o.writeAs(w, out.format, repo, result) })
		if err != nil {
			return err
		}
		if out.format != formatGitHub {
			continue
		}
		if summaryErr := writeJobSummary(repo, result.report); summaryErr != nil {
			// The findings are said already, and decide the exit code.
			if _, err := fmt.Fprintln(stderr, "cnready: the job summary is not written:", summaryErr); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *options) writeAs(w io.Writer, format string, repo repository, result *result) error {
	switch format {
	case formatJSON:
		return report.WriteJSON(w, result.report)
	case formatGitHub:
		return report.WriteGitHub(w, result.report, report.GitHubOptions{Dir: repo.dir, Source: result.source})
	case formatSARIF, formatSARIFAll:
		return report.WriteSARIF(w, result.report, report.SARIFOptions{
			Dir: repo.dir, Rules: rulesWithHelp(), All: format == formatSARIFAll, Source: result.source,
		})
	}
	text := textOptions(w, o.color)
	text.ExplainScore, text.Source = o.explainScore, result.source
	return report.WriteText(w, result.report, text)
}

// rulesWithHelp are all rules with their pages.
func rulesWithHelp() []report.RuleHelp {
	var list []report.RuleHelp
	for _, r := range allRules() {
		page := rulepage.Markdown(r)
		if strings.HasPrefix(page, "<!--") { // says that the file is generated
			_, page, _ = strings.Cut(page, "-->")
		}
		var parser comment.Parser
		printer := comment.Printer{TextWidth: maxTextWidth}
		list = append(list, report.RuleHelp{
			Rule: r, HelpText: string(printer.Text(parser.Parse(r.Text()))), HelpMarkdown: strings.TrimLeft(page, "\n"),
		})
	}
	return list
}
