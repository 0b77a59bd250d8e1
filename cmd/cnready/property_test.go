package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestVerdictsKeep holds the verdicts on the shop against those on the same shop whose
// manifests have other names, so that they are read in another order, whose images have
// another name, or whose manifests lie in another folder: only places may change.
func TestVerdictsKeep(t *testing.T) {
	want := verdicts(t, filepath.Join(trees, "shop"))
	for _, tt := range []struct {
		name string
		// file is the name of a file in the other tree, text what stands in it.
		file, text func(string) string
	}{
		{"order", func(p string) string {
			if path.Ext(p) != ".yaml" {
				return p
			}
			// The last becomes the first.
			name := []byte(strings.TrimSuffix(path.Base(p), ".yaml"))
			for i, c := range name {
				if c >= 'a' && c <= 'z' {
					name[i] = 'a' + 'z' - c
				}
			}
			return path.Join(path.Dir(p), string(name)+".yaml")
		}, nil},
		{"image", nil, func(text string) string {
			return strings.ReplaceAll(text, "registry.example.com/shop/", "registry.example.com/market/")
		}},
		{"folder", func(p string) string {
			if rest, ok := strings.CutPrefix(p, "deploy/"); ok {
				return "k8s/live/" + rest
			}
			return p
		}, func(text string) string { return strings.ReplaceAll(text, "deploy/", "k8s/live/") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			files := os.DirFS(filepath.Join(trees, "shop"))
			changed := false
			err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := fs.ReadFile(files, p)
				if err != nil {
					return err
				}
				name, text := p, string(data)
				if tt.file != nil {
					name = tt.file(p)
				}
				if tt.text != nil {
					text = tt.text(text)
				}
				changed = changed || name != p || text != string(data)
				write(t, dir, map[string]string{name: text})
				return nil
			})
			if err != nil || !changed {
				t.Fatalf("error %v, changed %t", err, changed)
			}
			got := verdicts(t, dir)
			for _, v := range want {
				if !slices.Contains(got, v) {
					t.Errorf("missing: %s", v)
				}
			}
			for _, v := range got {
				if !slices.Contains(want, v) {
					t.Errorf("new: %s", v)
				}
			}
		})
	}
}

// verdicts are what is found in a directory and what could not be told, without places.
func verdicts(t *testing.T, dir string) []string {
	t.Helper()
	r, err := check(context.Background(), dir, inputs{})
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	add := func(v string) { count[v]++ }
	for _, f := range r.report.Findings {
		add(strings.Join([]string{f.Rule, f.Severity, f.Status, f.Service, f.Workload}, " "))
	}
	for _, u := range r.report.Unknown {
		add("unknown " + u.Rule + " " + u.Service)
	}
	for _, s := range r.report.Services {
		for _, p := range []struct {
			name  string
			score *float64
		}{{"packaged", s.Properties.ContainerPackaged.Score}, {"managed", s.Properties.DynamicallyManaged.Score}, {"oriented", s.Properties.MicroservicesOriented.Score}} {
			if p.score != nil {
				add(fmt.Sprintf("%s %s %.1f", s.Name, p.name, *p.score))
			}
		}
		for _, p := range s.Continuum {
			add(s.Name + " on " + p.ID + ": " + p.Verdict)
		}
	}
	var out []string
	for v, n := range count {
		out = append(out, fmt.Sprintf("%d x %s", n, v))
	}
	slices.Sort(out)
	return out
}
