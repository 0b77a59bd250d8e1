package yamlfix

import (
	"bytes"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// An editor collects the edits of one document.
type editor struct {
	*file
	doc   *yamldoc.Document
	name  string
	lines []int // offsets at which lines begin
	edits []finding.Edit
}

func (e *editor) index() {
	if e.lines != nil {
		return
	}
	e.lines = []int{0}
	for i, b := range e.src {
		if b == '\n' {
			e.lines = append(e.lines, i+1)
		}
	}
}

// offset is that of a line and column, within the text.
func (e *editor) offset(line, column int) int {
	e.index()
	if line < 1 || line > len(e.lines) {
		return len(e.src)
	}
	return min(e.lines[line-1]+column-1, len(e.src))
}

// stretch is the place between two offsets.
func (e *editor) stretch(start, end int) finding.Position {
	e.index()
	place := func(offset int) (line, column int) {
		line = sort.SearchInts(e.lines, offset+1)
		return line, offset - e.lines[line-1] + 1
	}
	p := finding.Position{File: e.name}
	p.Line, p.Column = place(start)
	p.EndLine, p.EndColumn = place(end)
	return p
}

func (e *editor) insert(offset int, text string) {
	e.edits = append(e.edits, finding.Edit{Position: e.stretch(offset, offset), NewText: text})
}

// add puts the edits together that give a mapping what it lacks of fields. It is
// false where that cannot be done safely.
func (e *editor) add(m *yaml.Node, fields []Field) bool {
	if m.Kind != yaml.MappingNode {
		return false
	}
	var missing []Field
	for _, f := range fields {
		i := own(m, f.Name)
		switch {
		case i < 0:
			// A key of its own would hide all that a merge key brings in.
			if _, v := yamldoc.Lookup(m, f.Name, 0); v != nil {
				return false
			}
			missing = append(missing, f)
		case len(f.Fields) == 0: // it is there
		case m.Content[i].Kind == yaml.MappingNode && m.Content[i].Anchor == "":
			if !e.add(m.Content[i], f.Fields) {
				return false
			}
		case empty(m.Content[i]):
			if !e.fill(m, i, f) {
				return false
			}
		default:
			return false
		}
	}
	if len(missing) == 0 {
		return true
	}
	if m.Style&yaml.FlowStyle != 0 {
		return e.addFlow(m, missing)
	}
	return e.addBlock(m, missing)
}

// empty tells of a key without a value.
func empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.ShortTag() == "!!null" && n.Anchor == ""
}

// fill writes the fields of a key that has no value, in a block.
func (e *editor) fill(m *yaml.Node, i int, f Field) bool {
	if m.Style&yaml.FlowStyle != 0 {
		return false
	}
	key := e.doc.Span(m.Content[i-1])
	if key.EndLine != key.Line {
		return false
	}
	indent := e.indentOf(m)
	if indent < 0 {
		return false
	}
	e.lineBelow(e.offset(key.Line, key.Column), e.block(f.Fields, indent+e.step(), key.Line))
	return true
}

// addBlock adds lines behind the last field of a mapping.
func (e *editor) addBlock(m *yaml.Node, fields []Field) bool {
	if len(m.Content) == 0 {
		return false
	}
	indent := e.indentOf(m)
	last := m.Content[len(m.Content)-1]
	end, ok := e.end(last)
	if !ok {
		return false
	}
	if empty(last) {
		// Its place is behind the key.
		key := e.doc.Span(m.Content[len(m.Content)-2])
		end = e.offset(key.EndLine, key.EndColumn)
	}
	if indent < 0 {
		return false
	}
	line := e.stretch(end, end).Line
	e.lineBelow(end, e.block(fields, indent, line))
	return true
}

// addFlow adds to a mapping in braces.
func (e *editor) addFlow(m *yaml.Node, fields []Field) bool {
	text := flow(fields)
	if len(m.Content) == 0 {
		start := e.doc.Span(m)
		at := e.offset(start.Line, start.Column)
		if at >= len(e.src) || e.src[at] != '{' {
			return false
		}
		e.insert(at+1, text)
		return true
	}
	end, ok := e.end(m.Content[len(m.Content)-1])
	if !ok || empty(m.Content[len(m.Content)-1]) {
		return false
	}
	e.insert(end, ", "+text)
	return true
}

// lineBelow inserts whole lines below the one that an offset lies on.
func (e *editor) lineBelow(offset int, text string) {
	if i := bytes.IndexByte(e.src[offset:], '\n'); i >= 0 {
		e.insert(offset+i+1, text)
		return
	}
	// The last line has no end: the new ones have none either.
	e.insert(len(e.src), e.newline(0)+strings.TrimSuffix(text, e.newline(0)))
}

