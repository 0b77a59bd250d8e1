package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// GoVersion finds builds with an older Go than the module asks for.
var GoVersion = &rule.Rule{
	Rule: finding.Rule{
		Name: "goversion",
		Doc: `the image builds with an older Go than go.mod asks for

The go line of go.mod is the oldest Go that may build the module. The golang
images set GOTOOLCHAIN=local, so that they build with the Go that they have and
download no other: a build then ends with "go.mod requires go >= 1.26 (running go
1.24.5; GOTOOLCHAIN=local)" (go.dev/doc/toolchain). It is the most frequent way in
which a Dockerfile falls behind the code.

The rule compares the go line with the tag of the image that builds. It is silent
where the tag names no version or always the newest, where the Dockerfile sets
GOTOOLCHAIN to something else, and where only a patch release may be missing that
a tag like 1.26 brings some day.

# Fails

	FROM golang:1.24 AS build      // go.mod: go 1.26

# Holds

	FROM golang:1.26 AS build      // go.mod: go 1.26

# How to mend it

Raise the tag of the image that builds, or lower the go line if the code needs no
more.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: never,
	Run:     onEachImage(goVersion),
}

func goVersion(p *rule.Pass) {
	b := program(p)
	if b == nil || b.GoVersion == "" || b.Dir == "" {
		return
	}
	const subject = "the Go that builds"
	line, at, ok := goLine(p, b.Dir)
	if !ok {
		return
	}
	builder := image.Of(b.Stage, p.Image.Context)
	_, why := builder.GoVersion()
	if v, set := b.Stage.Env("GOTOOLCHAIN"); set && v.Value != "local" && v.Position != b.Stage.Root().Base.Position {
		p.Holds(0, subject)
		return
	}
	// Where only the base image sets it, the model has a dollar sign.
	if toolchain := b.Build.Env["GOTOOLCHAIN"]; toolchain != "" && toolchain != "local" && toolchain != "$" {
		p.Holds(0, subject)
		return
	}
	base := b.Stage.Root().Base
	if path.Base(base.Repository) != "golang" && compareGo(b.GoVersion, "1.21") >= 0 {
		// Of other images it is not known whether they keep to their Go.
		if compareGo(line, b.GoVersion) > 0 {
			p.CannotTell(0, subject, fmt.Sprintf("go.mod asks for go %s and %s has %s; whether it may download another one is not known", line, base.Resolved, b.GoVersion), why.At)
			return
		}
		p.Holds(0, subject)
		return
	}
	if !tooOld(b.GoVersion, line) {
		p.Holds(0, subject)
		return
	}
	severity := finding.Error
	outcome := fmt.Sprintf("the build ends with \"go.mod requires go >= %s\", for the image sets GOTOOLCHAIN=local", line)
	if compareGo(b.GoVersion, "1.21") < 0 {
		outcome = "this Go knows nothing of newer ones, and the build ends at the first thing that it does not know"
		if strings.Count(line, ".") < 2 {
			severity = finding.Warning
		}
	}
	pos := why.At
	if !pos.IsValid() {
		pos = base.Position
	}
	p.Fails(severity, subject, finding.Finding{
		Position: pos,
		Message:  fmt.Sprintf("%s asks for go %s, but %s builds with Go %s: %s; take golang:%s or newer", path.Base(at.File), line, base.Resolved, b.GoVersion, outcome, minor(line)),
		Related:  []finding.Related{{Position: at, Message: "go " + line}},
	})
}

// goLine is the greatest go line of the go.mod, and go.work, that a folder of the
// repository belongs to.
func goLine(p *rule.Pass, dir string) (version string, at finding.Position, ok bool) {
	t := repository(p)
	if t == nil {
		return "", at, false
	}
	for d := dir; ; d = path.Dir(d) {
		file := path.Join(d, "go.mod")
		if t.Has(file) {
			data, err := t.Read(file, maxSource)
			if err != nil {
				return "", at, false
			}
			m, err := modfile.ParseLax(file, data, nil)
			if err != nil || m.Go == nil {
				return "", at, false
			}
			return m.Go.Version, finding.Position{File: t.Name(file), Line: m.Go.Syntax.Start.Line, Column: m.Go.Syntax.Start.LineRune}, true
		}
		if d == "." || d == "/" {
			return "", at, false
		}
	}
}

// compareGo compares two versions of Go, as semver does; release candidates come
// before their release.
func compareGo(a, b string) int { return semver.Compare(semverOf(a), semverOf(b)) }

func semverOf(v string) string {
	for _, pre := range []string{"rc", "beta"} {
		if i := strings.Index(v, pre); i > 0 {
			dots := ""
			if strings.Count(v[:i], ".") < 2 {
				dots = ".0"
			}
			return "v" + v[:i] + dots + "-" + pre + "." + v[i+len(pre):]
		}
	}
	if strings.Count(v, ".") < 2 {
		v += ".0"
	}
	return "v" + v
}

// tooOld tells whether a toolchain is older than a go line. A toolchain known by
// two numbers has the newest patch release, whatever that is.
func tooOld(toolchain, line string) bool {
	if strings.Count(toolchain, ".") < 2 && !strings.ContainsAny(toolchain, "rb") {
		return compareGo(minor(toolchain), minor(line)) < 0
	}
	return compareGo(toolchain, line) < 0
}

func minor(v string) string {
	parts := strings.SplitN(v, ".", 3)
	if len(parts) < 2 {
		return v
	}
	n := strings.IndexFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })
	if n > 0 {
		parts[1] = parts[1][:n]
	}
	return parts[0] + "." + parts[1]
}
