package image

import (
	"strings"
	"testing"
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