// newline is the line end that a line has, or the one before it.
func (e *editor) newline(line int) string {
	e.index()
	if line == 0 || line >= len(e.lines) {
		line = len(e.lines) - 1
	}
	if line >= 1 && e.lines[line] >= 2 && e.src[e.lines[line]-2] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// indentOf is the column of a mapping's keys, less one; -1 where they do not stand
// behind each other on lines of their own.
func (e *editor) indentOf(m *yaml.Node) int {
	column := 0
	for i := 0; i < len(m.Content); i += 2 {
		p := e.doc.Span(m.Content[i])
		if column != 0 && p.Column != column {
			return -1
		}
		column = p.Column
	}
	first := e.doc.Span(m.Content[0])
	before := string(e.src[e.offset(first.Line, 1):e.offset(first.Line, first.Column)])
	if strings.Trim(before, " -") != "" {
		return -1 // an anchor, a tag, or a tab
	}
	return column - 1
}

// step is how many blanks deeper the document writes a mapping within another; 2
// where it has none.
func (e *editor) step() int {
	for i := 0; i+1 < len(e.doc.Root.Content); i += 2 {
		v := e.doc.Root.Content[i+1]
		if v.Kind == yaml.MappingNode && v.Style&yaml.FlowStyle == 0 && len(v.Content) > 0 {
			if n := e.doc.Span(v.Content[0]).Column - e.doc.Span(e.doc.Root.Content[i]).Column; n > 0 && n <= 8 {
				return n
			}
		}
	}
	return 2
}

// block writes fields on lines of their own.
func (e *editor) block(fields []Field, indent, line int) string {
	var b strings.Builder
	newline, step := e.newline(line), e.step()
	var write func(fields []Field, indent int)
	write = func(fields []Field, indent int) {
		for _, f := range fields {
			b.WriteString(strings.Repeat(" ", indent) + f.Name + ":")
			if len(f.Fields) == 0 {
				b.WriteString(" " + f.Scalar + newline)
				continue
			}
			b.WriteString(newline)
			write(f.Fields, indent+step)
		}
	}
	write(fields, indent)
	return b.String()
}

// flow writes fields behind each other.
func flow(fields []Field) string {
	var parts []string
	for _, f := range fields {
		value := f.Scalar
		if len(f.Fields) > 0 {
			value = "{" + flow(f.Fields) + "}"
		}
		parts = append(parts, f.Name+": "+value)
	}
	return strings.Join(parts, ", ")
}

// end is the offset behind the last byte of a node.
func (e *editor) end(n *yaml.Node) (int, bool) {
	switch {
	case n.Kind == yaml.AliasNode:
		p := e.doc.Span(n)
		at := e.offset(p.Line, p.Column)
		return at + len("*") + len(n.Value), true
	case n.Kind == yaml.ScalarNode:
		p := e.doc.Span(n)
		if p.EndLine == 0 {
			return 0, false
		}
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			// Blank lines below a block that keeps them are part of it.
			head, _, _ := bytes.Cut(e.src[e.offset(p.Line, p.Column):], []byte("\n"))
			head, _, _ = bytes.Cut(head, []byte("#"))
			if bytes.ContainsRune(head, '+') {
				return 0, false
			}
		}
		return e.offset(p.EndLine, p.EndColumn), true
	case n.Style&yaml.FlowStyle != 0:
		p := e.doc.Span(n)
		return e.flowEnd(e.offset(p.Line, p.Column))
	case len(n.Content) > 0:
		last := n.Content[len(n.Content)-1]
		if empty(last) {
			if n.Kind == yaml.SequenceNode {
				return 0, false
			}
			key := e.doc.Span(n.Content[len(n.Content)-2])
			return e.offset(key.EndLine, key.EndColumn), key.EndLine > 0
		}
		return e.end(last)
	}
	return 0, false
}

// flowEnd is the offset behind the bracket that closes the one at an offset.
func (e *editor) flowEnd(start int) (int, bool) {
	if start >= len(e.src) || e.src[start] != '{' && e.src[start] != '[' {
		return 0, false
	}
	depth := 0
	for i := start; i < len(e.src); i++ {
		switch b := e.src[i]; b {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		case '#':
			if yamldoc.Blank(e.src[i-1]) {
				for i < len(e.src) && e.src[i] != '\n' {
					i++
				}
			}
		case '"', '\'':
			// Within a plain word it is a character as any other.
			if j := i - 1; !yamldoc.Blank(e.src[j]) && !bytes.ContainsRune([]byte("{[,:"), rune(e.src[j])) {
				continue
			}
			for i++; i < len(e.src) && e.src[i] != b; i++ {
				if b == '"' && e.src[i] == '\\' {
					i++
				}
			}
		}
	}
	return 0, false
}
