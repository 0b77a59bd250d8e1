package suppression

import "github.com/cnready/cnready/internal/finding"

// Rule is what notes on comments are reported under. It has no property: it is
// part of no score.
var Rule = &finding.Rule{
	Name: "suppression", Severity: finding.Note,
	Doc: `suppression: a comment that silences a rule says why, and is still needed

A comment such as //nolint:diskwrite or # cnready:ignore rootuser, or the annotation
cnready.dev/ignore of an object, takes a finding out of the score and out of the exit
code. That is as it should be where the author knows better, and it ages: the code
moves on, the comment stays, and one day hides a finding that nobody has looked at.

The rule notes comments without a reason, comments for which no finding stands
there any more, cnready:ignore comments that name no rule, or one that does not
exist, and entries of the configuration file for which there is no finding at all. It
speaks of a comment that is not needed any more only where all Go code was read, and
the rule was asked of that very file. A nolint comment that names only other linters
is none of its business.

These notes belong to no property and change no score.

Fails:

	//nolint:diskwrite
	err := os.WriteFile("/data/last", b, 0o644)

Passes:

	//nolint:diskwrite // a cache: it is rebuilt when it is missing
	err := os.WriteFile("/data/last", b, 0o644)`,
}
