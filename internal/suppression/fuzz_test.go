package suppression

import (
	"testing"

	"github.com/cnready/cnready/internal/finding"
)

// FuzzYAML holds that comments and annotations of any text lie in it, and are for
// lines of it or the one behind.
func FuzzYAML(f *testing.F) {
	f.Add([]byte("metadata:\n  annotations:\n    cnready.dev/ignore: |\n      a one\n- -\n"))
	f.Add([]byte("- metadata: {annotations: {\"cnready.dev/ignore\": \"a\\nb\"}}\r\n"))
	f.Add([]byte("{{- /* cnready:ignore a b */ -}}\n# cnready:ignore\n---\nx: 1 # cnready:ignore a\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		files := &Files{Read: func(string) ([]byte, error) { return src, nil }}
		n := 1
		for _, b := range src {
			if b == '\n' {
				n++
			}
		}
		for _, name := range []string{"a.yaml", "a.json"} {
			for _, c := range files.Of(name) {
				if c.Position.Line < 1 || c.Position.Line > n || c.From < 1 || c.From > c.To || c.To > n+1 || c.Position.Column < 1 {
					t.Errorf("%s: %+v of %d lines", name, c, n)
				}
				For([]*Comment{c}, "a", finding.Position{File: name, Line: c.From})
			}
		}
	})
}
