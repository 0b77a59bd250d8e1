package report

import (
	"net/url"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
)

// repositoryPath is the name of a file of a report relative to the root of the
// repository. dir is the checked directory relative to that root, with forward
// slashes. inside is false for a file that is in another repository, whose name
// then begins with "../".
func repositoryPath(dir, file string) (name string, inside bool) {
	if path.IsAbs(file) || file == "" {
		return file, false
	}
	name = path.Join(dir, file)
	return name, name != ".." && !strings.HasPrefix(name, "../")
}

// A locator turns the places of a report into those of SARIF and GitHub.
type locator struct {
	dir string // the checked directory relative to the repository's root
	src *sources
}

// byteOrderMark is U+FEFF in UTF-8. It counts for bytes and not for characters.
const byteOrderMark = "\ufeff"

// column is a column in UTF-16 code units, counted from 1, that stands for a column
// in bytes. ok is false where there is no such column, and where the line cannot be
// read and so not counted.
func (l *locator) column(file string, line, column int) (utf16 int, ok bool) {
	if column <= 1 {
		return column, column == 1
	}
	text := l.src.line(file, line)
	if column-1 > len(text) {
		return 0, false
	}
	text = text[:column-1]
	if line == 1 {
		text = strings.TrimPrefix(text, byteOrderMark)
	}
	return utf16Length(text) + 1, true
}

// utf16Length counts the UTF-16 code units of a text. A byte that is no UTF-8 counts
// as the one character that is shown in its place.
func utf16Length(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// region is the stretch of a position that has a line. Where only a line or a start
// is known, it goes on to the end of the line.
func (l *locator) region(p finding.Position) *sarifRegion {
	r := &sarifRegion{StartLine: p.Line}
	start, ok := l.column(p.File, p.Line, p.Column)
	if ok {
		r.StartColumn = start
	} else if p.EndLine > p.Line {
		r.EndLine = p.EndLine // whole lines
		return r
	}
	if ok && (p.EndLine > p.Line || p.EndLine == p.Line && p.EndColumn >= p.Column) {
		if end, ok := l.column(p.File, p.EndLine, p.EndColumn); ok {
			r.EndLine, r.EndColumn = p.EndLine, end
			return r
		}
	}
	// What the standard takes for the rest by default is written out as far as it
	// is known: GitHub asks for all four.
	if text := l.src.line(p.File, p.Line); text != "" {
		if p.Line == 1 {
			text = strings.TrimPrefix(text, byteOrderMark)
		}
		r.StartColumn = max(r.StartColumn, 1)
		r.EndLine, r.EndColumn = p.Line, utf16Length(text)+1
	}
	return r
}

// stretch is the region of an edit; a start alone is a place to insert at. ok is
// false where it cannot be told exactly.
func (l *locator) stretch(e Edit) (r sarifRegion, ok bool) {
	endLine, endColumn := e.EndLine, e.EndColumn
	if endLine == 0 {
		endLine, endColumn = e.Line, e.Column
	}
	start, known := l.column(e.File, e.Line, e.Column)
	end, alsoKnown := l.column(e.File, endLine, endColumn)
	ok = e.Line > 0 && known && alsoKnown
	return sarifRegion{StartLine: e.Line, StartColumn: start, EndLine: endLine, EndColumn: end}, ok
}

// srcRoot is the name of the repository's root among the bases of URIs, spelled as
// the standard suggests and GitHub's own analysis does.
const srcRoot = "%SRCROOT%"

// artifact is the URI reference of a file, relative to the repository's root. A file
// outside of it has no base.
func (l *locator) artifact(file string) sarifArtifactLocation {
	name, inside := repositoryPath(l.dir, file)
	parts := strings.Split(name, "/")
	for i, p := range parts {
		// A colon in the first segment would make it a scheme (RFC 3986, section 4.2).
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	a := sarifArtifactLocation{URI: strings.Join(parts, "/")}
	if inside {
		a.URIBaseID = srcRoot
	}
	return a
}

// location is a place in a file. Where no line is known it is the file as a whole.
func (l *locator) location(p finding.Position) sarifLocation {
	physical := &sarifPhysicalLocation{ArtifactLocation: l.artifact(p.File)}
	if p.Line > 0 {
		physical.Region = l.region(p)
	}
	return sarifLocation{PhysicalLocation: physical}
}

func positionOf(r Related) finding.Position {
	return finding.Position{File: r.File, Line: r.Line, Column: r.Column, EndLine: r.EndLine, EndColumn: r.EndColumn}
}
