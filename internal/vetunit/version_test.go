package vetunit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuildID(t *testing.T) {
	const hash = "abcdefghij-KLMNOP_12"
	id := strings.Join([]string{hash, hash, hash, hash}, "/")
	for _, tt := range []struct{ name, program, want string }{
		{"in an ELF note", "\x7fELF\x04\x00\x00\x00S\x00\x00\x00\x04\x00\x00\x00Go\x00\x00" + id + "\x00code", id},
		{"in the text", "MZ....\xff Go build ID: \"" + id + "\"\n \xffcode", id},
		{"none", "\x7fELF....code", ""},
		{"empty, by -ldflags=-buildid=", "\xff Go build ID: \"\"\n \xff", ""},
		{"of another builder", "\xff Go build ID: \"redacted\"\n \xff", ""},
		{"of an object file", "\xff Go build ID: \"" + hash + "/" + hash + "\"\n \xff", ""},
		{"cut short", "\xff Go build ID: \"" + id[:70], ""},
		{"too far away", strings.Repeat("\x00", maxHead) + "\xff Go build ID: \"" + id + "\"\n \xff", ""},
		{"no file", "", ""},
	} {
		file := filepath.Join(t.TempDir(), "program")
		if tt.program != "" {
			if err := os.WriteFile(file, []byte(tt.program), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		got, err := buildID(file)
		if got != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
	}
}
