package report

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

func TestColumn(t *testing.T) {
	l := locator{src: newSources(func(string) ([]byte, error) {
		return []byte("\ufeffab\n\té𝄞x\r\n\n\xffz\n"), nil
	})}
	for _, tt := range []struct {
		line, column int // in bytes
		want         int // in UTF-16 code units; 0 for none
	}{
		{1, 1, 1}, {1, 4, 1}, {1, 5, 2}, {1, 6, 3}, {1, 7, 0}, // the byte order mark does not count
		{2, 1, 1}, {2, 2, 2}, {2, 4, 3}, {2, 8, 5}, {2, 9, 6}, {2, 10, 0},
		{3, 1, 1}, {3, 2, 0},
		{4, 2, 2}, {4, 3, 3}, // what is no UTF-8 is one character
		{9, 1, 1}, {9, 2, 0}, {2, 0, 0},
	} {
		got, ok := l.column("f", tt.line, tt.column)
		if ok != (tt.want > 0) || ok && got != tt.want {
			t.Errorf("line %d, byte %d: column %d (%v), want %d", tt.line, tt.column, got, ok, tt.want)
		}
	}
}

func TestRegion(t *testing.T) {
	l := locator{src: newSources(func(string) ([]byte, error) { return []byte("abc def\nghi\n"), nil })}
	for _, tt := range []struct {
		at   finding.Position
		want sarifRegion
	}{
		{finding.Position{Line: 1}, sarifRegion{1, 1, 1, 8}},
		{finding.Position{Line: 1, Column: 5}, sarifRegion{1, 5, 1, 8}},
		{finding.Position{Line: 1, Column: 5, EndLine: 1, EndColumn: 8}, sarifRegion{1, 5, 1, 8}},
		{finding.Position{Line: 1, Column: 5, EndLine: 2, EndColumn: 2}, sarifRegion{1, 5, 2, 2}},
		{finding.Position{Line: 1, EndLine: 2}, sarifRegion{1, 0, 2, 0}},
		{finding.Position{Line: 1, Column: 5, EndLine: 1, EndColumn: 3}, sarifRegion{1, 5, 1, 8}},   // ends before it begins
		{finding.Position{Line: 1, Column: 5, EndLine: 1, EndColumn: 99}, sarifRegion{1, 5, 1, 8}},  // beyond the line
		{finding.Position{Line: 1, Column: 99, EndLine: 1, EndColumn: 99}, sarifRegion{1, 1, 1, 8}}, // there is no such place
		{finding.Position{Line: 7, Column: 3}, sarifRegion{StartLine: 7}},
	} {
		tt.at.File = "f"
		if got := l.region(tt.at); *got != tt.want {
			t.Errorf("%+v is %+v, want %+v", tt.at, *got, tt.want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text string
		most int
		want string
	}{
		{"short", 5, "short"},
		{"some words here", 13, "some words..."},
		{"unbreakable", 8, "unbre..."},
		{"𝄞𝄞𝄞𝄞", 7, "𝄞𝄞..."}, // two units each
	} {
		got := cut(tt.text, tt.most)
		if got != tt.want || utf16Length(got) > tt.most {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.text, tt.most, got, tt.want)
		}
	}
}
