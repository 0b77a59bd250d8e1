package tree

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// files are the files of a small repository by path. A path with a slash at its
// end is an empty folder.
type files map[string]string

func (f files) write(t *testing.T, root string) {
	t.Helper()
	for name, text := range f {
		abs := filepath.Join(root, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			must(t, os.MkdirAll(abs, 0o755))
			continue
		}
		must(t, os.MkdirAll(filepath.Dir(abs), 0o755))
		must(t, os.WriteFile(abs, []byte(text), 0o644))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// git runs git without what the machine configures, and skips the test where
// there is none.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	bin, err := exec.LookPath("git")
	if err != nil {
		t.Skip("there is no git")
	}
	cmd := exec.Command(bin, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "HOME="+t.TempDir(),
		"XDG_CONFIG_HOME="+t.TempDir(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.invalid", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b.invalid")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// listed is what git lists below a folder of a repository.
func listed(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	for p := range strings.SplitSeq(git(t, dir, "ls-files", "-z", "-co", "--exclude-standard", "."), "\x00") {
		if p != "" && !strings.HasSuffix(p, "/") {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// paths are the files of a tree.
func paths(t *testing.T, dir string) []string {
	t.Helper()
	tr, err := Open(dir, "")
	must(t, err)
	var out []string
	for _, f := range tr.Files {
		out = append(out, f.Path)
	}
	return out
}

func TestIgnoresWhatGitIgnores(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files files
		// below is the folder that is checked; "" for the top.
		below string
	}{
		{"none", files{"a.go": "", "b/c.go": ""}, ""},
		{"names at any depth", files{".gitignore": "bin\n*.log\n", "bin/x": "", "a/bin/x": "", "a/bin2/x": "", "x.log": "", "a/b/y.log": "", "a/b/log": ""}, ""},
		{"anchored", files{".gitignore": "/bin\ncmd/x\n", "bin/x": "", "a/bin/x": "", "cmd/x/f": "", "a/cmd/x/f": ""}, ""},
		{"folders only", files{".gitignore": "out/\n/dist/\n", "out": "", "a/out/f": "", "dist/f": "", "a/dist/f": "", "b/dist": ""}, ""},
		{"negation", files{".gitignore": "*.yaml\n!keep.yaml\n", "a.yaml": "", "keep.yaml": "", "a/keep.yaml": "", "a/b.yaml": ""}, ""},
		{"negation below an ignored folder", files{".gitignore": "a\n!a/keep\n", "a/keep": "", "a/b": ""}, ""},
		{"all but", files{".gitignore": "/*\n!/cmd\n/cmd/*\n!/cmd/web\n", "f": "", "cmd/web/main.go": "", "cmd/api/main.go": "", "a/b": ""}, ""},
		{"star and folder", files{".gitignore": "*\n!*/\n!*.go\n", "a.go": "", "a.txt": "", "d/a.go": "", "d/a.txt": ""}, ""},
		{"star and one folder", files{".gitignore": "*\n!a/\n", "a/b": "", "c/d": "", "e": ""}, ""},
		{"later wins", files{".gitignore": "!a\na\n", "a": "", "b/a": ""}, ""},
		{"double star in front", files{".gitignore": "**/gen\n**/x/y\n", "gen/f": "", "a/b/gen/f": "", "x/y": "", "a/x/y": "", "a/x/z": "", "xx/y": ""}, ""},
		{"double star behind", files{".gitignore": "a/**\n", "a/f": "", "a/b/f": "", "b/a/f": "", "c": ""}, ""},
		{"double star behind, one kept", files{".gitignore": "a/**\n!a/keep\n", "a/keep": "", "a/f": "", "a/b/keep": ""}, ""},
		{"double star within", files{".gitignore": "a/**/b\n", "a/b": "", "a/x/b": "", "a/x/y/b": "", "ab": "", "a/x/bb": "", "c/a/b": ""}, ""},
		{"double star in a name", files{".gitignore": "a**b\nc/**d/e\n", "ab": "", "axxb": "", "a/b": "", "c/1d/e": "", "c/x/d/e": ""}, ""},
		{"double star alone", files{".gitignore": "**\n!keep\n", "keep": "", "a": "", "b/keep": ""}, ""},
		{"star stays in its folder", files{".gitignore": "a/*/c\n*.d/e\n", "a/b/c": "", "a/b/b/c": "", "a/c": "", "x.d/e": "", "y/x.d/e": ""}, ""},
		{"question mark", files{".gitignore": "a?c\nx?y/z\n", "abc": "", "ac": "", "abbc": "", "xxy/z": "", "x/y/z": ""}, ""},
		{"classes", files{".gitignore": "[a-c].x\n[!a-c].y\n[^a-c].z\n[]x].w\n[[:digit:]].v\n[\\]].u\n[a-].t\n", "a.x": "", "d.x": "", "a.y": "", "d.y": "", "a.z": "", "d.z": "", "].w": "", "x.w": "", "1.v": "", "a.v": "", "].u": "", "-.t": "", "b.t": ""}, ""},
		{"broken patterns", files{".gitignore": "a[\nb[[:no:]]\nc\\\n!\n/\n\n   \n", "a[": "", "b": "", "c": "", "c\\": "", "d": ""}, ""},
		{"escapes", files{".gitignore": "\\#a\n\\!b\n\\*c\nd\\e\n#f\n", "#a": "", "!b": "", "*c": "", "xc": "", "de": "", "f": "", "#f": ""}, ""},
		{"spaces", files{".gitignore": "a  \nb\\ \nc\\  \n d\ne f\n", "a": "", "b ": "", "b": "", "c ": "", "d": "", " d": "", "e f": ""}, ""},
		{"line ends", files{".gitignore": "a\r\nb\r\n*.c", "a": "", "b": "", "x.c": "", "a\r": ""}, ""},
		{"byte order mark", files{".gitignore": "\xef\xbb\xbfa\nb\n", "a": "", "b": "", "c": ""}, ""},
		{"no text", files{".gitignore": "b\n\xff\xfe\nc\n", "b": "", "c": "", "\u00e9": ""}, ""},
		{"other alphabets", files{".gitignore": "\u00e9*\n?\u00fc\n", "\u00e9t\u00e9": "", "x\u00fc": "", "\u00fc": ""}, ""},
		{"dots", files{".gitignore": ".*\n!.gitignore\n!.ci\n", ".env": "", ".ci/run": "", ".ci/.x": "", "a/.env": ""}, ""},
		{"nested files", files{".gitignore": "*.gen\n", "a/.gitignore": "!keep.gen\n/top\n", "a/keep.gen": "", "a/b/keep.gen": "", "keep.gen": "", "a/top": "", "a/b/top": ""}, ""},
		{"nested file in an ignored folder", files{".gitignore": "a/\n", "a/.gitignore": "!*\n", "a/b": ""}, ""},
		{"nested, folder pattern", files{"a/.gitignore": "b/c\n**/d\n", "a/b/c": "", "b/c": "", "a/x/b/c": "", "a/x/d": "", "x/d": ""}, ""},
		{"exclude file", files{".git/info/exclude": "local\n*.tmp\n", ".gitignore": "!keep.tmp\n", "local/f": "", "a.tmp": "", "keep.tmp": "", "b/a.tmp": ""}, ""},
		{"subfolder", files{".gitignore": "*.log\n/svc/a/bin\nsvc/a/gen/\n/bin\n!keep.log\n", "svc/a/x.log": "", "svc/a/keep.log": "", "svc/a/bin/f": "", "svc/a/gen/f": "", "svc/a/b/bin/f": "", "svc/a/main.go": "", "bin/f": ""}, "svc/a"},
		{"subfolder, files between", files{"svc/.gitignore": "a/tmp\n/b\n", "svc/a/.gitignore": "/x\n", "svc/a/tmp/f": "", "svc/a/b/f": "", "svc/a/x": "", "svc/a/y/x": ""}, "svc/a"},
		{"subfolder, wildcards above", files{".gitignore": "svc/*/gen\nsvc/**/out\n*/a/z\n**/q/r\n", "svc/a/gen/f": "", "svc/a/b/gen/f": "", "svc/a/out/f": "", "svc/a/b/out/f": "", "svc/a/z": "", "svc/a/q/r": "", "svc/a/ok": ""}, "svc/a"},
		{"subfolder, all but", files{".gitignore": "/*\n!/svc\n/svc/*\n!/svc/a\n", "svc/a/f": "", "svc/b/f": "", "f": ""}, "svc/a"},
		{"subfolder of the name of a pattern", files{".gitignore": "b\n", "svc/a/b/f": "", "svc/a/c": ""}, "svc/a"},
		{"subfolder and exclude file", files{".git/info/exclude": "/svc/a/local\nl2\n", "svc/a/local": "", "svc/a/b/local": "", "svc/a/b/l2": "", "svc/a/c": ""}, "svc/a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := t.TempDir()
			git(t, root, "init", "-q")
			tt.files.write(t, root)
			dir := filepath.Join(root, filepath.FromSlash(tt.below))
			if got, want := paths(t, dir), listed(t, dir); !slices.Equal(got, want) {
				t.Errorf("listed %q\ngit lists %q", got, want)
			}
		})
	}
}

// TestIgnoresLikeGitAtRandom compares many patterns that nobody would think of.
func TestIgnoresLikeGitAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from string) string { return string(from[r.IntN(len(from))]) }
	word := func(alphabet []string, n int) string {
		var b strings.Builder
		for range 1 + r.IntN(n) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		return b.String()
	}
	parts := []string{"a", "b", "c", "ab", "*", "**", "?", "/", "/", "/**/", "**/", "/**", "[ab]", "[!a]", "[", "]", `\a`, `\*`, "!", " "}
	for range 60 {
		root := t.TempDir()
		git(t, root, "init", "-q")
		for range 25 {
			p := pick("abc")
			for range r.IntN(4) {
				p = path.Join(p, word([]string{"a", "b", "c", "!", "*"}, 2))
			}
			abs := filepath.Join(root, filepath.FromSlash(p))
			// A file may already stand where a folder is wanted, and the reverse.
			if os.MkdirAll(filepath.Dir(abs), 0o755) == nil {
				_ = os.WriteFile(abs, nil, 0o644)
			}
		}
		var patterns []string
		for range 1 + r.IntN(4) {
			p := word(parts, 5)
			if r.IntN(3) == 0 {
				p = "!" + p
			}
			patterns = append(patterns, p)
		}
		folders := []string{root}
		must(t, filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if d.IsDir() && d.Name() == ".git" {
				return fs.SkipDir
			}
			if d.IsDir() {
				folders = append(folders, p)
			}
			return err
		}))
		where := folders[r.IntN(len(folders))]
		must(t, os.WriteFile(filepath.Join(where, ".gitignore"), []byte(strings.Join(patterns, "\n")), 0o644))
		must(t, os.WriteFile(filepath.Join(root, ".git", "info", "exclude"), []byte(word(parts, 4)), 0o644))
		if got, want := paths(t, root), listed(t, root); !slices.Equal(got, want) {
			exclude, _ := os.ReadFile(filepath.Join(root, ".git", "info", "exclude"))
			rel, _ := filepath.Rel(root, where)
			t.Errorf("patterns %q in %s, exclude %q:\nlisted    %q\ngit lists %q", patterns, rel, exclude, got, want)
		}
	}
}

