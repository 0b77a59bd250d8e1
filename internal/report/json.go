package report

import (
	"encoding/json"
	"io"
)

// WriteJSON writes the report as JSON, indented, with a newline at the end. The
// same report gives the same bytes.
func WriteJSON(w io.Writer, r *Report) error { return writeJSON(w, r) }

// contentOf is a part of a report as JSON, for comparisons.
func contentOf(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "" // no part of a report is of a kind that fails
	}
	return string(data)
}
