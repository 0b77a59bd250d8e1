package effects

import "strings"

// Answers says whether a route serves a path.
type Answers uint8

// The answers.
const (
	// NoAnswer is a route of another path.
	NoAnswer Answers = iota
	// MayAnswer is a route of which part is not known, or that differs in case or
	// in a final slash only.
	MayAnswer
	// Answer is a route of this path, or of all paths below a folder of it.
	Answer
)

// AnswersTo tells whether the route serves a path, as the routers of net/http
// (documentation of ServeMux, "Patterns"), gin, echo, chi, gorilla and fiber read
// patterns: {name}, {name...}, {name:regexp}, :name, *name and a final slash.
// prefix is true where all that lies below is served too.
func (s Served) AnswersTo(path string, prefix bool) Answers {
	path, _, _ = strings.Cut(path, "?")
	pattern := s.Path
	if i := strings.IndexByte(pattern, '/'); i > 0 && !strings.ContainsAny(pattern[:i], "*$") {
		pattern = pattern[i:] // a host stands before it
	}
	exact := strings.HasSuffix(pattern, "{$}")
	pattern = strings.TrimSuffix(pattern, "{$}")
	if pattern == path {
		return Answer
	}
	want := strings.Split(strings.Trim(path, "/"), "/")
	have := strings.Split(strings.Trim(pattern, "/"), "/")
	if strings.Trim(pattern, "/") == "" {
		have = nil
	}
	below := !exact && (prefix || strings.HasSuffix(pattern, "/"))
	unsure := false
	for i, part := range have {
		switch {
		case part == "*" || strings.HasPrefix(part, "*") || strings.HasSuffix(part, "...}"):
			return Answer
		case i == len(want):
			return NoAnswer
		case strings.HasPrefix(part, ":") || strings.HasPrefix(part, "{"):
			unsure = unsure || strings.ContainsAny(part, ":(") && strings.HasPrefix(part, "{") // a regular expression
		case strings.ContainsAny(part, "*$"):
			unsure = true
		case part == want[i]:
		case strings.EqualFold(part, want[i]):
			unsure = true
		default:
			return NoAnswer
		}
	}
	switch {
	case len(have) < len(want) && !below && strings.Trim(path, "/") != "":
		return NoAnswer
	case unsure || len(have) == len(want) && !below && strings.HasSuffix(path, "/") != strings.HasSuffix(pattern, "/"):
		return MayAnswer
	}
	return Answer
}