func TestCheckingAnIgnoredFolderReadsIt(t *testing.T) {
	root := t.TempDir()
	git(t, root, "init", "-q")
	files{".gitignore": "build\n*.log\n", "build/.gitignore": "*.tmp\n", "build/svc/f": "", "build/a.tmp": "", "build/a.log": ""}.write(t, root)
	// What stands above speaks of the folder as a whole; what stands in it counts.
	if got, want := paths(t, filepath.Join(root, "build")), []string{".gitignore", "a.log", "svc/f"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestPatternsCountOutsideOfRepositories(t *testing.T) {
	root := t.TempDir()
	files{".gitignore": "*.log\n/a/b\n", "x.log": "", "a/b": "", "a/c": "", "a/.gitignore": "d\n", "a/e/d": ""}.write(t, root)
	if got, want := paths(t, root), []string{".gitignore", "a/.gitignore", "a/c"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestTrackedButIgnored(t *testing.T) {
	root := t.TempDir()
	git(t, root, "init", "-q")
	files{
		".gitignore": "*.gen\nout\n!keep\n", "a.gen": "", "b.gen": "", "out/f": "", "out/g": "", "out/keep": "", "out/sub/h": "", "out/sub/i": "",
		"svc/out/f": "", "svc/out/g": "", "svc/x.gen": "", "out/.gitignore": "", "gone.gen": "",
	}.write(t, root)
	git(t, root, "add", "-f", "a.gen", "out/f", "out/sub/h", "svc/out/f", "svc/x.gen", "gone.gen")
	must(t, os.Remove(filepath.Join(root, "gone.gen")))
	want := slices.DeleteFunc(listed(t, root), func(p string) bool { return p == "gone.gen" })
	if got := paths(t, root); !slices.Equal(got, want) || !slices.Contains(got, "out/sub/h") {
		t.Errorf("listed %q\ngit lists %q", got, want)
	}
	svc := filepath.Join(root, "svc")
	if got, want := paths(t, svc), listed(t, svc); !slices.Equal(got, want) || len(got) != 2 {
		t.Errorf("listed %q\ngit lists %q", got, want)
	}
	// Where several repositories lie side by side, each has its own index.
	above := t.TempDir()
	must(t, os.Rename(root, filepath.Join(above, "repo")))
	var below []string
	for _, p := range want {
		below = append(below, "repo/"+p)
	}
	if got := paths(t, above); !slices.Equal(got, below) {
		t.Errorf("listed %q, want %q", got, below)
	}
}

func TestIndexOfAVersion(t *testing.T) {
	for _, version := range []string{"2", "3", "4"} {
		root := t.TempDir()
		git(t, root, "init", "-q")
		files{".gitignore": "*.gen\n", "a.gen": "", "dir/ab.gen": "", "dir/abc.gen": "", "dir/b.gen": ""}.write(t, root)
		git(t, root, "add", "-f", "a.gen", "dir/ab.gen", "dir/abc.gen")
		git(t, root, "update-index", "--index-version", version)
		if got, want := paths(t, root), listed(t, root); !slices.Equal(got, want) || len(got) != 4 {
			t.Errorf("version %s: listed %q, git lists %q", version, got, want)
		}
	}
}

func TestIndexThatIsNone(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "not an index", "cut": "DIRC\x00\x00\x00\x02\x00\x00\x00\x09", "many": "DIRC\x00\x00\x00\x02\xff\xff\xff\xff" + strings.Repeat("x", 500),
		"version": "DIRC\x00\x00\x00\x63\x00\x00\x00\x01",
	} {
		root := t.TempDir()
		files{".git/index": text, ".git/HEAD": "", ".gitignore": "a\n", "a": "", "b": ""}.write(t, root)
		if got, want := paths(t, root), []string{".gitignore", "b"}; !slices.Equal(got, want) {
			t.Errorf("%s: listed %q, want %q", name, got, want)
		}
	}
	root := t.TempDir()
	git(t, root, "init", "-q")
	files{".gitignore": "a\n", "a": ""}.write(t, root)
	git(t, root, "add", "-f", "a")
	tr, err := open(root, "", limits{files: 9, depth: 9, ignore: 99, index: 10})
	must(t, err)
	if tr.Has("a") {
		t.Error("an index over the limit was read")
	}
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte("DIRC\x00\x00\x00\x02\x00\x00\x00\x01" + strings.Repeat("\x00", 62) + "name\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("DIRC\x00\x00\x00\x04\x00\x00\x00\x02" + strings.Repeat("\x00", 62) + "\x00name\x00" + strings.Repeat("\x00", 62) + "\x02x\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		names, _ := indexNames(data)
		if len(names)*62 > len(data) {
			t.Errorf("%d names of %d bytes", len(names), len(data))
		}
	})
}

func TestNestedRepositories(t *testing.T) {
	root := t.TempDir()
	git(t, root, "init", "-q")
	files{".gitignore": "tmp\n", "main.go": "", "sub/f": "", "sub/tmp": "", "worktree/f": "", "worktree/.git": "gitdir: ../.git/worktrees/w\n", "tmp/other/.git/HEAD": ""}.write(t, root)
	git(t, filepath.Join(root, "sub"), "init", "-q")
	files{"sub/.git/info/exclude": "local\n", "sub/local": ""}.write(t, root)
	tr, err := Open(root, "")
	must(t, err)
	if len(tr.Files) != 2 || !tr.Has(".gitignore") || !tr.Has("main.go") {
		t.Errorf("listed %v", tr.Files)
	}
	var noted []string
	for _, n := range tr.NotAnalyzed {
		noted = append(noted, n.File+" "+n.Reason)
	}
	if want := []string{
		"sub is a repository of its own, such as a submodule: check it by itself",
		"worktree is a repository of its own, such as a submodule: check it by itself",
	}; !slices.Equal(noted, want) {
		t.Errorf("noted %q, want %q", noted, want)
	}
	// By itself it is read, by its own patterns and none of those above.
	if got, want := paths(t, filepath.Join(root, "sub")), []string{"f", "tmp"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestRepositoriesBesideEachOther(t *testing.T) {
	root := t.TempDir()
	files{
		"a/.gitignore": "/x\n*.log\n", "a/x/f": "", "a/y/x": "", "a/y/z.log": "", "a/.git/info/exclude": "/local\n", "a/local": "", "a/y/local": "", "a/.git/HEAD": "",
		"b/x": "", "b/z.log": "", "b/local": "", "b/.git/HEAD": "", "b/sub/.git/HEAD": "", "b/sub/f": "",
	}.write(t, root)
	tr, err := Open(root, "")
	must(t, err)
	var got []string
	for _, f := range tr.Files {
		got = append(got, f.Path)
	}
	if want := []string{"a/.gitignore", "a/y/local", "a/y/x", "b/local", "b/x", "b/z.log"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
	if len(tr.NotAnalyzed) != 1 || tr.NotAnalyzed[0].File != "b/sub" {
		t.Errorf("noted %v", tr.NotAnalyzed)
	}
}

func TestExcludeFileOfAWorktree(t *testing.T) {
	root := t.TempDir()
	main, linked := filepath.Join(root, "main"), filepath.Join(root, "linked")
	files{"main/f": ""}.write(t, root)
	git(t, main, "init", "-q")
	git(t, main, "add", "f")
	git(t, main, "commit", "-q", "-m", "f")
	git(t, main, "worktree", "add", "-q", linked)
	files{"main/.git/info/exclude": "local\n", "linked/local": "", "linked/other": ""}.write(t, root)
	want := listed(t, linked)
	got := slices.DeleteFunc(paths(t, linked), func(p string) bool { return p == ".git" })
	if !slices.Equal(got, want) || !slices.Equal(want, []string{"f", "other"}) {
		t.Errorf("listed %q, git lists %q", got, want)
	}
}

func TestIgnoreFilesThatAreNoFiles(t *testing.T) {
	root := t.TempDir()
	files{"patterns": "a\n", "a": "", "b/.gitignore/x": "", "b/a": ""}.write(t, root)
	if err := os.Symlink("patterns", filepath.Join(root, ".gitignore")); err != nil {
		t.Skip(err)
	}
	if got, want := paths(t, root), []string{"a", "b/.gitignore/x", "b/a", "patterns"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestLargeIgnoreFileIsReadInPart(t *testing.T) {
	root := t.TempDir()
	files{".gitignore": "a\n" + strings.Repeat("#", 100) + "\nb\n", "a": "", "b": ""}.write(t, root)
	tr, err := open(root, "", limits{files: 10, depth: 10, ignore: 50})
	must(t, err)
	if tr.Has("a") || !tr.Has("b") {
		t.Errorf("listed %v", tr.Files)
	}
}

// TestMatchIsQuick matches what takes a matcher that tries one way after another
// longer than anyone waits.
func TestMatchIsQuick(t *testing.T) {
	p, ok := parsePattern(strings.Repeat("*a", 60) + "**/" + strings.Repeat("**/", 60) + "*b")
	if !ok {
		t.Fatal("not a pattern")
	}
	done := make(chan bool)
	go func() { done <- p.match(strings.Repeat("a", 200)+strings.Repeat("/a", 200), false) }()
	select {
	case matched := <-done:
		if matched {
			t.Error("it matches")
		}
	case <-time.After(20 * time.Second):
		t.Fatal("no end in 20 seconds")
	}
}

func FuzzPattern(f *testing.F) {
	for _, seed := range []string{"a/**/b", "[!a-z]x", "[[:digit:]", `\`, "**/*.go", "!/a/", "[a-", "*"} {
		f.Add(seed, "a/b/c.go")
	}
	f.Fuzz(func(t *testing.T, line, name string) {
		p, ok := parsePattern(line)
		if !ok || !fs.ValidPath(name) {
			return
		}
		if p.simple {
			slow := p
			slow.simple = false
			if p.match(name, true) != slow.match(name, true) {
				t.Errorf("%q on %q: %s", line, name, fmt.Sprint(p.literal))
			}
		}
		p.match(name, false)
	})
}
