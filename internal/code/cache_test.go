package code

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/tree"
	"github.com/cnready/cnready/internal/tree/treetest"
)

// cached is the program on which the cache is tried: main uses a, which uses b; c
// has an error.
const cached = "-- go.mod --\nmodule example.test/m\n\ngo 1.24\n" +
	"-- main.go --\npackage main\n\nimport (\n\t\"net\"\n\n\t\"example.test/m/a\"\n)\n\nfunc main() {\n\tnet.Listen(\"tcp\", \":1\")\n\ta.A()\n}\n" +
	"-- a/a.go --\npackage a\n\nimport \"example.test/m/b\"\n\nfunc A() { b.B(\"/x\") }\n" +
	"-- b/b.go --\npackage b\n\nimport \"os\"\n\nfunc B(n string) { os.Create(n) }\n" +
	"-- c/c.go --\npackage c\n\nfunc C() int { return \"\" }\n"

// full shows all that was read, with every value and place.
func full(t *testing.T, c *Code) string {
	t.Helper()
	data, err := effects.Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s%x", text(c), data)
}

// kept are the cache's files, without the mark of its trimming.
func kept(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "trimmed" {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func replaceIn(t *testing.T, file, old, new string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q", file, old)
	}
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(data), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestCache tells by the files that each run adds to the cache what was analyzed
// anew: a file for each package and one for the contracts.
func TestCache(t *testing.T) {
	root, dir := treetest.Write(t, cached), t.TempDir()
	had := 0
	check := func(what string, l *Loader, root string, added int) {
		t.Helper()
		l.CacheDir = "off"
		want := full(t, load(t, l, root))
		l.CacheDir = dir
		for range 2 {
			if got := full(t, load(t, l, root)); got != want {
				t.Errorf("%s: with the cache\n%s\nwithout\n%s", what, got, want)
			}
		}
		if n := len(kept(t, dir)) - had; n != added {
			t.Errorf("%s: %d files were added to the cache, want %d", what, n, added)
		}
		had = len(kept(t, dir))
	}
	check("first run", &Loader{}, root, 5)
	check("again", &Loader{}, root, 0)

	moved := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.CopyFS(moved, os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	check("in another folder", &Loader{}, moved, 0)
	sub := filepath.Join(t.TempDir(), "repo")
	if err := os.CopyFS(filepath.Join(sub, "svc"), os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	check("below the checked folder", &Loader{}, sub, 5)

	replaceIn(t, filepath.Join(root, "b", "b.go"), "os.Create(n)", "os.Create(\"/y\" + n)")
	check("after a change of what is imported", &Loader{}, root, 4)
	replaceIn(t, filepath.Join(root, "main.go"), `":1"`, `":2"`)
	check("after a change of main", &Loader{}, root, 2)
	replaceIn(t, filepath.Join(root, "c", "c.go"), `""`, "1")
	check("after an error was mended", &Loader{}, root, 2)
	replaceIn(t, filepath.Join(root, "c", "c.go"), "1", `""`)
	check("after the error came back", &Loader{}, root, 0)
	if err := os.WriteFile(filepath.Join(root, "c", "d_linux.go"), []byte("//go:build never\n\npackage c\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	check("with a file that no build takes", &Loader{}, root, 0)

	table, err := apitable.Default().With("mine", "package example.test/m/b\nB write path=$0\n")
	if err != nil {
		t.Fatal(err)
	}
	check("with another table", &Loader{Table: table}, root, 5)
}

// TestCacheKeepsPlaces reads a package whose types come from an outline: what is
// said of places in it must be the same as from its whole source.
func TestCacheKeepsPlaces(t *testing.T) {
	root, dir := treetest.Write(t, gomod("example.test/m")+
		src("conf/conf.go", "package conf\n\n/* one\ntwo */ import \"os\"\n\n// Load reads.\nfunc Load() { // here\n\tos.Getenv(\"X\")\n}\n\n// Conf is it.\ntype Conf struct {\n\t// Addr is where.\n\tAddr string `json:\"addr\"` // so\n}\n")+
		src("main.go", "package main\n\nimport (\n\t\"encoding/json\"\n\t\"net\"\n\t\"os\"\n\n\t\"example.test/m/conf\"\n)\n\nfunc main() {\n\tvar c conf.Conf\n\tdata, _ := os.ReadFile(\"c.json\")\n\tjson.Unmarshal(data, &c)\n\tnet.Listen(\"tcp\", c.Addr)\n}\n")), t.TempDir()
	load(t, &Loader{CacheDir: dir}, root)
	replaceIn(t, filepath.Join(root, "main.go"), `"tcp"`, `"tcp4"`)
	want := full(t, load(t, &Loader{}, root))
	if got := full(t, load(t, &Loader{CacheDir: dir}, root)); got != want {
		t.Errorf("with an outline\n%s\nfrom the whole source\n%s", got, want)
	}
}

// TestCacheDamaged spoils each file of a cache in turn.
func TestCacheDamaged(t *testing.T) {
	root, dir := treetest.Write(t, cached), t.TempDir()
	want := full(t, load(t, &Loader{CacheDir: dir}, root))
	for i, name := range kept(t, dir) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch i % 3 {
		case 0:
			data = data[:len(data)/2]
		case 1:
			data[len(data)-1] ^= 1
		case 2:
			data = nil
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if got := full(t, load(t, &Loader{CacheDir: dir}, root)); got != want {
			t.Errorf("with a damaged cache\n%s\nwant\n%s", got, want)
		}
	}
}

// TestCacheCannotBeWritten names a file as the cache's folder.
func TestCacheCannotBeWritten(t *testing.T) {
	root := treetest.Write(t, cached)
	want := full(t, load(t, &Loader{CacheDir: "off"}, root))
	if got := full(t, load(t, &Loader{CacheDir: filepath.Join(root, "main.go")}, root)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCacheNoPlaces(t *testing.T) {
	root, dir := treetest.Write(t, cached), t.TempDir()
	load(t, &Loader{CacheDir: dir}, root)
	for _, name := range kept(t, dir) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), root) {
			t.Errorf("%s names the folder of the tree", name)
		}
	}
}

func TestCachePlace(t *testing.T) {
	for _, tt := range []struct{ option, env, want string }{
		{"off", "/x", ""}, {"", "off", ""}, {"", "/x", "/x"}, {"/y", "off", "/y"}, {"", "", "/home/cnready"},
	} {
		t.Setenv("XDG_CACHE_HOME", "/home")
		t.Setenv(CacheEnv, tt.env)
		got := ""
		if c := openCache(tt.option); c != nil {
			got = filepath.ToSlash(c.dir)
		}
		if got != tt.want && (tt.env != "" || tt.option != "" || !strings.HasSuffix(got, "/cnready")) {
			t.Errorf("option %q, environment %q: %q, want %q", tt.option, tt.env, got, tt.want)
		}
	}
}

func TestCacheTrim(t *testing.T) {
	now := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	c := &cache{dir: t.TempDir()}
	used := func(name string, days int) string {
		t.Helper()
		name = filepath.Join(c.dir, name)
		if err := c.write(name, make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		at := now.Add(-time.Duration(days) * 24 * time.Hour)
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
		return name
	}
	entry := func(n byte) string {
		return filepath.Base(filepath.Dir(c.file(key{n}))) + "/" + filepath.Base(c.file(key{n}))
	}
	old, third, second, first := used(entry(1), 6), used(entry(2), 3), used(entry(3), 2), used(entry(4), 1)
	half := used("00/new-123", 7)
	// What the cache did not make stays.
	foreign, hidden := used("notes.txt", 99), used("aa/notes.txt", 99)
	there := func(name string) bool {
		_, err := os.Stat(name)
		return err == nil
	}
	c.trim(now, 250)
	for name, want := range map[string]bool{old: false, half: false, third: false, second: true, first: true, foreign: true, hidden: true} {
		if there(name) != want {
			t.Errorf("%s is there: %t, want %t", name, !want, want)
		}
	}
	c.trim(now.Add(23*time.Hour), 0)
	if !there(first) {
		t.Error("trimmed twice a day")
	}
	c.trim(now.Add(25*time.Hour), 0)
	if there(first) || there(second) {
		t.Error("not trimmed on the next day")
	}
}

// TestFirstParty reads a module of somebody else because the user says so.
func TestFirstParty(t *testing.T) {
	root := treetest.Write(t, "-- go.mod --\nmodule example.test/m\n\ngo 1.24\n\nrequire example.test/dep v1.0.0\n"+
		"-- vendor/modules.txt --\n# example.test/dep v1.0.0\n## explicit; go 1.24\nexample.test/dep\n"+
		"-- vendor/example.test/dep/dep.go --\npackage dep\n\nimport \"os\"\n\nfunc Save() { os.Create(\"/theirs\") }\n"+
		"-- main.go --\npackage main\n\nimport \"example.test/dep\"\n\nfunc main() { dep.Save() }\n")
	for _, tt := range []struct {
		prefixes []string
		want     bool
	}{{nil, false}, {[]string{"example.test/de"}, false}, {[]string{"example.test/dep"}, true}, {[]string{"x", "example.test/dep/"}, true}, {[]string{""}, false}} {
		tr, err := tree.Open(root, "")
		if err != nil {
			t.Fatal(err)
		}
		c := (&Loader{FirstParty: tt.prefixes}).Load(context.Background(), tr)
		if got := strings.Contains(text(c), "write os.Create path=/theirs"); got != tt.want {
			t.Errorf("%q: read is %t, want %t:\n%s", tt.prefixes, got, tt.want, text(c))
		}
	}
}
