package rule

import "github.com/cnready/cnready/internal/finding"

// Mends makes the fix of a finding from edits; none where there are no edits.
func Mends(message string, edits []finding.Edit) []finding.Fix {
	if len(edits) == 0 {
		return nil
	}
	return []finding.Fix{{Message: message, Edits: edits}}
}
