package containerpackaged

import (
	"path"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// unprivileged is a user without a name that distroless images use too.
const unprivileged = "65532:65532"

// beforeStart puts lines into the shipped stage, above the instruction that says what
// it starts and the comments that belong to that. There are none where the file cannot
// be read, or the stage leaves the start to its base.
func beforeStart(p *rule.Pass, lines ...string) []finding.Edit {
	t := repository(p)
	if t == nil {
		return nil
	}
	line := 0
	for _, step := range p.Stage.Steps {
		if step.Kind == image.StepEntrypoint || step.Kind == image.StepCmd {
			line = step.Position.Line
			break
		}
	}
	data, err := t.Read(strings.TrimPrefix(p.File.Path, prefixOf(p)), maxSource)
	text := strings.Split(string(data), "\n")
	if err != nil || line < 2 || line > len(text) {
		return nil
	}
	end := "\n"
	if strings.HasSuffix(text[0], "\r") {
		end = "\r\n"
	}
	for line > 2 && strings.HasPrefix(strings.TrimSpace(text[line-2]), "#") {
		line--
	}
	at := finding.Position{File: p.File.Path, Line: line, Column: 1, EndLine: line, EndColumn: 1}
	return []finding.Edit{{Position: at, NewText: strings.Join(lines, end) + end}}
}

// prefixOf is what reports put before the paths of the Dockerfile's tree.
func prefixOf(p *rule.Pass) string {
	if prefix := repository(p).Prefix; prefix != "" {
		return prefix + "/"
	}
	return ""
}

// userFix lets an image run as a user without rights, where nothing is seen that needs
// more: every port is known and not a low one, nothing is written, and what starts is
// the program itself.
func userFix(p *rule.Pass) []finding.Fix {
	c := p.Contract
	if p.Image == nil || c == nil || !c.Whole || len(c.Of(effects.Write, effects.Mkdir, effects.Archive, effects.Host, effects.Exec)) > 0 {
		return nil
	}
	if start := p.Image.Start(); start.Binary == nil || len(start.Chain) > 0 {
		return nil
	}
	for _, l := range p.Service.Listens(nil) {
		if l.Network != "unix" && (!l.Known || l.Port < 1024) {
			return nil
		}
	}
	for i := range p.Stage.Steps {
		if p.Stage.Steps[i].Kind == image.StepUser {
			return nil // somebody chose root
		}
	}
	return rule.Mends("run as a user without rights", beforeStart(p, "USER "+unprivileged))
}

// bundle is where distributions derived from Debian and Alpine keep root certificates
// (crypto/x509, root_linux.go).
const bundle = "/etc/ssl/certs/ca-certificates.crt"

// certificatesFix copies the root certificates of a stage that surely has them into an
// image of nothing else.
func certificatesFix(p *rule.Pass) []finding.Fix {
	if p.Image == nil || !p.Stage.Root().Base.Scratch {
		return nil // another base has a package manager for it
	}
	for _, s := range p.File.Stages {
		if s.Index >= p.Stage.Index {
			break
		}
		builder := image.Of(s, p.Image.Context)
		if builder.CACerts().Has != image.Yes || !debianOrAlpine(s) {
			continue
		}
		return rule.Mends("copy the root certificates of stage "+stageName(s), beforeStart(p, "COPY --from="+stageName(s)+" "+bundle+" "+path.Dir(bundle)+"/"))
	}
	return nil
}

// debianOrAlpine tells whether a stage's distribution has the bundle at its usual
// place.
func debianOrAlpine(s *image.Stage) bool {
	base := s.Root().Base
	name := path.Base(base.Repository)
	return base.Known && !base.Scratch && (name == "golang" || name == "debian" || name == "alpine" || name == "ubuntu")
}

func stageName(s *image.Stage) string {
	if s.Name != "" {
		return s.Name
	}
	return strconv.Itoa(s.Index)
}

// zonesFix copies the zone data of the Go toolchain (package time, "LoadLocation").
func zonesFix(p *rule.Pass) []finding.Fix {
	if p.Image == nil {
		return nil
	}
	for _, s := range p.File.Stages {
		base := s.Root().Base
		if s.Index >= p.Stage.Index || !base.Known || path.Base(base.Repository) != "golang" {
			continue
		}
		return rule.Mends("copy the zone data of the Go toolchain",
			beforeStart(p, "COPY --from="+stageName(s)+" /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip", "ENV ZONEINFO=/zoneinfo.zip"))
	}
	return nil
}

// versionFix marks where the version of a base image has to be written.
func versionFix(base image.Base) []finding.Fix {
	at := base.Position
	if strings.Contains(base.Ref, "$") || at.EndColumn == 0 || at.EndLine != at.Line {
		return nil
	}
	name := strings.TrimSuffix(base.Ref, ":latest")
	if strings.Contains(path.Base(name), ":") {
		return nil
	}
	above := finding.Position{File: at.File, Line: at.Line, Column: 1, EndLine: at.Line, EndColumn: 1}
	return rule.Mends("mark the place for the version: write it instead of VERSION", []finding.Edit{
		{Position: above, NewText: "# Write the version for VERSION.\n"},
		{Position: at, NewText: name + ":VERSION"},
	})
}

// ignoreFix adds lines to the ignore file that is in force; a build context without one
// gets none.
func ignoreFix(p *rule.Pass, names ...string) []finding.Fix {
	c := p.Image.Context
	if c.IgnoreFile == "" || c.Tree == nil {
		return nil
	}
	data, err := c.Tree.Read(c.IgnoreFile, maxSource)
	if err != nil {
		return nil
	}
	lines := strings.Split(string(data), "\n")
	last := len(lines)
	at := finding.Position{File: c.Tree.Name(c.IgnoreFile), Line: last, Column: len(lines[last-1]) + 1, EndLine: last, EndColumn: len(lines[last-1]) + 1}
	end, text := "\n", ""
	if strings.Contains(string(data), "\r\n") {
		end = "\r\n"
	}
	if lines[last-1] != "" {
		text = end
	}
	return rule.Mends("leave out "+strings.Join(names, " and ")+" in "+c.IgnoreFile, []finding.Edit{{Position: at, NewText: text + strings.Join(names, end) + end}})
}
