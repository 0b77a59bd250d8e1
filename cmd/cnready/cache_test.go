package main

import (
	"os"
	"testing"

	"github.com/cnready/cnready/internal/code"
)

// TestCacheSameReport checks each tree without a cache, with an empty one and with
// what that run left in it.
func TestCacheSameReport(t *testing.T) {
	entries, err := os.ReadDir(trees)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			report := func() string {
				o := cnready(t, "check", trees+"/"+e.Name(), "--format=json", "--fail-on=never")
				if o.err != nil {
					t.Fatal(o.err)
				}
				return o.stdout
			}
			want := report()
			t.Setenv(code.CacheEnv, t.TempDir())
			for _, with := range []string{"an empty cache", "a filled cache"} {
				if got := report(); got != want {
					t.Errorf("with %s the report differs:\n%s\nwithout a cache:\n%s", with, got, want)
				}
			}
		})
	}
}
