package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestGraphAndServices compares what graph and services say of a whole tree with
// golden files.
func TestGraphAndServices(t *testing.T) {
	shop := filepath.Join(trees, "shop")
	for _, tt := range []struct {
		golden string
		args   []string
	}{
		{"shop.graph.txt", []string{"graph"}},
		{"shop.graph.mmd", []string{"graph", "--format", "mermaid"}},
		{"shop.graph.dot", []string{"graph", "--format", "dot"}},
		{"shop.graph.json", []string{"graph", "--format", "json"}},
		{"shop.services.txt", []string{"services"}},
		{"shop.services.json", []string{"services", "--format", "json"}},
	} {
		t.Run(tt.golden, func(t *testing.T) {
			o := cnready(t, append(tt.args, shop)...)
			if o.code != 0 {
				t.Fatalf("exit code %d: %v", o.code, o.err)
			}
			golden(t, tt.golden, neutral(o.stdout))
		})
	}
}

func TestGraphAndServicesRefuse(t *testing.T) {
	for _, args := range [][]string{{"graph", "--format", "svg"}, {"services", "--format", "yaml"}, {"graph", t.TempDir()}, {"services", t.TempDir()}} {
		o := cnready(t, args...)
		if o.code != 2 || strings.TrimSpace(o.stdout) != "" {
			t.Errorf("cnready %s: exit code %d, want 2; it wrote %q", strings.Join(args, " "), o.code, o.stdout)
		}
	}
}
