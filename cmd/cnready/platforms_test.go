package main

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/report"
)

// TestPlatforms has for each platform a tree that declares it and fits, and one that
// declares it and is blocked: testdata/platforms/ID.txtar, whose files lie over those of
// testdata/platforms/service.
func TestPlatforms(t *testing.T) {
	base := map[string]string{}
	for _, name := range []string{"go.mod", "main.go", "Dockerfile"} {
		data, err := os.ReadFile(filepath.Join(trees, "platforms", "service", name))
		if err != nil {
			t.Fatal(err)
		}
		base[name] = string(data)
	}
	for _, p := range continuum.Platforms {
		t.Run(string(p.ID), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(filepath.Join(trees, "platforms", string(p.ID)+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"fits", "blocked"} {
				dir := t.TempDir()
				write(t, dir, base)
				for _, f := range archive.Files {
					if name, ok := strings.CutPrefix(f.Name, kind+"/"); ok {
						write(t, dir, map[string]string{path.Clean(name): string(f.Data)})
					}
				}
				result, err := check(context.Background(), dir, inputs{})
				if err != nil {
					t.Fatal(err)
				}
				judgePlatform(t, kind, result.report, p)
			}
		})
	}
}

func judgePlatform(t *testing.T, kind string, r *report.Report, p continuum.Platform) {
	t.Helper()
	if len(r.Services) != 1 {
		t.Errorf("%s: %d services, want one", kind, len(r.Services))
		return
	}
	for _, c := range r.Services[0].Continuum {
		if c.ID != string(p.ID) {
			continue
		}
		if len(c.Declared) == 0 {
			t.Errorf("%s: %s is not declared", kind, p.Name)
		}
		fits := c.Verdict == string(continuum.Fits) || c.Verdict == string(continuum.Warnings)
		if fits != (kind == "fits") || kind == "blocked" && c.Verdict != string(continuum.Blocked) {
			t.Errorf("%s: the verdict is %s: %+v", kind, c.Verdict, c.Reasons)
		}
		if kind == "blocked" && len(c.By) == 0 {
			found := false
			for _, f := range r.Findings {
				found = found || f.Rule == "platformblocked" && strings.Contains(f.Message, p.Name)
			}
			if !found {
				t.Errorf("no finding says that %s is blocked: %+v", p.Name, c.Reasons)
			}
		}
	}
	for _, f := range r.Findings {
		if kind == "fits" && f.Rule == "platformblocked" {
			t.Errorf("fits: %s:%d: %s", f.File, f.Line, f.Message)
		}
	}
}
