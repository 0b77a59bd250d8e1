package image

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/tree"
)

func parse(t *testing.T, lines ...string) *Dockerfile {
	t.Helper()
	f := Parse("svc/Dockerfile", []byte(strings.Join(lines, "\n")))
	if f.Path != "svc/Dockerfile" || f.Dir != "svc" {
		t.Fatalf("path %q, dir %q", f.Path, f.Dir)
	}
	return f
}

func step(t *testing.T, s *Stage, kind StepKind) Step {
	t.Helper()
	i := slices.IndexFunc(s.Steps, func(st Step) bool { return st.Kind == kind })
	if i < 0 {
		t.Fatalf("no %s", kind)
	}
	return s.Steps[i]
}

func reasons(f *Dockerfile) string {
	var all []string
	for _, n := range f.NotAnalyzed {
		all = append(all, n.Reason)
	}
	return strings.Join(all, "; ")
}

func TestBase(t *testing.T) {
	for _, tt := range []struct {
		lines []string
		want  Base // without Position
	}{
		{[]string{"FROM alpine"}, Base{Ref: "alpine", Resolved: "alpine", Known: true, Repository: "alpine"}},
		{[]string{"FROM docker.io/library/alpine:3.20"}, Base{Ref: "docker.io/library/alpine:3.20", Resolved: "docker.io/library/alpine:3.20", Known: true, Repository: "alpine", Tag: "3.20"}},
		{[]string{"FROM localhost:5000/team/app:v1"}, Base{Ref: "localhost:5000/team/app:v1", Resolved: "localhost:5000/team/app:v1", Known: true, Repository: "localhost:5000/team/app", Tag: "v1"}},
		{[]string{"FROM scratch"}, Base{Ref: "scratch", Resolved: "scratch", Known: true, Scratch: true, Repository: "scratch"}},
		{[]string{"ARG V=3.20", "FROM alpine:${V}"}, Base{Ref: "alpine:${V}", Resolved: "alpine:3.20", Known: true, Repository: "alpine", Tag: "3.20"}},
		{[]string{"ARG R=quay.io", "ARG I=$R/a/b:1", "FROM $I"}, Base{Ref: "$I", Resolved: "quay.io/a/b:1", Known: true, Repository: "quay.io/a/b", Tag: "1"}},
		{[]string{"ARG V", "FROM alpine:${V}"}, Base{Ref: "alpine:${V}"}},
		{[]string{"FROM ${X}"}, Base{Ref: "${X}"}},
		{[]string{"FROM alpine:${X:-3.20}"}, Base{Ref: "alpine:${X:-3.20}", Resolved: "alpine:3.20", Known: true, Repository: "alpine", Tag: "3.20"}},
		// An ARG without a default may be given, and then the default behind :- is not used.
		{[]string{"ARG X", "FROM alpine:${X:-3.20}"}, Base{Ref: "alpine:${X:-3.20}"}},
		{[]string{"FROM quay.io/x/busybox-${TARGETARCH}:1"}, Base{Ref: "quay.io/x/busybox-${TARGETARCH}:1"}},
		{[]string{"FROM {{.Base}}"}, Base{Ref: "{{.Base}}"}},
		{[]string{"FROM alpine@sha256:" + strings.Repeat("a", 64)}, Base{Ref: "alpine@sha256:" + strings.Repeat("a", 64), Resolved: "alpine@sha256:" + strings.Repeat("a", 64), Known: true, Repository: "alpine", Digest: "sha256:" + strings.Repeat("a", 64)}},
	} {
		f := parse(t, tt.lines...)
		if len(f.Stages) != 1 {
			t.Errorf("%q: %d stages, %s", tt.lines, len(f.Stages), reasons(f))
			continue
		}
		got := f.Stages[0].Base
		got.Position = finding.Position{}
		if got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.lines, got, tt.want)
		}
	}
}

