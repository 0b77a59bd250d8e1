package image

import (
	"path"
	"strings"

	"github.com/cnready/cnready/internal/lazyregexp"
)

// goTag finds the version at the beginning of a golang image's tag: 1.26,
// 1.26.3, 1.26rc1 (hub.docker.com/_/golang, "Supported tags").
var goTag = lazyregexp.New(`^v?(1\.\d+(?:\.\d+|rc\d+|beta\d+)?)(?:$|[-_.@])`)

// GoVersion is the version of the Go toolchain that a base image's tag promises,
// "1.26" or "1.26.3". It is "" where the image has none, the tag is floating
// (latest, 1, alpine) or says something else. floating is true for a tag that
// always names the newest Go.
func (b Base) GoVersion() (version string, floating bool) {
	if b.Stage != nil || !b.Known {
		return "", false
	}
	family, ok := LookupBase(b)
	name := path.Base(b.Repository)
	isGo := ok && family.Toolchain == Yes || name == "golang" || strings.HasPrefix(name, "golang-") || strings.HasSuffix(name, "-golang")
	if !isGo {
		return "", false
	}
	if m := goTag.FindStringSubmatch(b.Tag); m != nil {
		return m[1], false
	}
	if b.Digest == "" && name == "golang" {
		switch first, _, _ := strings.Cut(b.Tag, "-"); first {
		case "", "latest", "1", "alpine", "bookworm", "trixie", "bullseye", "stable":
			return "", true
		}
	}
	return "", false
}

// GoVersion is the version of the Go toolchain in the stage, "1.26" or "1.26.3",
// with the place that says so; known is false where there is none, or it cannot
// be told.
func (i *Image) GoVersion() (version string, why Fact) {
	if v := i.goVersion(); v != "" {
		f := i.fs.stat("/usr/local/go/bin/go", 0)
		if f.Has == Yes {
			return v, f.Fact
		}
		return v, present(i.base.at, i.base.name()+" has it")
	}
	return "", unclear(i.base.at, "the version of Go cannot be told")
}

func (i *Image) goVersion() string {
	// A toolchain that is copied from another image wins over the base's.
	for _, t := range i.steps {
		if t.Step.From == "" || !strings.HasPrefix(path.Clean(t.Dest), "/usr/local/go") {
			continue
		}
		if t.Step.FromStage != nil {
			v, _ := t.Step.FromStage.Root().Base.GoVersion()
			return v
		}
		v, _ := imageBase(Base{Ref: t.Step.From}, t.Step.From).GoVersion()
		return v
	}
	v, _ := i.base.ref.GoVersion()
	return v
}
