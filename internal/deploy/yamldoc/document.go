// Package yamldoc reads YAML and JSON into nodes that know where they stand in
// the file that their author edits, within bounds. The readers of manifests share
// it.
package yamldoc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/finding"
)

// An Origin maps a line and column of rendered text to the file that its author
// edits. Where the column is not known it gives a line alone, and where nothing
// is known no file: the place is then the rendered text's file as a whole.
type Origin func(line, column int) finding.Position

// A Document is one YAML document of a file, or one JSON object of a stream of
// them, with what is needed to turn its nodes into places in the file.
type Document struct {
	File string // as reports show it
	Text []byte
	Line int // lines of the file before the document
	// Root is the top node; nil before Parse, and of an empty document.
	Root *yaml.Node
	// Origin is, for text that something rendered, the place in a source file of
	// a line and column of the text, counted as in Position. Without it the text
	// is the file's own.
	Origin Origin
	// Placeholder tells of a scalar's text whether something that was not read
	// fills it in; nil where nothing does.
	Placeholder func(text string) bool

	// breaks are the offsets of the lines as the YAML library counts them, ends
	// those as an editor does. They differ only where a lone carriage return or
	// a Unicode line separator stands in the text.
	breaks, ends []int
	// marks are, for long lines that were asked for, the offsets of every
	// markStep-th character.
	marks map[int][]int
}

// markStep is how many characters are counted at most to find a column.
const markStep = 256

// Split cuts a file into documents. A line that starts with three dashes or
// three dots and a blank ends a document wherever it stands, even in a block
// scalar (YAML 1.2.2, section 9.1.2), so that lines are enough to know, and one
// broken document does not cost those behind it. One more than MaxDocuments are
// found at most.
func Split(file string, text []byte) []*Document {
	var docs []*Document
	start, startLine, line := 0, 0, 0
	add := func(end int) {
		docs = append(docs, objects(&Document{File: file, Text: text[start:end], Line: startLine})...)
	}
	for at := 0; at < len(text) && len(docs) <= MaxDocuments; line++ {
		end := at + bytes.IndexByte(text[at:], '\n') + 1
		if end == at {
			end = len(text)
		}
		switch mark := marker(text[at:end]); {
		case mark == "---":
			add(at)
			start, startLine = at, line
		case mark == "...":
			add(at)
			start, startLine = end, line+1
		}
		at = end
	}
	if len(docs) <= MaxDocuments {
		add(len(text))
	}
	return docs
}

// marker is the document marker that a line starts with, or "".
func marker(line []byte) string {
	if len(line) < 3 {
		return ""
	}
	mark := string(line[:3])
	if mark != "---" && mark != "..." {
		return ""
	}
	if len(line) > 3 && line[3] != ' ' && line[3] != '\t' && line[3] != '\n' && line[3] != '\r' {
		return ""
	}
	return mark
}

// objects leaves out a document without content, and cuts a stream of JSON
// objects, which kubectl accepts, into its objects.
func objects(d *Document) []*Document {
	if !hasContent(d.Text) {
		return nil
	}
	body := bytes.TrimLeft(d.Text, " \t\r\n")
	if len(body) == 0 || body[0] != '{' {
		return []*Document{d}
	}
	skipped := len(d.Text) - len(body)
	decoder := json.NewDecoder(bytes.NewReader(body))
	var ends []int
	for decoder.More() {
		var object json.RawMessage
		if decoder.Decode(&object) != nil {
			return []*Document{d} // YAML that starts with a brace, or broken
		}
		ends = append(ends, skipped+int(decoder.InputOffset()))
	}
	if len(ends) < 2 {
		return []*Document{d}
	}
	var docs []*Document
	start := 0
	for _, end := range ends {
		// The text before the object on its first line becomes blanks, so that
		// columns stay right.
		lineStart := bytes.LastIndexByte(d.Text[:start], '\n') + 1
		text := append(bytes.Repeat([]byte(" "), start-lineStart), d.Text[start:end]...)
		docs = append(docs, &Document{
			File: d.File, Text: text, Line: d.Line + bytes.Count(d.Text[:start], []byte("\n")),
		})
		start = end
	}
	return docs
}

// hasContent is false for a document of comments, directives and markers only.
func hasContent(text []byte) bool {
	for line := range bytes.Lines(text) {
		if marker(line) == "---" {
			line = line[3:]
		}
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' && line[0] != '%' {
			return true
		}
	}
	return false
}

// Parse reads the document's nodes.
func (d *Document) Parse() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML library gives up on it: %v", r)
		}
	}()
	var top yaml.Node
	if err := yaml.Unmarshal(d.Text, &top); err != nil {
		return err
	}
	if top.Kind == yaml.DocumentNode && len(top.Content) == 1 {
		d.Root = top.Content[0]
	}
	return nil
}

