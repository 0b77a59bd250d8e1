package tree

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOpenNeedsAFolder(t *testing.T) {
	root := t.TempDir()
	files{"f": ""}.write(t, root)
	for name, want := range map[string]string{
		filepath.Join(root, "none"): "does not exist: give the folder",
		filepath.Join(root, "f"):    "is a file: give the folder",
		"\x00":                      "cannot read",
	} {
		if tr, err := Open(name, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", name, tr, err)
		}
	}
}

func TestOpenListsSortedAndLeavesOut(t *testing.T) {
	root := t.TempDir()
	files{
		"b.go": "12345", "a/x": "", "a-b": "", "A": "", "vendor/v/v.go": "", "x/testdata/f": "", "web/node_modules/n/i.js": "",
		"vendors/f": "", ".git/config": "", ".github/f": "", "empty/": "",
	}.write(t, root)
	tr, err := Open(root, "deploy")
	must(t, err)
	var got []string
	for _, f := range tr.Files {
		got = append(got, fmt.Sprintf("%s %d", f.Path, f.Size))
	}
	if want := []string{".github/f 0", "A 0", "a-b 0", "a/x 0", "b.go 5", "vendors/f 0"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if tr.Name("a/x") != "deploy/a/x" || (&Tree{}).Name("a/x") != "a/x" {
		t.Error("the prefix does not stand before names")
	}
	if !filepath.IsAbs(tr.Root) || len(tr.NotAnalyzed) != 0 {
		t.Errorf("%q %v", tr.Root, tr.NotAnalyzed)
	}
}

func TestSymbolicLinks(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	files{"a/f": "", "go.mod": "module m\n"}.write(t, root)
	files{"secret": "x"}.write(t, outside)
	for name, to := range map[string]string{"a/loop": "..", "self": "self", "link": "a", "out": outside, "file": filepath.Join(outside, "secret"), "inner": "go.mod"} {
		if err := os.Symlink(to, filepath.Join(root, filepath.FromSlash(name))); err != nil {
			t.Skip(err)
		}
	}
	if got, want := paths(t, root), []string{"a/f", "go.mod"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	tr, err := Open(root, "")
	must(t, err)
	for _, p := range []string{"file", "out/secret", "self", "../" + filepath.Base(root) + "/go.mod"} {
		if data, err := tr.Read(p, 10); err == nil {
			t.Errorf("%s was read: %q", p, data)
		}
	}
	if data, err := tr.Read("inner", 100); err != nil || string(data) != "module m\n" {
		t.Errorf("a link within the tree: %q, %v", data, err)
	}
	// The checked directory itself may be a link.
	link := filepath.Join(outside, "link")
	must(t, os.Symlink(root, link))
	if got := paths(t, link); len(got) != 2 {
		t.Errorf("through a link: %q", got)
	}
}

func TestUnreadableFolder(t *testing.T) {
	root := t.TempDir()
	files{"a/f": "", "b/f": ""}.write(t, root)
	closed := filepath.Join(root, "a")
	must(t, os.Chmod(closed, 0))
	t.Cleanup(func() { _ = os.Chmod(closed, 0o755) })
	if _, err := os.ReadDir(closed); err == nil {
		t.Skip("this user may read everything")
	}
	tr, err := Open(root, "")
	must(t, err)
	if len(tr.Files) != 1 || len(tr.NotAnalyzed) != 1 || tr.NotAnalyzed[0].File != "a" || tr.NotAnalyzed[0].Reason != "cannot be listed: permission denied" {
		t.Errorf("%v %v", tr.Files, tr.NotAnalyzed)
	}
}

func TestFolderThatIsGone(t *testing.T) {
	tr := &Tree{Root: filepath.Join(t.TempDir(), "gone"), Prefix: "p", limits: defaultLimits}
	tr.walk("a", repository{}, false, 0)
	if len(tr.NotAnalyzed) != 1 || tr.NotAnalyzed[0].File != "p/a" || !strings.HasPrefix(tr.NotAnalyzed[0].Reason, "cannot be listed: ") || strings.Contains(tr.NotAnalyzed[0].Reason, tr.Root) {
		t.Errorf("%v", tr.NotAnalyzed)
	}
}

func TestBounds(t *testing.T) {
	root := t.TempDir()
	files{"a/1": "", "a/2": "", "b/3": "", "b/c/4": "", "b/c/d/5": "", "z": ""}.write(t, root)
	tr, err := open(root, "", limits{files: 3, depth: 9, ignore: 9})
	must(t, err)
	if len(tr.Files) != 3 || len(tr.NotAnalyzed) != 1 || tr.NotAnalyzed[0].Reason != "there are more than 3 files; the rest was not read" {
		t.Errorf("%v %v", tr.Files, tr.NotAnalyzed)
	}
	tr, err = open(root, "", limits{files: 6, depth: 9, ignore: 9})
	must(t, err)
	if len(tr.Files) != 6 || len(tr.NotAnalyzed) != 0 {
		t.Errorf("exactly as many as allowed: %v %v", tr.Files, tr.NotAnalyzed)
	}
	tr, err = open(root, "", limits{files: 9, depth: 1, ignore: 9})
	must(t, err)
	if len(tr.Files) != 4 || len(tr.NotAnalyzed) != 1 || tr.NotAnalyzed[0].File != "b/c" || tr.NotAnalyzed[0].Reason != "folders are nested deeper than 1" {
		t.Errorf("%v %v", tr.Files, tr.NotAnalyzed)
	}
}

func TestHas(t *testing.T) {
	root := t.TempDir()
	files{"a-b/f": "", "a.b": "", "a/b/c": "", "a0": "", "ab/x": "", "empty/": ""}.write(t, root)
	tr, err := Open(root, "")
	must(t, err)
	for p, want := range map[string]bool{
		"": true, ".": true, "./": true, "a": true, "a/": true, "./a/b": true, "a/b/c": true, "a/b/../b": true, "a-b": true, "a.b": true, "a0": true, "ab": true,
		"a/b/c/d": false, "a/c": false, "b": false, "a-": false, "empty": false, "/a": false, "..": false, "../a": false, "a0/x": false, "zz": false, "A": false,
	} {
		if tr.Has(p) != want {
			t.Errorf("Has(%q) = %v", p, !want)
		}
	}
	if (&Tree{}).Has("a") || !(&Tree{}).Has(".") {
		t.Error("an empty tree")
	}
}

func TestRead(t *testing.T) {
	root := t.TempDir()
	files{"f": "12345", "d/g": "x", "empty": ""}.write(t, root)
	tr, err := Open(root, "")
	must(t, err)
	for _, tt := range []struct {
		path  string
		limit int64
		want  string
		err   string
	}{
		{"f", 5, "12345", ""},
		{"f", 6, "12345", ""},
		{"f", 4, "", "is larger than 4 bytes"},
		{"./d/../d/g", 5, "x", ""},
		{"empty", 0, "", ""},
		{"d", 5, "", "cannot be read: it is no regular file"},
		{"none", 5, "", "cannot be read: no such file or directory"},
		{"f/g", 5, "", "cannot be read: not a directory"},
		{"../f", 5, "", "cannot be read: it lies outside of the checked directory"},
		{"/etc/hosts", 5, "", "cannot be read: it lies outside of the checked directory"},
		{"", 5, "", "cannot be read: it is no regular file"},
	} {
		data, err := tr.Read(tt.path, tt.limit)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != tt.err || !bytes.Equal(data, []byte(tt.want)) {
			t.Errorf("%q: %q, %q", tt.path, data, text)
		}
	}
	if _, err := (&Tree{Root: filepath.Join(root, "none")}).Read("f", 5); err == nil {
		t.Error("read from a folder that is not there")
	}
}

func TestReadDoesNotWait(t *testing.T) {
	root := t.TempDir()
	pipe(t, filepath.Join(root, "pipe"))
	pipe(t, filepath.Join(root, ".gitignore"))
	done := make(chan error)
	go func() {
		tr, err := Open(root, "")
		if err == nil && len(tr.Files) == 0 {
			_, err = tr.Read("pipe", 5)
		}
		done <- err
	}()
	select {
	case err := <-done:
		if err == nil || err.Error() != "cannot be read: it is no regular file" {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no end in 20 seconds")
	}
}

func TestIsExample(t *testing.T) {
	for p, want := range map[string]bool{
		"main.go": false, "cmd/web/main.go": false, "k8s/web.yaml": false,
		"examples/web/main.go": true, "example/main.go": true, "docs/_examples/a.yaml": true, ".example/a": true,
		"a/Samples/b": true, "sample/x": true, "k8s/config.example.yaml": true, "example-config.yaml": true,
		"values_sample.yaml": true, "docker-compose.sample.yml": true, "EXAMPLE.yaml": true,
		// A name that merely begins like one is none.
		"sampler/main.go": false, "internal/exampleserver/main.go": false, "resample.go": false, "samplerate.yaml": false,
		// Neither is what the checked directory itself is called.
		"": false, ".": false, "example": true,
	} {
		if IsExample(p) != want {
			t.Errorf("IsExample(%q) = %v", p, !want)
		}
	}
}

func TestSameTreeTwice(t *testing.T) {
	root := t.TempDir()
	for i := range 50 {
		files{fmt.Sprintf("d%d/f%d", i%7, i): "", fmt.Sprintf("d%d/.gitignore", i%7): "f1*\n", "d3/.git/HEAD": ""}.write(t, root)
	}
	first, err := Open(root, "")
	must(t, err)
	second, err := Open(root, "")
	must(t, err)
	if !slices.Equal(first.Files, second.Files) || !slices.Equal(first.NotAnalyzed, second.NotAnalyzed) {
		t.Errorf("%v %v", first, second)
	}
}
