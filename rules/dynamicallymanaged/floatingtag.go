package dynamicallymanaged

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
)

// FloatingTag finds workloads whose image is whatever its registry holds.
var FloatingTag = &rule.Rule{
	Rule: finding.Rule{
		Name: "floatingtag",
		Doc: `a workload runs an image without a version

An orchestrator starts instances at any time and on any node, and pulls the image
where it is not there yet. With the tag latest, or with none, which means the
same, an instance that is started tomorrow may run another build than one that
was started today, and a rollback to the previous manifest brings the same image
back. A version or a digest names one build.

An image that a build tool of the repository fills in is not judged by what the
manifest says: skaffold and Tilt put in the tag that they built, a kustomization
whose images entry sets a version or a digest holds, and so does one that is
written in the manifest. Names with placeholders, such as $(IMAGE) or ko://, are
not judged.

Sources: Kubernetes documentation, "Images"; kustomize documentation, "images";
skaffold documentation, "Image naming".

# Fails

	image: shop/web
	image: shop/web:latest

# Holds

	image: shop/web:1.4.2
	image: shop/web@sha256:4b7ce07002c69e8f3d704a9c5d6fd3053be500b7f1c69fc0d80990c2ad8dd412

# How to mend it

Write the version that was tested, or let the pipeline write it: with an images
entry in the kustomization that deploys, or with kustomize edit set image.`,
		Property: finding.DynamicallyManaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   floatingTag,
}

func floatingTag(p *rule.Pass) {
	w := p.Workload
	if w.Imageless() || w.Platform == deploy.OCI {
		return // a bundle has a root file system, which no tag names
	}
	for _, c := range slices.Concat(w.Containers, w.Init) {
		judgeTag(p, w, c)
	}
}

func judgeTag(p *rule.Pass, w *deploy.Workload, c *deploy.Container) {
	image := c.Image.Value
	subject := subjectOf(w, "container "+c.Name, "")
	if image == "" {
		p.CannotTell(0, subject, fmt.Sprintf("container %q has no image in this manifest", c.Name), c.Image.Position)
		return
	}
	tag, digested, valid := parts(image)
	own := valid && !isPlaceholder(image) && !c.Image.Unknown && (digested || tag != "" && tag != "latest")
	var pinned, floats *deploy.Replacement
	for i := range c.Replaced {
		switch r := &c.Replaced[i]; {
		case r.Tool != "kustomize":
			// A builder's tag is never latest by itself, so that it does not
			// matter where the manifest has a version.
			if !own {
				p.CannotTell(0, subject, fmt.Sprintf("%s builds and tags %s (%s)", r.Tool, image, r.Position.Short()), c.Image.Position)
				return
			}
		case r.Digest != "" || r.Tag != "" && r.Tag != "latest":
			pinned = r
		case r.Tag != "":
			floats = r
		}
	}
	switch {
	case floats != nil && (own || pinned != nil):
		p.CannotTell(0, subject, fmt.Sprintf("whether the image has a version depends on the kustomization that deploys it: one gives %s the tag latest (%s)",
			image, floats.Position.Short()), c.Image.Position)
		return
	case own, pinned != nil:
		p.Holds(0, subject)
		return
	case !valid || isPlaceholder(image) || c.Image.Unknown:
		p.CannotTell(0, subject, fmt.Sprintf("%q is no image: something else fills it in", image), c.Image.Position)
		return
	}
	says := `has no tag, which means "latest"`
	if tag != "" {
		says = `has the tag "latest"`
	}
	f := finding.Finding{
		Position: c.Image.Position,
		Message: fmt.Sprintf("%s: the image %q of container %q %s: instances started at different times may run different builds, and a rollback brings none back; name a version or a digest",
			w.ID(), image, c.Name, says),
	}
	if floats != nil {
		f.Related = []finding.Related{{Position: floats.Position, Message: "the kustomization sets the tag latest, too"}}
	} else {
		f.Fixes = tagFix(p, c, tag)
	}
	p.Fails(0, subject, f)
}

// parts are the tag of an image and whether it has a digest; valid is false for
// what is no reference to an image.
func parts(image string) (tag string, digested, valid bool) {
	ref, err := reference.Parse(image)
	if err != nil {
		return "", false, false
	}
	_, digested = ref.(reference.Digested)
	if tagged, ok := ref.(reference.Tagged); ok {
		tag = tagged.Tag()
	}
	return tag, digested, true
}

// placeholders are image names that stand for one that a tool or a person puts
// in their place. controller is that of kubebuilder's scaffold, which make
// deploy IMG=... replaces (kubebuilder documentation, "Quick Start").
var placeholders = []string{"controller", "image", "placeholder", "image-placeholder", "placeholder-image", "replace-me", "replaceme", "todo", "changeme"}

// upperTag is a tag that is written like the name of a variable.
var upperTag = regexp.MustCompile(`:_*[A-Z]+(_+[A-Z]+)*_*$`)

func isPlaceholder(image string) bool {
	if strings.ContainsAny(image, "$%{}<>[]()") || strings.Contains(image, "://") || upperTag.MatchString(image) {
		return true
	}
	name, tag, _ := strings.Cut(image, ":")
	return slices.Contains(placeholders, name) && (tag == "" || tag == "latest")
}
