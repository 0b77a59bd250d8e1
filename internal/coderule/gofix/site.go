package gofix

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"

	"github.com/cnready/cnready/internal/finding"
)

// Files are the Go files that fixes may look at, by the names that positions
// give them. Each file is read and parsed once. Not safe for concurrent use.
type Files struct {
	// Read returns the bytes of a file.
	Read func(name string) ([]byte, error)
	// Siblings returns the names of the Go files of the same folder, the file
	// itself among them or not. It may be nil.
	Siblings func(name string) []string
	// GoVersion is the Go version of the file's module, such as "1.22", or ""
	// where it is not known. It may be nil.
	GoVersion func(name string) string

	parsed map[string]*parsed
}

type parsed struct {
	fset   *token.FileSet
	file   *ast.File
	source []byte
}

// A Site is the place of a finding in a Go file: the parsed file and the nodes
// that enclose the place.
type Site struct {
	Fset *token.FileSet
	// File is the syntax of the whole file, with comments, without resolved
	// objects.
	File *ast.File
	// Source is the text that was parsed.
	Source []byte
	// Name is the file's name in positions.
	Name string
	// Start and End are the place.
	Start, End token.Pos
	// Path are the nodes that enclose the place, innermost first; the last is the
	// file. The first is the smallest node that has the whole place in it.
	Path []ast.Node

	files *Files
}

// At returns the site of a position, nil where the file cannot be read or parsed,
// is generated or vendored, or has no such place.
func (fs *Files) At(p finding.Position) *Site {
	if fs == nil || p.Line == 0 || !strings.HasSuffix(p.File, ".go") || vendored(p.File) {
		return nil
	}
	f := fs.parse(p.File)
	if f == nil || ast.IsGenerated(f.file) {
		return nil
	}
	s := &Site{Fset: f.fset, File: f.file, Source: f.source, Name: p.File, files: fs}
	tf := f.fset.File(f.file.Package)
	s.Start = place(tf, p.Line, p.Column)
	if s.End = place(tf, p.EndLine, p.EndColumn); s.End < s.Start {
		s.End = s.Start
	}
	if !s.Start.IsValid() {
		return nil
	}
	s.Path, _ = astutil.PathEnclosingInterval(f.file, s.Start, s.End)
	if len(s.Path) == 0 {
		return nil
	}
	return s
}

// At returns the site of another place, of the same file or another one of the
// program; nil under the conditions of Files.At, and for a nil site.
func (s *Site) At(p finding.Position) *Site {
	if s == nil {
		return nil
	}
	return s.files.At(p)
}

// parse returns a file, nil where it is not wholly understood.
func (fs *Files) parse(name string) *parsed {
	if f, ok := fs.parsed[name]; ok {
		return f
	}
	if fs.parsed == nil {
		fs.parsed = map[string]*parsed{}
	}
	fs.parsed[name] = nil
	src, err := fs.Read(name)
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	fs.parsed[name] = &parsed{fset, file, src}
	return fs.parsed[name]
}

func vendored(name string) bool {
	return slices.Contains(strings.Split(path.Dir(name), "/"), "vendor")
}

// place is the position of a line and column; none where the file has none such.
func place(f *token.File, line, column int) token.Pos {
	if line < 1 || line > f.LineCount() {
		return token.NoPos
	}
	p := f.LineStart(line) + token.Pos(max(column, 1)-1)
	if int(p) > f.Base()+f.Size() {
		return token.NoPos
	}
	return p
}

// position is a place as findings name it, without regard to line directives.
func (s *Site) position(start, end token.Pos) finding.Position {
	a, b := s.Fset.PositionFor(start, false), s.Fset.PositionFor(end, false)
	return finding.Position{File: s.Name, Line: a.Line, Column: a.Column, EndLine: b.Line, EndColumn: b.Column}
}

// Text is the source of a node.
func (s *Site) Text(n ast.Node) string {
	return string(s.Source[s.offset(n.Pos()):s.offset(n.End())])
}

func (s *Site) offset(p token.Pos) int { return s.Fset.PositionFor(p, false).Offset }

func (s *Site) line(p token.Pos) int { return s.Fset.PositionFor(p, false).Line }

// Indent is the white space that begins the line of a place.
func (s *Site) Indent(p token.Pos) string {
	at := s.offset(p)
	begin := strings.LastIndexByte(string(s.Source[:at]), '\n') + 1
	line := string(s.Source[begin:])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// GoVersionAtLeast tells whether the file's module is for Go 1.minor or later;
// false where its version is not known.
func (s *Site) GoVersionAtLeast(minor int) bool {
	if s == nil || s.files.GoVersion == nil {
		return false
	}
	return atLeast(s.files.GoVersion(s.Name), minor)
}

// decl is the top-level declaration around the place, nil where there is none.
func (s *Site) decl() ast.Decl {
	if len(s.Path) < 2 {
		return nil
	}
	d, _ := s.Path[len(s.Path)-2].(ast.Decl)
	return d
}
