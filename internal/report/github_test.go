package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/report"
)

func github(t *testing.T, r *report.Report, opts report.GitHubOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteGitHub(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGitHubGolden(t *testing.T) {
	golden(t, "shop.github.txt", github(t, report.Build(shop()), report.GitHubOptions{Source: read, Dir: "services/shop"}))
	golden(t, "empty.github.txt", github(t, report.Build(report.Outcome{}), report.GitHubOptions{}))
}

// TestGitHubCommands: text of foreign files stays within the command that it is
// written into.
func TestGitHubCommands(t *testing.T) {
	source := func(string) ([]byte, error) { return []byte("ü := 100%\nmore\n"), nil }
	span := func(file string, line, column, endLine, endColumn int) finding.Position {
		return finding.Position{File: file, Line: line, Column: column, EndLine: endLine, EndColumn: endColumn}
	}
	const page = "%0Ahttps://github.com/cnready/cnready/blob/main/docs/rules/barepod.md"
	for _, tt := range []struct {
		at      finding.Position
		message string
		want    string
	}{
		{span("a.go", 1, 7, 1, 11), "100% of\r\nit, a: b", // the ü is two bytes
			"::error file=a.go,line=1,endLine=1,col=6,endColumn=10,title=barepod%3A dynamically managed::100%25 of%0Ait, a: b" + page},
		{span("a,b:c%.go", 2, 0, 0, 0), "::stop-commands::x",
			"::error file=a%2Cb%3Ac%25.go,line=2,endLine=2,title=barepod%3A dynamically managed::::stop-commands::x" + page},
		{span("a.go", 1, 1, 2, 3), "m", "::error file=a.go,line=1,endLine=2,title=barepod%3A dynamically managed::m" + page},
		{span("a.go", 0, 0, 0, 0), "m", "::error file=a.go,title=barepod%3A dynamically managed::m" + page},
		{span("a\n::error::x.go", 0, 0, 0, 0), "m",
			"::error file=a%0A%3A%3Aerror%3A%3Ax.go,title=barepod%3A dynamically managed::m" + page},
		{span("../deploy/pod.yaml", 3, 1, 0, 0), "m", // of another repository
			"::error title=barepod%3A dynamically managed::../deploy/pod.yaml:3: m" + page},
		{finding.Position{}, "\x1b[31mm", "::error title=barepod%3A dynamically managed::\ufffd[31mm" + page},
	} {
		o := report.Outcome{Loose: fails(barepod, finding.Finding{Position: tt.at, Message: tt.message})}
		got, rest, _ := strings.Cut(github(t, report.Build(o), report.GitHubOptions{Source: source}), "\n")
		if got != tt.want {
			t.Errorf("%v:\ngot  %s\nwant %s", tt.at, got, tt.want)
		}
		if rest != "no Go service was found: 1 error\n" {
			t.Errorf("%v is followed by %q", tt.at, rest)
		}
	}
}

// TestGitHubLimits: the gravest findings get the annotations that GitHub shows, and
// the others stand in the log, where they are no commands.
func TestGitHubLimits(t *testing.T) {
	r := report.Build(report.Outcome{})
	for i := range 13 {
		for _, severity := range []string{"note", "warning", "error"} {
			r.Findings = append(r.Findings, report.Finding{
				Rule: "r", Severity: severity, Status: "open", File: "a.go", Line: i + 1,
				Message: fmt.Sprintf("\n::error::%d ##[error]%s", i, strings.Repeat("𝄞", 3000)),
			})
		}
	}
	out := github(t, r, report.GitHubOptions{})
	var kinds []string
	for line := range strings.Lines(out) {
		kind, data, isCommand := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !strings.HasPrefix(line, "::") {
			if strings.Contains(line, "##[") {
				t.Errorf("a line holds a command of the older form: %.60s", line)
			}
			continue
		}
		kind, _, _ = strings.Cut(kind, " ")
		if kinds = append(kinds, kind); !isCommand {
			t.Errorf("%.60s is no command", line)
		}
		if n := len(utf16.Encode([]rune(data))); n > 4096+10 {
			t.Errorf("a message of %d units", n)
		}
	}
	want := strings.Repeat("error ", 10) + strings.Repeat("warning ", 10) + strings.Repeat("notice ", 10) + "group endgroup"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("the commands are %s, want %s", got, want)
	}
	if !strings.Contains(out, "::group::9 findings without an annotation\nerror r: a.go:11:  ::error::10 ## [error]") ||
		!strings.HasSuffix(out, "no Go service was found: 13 errors, 13 warnings, 13 notes\n") {
		_, rest, _ := strings.Cut(out, "::group::")
		t.Errorf("the rest of the log:\n%s", rest)
	}
}