var lineInError = regexp.MustCompile(`line (\d+): `)

// Reason turns an error of a YAML library into words, with the file's line. The
// libraries often name the line where the enclosing mapping starts; the line
// behind the last one up to which the document parses is closer. budget is how
// many bytes may still be parsed to find it.
func (d *Document) Reason(err error, budget *int) string {
	text := strings.TrimPrefix(err.Error(), "error converting YAML to JSON: ")
	text = strings.TrimPrefix(text, "yaml: ")
	line := 0
	if m := lineInError.FindStringSubmatchIndex(text); m != nil {
		line, _ = strconv.Atoi(text[m[2]:m[3]])
		text = text[:m[0]] + text[m[1]:]
	}
	if failing := d.failingLine(budget); failing > 0 {
		line = failing
	}
	return d.Say(line, "is not valid YAML: "+text)
}

// Bounds of the search for a document's failing line.
const (
	searchBytes    = 1 << 20  // parsed for one document
	AllSearchBytes = 32 << 20 // parsed for all
	// searchAhead is how many lines a list or text in brackets or quotes may
	// have; the document does not parse up to the middle of one.
	searchAhead = 40
)

// failingLine is the line behind the last one up to which the document parses,
// or 0 where it was not found.
func (d *Document) failingLine(budget *int) int {
	if d.Root != nil {
		return 0 // another library's error
	}
	d.index()
	left := min(searchBytes, *budget)
	before := left
	defer func() { *budget -= before - left }()
	parses := func(lines int) bool {
		if lines >= len(d.ends) {
			return false
		}
		part := &Document{Text: d.Text[:d.ends[lines]]}
		left -= len(part.Text)
		return left > 0 && part.Parse() == nil
	}
	last, fails := 0, len(d.ends)
	for {
		for fails-last > 1 {
			if middle := (last + fails) / 2; parses(middle) {
				last = middle
			} else {
				fails = middle
			}
		}
		ahead := 0
		for i := last + 2; i <= last+searchAhead && ahead == 0; i++ {
			if parses(i) {
				ahead = i
			}
		}
		switch {
		case left <= 0:
			return 0
		case ahead == 0:
			return last + 1
		}
		last, fails = ahead, len(d.ends)
	}
}

// Say puts the file's line, for a line of the document or 0, before a reason.
func (d *Document) Say(line int, reason string) string {
	if line < 1 {
		line = 1
	}
	return Say(d.mapped(finding.Position{File: d.File, Line: d.Line + line, Column: 1}), d.File, reason)
}

// Say puts a place's line, and its file where that is not the one that the
// reason is listed under, before a reason.
func Say(p finding.Position, file, reason string) string {
	switch {
	case p.Line == 0 && p.File == file:
		return reason
	case p.File != file:
		return p.Short() + ": " + reason
	}
	return fmt.Sprintf("line %d: %s", p.Line, reason)
}

// index finds the lines of the text.
func (d *Document) index() {
	if d.ends != nil {
		return
	}
	d.ends = []int{0}
	for i, b := range d.Text {
		if b == '\n' {
			d.ends = append(d.ends, i+1)
		}
	}
	d.breaks = d.ends
	if !oddBreaks(d.Text) {
		return
	}
	d.breaks = []int{0}
	for i := 0; i < len(d.Text); {
		r, size := utf8.DecodeRune(d.Text[i:])
		i += size
		switch r {
		case '\r':
			if i < len(d.Text) && d.Text[i] == '\n' {
				i++
			}
			fallthrough
		case '\n', '\u0085', '\u2028', '\u2029':
			d.breaks = append(d.breaks, i)
		}
	}
}

func oddBreaks(text []byte) bool {
	for i, b := range text {
		if b == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
			return true
		}
	}
	for _, separator := range []string{"\u0085", "\u2028", "\u2029"} {
		if bytes.Contains(text, []byte(separator)) {
			return true
		}
	}
	return false
}

// offset is the place in the text of a line and column as the YAML library
// counts them: from 1, columns in characters.
func (d *Document) offset(line, column int) int {
	d.index()
	if line < 1 || line > len(d.breaks) {
		return len(d.Text)
	}
	at := d.breaks[line-1]
	if column > markStep {
		marks := d.marksOf(line)
		i := min((column-1)/markStep, len(marks)-1)
		at, column = marks[i], column-i*markStep
	}
	for ; column > 1 && at < len(d.Text); column-- {
		_, size := utf8.DecodeRune(d.Text[at:])
		at += size
	}
	return at
}

