package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// RelativeWorkdir finds working directories that depend on the base image.
var RelativeWorkdir = &rule.Rule{
	Rule: finding.Rule{
		Name: "relativeworkdir",
		Doc: `the working directory depends on that of the base image

A relative WORKDIR goes below the one in force. Where no WORKDIR of the file stands before
it that is the base image's, which its next version may change: then the program and its
files lie elsewhere, and paths in commands and manifests lead nowhere.

The stage that ships is judged, with the stages that it builds on. A relative WORKDIR
below an absolute one of the same file is fine.

Source: BuildKit, build check WorkdirRelativePath.

# Fails

	FROM nginx:1.29
	WORKDIR usr/share/app

# Holds

	FROM nginx:1.29
	WORKDIR /usr/share/app

# How to mend it

Write the whole path.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs: rule.Image,
	Run:   relativeWorkdir,
}

func relativeWorkdir(p *rule.Pass) {
	for _, step := range p.Stage.AllSteps() {
		if step.Kind != image.StepWorkdir {
			continue
		}
		_, written, _ := strings.Cut(strings.TrimSpace(step.Text), " ")
		written = strings.Trim(strings.TrimSpace(written), `"'`)
		switch {
		case written == "" || strings.ContainsAny(written[:1], `$/\`) || len(written) > 1 && written[1] == ':':
			p.Holds(0, "WORKDIR of "+p.File.Path)
		default:
			p.Fails(0, "WORKDIR of "+p.File.Path, finding.Finding{
				Position: step.Position,
				Message:  fmt.Sprintf("WORKDIR %s goes below the base image's working directory, which its next version may change; write the whole path", written),
			})
		}
		return // the ones behind it go below this one
	}
}
