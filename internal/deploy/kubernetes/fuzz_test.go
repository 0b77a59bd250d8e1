package kubernetes

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

// FuzzRead reads anything without a panic, and gives only places in the file.
func FuzzRead(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(pod("a") + "--- # x\n" + deployment("d", "a: b") + "...\n%YAML 1.1\n---\n" + service("s", "a: b")))
	f.Add([]byte("apiVersion: v1\nkind: List\nitems: [&a {kind: Pod, apiVersion: v1, spec: {containers: [{<<: *a}]}}, *a]\n"))
	f.Add([]byte(`{"apiVersion":"v1","kind":"Pod"}{"apiVersion":"v1","kind":"Pod","spec":{"containers":[null]}}`))
	f.Add([]byte("apiVersion: v1\nkind: Pod\nspec:\n  containers: &c\n  - env: *c\n"))
	f.Add([]byte("apiVersion: v1\r\nkind: Pod\rmetadata: {name: \"\u2028ä\\\n  b\"}\r\nspec: {containers: [{name: !!str &x |\n"))
	f.Add([]byte("apiVersion: apps/v1\nkind: StatefulSet\nspec: {volumeClaimTemplates: [null, {}], template: {spec: {volumes: [null, {name: x}]}}}\n"))
	f.Add([]byte("kind: LimitRange\napiVersion: v1\nspec: {limits: [{type: Container, max: {cpu: 1}}, null]}\n"))
	f.Add([]byte("resources: [., .., x.yaml]\nimages: [{name: a}, null, 3]\npatches: [x.yaml, {path: 3}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root := t.TempDir()
		for _, name := range []string{"x.yaml", "kustomization.yaml", "y.json"} {
			if err := os.WriteFile(filepath.Join(root, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tr, err := tree.Open(root, "")
		if err != nil {
			t.Fatal(err)
		}
		m := Read(tr)
		lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		for _, w := range m.Workloads {
			places := []finding.Position{w.Position, w.Replicas.Position, w.GraceSeconds.Position}
			for _, c := range w.Containers {
				places = append(places, c.Position, c.Image.Position, c.Readiness.Position, c.Resources.Position, c.Resources.CPULimit.Position)
				for _, e := range c.Env {
					places = append(places, e.Position, e.ValuePosition)
				}
			}
			for _, p := range places {
				if err := inside(p, lines); err != nil {
					t.Errorf("%s: %v", w.ID(), err)
				}
			}
		}
	})
}

func inside(p finding.Position, lines []string) error {
	switch {
	case p.Line < 1 || p.Line > len(lines):
		return fmt.Errorf("%s: there are %d lines", p, len(lines))
	case p.Column < 1 || p.Column > len(lines[p.Line-1])+1:
		return fmt.Errorf("%s: the line has %d bytes", p, len(lines[p.Line-1]))
	case p.EndLine == 0:
		return nil
	case p.EndLine < p.Line || p.EndLine > len(lines) || p.EndLine == p.Line && p.EndColumn < p.Column:
		return fmt.Errorf("%s: ends at %d:%d", p, p.EndLine, p.EndColumn)
	case p.EndColumn < 1 || p.EndColumn > len(lines[p.EndLine-1])+1:
		return fmt.Errorf("%s: ends at %d:%d, beyond the line", p, p.EndLine, p.EndColumn)
	}
	return nil
}
