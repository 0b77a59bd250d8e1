package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// tabStop is how many columns a tab moves on at most in shown source lines.
const tabStop = 4

// A cell is what one rune of a source line becomes on a terminal.
type cell struct {
	text   string
	width  int
	offset int // of the rune in the line, in bytes
}

// cells lays out a source line: tabs become spaces, and what a terminal would
// obey rather than show becomes U+FFFD.
func cells(line string) (list []cell, total int) {
	for i, r := range line {
		c := cell{text: string(r), width: runeWidth(r), offset: i}
		switch {
		case r == '\t':
			c.width = tabStop - total%tabStop
			c.text = strings.Repeat(" ", c.width)
		case r == '\ufeff':
			c.text, c.width = "", 0 // a byte order mark
		case unsafeRune(r):
			c.text, c.width = "\ufffd", 1
		}
		list = append(list, c)
		total += c.width
	}
	return list, total
}

// excerpt shows a source line in at most room columns, cut around the stretch
// from byte column start to before byte column end, both counted from 1, and the
// marks that go under it. Without a start there are no marks; with an end not
// behind the start, one.
func excerpt(line string, start, end, room int) (text, marks string) {
	line, start, end = bounded(strings.TrimRightFunc(line, unicode.IsSpace), start, end)
	list, total := cells(line)
	from, to := total, total
	for i, pos := len(list)-1, total; i >= 0; i-- {
		pos -= list[i].width
		if list[i].offset >= start-1 {
			from = pos
		}
		if list[i].offset >= end-1 {
			to = pos
		}
	}
	if to <= from {
		to = from + 1
	}
	if start < 1 {
		from, to = 0, 0
	}

	const cut = "..."
	room = max(room, 4*len(cut))
	low, high := 0, total // what is shown
	if total > room {
		if inner := room - len(cut); to <= inner {
			high = inner
		} else {
			inner -= len(cut)
			low = from - max(0, inner-(to-from))/2
			if high = low + inner; high >= total {
				low, high = total-inner-len(cut), total
			}
		}
	}
	var b strings.Builder
	lead, length, pos := 0, 0, 0
	if low > 0 {
		b.WriteString(cut)
		lead = len(cut)
	}
	for _, c := range list {
		if pos >= low && pos+c.width <= high {
			b.WriteString(c.text)
			switch {
			case pos < from:
				lead += c.width
			case pos < to:
				length += c.width
			}
		}
		pos += c.width
	}
	if high < total {
		b.WriteString(cut)
	}
	if start < 1 {
		return b.String(), ""
	}
	return b.String(), strings.Repeat(" ", lead) + strings.Repeat("^", max(length, 1))
}

// bounded cuts a line that no terminal shows whole, such as that of a minified
// file, to a few kilobytes around the stretch, and moves the stretch along.
func bounded(line string, start, end int) (string, int, int) {
	const most, before = 4096, 1024
	if len(line) <= most {
		return line, start, end
	}
	if cut := min(start-1-before, len(line)-most); cut > 0 {
		line, start, end = line[cut:], start-cut, end-cut
	}
	return line[:min(most, len(line))], start, end
}

// clean makes text of foreign files fit for a terminal's line: white space
// becomes spaces, and what a terminal would obey becomes U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unsafeRune(r):
			return utf8.RuneError
		}
		return r
	}, s)
}

// unsafeRune tells of runes that a terminal obeys: control characters, and those
// that change the direction of text (Unicode Standard Annex 9, section 2).
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// runeWidth is how many columns a rune takes: two where Unicode Standard Annex 11
// calls it wide, none for marks that combine with the rune before.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// textWidth is how many columns a text takes.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// wrap breaks text into lines of at most width columns. A word that is longer
// has a line of its own; a line break in the text stays one.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.Lines(text) {
		line, used := "", 0
		for _, word := range strings.Fields(clean(paragraph)) {
			n := textWidth(word)
			switch {
			case line == "":
				line, used = word, n
			case used+1+n <= width:
				line, used = line+" "+word, used+1+n
			default:
				lines = append(lines, line)
				line, used = word, n
			}
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
