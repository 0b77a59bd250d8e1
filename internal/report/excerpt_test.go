package report

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("a", 50) + "MARK" + strings.Repeat("z", 50)
	tests := map[string]struct {
		line       string
		start, end int
		room       int
		text       string
		marks      string
	}{
		"plain":                 {"listen(addr)", 8, 12, 80, "listen(addr)", "       ^^^^"},
		"only a start":          {"listen(addr)", 8, 0, 80, "listen(addr)", "       ^"},
		"no column":             {"listen(addr)", 0, 0, 80, "listen(addr)", ""},
		"end before start":      {"listen(addr)", 8, 3, 80, "listen(addr)", "       ^"},
		"tabs":                  {"\t\tport = 1", 3, 7, 80, "        port = 1", "        ^^^^"},
		"tab stop":              {"ab\tcd", 4, 6, 80, "ab  cd", "    ^^"},
		"tab in the stretch":    {"a\tb\tc", 1, 6, 80, "a   b   c", "^^^^^^^^^"},
		"two bytes, one column": {"é = port", 6, 10, 80, "é = port", "    ^^^^"},
		"two columns":           {"注文 = port", 10, 14, 80, "注文 = port", "       ^^^^"},
		"combining mark":        {"e\u0301 = port", 7, 11, 80, "e\u0301 = port", "    ^^^^"},
		"within a rune":         {"注文", 2, 3, 80, "注文", "  ^^"},
		"behind the end":        {"port", 5, 0, 80, "port", "    ^"},
		"far behind the end":    {"port", 99, 120, 80, "port", "    ^"},
		"stretch beyond end":    {"port: 1", 7, 99, 80, "port: 1", "      ^"},
		"trailing space":        {"port  \t", 1, 5, 80, "port", "^^^^"},
		"escape sequence":       {"a\x1b[31mb", 7, 0, 80, "a\ufffd[31mb", "      ^"},
		"text direction":        {"a\u202eb", 5, 0, 80, "a\ufffdb", "  ^"},
		"not UTF-8":             {"a\xffb", 3, 4, 80, "a\ufffdb", "  ^"},
		"byte order mark":       {"\ufeffFROM x", 4, 8, 80, "FROM x", "^^^^"},
		"cut behind":            {long, 1, 4, 20, "aaaaaaaaaaaaaaaaa...", "^^^"},
		"cut on both sides":     {long, 51, 55, 20, "...aaaaaMARKzzzzz...", "        ^^^^"},
		"cut in front":          {long, 103, 105, 20, "...zzzzzzzzzzzzzzzzz", strings.Repeat(" ", 18) + "^^"},
		"cut within":            {long, 11, 95, 20, "..." + strings.Repeat("a", 14) + "...", "   " + strings.Repeat("^", 14)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			text, marks := excerpt(test.line, test.start, test.end, test.room)
			if text != test.text || marks != test.marks {
				t.Errorf("excerpt is\n%q\n%q\nwant\n%q\n%q", text, marks, test.text, test.marks)
			}
		})
	}
}

func TestExcerptOfAHugeLine(t *testing.T) {
	line := strings.Repeat("a", 1<<20) + "MARK" + strings.Repeat("z", 1<<20)
	const want, marks = "...aaaaaMARKzzzzz...", "        ^^^^"
	if text, m := excerpt(line, 1<<20+1, 1<<20+5, 20); text != want || m != marks {
		t.Errorf("excerpt is\n%q\n%q\nwant\n%q\n%q", text, m, want, marks)
	}
	if text, m := excerpt(line, 2<<20+1, 0, 20); text != "..."+strings.Repeat("z", 17) || m != strings.Repeat(" ", 16)+"^" {
		t.Errorf("excerpt near the end is\n%q\n%q", text, m)
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("\tport = \"8080\"", 2, 6, 20)
	f.Add("注文を保存する(注文)", 22, 28, 12)
	f.Add("\xff\x1b\ufeff", 1, 9, 3)
	f.Add("", 1, 1, 0)
	f.Fuzz(func(t *testing.T, line string, start, end, room int) {
		if room > 1<<20 || strings.Contains(line, "\n") {
			t.Skip()
		}
		text, marks := excerpt(line, start, end, room)
		room = max(room, 12)
		if w := textWidth(text); w > room {
			t.Errorf("%q is %d columns wide, in %d", text, w, room)
		}
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unsafeRune) {
			t.Errorf("%q is not fit for a terminal", text)
		}
		if start < 1 {
			if marks != "" {
				t.Errorf("marks %q without a column", marks)
			}
			return
		}
		if under := strings.TrimLeft(marks, " "); under == "" || strings.Trim(under, "^") != "" {
			t.Errorf("marks are %q", marks)
		}
		if len(marks) > room+1 { // one mark may stand behind the last column
			t.Errorf("marks are %d columns wide, in %d", len(marks), room)
		}
	})
}

func TestWrap(t *testing.T) {
	tests := map[string]struct {
		text  string
		width int
		want  []string
	}{
		"short":      {"a b", 10, []string{"a b"}},
		"exact":      {"aaa bbb", 7, []string{"aaa bbb"}},
		"over":       {"aaa bbbb", 7, []string{"aaa", "bbbb"}},
		"long word":  {"a bbbbbbbbbbbb c", 5, []string{"a", "bbbbbbbbbbbb", "c"}},
		"paragraphs": {"a\nb  c\r\n", 10, []string{"a", "b c"}},
		"wide":       {"注文 注文", 8, []string{"注文", "注文"}},
		"escape":     {"a\x1b[2Jb", 10, []string{"a\ufffd[2Jb"}},
		"nothing":    {"", 10, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := wrap(test.text, test.width); !slices.Equal(got, test.want) {
				t.Errorf("wrap(%q, %d) = %q, want %q", test.text, test.width, got, test.want)
			}
		})
	}
}

func TestSources(t *testing.T) {
	reads := 0
	s := newSources(func(string) ([]byte, error) {
		reads++
		return []byte("one\r\ntwo\nthree"), nil
	})
	for n, want := range []string{"", "one", "two", "three", ""} {
		if got := s.line("f", n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
	if reads != 1 {
		t.Errorf("the file was read %d times", reads)
	}
	binary := newSources(func(string) ([]byte, error) { return []byte("a\x00b"), nil })
	if got := binary.line("f", 1); got != "" {
		t.Errorf("a line %q is shown of what is no text", got)
	}
}
