package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy/yamldoc"
	"github.com/cnready/cnready/internal/finding"
)

// An edit replaces a stretch of a file, by offsets in bytes.
type edit struct {
	start, end int
	text       string
	by         int // the proposal
}

func compareEdits(a, b edit) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
}

func (e edit) inserts() bool { return e.start == e.end }

// wholeLines tells whether the edit adds lines between two others.
func (e edit) wholeLines() bool { return e.inserts() && strings.HasSuffix(e.text, "\n") }

func (e edit) same(f edit) bool { return e.start == f.start && e.end == f.end && e.text == f.text }

// A text is a file with the edits to be made.
type text struct {
	name     string
	original *original
	edits    []edit
	by       []int // the proposals that have a part in it
}

// conflicts tells whether an edit changes what one that is there changes, or adds
// text where that does. Lines that are added at one place do not conflict.
func (t *text) conflicts(e edit) bool {
	return slices.ContainsFunc(t.edits, func(f edit) bool {
		switch {
		case e.same(f):
			return false
		case e.inserts() && f.inserts():
			return e.start == f.start && (!e.wholeLines() || !f.wholeLines())
		}
		return e.start < f.end && f.start < e.end
	})
}

func (t *text) add(edits []edit, by int) {
	for _, e := range edits {
		if !slices.ContainsFunc(t.edits, func(f edit) bool { return e.same(f) && f.by != by }) {
			t.edits = append(t.edits, e)
		}
	}
	t.by = append(t.by, by)
}

// after is the text with its edits made. The error says what is wrong with it, to
// be read behind the file's name.
func (t *text) after() ([]byte, error) {
	slices.SortStableFunc(t.edits, func(a, b edit) int {
		if c := compareEdits(a, b); c != 0 || a.by == b.by {
			return c
		}
		return strings.Compare(a.text, b.text)
	})
	var out bytes.Buffer
	at := 0
	for _, e := range t.edits {
		if e.start < at {
			return nil, errors.New("would get edits that overlap")
		}
		out.Write(t.original.data[at:e.start])
		out.WriteString(e.text)
		at = e.end
	}
	out.Write(t.original.data[at:])
	switch path.Ext(t.name) {
	case ".yaml", ".yml":
		return out.Bytes(), parsesYAML(t.original.data, out.Bytes())
	case ".go":
	default:
		return out.Bytes(), nil
	}
	return formatted(t.name, t.original.data, out.Bytes())
}

// formatted holds that a Go file parses. One that was laid out as gofmt does stays
// so; another keeps its layout.
func formatted(name string, before, after []byte) ([]byte, error) {
	if _, err := parser.ParseFile(token.NewFileSet(), name, after, parser.SkipObjectResolution); err != nil {
		return nil, errors.New("would not parse afterwards (" + err.Error() + "); please report it")
	}
	if clean, err := format.Source(before); err == nil && bytes.Equal(clean, before) {
		return format.Source(after)
	}
	return after, nil
}

// parsesYAML holds that a YAML file that did parses, and that no field is there
// twice. One that did not is a template.
func parsesYAML(before, after []byte) error {
	check := func(text []byte) error {
		for _, d := range yamldoc.Split("", text) {
			if err := d.Parse(); err != nil || d.Root == nil {
				return errors.New("would not parse afterwards")
			}
			duplicate, err := yamldoc.Check(d.Root)
			if err != nil {
				return err
			}
			if duplicate != nil {
				return fmt.Errorf("would have %s twice", duplicate.Value)
			}
		}
		return nil
	}
	err := check(after)
	if err != nil && check(before) != nil {
		err = nil // it was none before
	}
	return err
}

// edit finds the offsets of an edit; false where the file has no such place.
func (o *original) edit(e finding.Edit) (edit, bool) {
	p := e.Position
	start, ok := o.offset(p.Line, p.Column)
	if !ok {
		return edit{}, false
	}
	end := start
	if p.EndLine != 0 {
		if end, ok = o.offset(p.EndLine, p.EndColumn); !ok || end < start {
			return edit{}, false
		}
	}
	return edit{start: start, end: end, text: e.NewText}, true
}

// offset is that of a line and column. The column behind a line's last byte is one
// of its places, and line n+1 of a file of n lines that ends with a newline.
func (o *original) offset(line, column int) (int, bool) {
	if line < 1 || line > len(o.lines) || column < 1 {
		return 0, false
	}
	at := o.lines[line-1] + column - 1
	end := len(o.data)
	if line < len(o.lines) {
		end = o.lines[line] - 1
	}
	return at, at <= end
}
