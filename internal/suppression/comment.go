// Package suppression reads the comments by which authors silence findings, in Go
// files, YAML and Dockerfiles, and applies them. docs/suppressing.md is its page
// for users.
package suppression

import (
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// Everything is the name that stands for all rules of cnready in a comment, as in
// //nolint:cnready.
const Everything = "cnready"

// A Comment silences rules in some lines of a file.
type Comment struct {
	// Position is where the comment stands.
	Position finding.Position
	// Nolint is true for golangci-lint's form, false for cnready:ignore.
	Nolint bool
	// Annotation is true of what an object's annotation says.
	Annotation bool
	// Foreign is true of a comment for another linter.
	Foreign bool
	// General is true where no rule is named, or all are.
	General bool
	// Rules are the names, in lower case, in the order in which they are written.
	// Those of nolint are also names of other linters.
	Rules []string
	// Reason is what the author says, without white space around it; may be empty.
	Reason string
	// From and To are the first and the last line that it is for.
	From, To int
	// Trailing is true where code stands before it on its line.
	Trailing bool

	used map[string]bool // rules that it silenced
}

// Silences tells whether the comment is for a rule.
func (c *Comment) Silences(rule string) bool {
	return c.General || slices.Contains(c.Rules, rule) || slices.Contains(c.Rules, Everything)
}

// Names tells whether the comment is for a rule by the rule's own name.
func (c *Comment) Names(rule string) bool { return slices.Contains(c.Rules, rule) }

// Covers tells whether the comment is for a place. A comment behind the last line
// of something covers it as one behind its first does.
func (c *Comment) Covers(p finding.Position) bool {
	return c.From <= p.Line && p.Line <= c.To || c.Trailing && p.EndLine == c.From && p.Line < p.EndLine
}

// nolint is how golangci-lint tells its comments from others (golangci-lint
// documentation, "False Positives"): the word, and then a colon, a space or
// nothing.
var nolint = lazyregexp.New(`^nolint( |:|$)`)

// parse reads the text of a comment, behind its // or #.
func parse(text string) (Comment, bool) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "cnready:ignore"); ok {
		if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			return Comment{}, false
		}
		return parseIgnore(rest), true
	}
	text = strings.TrimLeft(text, "/ ")
	if !nolint.MatchString(text) {
		return Comment{}, false
	}
	return parseNolint(strings.TrimPrefix(text, "nolint")), true
}

// parseIgnore reads what stands behind "cnready:ignore": names, with a comma
// between two, and then the reason.
func parseIgnore(text string) Comment {
	var c Comment
	for more := true; more; {
		text = strings.TrimLeft(text, " \t")
		i := strings.IndexAny(text, ", \t")
		if i < 0 {
			i = len(text)
		}
		name := text[:i]
		text = strings.TrimLeft(text[i:], " \t")
		c.name(name)
		text, more = strings.CutPrefix(text, ",")
	}
	c.Reason = reason(text)
	return c
}

// parseNolint reads what stands behind "nolint".
func parseNolint(text string) Comment {
	c := Comment{Nolint: true}
	names, why, _ := strings.Cut(text, "//")
	c.Reason = reason(why)
	list, named := strings.CutPrefix(names, ":")
	if !named {
		c.General = true
		return c
	}
	for more := true; more; {
		var item string
		rest := list
		item, list, more = strings.Cut(list, ",")
		words := strings.Fields(item)
		if len(words) == 0 {
			continue
		}
		c.name(words[0])
		if len(words) > 1 {
			// Whoever forgot the second // still gave a reason.
			if c.Reason == "" {
				_, after, _ := strings.Cut(rest, words[0])
				c.Reason = reason(after)
			}
			break
		}
	}
	return c
}

func (c *Comment) name(name string) {
	switch name = strings.ToLower(strings.TrimSuffix(name, ":")); name {
	case "":
	case "all":
		c.General = true
	default:
		if !slices.Contains(c.Rules, name) {
			c.Rules = append(c.Rules, name)
		}
	}
}

// reason is the text without what separates it from the names.
func reason(text string) string {
	return strings.TrimSpace(strings.TrimLeft(text, "/-:# \t"))
}
