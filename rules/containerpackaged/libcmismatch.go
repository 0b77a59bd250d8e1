package containerpackaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// LibcMismatch finds dynamically linked programs in images without their C library.
var LibcMismatch = &rule.Rule{
	Rule: finding.Rule{
		Name: "libcmismatch",
		Doc: `a dynamically linked program in an image without its C library

With cgo on and a C compiler at hand, which is so in golang's Debian images and not
in its Alpine ones, go build links every program that imports net, os/user or C
code dynamically (package net, "Name Resolution"; go help environment). Such a
program needs the dynamic linker and C library that it was built with. In scratch,
in distroless/static and, if it was built for glibc, in Alpine, it does not start:
"exec /app: no such file or directory", though the file is there.

The rule follows the program from its go build to the image: whether cgo is on by
CGO_ENABLED, compiler and platform, what the program imports, the tags netgo and
osusergo, -extldflags -static, and the C libraries of both stages. It is silent
where one of these cannot be told.

# Fails

	FROM golang:1.26 AS build
	RUN go build -o /app .
	FROM scratch
	COPY --from=build /app /app      // imports net/http
	ENTRYPOINT ["/app"]

# Holds

	FROM golang:1.26 AS build
	RUN CGO_ENABLED=0 go build -o /app .
	FROM scratch
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Build with CGO_ENABLED=0, if the program needs no C code. Otherwise take a base
image with the same C library as the build stage: gcr.io/distroless/base or a
Debian image for golang:1.26, Alpine for golang:1.26-alpine.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:   rule.Image,
	Applies: never,
	Run:     onEachImage(libcMismatch),
}

func libcMismatch(p *rule.Pass) {
	b := program(p)
	if b == nil || b.Path == "" {
		return
	}
	const subject = "the C library"
	if b.Stage == p.Image.Stage || b.Cgo.Has == image.No || b.Static.Has == image.Yes {
		p.Holds(0, subject)
		return
	}
	needs, why := needsLibc(p, b)
	if needs == image.No {
		p.Holds(0, subject)
		return
	}
	libc, fact := p.Image.Libc()
	switch {
	case libc != "" && libc == b.Libc:
		glibcVersion(p, b, needs, why)
		return
	case needs == image.Unknown:
		p.CannotTell(0, subject, why, b.At)
		return
	case libc == "":
		p.CannotTell(0, subject, "the program is linked dynamically ("+why+"), and "+fact.Why, fact.At)
		return
	case b.Libc == "":
		if libc != "none" {
			p.CannotTell(0, subject, "the program is linked dynamically ("+why+"), and the C library that it is built with is not known", b.At)
			return
		}
	case libc == "musl" && p.Image.GlibcCompat().Has != image.No:
		p.CannotTell(0, subject, "the program is built for glibc, and the image may have a layer for such programs", p.Image.GlibcCompat().At)
		return
	}
	has := "has no C library"
	if libc != "none" {
		has = "has " + libc
	}
	built := "a C library"
	if b.Libc != "" {
		built = b.Libc
	}
	p.Fails(0, subject, finding.Finding{
		Position: p.Stage.Base.Position,
		Message: fmt.Sprintf("the program needs %s (%s), but %s %s: it does not start, with \"no such file or directory\" though the file is there; build it with CGO_ENABLED=0, or take a base image with %s",
			built, why, baseName(p), has, built),
		Related: []finding.Related{{Position: b.At, Message: "it is built here: " + why}},
	})
}

// needsLibc tells whether go build links the program dynamically.
func needsLibc(p *rule.Pass, b *image.Binary) (needs image.Has, why string) {
	var reason string
	if importer := p.Contract.Of(effects.Cgo); len(importer) > 0 {
		reason = "has C code of its own"
	}
	for _, c := range cgoPackages {
		if linked, _ := p.Contract.Links(c.path); linked && reason == "" {
			reason = "imports " + c.path
		}
	}
	for _, std := range []struct{ path, tag string }{{"net", "netgo"}, {"os/user", "osusergo"}} {
		if linked, _ := p.Contract.Links(std.path); linked && reason == "" && !slices.Contains(b.Build.Tags, std.tag) {
			reason = "imports " + std.path
		}
	}
	switch {
	case reason == "" && p.Contract.LinkedWhole:
		return image.No, ""
	case reason == "":
		return image.Unknown, "what the program imports is not known whole, and cgo may be on"
	case b.Cgo.Has == image.Unknown:
		return image.Unknown, "whether it is linked dynamically cannot be told: it " + reason + ", and " + b.Cgo.Why
	case b.Static.Has == image.No, b.Cgo.Has == image.Yes:
		return image.Yes, b.Cgo.Why + ", and it " + reason
	}
	return image.Unknown, b.Static.Why
}

// glibcVersion judges programs that were built for a newer glibc than the image
// has. What is built with 2.34 or later does not start with an earlier one, into
// which libpthread was not yet merged (GNU C Library 2.34 release notes).
func glibcVersion(p *rule.Pass, b *image.Binary, needs image.Has, why string) {
	const subject = "the C library"
	base, _, _ := p.Image.Base()
	builder := b.Stage.Root().Base
	from, to := glibcOf(builder), glibcOf(base)
	if b.Libc != "glibc" || needs != image.Yes || from < 34 || to == 0 || to >= 34 {
		p.Holds(0, subject)
		return
	}
	p.Fails(0, subject, finding.Finding{
		Position: p.Stage.Base.Position,
		Message: fmt.Sprintf("the program is linked against the glibc 2.%d of %s (%s), but %s has 2.%d: it does not start, with \"version `GLIBC_2.34' not found\"; build it with CGO_ENABLED=0, or take the same release in both stages",
			from, builder.Resolved, why, base.Resolved, to),
		Related: []finding.Related{{Position: b.At, Message: "it is built here: " + why}},
	})
}

// glibcReleases are the minor versions of glibc 2 in releases of distributions
// (packages.debian.org and packages.ubuntu.com, libc6; as of 2026-11).
var glibcReleases = []struct {
	name  string
	minor int
}{
	{"stretch", 24}, {"buster", 28}, {"bullseye", 31}, {"bookworm", 36}, {"trixie", 41},
	{"bionic", 27}, {"focal", 31}, {"jammy", 35}, {"noble", 39},
	{"debian9", 24}, {"debian10", 28}, {"debian11", 31}, {"debian12", 36}, {"debian13", 41},
}

var debianVersions = map[string]int{"9": 24, "10": 28, "11": 31, "12": 36, "13": 41}

var ubuntuVersions = map[string]int{"18.04": 27, "20.04": 31, "22.04": 35, "24.04": 39}

// glibcOf is the minor version of the glibc in an image, by the release that its
// name or tag tells; 0 where they tell none.
func glibcOf(b image.Base) int {
	text := b.Repository + ":" + b.Tag
	for _, r := range glibcReleases {
		if strings.Contains(text, r.name) {
			return r.minor
		}
	}
	version, _, _ := strings.Cut(b.Tag, "-")
	switch b.Repository {
	case "debian":
		major, _, _ := strings.Cut(version, ".")
		return debianVersions[major]
	case "ubuntu":
		return ubuntuVersions[version]
	case "golang":
		// Since 1.22 no image was built on a release before bookworm by default.
		if v, _ := b.GoVersion(); v != "" && compareGo(v, "1.22") >= 0 && !strings.Contains(b.Tag, "alpine") {
			return 36
		}
	}
	return 0
}
