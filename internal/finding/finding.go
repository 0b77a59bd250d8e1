// Package finding holds the vocabulary in which every rule answers: positions,
// severities, the three properties of a cloud-native system, findings, and the
// three-valued results that the score is made of.
//
// It imports nothing of cnready, so that a go/analysis pass that uses it stays
// light in every host.
package finding

import (
	"fmt"
	"strings"
)

// A Position is a stretch of one source file. File is relative to the checked
// directory, with forward slashes; lines and columns count from 1, columns in
// bytes. A zero Line means "the file as a whole"; a zero EndLine means that
// only the start is known.
type Position struct {
	File      string
	Line      int
	Column    int
	EndLine   int
	EndColumn int
}

// IsValid tells whether the position names a file.
func (p Position) IsValid() bool { return p.File != "" }

// String is "file:line:column", leaving out what is not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Short is "file:line", the form used inside messages.
func (p Position) Short() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Compare orders positions by file, line and column.
func (p Position) Compare(q Position) int {
	switch {
	case p.File != q.File:
		if p.File < q.File {
			return -1
		}
		return 1
	case p.Line != q.Line:
		return p.Line - q.Line
	case p.Column != q.Column:
		return p.Column - q.Column
	case p.EndLine != q.EndLine:
		return p.EndLine - q.EndLine
	}
	return p.EndColumn - q.EndColumn
}

// Severity says how much a finding weighs.
type Severity uint8

const (
	// Note is worth knowing; nothing breaks.
	Note Severity = iota + 1
	// Warning breaks under conditions that are common on a platform.
	Warning
	// Error breaks, loses data or is refused by the platform.
	Error
)

// String is the severity's name in reports: error, warning or note.
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// Weight is the share of a check in its property's score: 10, 4 or 1.
func (s Severity) Weight() float64 {
	switch s {
	case Note:
		return 1
	case Warning:
		return 4
	case Error:
		return 10
	}
	return 0
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Note, Warning, Error} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use error, warning or note", name)
}

// Property is one of the three properties by which the CNCF charter defines a
// cloud-native system.
type Property string

// The three properties, in the order in which reports show them.
const (
	ContainerPackaged     Property = "containerPackaged"
	DynamicallyManaged    Property = "dynamicallyManaged"
	MicroservicesOriented Property = "microservicesOriented"
)

// Properties lists all three in report order.
var Properties = []Property{ContainerPackaged, DynamicallyManaged, MicroservicesOriented}

// Title is the property in words; empty for none.
func (p Property) Title() string {
	switch p {
	case ContainerPackaged:
		return "container packaged"
	case DynamicallyManaged:
		return "dynamically managed"
	case MicroservicesOriented:
		return "microservices oriented"
	}
	return string(p)
}

// A Rule describes one check, whatever it looks at.
type Rule struct {
	// Name is the interface that users write into files: lower case, one word.
	Name string
	// Doc is what `cnready explain` prints: a summary line, an empty line, then
	// text in Go doc comment syntax.
	Doc string
	// Property is the one whose score the rule is part of; empty for a rule that
	// is part of no score.
	Property Property
	// Severity is that of the rule's main check; a rule may judge lesser
	// checks at lesser severities.
	Severity Severity
}

// URL is the rule's page.
func (r *Rule) URL() string {
	return "https://github.com/cnready/cnready/blob/main/docs/rules/" + r.Name + ".md"
}

// Summary is the first line of the rule's text, a phrase without the rule's name
// and without a period.
func (r *Rule) Summary() string {
	line, _, _ := strings.Cut(r.Doc, "\n")
	return strings.TrimPrefix(line, r.Name+": ")
}

// Text is the rule's text below the summary, in Go doc comment syntax, without the
// line that repeats property and severity, as the docs of passes have it.
func (r *Rule) Text() string {
	_, text, _ := strings.Cut(r.Doc, "\n")
	said := fmt.Sprintf("\nProperty: %s. Severity: %s.\n", r.Property.Title(), r.Severity)
	return strings.Replace(text, said, "", 1)
}

// Status tells whether a finding counts.
type Status string

const (
	// Open findings count.
	Open Status = "open"
	// Cleared findings are met by another artifact, named in ClearedBy.
	Cleared Status = "cleared"
	// Suppressed findings were waved through by their authors.
	Suppressed Status = "suppressed"
	// Baseline findings were there before the baseline was taken.
	Baseline Status = "baseline"
)

// Related is the other half of the evidence: a second place and what stands there.
type Related struct {
	Position
	Message string
}

// A Finding is one thing that is wrong, with its evidence.
type Finding struct {
	Rule     *Rule
	Severity Severity
	Position Position
	// Message says what, why it matters and how to mend it.
	Message string
	Related []Related
	Fixes   []Fix

	Status Status
	// ClearedBy is, where Status is Cleared, what meets the finding; where it is
	// Suppressed, the comment that says so, with its reason for a message.
	ClearedBy *Related

	// Service and Workload name what the finding was judged on; either may be
	// empty.
	Service  string
	Workload string
	// Variants are the overlays and values files in which the finding stands,
	// sorted; none where the manifest is deployed as it is written.
	Variants []string
}

// A Fix is a set of edits that mends a finding; only mends that are mechanical
// and safe are offered.
type Fix struct {
	Message string
	Edits   []Edit
}

// An Edit replaces the text at Position by NewText.
type Edit struct {
	Position Position
	NewText  string
}

// Verdict is a rule's answer on one subject.
type Verdict uint8

const (
	// CannotTell is the answer where something was not seen, read or resolved.
	// It is listed, and stays outside the score.
	CannotTell Verdict = iota
	// Holds is the answer where the subject was seen and is right.
	Holds
	// Fails is the answer where the subject was seen and is wrong.
	Fails
)

// A Result is what a rule says of one subject: a container, a listen address,
// an outbound endpoint, a main.
type Result struct {
	Rule     *Rule
	Severity Severity
	// Subject names what was judged, unique within rule and service.
	Subject string
	Verdict Verdict
	// Finding is set when Verdict is Fails, and for a subject that holds only
	// because another artifact clears it.
	Finding *Finding
	// Reason and Position say, of CannotTell, what was missing and where.
	Reason   string
	Position Position
	// Variant is the overlay or values file that the subject was rendered for, ""
	// for none. MergeVariants makes one result of those of several.
	Variant string
}

// NotAnalyzed is a file or package that was not read, or not whole, and why.
type NotAnalyzed struct {
	File   string
	Reason string
}