func TestStages(t *testing.T) {
	f := parse(t,
		"FROM golang:1.25 AS Build",
		"FROM build AS test",
		"FROM self AS self",
		"FROM BUILD AS ship",
		"COPY --from=0 /a /a",
		"COPY --from=Test /b /b",
		"COPY --from=ship /c /c",
		"COPY --from=later /d /d",
		"COPY --from=nginx:1 /e /e",
		"FROM scratch AS later",
	)
	s := f.Stages
	if len(s) != 5 || s[0].Name != "build" || s[1].Base.Stage != s[0] || s[3].Base.Stage != s[0] {
		t.Fatalf("%+v", s)
	}
	if s[2].Base.Stage != nil || s[2].Base.Repository != "self" {
		t.Errorf("a stage is no base of itself: %+v", s[2].Base)
	}
	want := []*Stage{s[0], s[1], nil, nil, nil}
	for i, st := range s[3].Steps {
		if st.FromStage != want[i] {
			t.Errorf("COPY --from=%s: %+v", st.From, st.FromStage)
		}
	}
	for target, want := range map[string]*Stage{"": s[4], "SHIP": s[3], "1": s[1], "none": nil, "9": nil, "-1": nil} {
		if got := f.Shipped(target); got != want {
			t.Errorf("target %q: %+v", target, got)
		}
	}
	if r := s[3].Root(); r != s[0] {
		t.Errorf("root %+v", r)
	}
}

func TestExpansion(t *testing.T) {
	f := parse(t,
		"ARG OUTER=out",
		"ARG NODEFAULT",
		"FROM alpine:3.20 AS base",
		"ARG OUTER NODEFAULT OWN=own",
		"ENV A=${OUTER}-1 OWN=env",
		"ENV B=$A",
		"ARG OWN=again",
		"ENV C=$OWN D=$NODEFAULT E=${NODEFAULT:-x} F=$nowhere G='$A' H=\\$A",
		"ENV PATH=/app:$PATH",
		"FROM base",
		"ENV I=$B J=$OUTER K=${A#out-}",
		"ARG TARGETARCH",
		"ENV L=$TARGETARCH M=$TARGETOS",
	)
	type val struct {
		v     string
		known bool
	}
	want := map[string]val{
		"A": {"out-1", true}, "B": {"out-1", true}, "C": {"env", true}, "D": {"$NODEFAULT", false},
		"E": {"${NODEFAULT:-x}", false}, "F": {"", true}, "G": {"$A", true}, "H": {"$A", true},
		"PATH": {"/app:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", true},
		"I":    {"out-1", true}, "J": {"out", true}, "K": {"1", true}, "L": {"$TARGETARCH", false}, "M": {"", true},
	}
	ship := f.Shipped("")
	for name, w := range want {
		v, ok := ship.Env(name)
		if !ok || v.Value != w.v || v.Known != w.known {
			t.Errorf("%s: %+v %v, want %+v", name, v, ok, w)
		}
	}
	if v, ok := ship.Env("OUTER"); ok {
		t.Errorf("an ARG is not in the image's environment: %+v", v)
	}
	var undefined []string
	for _, st := range ship.AllSteps() {
		undefined = append(undefined, st.Undefined...)
	}
	if !slices.Equal(undefined, []string{"nowhere", "TARGETOS"}) {
		t.Errorf("undefined: %q", undefined)
	}
	// An ARG before FROM is not seen in a stage that does not name it, and the
	// variables of a base that nobody knows are not known.
	f = parse(t, "ARG V=1", "FROM alpine", "ENV X=$V", "FROM example.com/own", "ENV Y=$V")
	if v, _ := f.Stages[0].Env("X"); v.Value != "" || !v.Known {
		t.Errorf("%+v", v)
	}
	if v, _ := f.Stages[1].Env("Y"); v.Known || len(f.Stages[1].Steps[0].Undefined) > 0 {
		t.Errorf("%+v", v)
	}
}

