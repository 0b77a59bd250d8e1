package image

import (
	"strings"
	"testing"

	"github.com/cnready/cnready/internal/tree/treetest"
)

// FuzzParse asks of any input that it does no harm: Parse returns, every
// question can be asked, and every position lies in the file.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "FROM", "FROM a\nFROM a AS a\nFROM a\nCOPY --from=a b c",
		"ARG X=${X}\nFROM ${X:-${X:-b}}", "# escape=`\nFROM a`\n b", "FROM scratch\nRUN <<A <<B\nA\nB",
		"FROM a\r\nENV A=\"$A B='\r\nUSER ${A:?}\r\nWORKDIR ../..\r\nSHELL [\"\"]\r\nCMD []",
		"FROM a\nCOPY . .\nADD [\"a\", \"b c\", \"/d/\"]\nONBUILD RUN x\nHEALTHCHECK NONE\nEXPOSE $P 80/tcp",
		"FROM a\nENV \xff=\xfe\nLABEL a b\nENTRYPOINT [\"a\", \"b\"", "# syntax=x\n# syntax=y\nFROM a", "FROM a\n\\\nRUN \\\n#c\n\nx",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := Parse("Dockerfile", data)
		lines := strings.Count(string(data), "\n") + 1
		for _, s := range d.Stages {
			s.User()
			s.Entrypoint()
			s.Cmd()
			s.Workdir()
			s.Env("PATH")
			s.ShellFamily("/bin/sh")
			if p := s.Base.Position; p.File != "Dockerfile" || p.Line < 1 || p.EndLine > lines || p.Column < 1 {
				t.Errorf("base at %+v of %d lines", p, lines)
			}
			for _, st := range s.AllSteps() {
				p, c := st.Position, st.Command.Position
				if p.Line < 1 || p.EndLine < p.Line || p.EndLine > lines {
					t.Errorf("step at %+v of %d lines", p, lines)
				}
				if c.File != "" && (c.Line < p.Line || c.EndLine > p.EndLine) {
					t.Errorf("command at %+v, instruction at %+v", c, p)
				}
			}
			if s.Base.Stage != nil && s.Base.Stage.Index >= s.Index {
				t.Errorf("stage %d builds on %d", s.Index, s.Base.Stage.Index)
			}
		}
		if len(d.Stages) == 0 && len(d.NotAnalyzed) == 0 {
			t.Error("nothing was read and nobody says so")
		}
	})
}

// FuzzModel asks of any Dockerfile that a model can be made and asked, with and
// without a build context.
func FuzzModel(f *testing.F) {
	for _, s := range []string{
		"FROM alpine\nRUN apk add curl && adduser -D -u 5 a\nUSER a\nCMD curl x",
		"FROM golang:1.26 AS b\nCOPY . .\nRUN go build -o /x ./...\nFROM scratch\nCOPY --from=b / /\nENTRYPOINT [\"/x\"]",
		"FROM a AS a\nFROM a AS b\nCOPY --from=a --parents --chown=x:y /*/. $X\nRUN ln -s / /a; ln -s /a/a /a/a; rm -rf /a/*\nFROM b",
		"FROM debian\nRUN --mount=type=bind,from=x,target=/ <<E bash\ncat <<X > /etc/passwd\nX\nE\nHEALTHCHECK CMD \"$X\"",
		"FROM debian\nSHELL [\"bash\", \"-c\"]\nRUN f() { f; }; f; tar xf a -C; chmod -R g=u; install -d; xargs xargs rm; cp -t; mv a",
		"FROM alpine\nADD x.tar.gz https://a/b?c /\nCOPY <<A <<B /x/\nA\nB\nENTRYPOINT [\"sh\", \"-c\", \"exec \\\"$@\\\"\", \"a\", \"b\"]",
	} {
		f.Add([]byte(s))
	}
	tr := treetest.Open(f, docker("FROM scratch"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4000 {
			return
		}
		d := Parse("Dockerfile", data)
		for _, c := range []*Context{nil, NewContext(tr, ".", "Dockerfile")} {
			s := d.Shipped("")
			if s == nil {
				return
			}
			img := Of(s, c)
			for _, fact := range []Fact{
				img.File("/etc/passwd").Fact, img.File("/a/a/a").Fact, img.Program("curl").Fact, img.CACerts(), img.ZoneInfo(), img.Tmp().Fact,
				img.Writable("/data/x", ""), img.Writable("/data", "1000"), img.UserEntry("app"), img.GroupEntry("0"),
			} {
				if fact.Has != Yes && fact.Why == "" {
					t.Errorf("an answer without a reason: %+v", fact)
				}
			}
			img.Libc()
			img.Shell()
			img.User()
			img.Start()
			img.Binaries()
			img.Builds()
			img.Healthcheck()
			img.Exposed()
			img.Size()
			img.GoVersion()
		}
	})
}

// FuzzScript asks of any script that following it ends.
func FuzzScript(f *testing.F) {
	for _, s := range []string{
		"set -e; for i in a b; do x $i; done", "f() { f; }; f", "while :; do a; done", "case $x in (a|b) c;; esac", "exec \"$@\"", "sh -c 'sh -c \"x\"'",
		"a=$a$a$a$a; a=$a$a$a$a; eval \"$a\"", "[ -z \"${1#-}\" ] && set -- x \"$@\"; shift 9", "cat <<E >f\n$x\nE\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		WalkScript(text, "/", map[string]string{"a": "b"}, func(c Call) {
			if n++; len(c.Words) == 0 {
				t.Error("a call without words")
			}
			ParseGoBuild(c.Words, c.Dir, c.Env)
			parsePackageCommand(c.Words)
		})
		if n > maxCommands {
			t.Errorf("%d commands", n)
		}
		s := Parse("Dockerfile", []byte("FROM debian:12\n")).Shipped("")
		Of(s, nil).StartOf([]string{"sh", "-c", text, "a", "b"}, s.Position)
	})
}
