package suppression

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"

	"github.com/cnready/cnready/internal/finding"
)

// An Audit looks at the comments themselves, once all findings have been applied.
type Audit struct {
	// Rules are the names of all rules.
	Rules []string
	// Judged tells whether a rule was asked of all that a file has, so that a
	// comment for it which silenced nothing is not needed.
	Judged func(file, rule string) bool
}

// Run returns the notes on the comments of the named files, as results of Rule.
func (a *Audit) Run(fs *Files, names []string) []finding.Result {
	rec := finding.NewRecorder(Rule)
	for _, name := range names {
		for _, c := range fs.Of(name) {
			if c.Foreign {
				continue
			}
			if message := a.about(c); message != "" {
				if c.Annotation {
					message = strings.Replace(strings.Replace(message, "this comment", "this annotation", 1), "the comment", "the annotation", 1)
				}
				rec.Fails(0, "comment at "+c.Position.String(), finding.Finding{Position: c.Position, Message: message})
			}
		}
	}
	for _, c := range fs.Configured {
		if len(c.used) == 0 {
			rec.Fails(0, "entry at "+c.Position.String(), finding.Finding{
				Position: c.Position,
				Message:  fmt.Sprintf("this entry silences nothing: %s report nothing in the files that it names; remove it before it hides a new finding", strings.Join(c.Rules, ", ")),
			})
		}
	}
	return rec.Results()
}

// about says what is wrong with a comment; one thing, the gravest.
func (a *Audit) about(c *Comment) string {
	own := c.covering(a.Rules)
	if !c.Nolint && !c.General && !slices.Contains(c.Rules, Everything) {
		if len(c.Rules) == 0 {
			return "this comment silences nothing: it names no rule; write " + form(c) + "the rule's name and a reason"
		}
		for _, r := range c.Rules {
			if !slices.Contains(own, r) {
				message := fmt.Sprintf("cnready has no rule %q, so nothing is silenced for it", r)
				if near := Nearest(r, a.Rules); near != "" {
					message += fmt.Sprintf("; did you mean %s?", near)
				}
				return message + "; cnready rules lists all names"
			}
		}
	}
	var idle []string
	for _, r := range own {
		if !c.used[r] && a.Judged(c.Position.File, r) {
			idle = append(idle, r)
		}
	}
	what := "the comment"
	if len(idle) > 0 {
		if len(idle) < len(c.Rules) || c.General {
			what = "the name"
			if len(idle) > 1 {
				what = "the names"
			}
		}
		verb := "finds"
		if len(idle) > 1 {
			verb = "find"
		}
		return fmt.Sprintf("%s %s nothing here any more: remove %s before it hides a new finding", strings.Join(idle, " and "), verb, what)
	}
	if c.Reason != "" || len(own) == 0 && len(c.used) == 0 && !slices.Contains(c.Rules, Everything) {
		return ""
	}
	silenced := "cnready"
	if len(own) > 0 {
		silenced = strings.Join(own, " and ")
	}
	behind := "behind the rule's name"
	if c.Nolint {
		behind = "behind a second //"
	}
	return fmt.Sprintf("this comment silences %s without a reason, so that nobody can tell later whether it still holds: write one %s", silenced, behind)
}

// form is how a comment begins.
func form(c *Comment) string {
	if c.Annotation {
		return ""
	}
	return "cnready:ignore, "
}

// Nearest is the name most like another, "" where none is much like it.
func Nearest(name string, names []string) string {
	best, distance := "", max(2, len(name)/3)+1
	for _, n := range names {
		if d := levenshtein.Distance(strings.ToLower(name), n, nil); d < distance {
			best, distance = n, d
		}
	}
	return best
}