// marksOf keeps a document on one long line from being counted through again
// for each of its nodes.
func (d *Document) marksOf(line int) []int {
	if marks, ok := d.marks[line]; ok {
		return marks
	}
	end := len(d.Text)
	if line < len(d.breaks) {
		end = d.breaks[line]
	}
	var marks []int
	for at, n := d.breaks[line-1], 0; at < end || n == 0; n++ {
		if n%markStep == 0 {
			marks = append(marks, at)
		}
		_, size := utf8.DecodeRune(d.Text[at:end])
		at += max(size, 1)
	}
	if d.marks == nil {
		d.marks = map[int][]int{}
	}
	d.marks[line] = marks
	return marks
}

// Position is the stretch of the file between two offsets of the text; an end
// below the start means that it is not known.
func (d *Document) Position(start, end int) finding.Position {
	d.index()
	p := finding.Position{File: d.File}
	p.Line, p.Column = d.lineColumn(start)
	if end >= start {
		p.EndLine, p.EndColumn = d.lineColumn(end)
	}
	return d.mapped(p)
}

// mapped is the place in the source file of a place in rendered text. Its end is
// kept where the source has as many lines between them.
func (d *Document) mapped(p finding.Position) finding.Position {
	if d.Origin == nil {
		return p
	}
	start := d.Origin(p.Line, p.Column)
	if !start.IsValid() {
		return finding.Position{File: d.File}
	}
	start.EndLine, start.EndColumn = 0, 0
	if p.EndLine == 0 || start.Column == 0 {
		return start
	}
	end := d.Origin(p.EndLine, p.EndColumn)
	if end.File == start.File && end.Column > 0 && end.Line-start.Line == p.EndLine-p.Line &&
		(end.Line > start.Line || end.Column >= start.Column) {
		start.EndLine, start.EndColumn = end.Line, end.Column
	}
	return start
}

func (d *Document) lineColumn(offset int) (line, column int) {
	i := sort.SearchInts(d.ends, offset+1) - 1
	return d.Line + i + 1, offset - d.ends[i] + 1
}

// Span is the place of a node: of a scalar its text without anchor and tag, of
// a mapping or list where it starts.
func (d *Document) Span(n *yaml.Node) finding.Position {
	start := d.offset(n.Line, n.Column)
	for range 2 { // an anchor and a tag, in either order
		if start < len(d.Text) && (d.Text[start] == '&' || d.Text[start] == '!') {
			for start < len(d.Text) && !Blank(d.Text[start]) {
				start++
			}
			for start < len(d.Text) && Blank(d.Text[start]) {
				start++
			}
		}
	}
	if n.Kind != yaml.ScalarNode {
		return d.Position(start, -1)
	}
	return d.Position(start, d.scalarEnd(n, start))
}

// scalarEnd is the offset behind a scalar's last character, or -1.
func (d *Document) scalarEnd(n *yaml.Node, start int) int {
	text := d.Text[start:]
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for i := 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return start + i + 1
			}
		}
	case n.Style&yaml.SingleQuotedStyle != 0:
		for i := 1; i < len(text); i++ {
			if text[i] != '\'' {
				continue
			}
			if i+1 == len(text) || text[i+1] != '\'' {
				return start + i + 1
			}
			i++
		}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return d.blockEnd(start)
	default:
		return plainEnd(text, n.Value, start)
	}
	return -1
}

// plainEnd finds the end of a plain scalar, whose line breaks are folded into
// blanks of the value.
func plainEnd(text []byte, value string, start int) int {
	i := 0
	for v := 0; v < len(value); {
		if Blank(value[v]) {
			for v < len(value) && Blank(value[v]) {
				v++
			}
			for i < len(text) && Blank(text[i]) {
				i++
			}
			continue
		}
		if i >= len(text) || text[i] != value[v] {
			return -1
		}
		i++
		v++
	}
	return start + i
}

// blockEnd finds the end of a block scalar: of its last line that is indented
// as deep as its first.
func (d *Document) blockEnd(start int) int {
	end := start
	for end < len(d.Text) && d.Text[end] != '\n' && d.Text[end] != '\r' {
		end++
	}
	indent := -1
	i := sort.SearchInts(d.ends, start+1)
	for ; i < len(d.ends); i++ {
		next := len(d.Text)
		if i+1 < len(d.ends) {
			next = d.ends[i+1]
		}
		line := bytes.TrimRight(d.Text[d.ends[i]:next], "\r\n")
		depth := len(line) - len(bytes.TrimLeft(line, " "))
		if depth == len(line) {
			continue // blank
		}
		if indent < 0 {
			indent = depth
		}
		if depth < indent || indent == 0 {
			break
		}
		end = d.ends[i] + len(line)
	}
	return end
}

// Blank tells of a blank, a tab or a line break.
func Blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
