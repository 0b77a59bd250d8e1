package service

import (
	"fmt"
	"strings"
	"testing"
)

func TestFollow(t *testing.T) {
	vars := map[string]string{"APP": "web", "TWO": "a b", "EMPTY": ""}
	for _, tt := range []struct{ script, want string }{
		{"a b", "/w: a b"},
		{"a && b || c; d | e", "/w: a\n/w: b\n/w: c\n/w: d\n/w: e"},
		{"cd x\ncd ../y && a\ncd /z; b; cd; cd - ; c", "/w/y: a\n/z: b\n/z: c"},
		{"pushd x; a", "/w/x: a"},
		{"(cd x; V=1; a $V); b $V", "/w/x: a 1\n/w: b $"},
		{"{ cd x; }; a", "/w/x: a"},
		{"if a; then b; elif c; then d; else e; fi", "/w: a\n/w: b\n/w: c\n/w: d\n/w: e"},
		{"case $X in a) b;; *) c;; esac", "/w: b\n/w: c"},
		{"while a; do b; done", "/w: a\n/w: b"},
		{"for i in a b; do x $i; done; y $i", "/w: x a\n/w: x b\n/w: y $"},
		{"for i in $TWO; do x ./$i; done", "/w: x ./a\n/w: x ./b"},
		{"for i in *.go $NO; do x $i; done", "/w: x $\n/w: x $"},
		{"for ((i=0;i<3;i++)); do x; done", "/w: x"},
		{"f() { a; }; f", "/w: a\n/w: f"},
		{"time a", "/w: a"},
		{"export V=1 W; a $V $W", "/w: a 1 $"},
		{"V=1 a $V; b $V", "/w: a $\n/w: b $"},
		{"V=x; V+=y; a $V", "/w: a x"},
		{"V=; a \"$V\"b", "/w: a b"},
		{"a $APP ${APP} \"$APP-x\" '$APP' $NO ${NO:-d} ${EMPTY:-e} ${EMPTY-f} ${APP:-g} ${APP%b} ${#APP} ${APP/a/b} $(cmd) $((1+1))",
			"/w: a web web web-x $APP $ d e f web $ $ $ $ $"},
		{"a $TWO \"$TWO\"", "/w: a a b a b"},
		{"a \\\n  -b c\\ d", "/w: a -b c d"},
		{"sh -c 'cd x && a'; b", "/w/x: a\n/w: b"},
		{"bash -euxc \"a $APP\"", "/w: a web"},
		{"sh script -c x", "/w: sh script -c x"},
		{"$TWO", "/w: a b"},
		{"$EMPTY", ""},
		{"a &", "/w: a"},
		{"! a", "/w: a"},
		{"if", ""},
		{"", ""},
	} {
		var got []string
		follow(tt.script, "/w", vars, func(dir string, words []string, _ map[string]string) {
			got = append(got, dir+": "+strings.Join(words, " "))
		})
		if text := strings.Join(got, "\n"); text != tt.want {
			t.Errorf("%q:\n%s\nwant\n%s", tt.script, text, tt.want)
		}
	}
}

func TestFollowEnds(t *testing.T) {
	n := 0
	count := func(string, []string, map[string]string) { n++ }
	follow(strings.Repeat("for i in 1 2 3 4 5 6 7 8 9; do ", 30)+"a"+strings.Repeat("; done", 30), "/", nil, count)
	follow(strings.Repeat("a;", 10*maxCommands), "/", nil, count)
	if n > 2*maxCommands {
		t.Errorf("%d commands", n)
	}
}

func TestParseBuild(t *testing.T) {
	env := map[string]string{"GOPATH": "/gp"}
	for _, tt := range []struct{ line, want string }{
		{"go build", "/w [] -> "},
		{"go build -o /x ./cmd/web", "/w [./cmd/web] -> /x"},
		{"CGO_ENABLED=0 GOOS=linux go build -v -tags a -ldflags=-s -o=x .", "/w [.] -> x"},
		{"env GOOS=linux xx-go build ./...", "/w [./...] -> "},
		{"go -C sub build -o x", "/w/sub [] -> x"},
		{"go build -C sub -o x", "/w/sub [] -> x"},
		{"go build -buildvcs=false -race -trimpath ./a ./b", "/w [./a ./b] -> "},
		{"/usr/local/go/bin/go build .", "/w [.] -> "},
		{"go install ./cmd/web", "/w [./cmd/web] -> bin /gp/bin"},
		{"env GOBIN=/b go install .", "/w [.] -> bin /b"},
		{"go install example.test/x@latest", ""},
		{"go install -v example.test/x@v1", ""},
		{"go mod download", ""},
		{"go vet ./...", ""},
		{"go", ""},
		{"go -C x", ""},
		{"echo go build", ""},
		{"make", ""},
	} {
		got := ""
		if b, ok := parseBuild(strings.Fields(tt.line), "/w", env); ok {
			got = fmt.Sprintf("%s %v -> %s", b.dir, b.packages, b.output)
			if b.bin != "" {
				got += "bin " + b.bin
			}
		}
		if got != tt.want {
			t.Errorf("%q: %q, want %q", tt.line, got, tt.want)
		}
	}
}

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		pattern, path string
		want          bool
	}{
		{"/a/b", "/a/b", true}, {"/a/$", "/a/b", true}, {"/a/$", "/a/b/c", false}, {"/a/x-$", "/a/x-y", true},
		{"/a/x-$", "/a/y", false}, {"/a/b", "/a/$", true}, {"/$/$", "/a/b", true}, {"/a/*.go", "/a/b.go", true}, {"/a/[", "/a/b", false},
	} {
		if fits(tt.pattern, tt.path) != tt.want {
			t.Errorf("fits(%q, %q) = %v", tt.pattern, tt.path, !tt.want)
		}
	}
}
