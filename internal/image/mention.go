package image

import (
	"slices"
	"strings"
)

// Mentions tells whether a line of the Dockerfile behind the given one uses a
// variable: $NAME or ${NAME...}.
func (f *Dockerfile) Mentions(name string, line int) bool {
	if f.src == nil || line >= len(f.src.lines) {
		return false
	}
	return slices.ContainsFunc(f.src.lines[max(line, 0):], func(text string) bool {
		for {
			i := strings.Index(text, name)
			if i < 0 {
				return false
			}
			before, after := strings.TrimSuffix(text[:i], "{"), text[i+len(name):]
			if strings.HasSuffix(before, "$") && (after == "" || !isWordByte(after[0])) {
				return true
			}
			text = after
		}
	})
}

func isWordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}
