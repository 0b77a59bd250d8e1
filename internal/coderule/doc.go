package coderule

import "strings"

// Doc cuts a rule's text out of its doc.go, so that the page on pkg.go.dev,
// `go vet` help and `cnready explain` are one text: the package comment behind
// its "# Analyzer name" heading, or all of it where there is none. The comment is
// one of lines, at the top of the file.
//
// It runs for each rule whenever the program starts, so the file is not parsed.
func Doc(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		line, comment := strings.CutPrefix(strings.TrimRight(line, " \t\r\n"), "//")
		if !comment {
			break
		}
		line = strings.TrimPrefix(line, " ")
		if strings.HasPrefix(line, "# Analyzer ") {
			b.Reset()
			continue
		}
		if line != "" || b.Len() > 0 {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}
