package source

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/cnready/cnready/internal/finding"
)

// inner says where a file's text stands in another file.
type inner struct {
	outer *File
	// offsets are those of each byte of the text, and of its end, in the outer
	// file's text; nil where the text is not written there byte for byte.
	offsets []int
	all     finding.Position
}

// at is the stretch of the outer file between two offsets of the inner text.
func (i *inner) at(start, end int) finding.Position {
	if i.offsets == nil || start < 0 || start >= len(i.offsets) {
		return i.all
	}
	if end < start || end >= len(i.offsets) {
		return i.outer.At(i.offsets[start], -1)
	}
	last := i.offsets[end]
	if end > start {
		last = i.offsets[end-1] + 1 // not behind a line break that is left out
	}
	return i.outer.At(i.offsets[start], last)
}

// Inner is a file that stands in a value of this one, such as a unit in the data
// of cloud-init. Its places are those in this file: exactly where the text is
// written as a block or in quotes, else that of the whole value. It has no tree,
// for nothing lies beside it.
func (f *File) Inner(p string, v Value) *File {
	in := &File{Path: p, Name: f.Name, Dir: f.Dir, inner: &inner{outer: f, all: v.At}}
	if v.Kind != Scalar {
		return in
	}
	start := offsetOf(f.Text, v.At.Line, v.At.Column)
	if text, offsets, ok := written(f.Text, start); f.inner == nil && ok && (v.Unknown || strings.TrimRight(text, "\n") == strings.TrimRight(v.Text, "\n")) {
		in.Text, in.inner.offsets = []byte(text), offsets
		return in
	}
	in.Text = []byte(v.Text)
	return in
}

// InnerText is a file that stands in this one and is not written as it is: what a
// data URL or base64 holds. Its only place is that of the whole.
func (f *File) InnerText(p, text string, at finding.Position) *File {
	return &File{Path: p, Name: f.Name, Dir: f.Dir, Text: []byte(text), inner: &inner{outer: f, all: at}}
}

// InnerLines is a file that is written in lines of this one, between two offsets,
// each with the same indentation in front, which is left out.
func (f *File) InnerLines(p string, start, end, indent int) *File {
	text, offsets := unindent(f.Text, start, end, indent)
	return &File{Path: p, Name: f.Name, Dir: f.Dir, Text: []byte(text), inner: &inner{outer: f, offsets: offsets, all: f.At(start, end)}}
}

// IsInner tells of a file that stands in another one.
func (f *File) IsInner() bool { return f.inner != nil }

// offsetOf is the offset of a line and column, or -1.
func offsetOf(text []byte, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
	}
	if at += column - 1; at < 0 || at >= len(text) {
		return -1
	}
	return at
}

// written reads the scalar that starts at an offset of a YAML or JSON file: a
// literal block, or one in double quotes.
func written(text []byte, at int) (string, []int, bool) {
	if at < 0 || at >= len(text) {
		return "", nil, false
	}
	switch text[at] {
	case '|':
		return block(text, at)
	case '"':
		return quoted(text, at)
	}
	return "", nil, false
}

// block reads a literal block, whose lines are indented deeper than what holds it.
func block(text []byte, at int) (string, []int, bool) {
	n := bytes.IndexByte(text[at:], '\n')
	if n < 0 || bytes.ContainsAny(text[at:at+n], "0123456789") {
		return "", nil, false // nothing, or an indentation of its own
	}
	start := at + n + 1
	indent, end := -1, start
	for line := start; line < len(text); {
		stop := len(text)
		if n := bytes.IndexByte(text[line:], '\n'); n >= 0 {
			stop = line + n + 1
		}
		body := bytes.TrimRight(text[line:stop], "\r\n")
		depth := len(body) - len(bytes.TrimLeft(body, " "))
		if depth < len(body) {
			if indent < 0 {
				indent = depth
			}
			if depth < indent || indent == 0 {
				break
			}
			end = stop
		}
		line = stop
	}
	if indent <= 0 {
		return "", nil, false
	}
	out, offsets := unindent(text, start, end, indent)
	return out, offsets, true
}

// unindent takes as many blanks from the front of each line.
func unindent(text []byte, start, end, indent int) (string, []int) {
	var b strings.Builder
	var offsets []int
	for line := start; line < end; {
		stop := end
		if n := bytes.IndexByte(text[line:end], '\n'); n >= 0 {
			stop = line + n + 1
		}
		from := line
		for from < stop && from-line < indent && (text[from] == ' ' || text[from] == '\t') {
			from++
		}
		for ; from < stop; from++ {
			if text[from] == '\r' && from+1 < stop && text[from+1] == '\n' {
				continue
			}
			b.WriteByte(text[from])
			offsets = append(offsets, from)
		}
		line = stop
	}
	return b.String(), append(offsets, end)
}

// quoted reads a text in double quotes that stands on one line (RFC 8259,
// section 7).
func quoted(text []byte, at int) (string, []int, bool) {
	var b strings.Builder
	var offsets []int
	for i := at + 1; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			return b.String(), append(offsets, i), true
		case c == '\n':
			return "", nil, false
		case c != '\\':
			b.WriteByte(c)
			offsets = append(offsets, i)
			continue
		case i+1 >= len(text):
			return "", nil, false
		}
		offset := i
		i++
		add := string(text[i])
		switch text[i] {
		case 'n':
			add = "\n"
		case 't':
			add = "\t"
		case 'r':
			add = "\r"
		case '"', '\\', '/':
		case 'u':
			if i+4 >= len(text) {
				return "", nil, false
			}
			r := rune(0)
			for _, h := range text[i+1 : i+5] {
				d := bytes.IndexByte([]byte("0123456789abcdef"), h|0x20)
				if h >= '0' && h <= '9' {
					d = int(h - '0')
				}
				if d < 0 {
					return "", nil, false
				}
				r = r<<4 | rune(d)
			}
			if !utf8.ValidRune(r) {
				return "", nil, false // half of a pair
			}
			add = string(r)
			i += 4
		default:
			return "", nil, false
		}
		b.WriteString(add)
		for range len(add) {
			offsets = append(offsets, offset)
		}
	}
	return "", nil, false
}