func TestPaths(t *testing.T) {
	f := parse(t,
		"FROM golang:1.25",
		"COPY a b ./",
		"WORKDIR src",
		"COPY c d",
		"WORKDIR $GOPATH/bin/..",
		"COPY e .",
		"ADD f /x/../y/",
		"ARG WHERE",
		"WORKDIR $WHERE",
		"COPY g h",
		"COPY i /j",
		"WORKDIR /end",
		"FROM unknown/base",
		"WORKDIR rel",
		"COPY k l",
	)
	var got []string
	for _, st := range f.Stages[0].Steps {
		if st.Kind == StepCopy || st.Kind == StepAdd {
			got = append(got, strings.Join(st.Sources, " ")+" > "+st.Dest+map[bool]string{false: " ?"}[st.Known])
		}
	}
	want := []string{"a b > /go/", "c > /go/src/d", "e > /go/", "f > /y/", "g > h ?", "i > /j"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if w, ok := f.Stages[0].Workdir(); w != "/end" || !ok {
		t.Error(w, ok)
	}
	if w, ok := f.Stages[1].Workdir(); ok {
		t.Error(w, ok)
	}
	if st := f.Stages[1].Steps[1]; st.Known || st.Dest != "l" || st.Workdir != "" {
		t.Errorf("%+v", st)
	}
}

func TestCommands(t *testing.T) {
	f := parse(t,
		"FROM debian:12 AS base",
		`SHELL ["/bin/bash", "-o", "pipefail", "-c"]`,
		`CMD ["serve", "--port=$PORT"]`,
		"FROM base AS reset",
		"ENTRYPOINT exec ./app $HOME",
		"FROM base AS kept",
		"CMD run me",
		`ENTRYPOINT ["/app"]`,
		"FROM base AS emptied",
		"ENTRYPOINT []",
		"HEALTHCHECK --interval=5s CMD wget -q localhost || exit 1",
		"FROM base AS inherits",
	)
	cmd := func(stage string) []string { c, _ := f.Shipped(stage).Cmd(); return c.Argv() }
	entry := func(stage string) []string { c, _ := f.Shipped(stage).Entrypoint(); return c.Argv() }
	for _, tt := range []struct{ got, want []string }{
		{cmd("reset"), nil},
		{entry("reset"), []string{"/bin/bash", "-o", "pipefail", "-c", "exec ./app $HOME"}},
		{cmd("kept"), []string{"/bin/bash", "-o", "pipefail", "-c", "run me"}},
		{entry("kept"), []string{"/app"}},
		{entry("emptied"), nil},
		{cmd("inherits"), []string{"serve", "--port=$PORT"}},
		{entry("inherits"), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
	if _, ok := f.Shipped("emptied").Entrypoint(); !ok {
		t.Error("an emptied ENTRYPOINT is one")
	}
	if _, ok := f.Shipped("inherits").Entrypoint(); ok {
		t.Error("no ENTRYPOINT")
	}
	h := step(t, f.Shipped("emptied"), StepHealth)
	if !h.Command.Shell || h.Command.Args[0] != "wget -q localhost || exit 1" || !slices.Equal(h.Flags, []string{"--interval=5s"}) {
		t.Errorf("%+v", h)
	}
}

func TestUser(t *testing.T) {
	for _, tt := range []struct {
		text, user, at string
		known          bool
	}{
		{"FROM alpine", "root", "svc/Dockerfile:1:6", true},
		{"FROM scratch", "root", "svc/Dockerfile:1:6", true},
		{"FROM gcr.io/distroless/static-debian12:nonroot", "65532", "svc/Dockerfile:1:6", true},
		{"FROM gcr.io/distroless/static-debian12", "root", "svc/Dockerfile:1:6", true},
		{"FROM own/base", "", "svc/Dockerfile:1:6", false},
		{"FROM own/base\nUSER app:app", "app:app", "svc/Dockerfile:2:1", true},
		{"FROM alpine AS a\nUSER 1000\nFROM a\nRUN x", "1000", "svc/Dockerfile:2:1", true},
		{"FROM alpine AS a\nUSER 1000\nFROM alpine", "root", "svc/Dockerfile:3:6", true},
		{"FROM alpine\nARG U=7\nUSER $U", "7", "svc/Dockerfile:3:1", true},
		{"FROM alpine\nARG U\nUSER $U", "$U", "svc/Dockerfile:3:1", false},
	} {
		user, at, known := parse(t, tt.text).Shipped("").User()
		if user != tt.user || at.String() != tt.at || known != tt.known {
			t.Errorf("%q: %q %v %v", tt.text, user, at, known)
		}
	}
}

func TestHeredocs(t *testing.T) {
	f := parse(t,
		"FROM alpine",
		"RUN <<EOF",
		"apk add x",
		"# no comment of the Dockerfile",
		"EOF",
		"COPY --chmod=755 <<-'END' /run.sh",
		"\t#!/bin/sh",
		"\texec /app $X",
		"END",
		"USER 5",
	)
	run, cp := step(t, f.Stages[0], StepRun), step(t, f.Stages[0], StepCopy)
	if !slices.Equal(run.Heredocs, []string{"apk add x\n# no comment of the Dockerfile\n"}) {
		t.Errorf("%q", run.Heredocs)
	}
	if run.Position.Line != 2 || run.Position.EndLine != 5 {
		t.Errorf("%+v", run.Position)
	}
	if !slices.Equal(cp.Heredocs, []string{"#!/bin/sh\nexec /app $X\n"}) || cp.Dest != "/run.sh" || len(cp.Sources) > 0 {
		t.Errorf("%+v", cp)
	}
	if u := step(t, f.Stages[0], StepUser); u.Position.Line != 10 {
		t.Errorf("%+v", u.Position)
	}
}

func TestPositions(t *testing.T) {
	f := parse(t,
		"# syntax=docker/dockerfile:1",
		"",
		"  FROM --platform=$BUILDPLATFORM \\",
		"    # the builder",
		"    golang:1.25   AS build",
		"FROM FROM/FROM",
		"ARG A=1 B=2",
		`ENTRYPOINT ["/app", \`,
		`  "-v"]`,
	)
	s := f.Stages[0]
	for _, tt := range []struct {
		got  finding.Position
		want [4]int
	}{
		{s.Position, [4]int{3, 3, 5, 27}},
		{s.Base.Position, [4]int{5, 5, 5, 16}},
		{f.Stages[1].Base.Position, [4]int{6, 6, 6, 15}},
		{f.Stages[1].Steps[0].Vars[1].Position, [4]int{7, 9, 7, 12}},
		{f.Stages[1].Steps[1].Position, [4]int{8, 1, 9, 8}},
		{f.Stages[1].Steps[1].Command.Position, [4]int{8, 12, 9, 8}},
	} {
		got := [4]int{tt.got.Line, tt.got.Column, tt.got.EndLine, tt.got.EndColumn}
		if got != tt.want || tt.got.File != "svc/Dockerfile" {
			t.Errorf("%v, want %v", tt.got, tt.want)
		}
	}
	if s.Platform != "$BUILDPLATFORM" {
		t.Error(s.Platform)
	}
}

func TestLineEndsAndEscape(t *testing.T) {
	f := Parse("Dockerfile", []byte("\uFEFFFROM alpine:3.20\r\nUSER 5\r\nCMD a \\\r\n  b\r\n"))
	if u, at, _ := f.Shipped("").User(); u != "5" || at.EndColumn != 7 || f.Stages[0].Base.Tag != "3.20" {
		t.Errorf("%q %+v", u, at)
	}
	if c, _ := f.Shipped("").Cmd(); c.Args[0] != "a   b" || c.Position.Line != 3 {
		t.Errorf("%+v", c)
	}
	f = parse(t, "# escape=`", "FROM `", "  alpine", "ENV A=C:\\x B=`$A")
	if f.Stages[0].Base.Repository != "alpine" || f.Stages[0].Base.Position.Line != 3 {
		t.Errorf("%+v", f.Stages[0].Base)
	}
	if v := f.Stages[0].Steps[0].Vars; v[0].Value != `C:\x` || v[1].Value != "$A" {
		t.Errorf("%+v", v)
	}
}

func TestUnreadable(t *testing.T) {
	for _, tt := range []struct {
		text   string
		stages int
		reason string
	}{
		{"", 0, "does not parse: file with no instructions"},
		{"# only a comment", 0, "file with no instructions"},
		{"RUN x", 0, "line 1: RUN stands before the first FROM; has no FROM"},
		{"FROM a\nRUN <<EOF\nnever ends", 0, "line 2: does not parse: unterminated heredoc"},
		{"FROM a\nCMD [1, 2]", 0, "line 2: does not parse: when using JSON array syntax"},
		{"FROM a\nRUN " + strings.Repeat("x", 70_000), 0, "line greater than max"},
		{"FROM a b\nUSER 1", 1, "line 1: FROM cannot be read"},
		{"FROM a\nFORM b\nUSER 1", 0, "line 2: unknown instruction: FORM"},
		{"FROM a\nFETCH x\nUSER 1", 1, "line 2: unknown instruction: FETCH"},
		{"FROM a\nUSER 1\nCOPY --nonsense a b", 1, "line 3: unknown flag: --nonsense"},
		{"FROM a\n" + strings.Repeat("USER 1\n", maxSteps+1), 1, "the rest was not read"},
		{strings.Repeat("FROM a\nUSER 1\n", maxStages+1), maxStages, "the rest was not read"},
		{strings.Repeat(" ", maxSize+1), 0, "is larger than"},
		{"{{ if .Debug }}\nFROM a\n{{ end }}", 0, "line 1: is written in a template language"},
		{"FROM a\n" + strings.Repeat("X\n", 50) + "USER 1", 1, "more of it could not be read"},
	} {
		f := Parse("Dockerfile", []byte(tt.text))
		if len(f.Stages) != tt.stages || !strings.Contains(reasons(f), tt.reason) {
			t.Errorf("%.40q: %d stages, %q", tt.text, len(f.Stages), reasons(f))
		}
		if tt.stages > 0 {
			// What follows an instruction that cannot be read is still read.
			if u, _, _ := f.Shipped("").User(); u != "1" {
				t.Errorf("%.40q: user %q", tt.text, u)
			}
		}
	}
	if f := Parse("Dockerfile", []byte("FROM a\n"+strings.Repeat("X\n", 50))); len(f.NotAnalyzed) != maxNotes+1 {
		t.Errorf("%d notes", len(f.NotAnalyzed))
	}
	if f := Parse("Dockerfile", []byte("FROM a b\nUSER 1")); f.Stages[0].Base.Known {
		t.Error("the base of an unreadable FROM is not known")
	}
}

// Values that double each other stay bounded, and beyond the bound unknown.
func TestExpansionIsBounded(t *testing.T) {
	lines := []string{"FROM scratch", "ENV A0=" + strings.Repeat("x", 1000)}
	for range 200 {
		lines = append(lines, "ENV A0=$A0$A0")
	}
	f := parse(t, lines...)
	v, ok := f.Shipped("").Env("A0")
	if !ok || v.Known || len(v.Value) > 2*maxWord {
		t.Errorf("%v, known %v, %d bytes", ok, v.Known, len(v.Value))
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	read := []string{"Containerfile", "Dockerfile", "Dockerfile.dev", "api.Dockerfile", "build/dockerfile", "web.dockerfile", "x/Containerfile.ubi", "x/Dockerfile-alpine"}
	not := []string{"Dockerfile.tmpl", "x/Dockerfile.debian.j2"}
	other := []string{".dockerignore", "Dockerfile.dockerignore", "Dockerfile~", "Dockerfile.md", "Dockerfile.orig", ".Dockerfile.swp", "MyDockerfile", "dockerfile.go", "examples/Dockerfile", "testdata/Dockerfile", "Dockerfile.example"}
	for _, f := range slices.Concat(read, not, other) {
		p := filepath.Join(dir, f)
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("FROM scratch\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "big.Dockerfile"), make([]byte, maxSize+1), 0o666); err != nil {
		t.Fatal(err)
	}
	root, err := tree.Open(dir, "pre")
	if err != nil {
		t.Fatal(err)
	}
	files, na := Read(root)
	var got []string
	for _, f := range files {
		got = append(got, strings.TrimPrefix(f.Path, "pre/"))
	}
	if !slices.Equal(got, read) {
		t.Errorf("%q, want %q", got, read)
	}
	got = nil
	for _, n := range na {
		got = append(got, n.File+": "+n.Reason[:5])
	}
	if want := []string{"pre/Dockerfile.tmpl: is a ", "pre/big.Dockerfile: is la", "pre/x/Dockerfile.debian.j2: is a "}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
