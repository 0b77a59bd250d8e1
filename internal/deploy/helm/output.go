package helm

import (
	"bytes"
	"errors"
	"sort"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// maxOutput is how much one template may write, in bytes.
const maxOutput = 4 << 20

var errOutput = errors.New("it writes more than 4 MiB")

// A site is a piece of a template that writes: a stretch of text, or an action.
type site struct {
	source *source
	at     int  // offset in the source's text
	text   bool // the text is written as it stands
}

// An output is what a template wrote, and which of its pieces wrote what. An
// action that included other templates keeps their outputs, so that the lines
// that it passes on can be led back to those.
type output struct {
	buf      []byte
	segments []segment
	lines    []int // offsets of lines, once asked for
	byText   map[string][]int
}

type segment struct {
	at       int // offset in the output
	site     *site
	included []*output
}

func (o *output) Write(p []byte) (int, error) {
	if len(o.buf)+len(p) > maxOutput {
		return 0, errOutput
	}
	o.buf = append(o.buf, p...)
	return len(p), nil
}

// mark says that what is written from here on comes from a site.
func (o *output) mark(s *site) {
	if n := len(o.segments); n > 0 && o.segments[n-1].at == len(o.buf) && len(o.segments[n-1].included) == 0 {
		o.segments[n-1].site = s // nothing was written
		return
	}
	o.segments = append(o.segments, segment{at: len(o.buf), site: s})
}

// include keeps the output of a template that the present action asked for.
func (o *output) include(in *output) {
	if n := len(o.segments); n > 0 && len(o.segments[n-1].included) < 64 {
		o.segments[n-1].included = append(o.segments[n-1].included, in)
	}
}

func (o *output) index() {
	if o.lines != nil {
		return
	}
	o.lines = []int{0}
	for i, b := range o.buf {
		if b == '\n' {
			o.lines = append(o.lines, i+1)
		}
	}
}

// position is the place in a template that wrote the byte at a line and column
// of the output.
func (o *output) position(line, column int) finding.Position {
	o.index()
	if line < 1 || line > len(o.lines) {
		return finding.Position{}
	}
	at := o.lines[line-1] + max(column, 1) - 1
	s, offset, ok := o.locate(min(at, len(o.buf)), 0)
	if !ok {
		return finding.Position{}
	}
	return s.position(offset)
}

// maxNested is how deep an inclusion is followed back.
const maxNested = 16

// locate finds the template text behind an offset.
func (o *output) locate(at, depth int) (*source, int, bool) {
	i := sort.Search(len(o.segments), func(i int) bool { return o.segments[i].at > at }) - 1
	// What wrote nothing is passed over.
	if i < 0 {
		return nil, 0, false
	}
	seg := &o.segments[i]
	if seg.site == nil {
		return nil, 0, false
	}
	if seg.site.text {
		return seg.site.source, seg.site.at + at - seg.at, true
	}
	if depth < maxNested {
		end := len(o.buf)
		if i+1 < len(o.segments) {
			end = o.segments[i+1].at
		}
		for n := len(seg.included) - 1; n >= 0; n-- {
			if inner, ok := seg.included[n].align(o.buf[seg.at:end], at-seg.at); ok {
				if s, offset, ok := seg.included[n].locate(inner, depth+1); ok {
					return s, offset, true
				}
			}
		}
	}
	return seg.site.source, seg.site.at, true
}

// align finds the offset in an included output that became the one at an offset
// of a region, when a function such as nindent has passed it on line by line:
// the line of the same words, of several the one with the same number.
func (o *output) align(region []byte, at int) (int, bool) {
	start := bytes.LastIndexByte(region[:at], '\n') + 1
	line := lineAt(region, start)
	words := string(bytes.TrimSpace(line))
	// A value on one line belongs to the field that asked for it.
	if !strings.HasSuffix(words, ":") && !strings.Contains(words, ": ") && !strings.HasPrefix(words, "- ") && words != "-" {
		return 0, false
	}
	if start == 0 && !bytes.Contains(region, []byte("\n")) && !bytes.Contains(o.buf, []byte("\n")) && !strings.Contains(words, ": ") {
		return 0, false
	}
	if o.byText == nil {
		o.byText = map[string][]int{}
		for begin := 0; begin < len(o.buf); {
			line := lineAt(o.buf, begin)
			key := string(bytes.TrimSpace(line))
			o.byText[key] = append(o.byText[key], begin)
			begin += len(line) + 1
		}
	}
	starts := o.byText[words]
	if len(starts) == 0 {
		return 0, false
	}
	n := 0
	if len(starts) > 1 {
		for begin := 0; begin < start; {
			line := lineAt(region, begin)
			if string(bytes.TrimSpace(line)) == words {
				n++
			}
			begin += len(line) + 1
		}
	}
	begin := starts[min(n, len(starts)-1)]
	column := at - start - indentOf(line)
	return min(begin+indentOf(lineAt(o.buf, begin))+max(column, 0), len(o.buf)), true
}

func lineAt(text []byte, start int) []byte {
	if end := bytes.IndexByte(text[start:], '\n'); end >= 0 {
		return text[start : start+end]
	}
	return text[start:]
}

func indentOf(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// position turns an offset of a template into a place of it. A template in an
// archive has none but the archive.
func (s *source) position(offset int) finding.Position {
	if s.archived {
		return finding.Position{File: s.file}
	}
	line := sort.SearchInts(s.lines, offset+1)
	return finding.Position{File: s.file, Line: line, Column: offset - s.lines[line-1] + 1}
}
