package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// UnpinnedBase finds shipped stages on a base image that moves.
var UnpinnedBase = &rule.Rule{
	Rule: finding.Rule{
		Name: "unpinnedbase",
		Doc: `the shipped stage builds on an image whose version is not fixed

An image is a unit of deployment only if building it again gives the same
thing. A base without a tag, or with the tag latest, is whatever the registry
holds on the day: two builds of one commit differ, a rollback by rebuilding does
not roll back, and a new major version arrives without a change in the
repository. That is a warning.

A tag can still be moved by its owner. Only a digest names one image for ever,
so that a tag without a digest is a note.

Only the stage that ships is judged; where it builds on another stage, the image
at the bottom. The default of an ARG counts as written. scratch has no version.

# Fails

	FROM alpine
	FROM alpine:latest

# Holds

	FROM alpine:3.22
	FROM alpine:3.22@sha256:4b7ce07002c69e8f3d704a9c5d6fd3053be500b7f1c69fc0d80990c2ad8dd412

# How to mend it

Write the version, and let a tool such as Renovate or Dependabot keep tag and
digest up to date. Images that have no version tags, as those of distroless and
the free ones of Chainguard, are pinned by digest.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   unpinnedBase,
}

func unpinnedBase(p *rule.Pass) {
	base := p.Stage.Root().Base
	tag, digest := p.File.Path+" tag", p.File.Path+" digest"
	name := base.Resolved
	floats := "has no tag, and so stands for latest"
	if base.Tag != "" {
		floats = "floats"
	}
	switch {
	case base.Ref == "" && !base.Scratch:
		p.CannotTell(finding.Warning, tag, "its FROM could not be read", base.Position)
	case !base.Known:
		p.CannotTell(finding.Warning, tag, fmt.Sprintf("the base image %q depends on what is given to the build", base.Ref), base.Position)
	case base.Scratch:
		// Nothing to pin.
	case base.Digest != "":
		p.Holds(finding.Warning, tag)
		p.Holds(finding.Note, digest)
	case (base.Tag == "" || base.Tag == "latest") && placeholder(base):
		p.CannotTell(finding.Warning, tag, fmt.Sprintf("the base image is an argument, whose default %s looks as if each build gave another", name), base.Position)
	case base.Tag == "" || base.Tag == "latest":
		p.Fails(finding.Warning, tag, finding.Finding{
			Position: base.Position, Fixes: versionFix(base),
			Message: fmt.Sprintf("the base image %s %s: the same commit gives another image tomorrow. Name a version, or pin it by digest", name, floats),
		})
	default:
		p.Holds(finding.Warning, tag)
		p.Fails(finding.Note, digest, finding.Finding{
			Position: base.Position,
			Message:  fmt.Sprintf("the base image %s is pinned by a tag only, which its owner can move; add its digest (%s@sha256:...)", name, name),
		})
	}
}

// placeholder tells whether a base image is as a whole the default of an ARG,
// and no image that is known: such defaults are often there to be replaced.
func placeholder(base image.Base) bool {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(base.Ref, "$"), "{"), "}")
	if name == base.Ref || strings.ContainsAny(name, "$/:") {
		return false
	}
	_, known := image.LookupBase(base)
	return !known
}
