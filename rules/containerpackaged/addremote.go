package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
)

// AddRemote finds files that a build takes from the network as they come.
var AddRemote = &rule.Rule{
	Rule: finding.Rule{
		Name: "addremote",
		Doc: `ADD takes a remote file without a checksum

What stands behind a URL may change between two builds, or on the way. With --checksum the
builder refuses anything but the file that was meant; without it the image holds whatever
came, and nobody sees the difference.

All stages are judged: what a builder stage downloads ends in the image too. A Git
repository is pinned by the commit behind the #.

Source: Dockerfile reference, "ADD --checksum" and "Adding files from a Git repository".

# Fails

	ADD https://dl.example.com/tini-v0.19.0 /tini

# Holds

	ADD --checksum=sha256:93dcc18adc78c65a028a84799ecf8ad40c936fdfc5f2a57b1acda5a8117fa82c \
	    https://dl.example.com/tini-v0.19.0 /tini

# How to mend it

Add --checksum with the file's digest, or the commit's id behind the repository's URL.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   addRemote,
}

var (
	remoteGit = lazyregexp.New(`^(git@|git://|ssh://)|^https?://.+\.git(#|\?|$)`)
	commitID  = lazyregexp.New(`#[0-9a-f]{40}([0-9a-f]{24})?(:|$)|[?&](ref|checksum|commit)=[0-9a-f]{40}`)
)

func addRemote(p *rule.Pass) {
	for _, s := range p.File.Stages {
		for i := range s.Steps {
			step := &s.Steps[i]
			if step.Kind != image.StepAdd {
				continue
			}
			for _, source := range step.Sources {
				git := remoteGit.MatchString(source)
				if !git && !strings.HasPrefix(source, "http://") && !strings.HasPrefix(source, "https://") {
					continue
				}
				subject := "ADD " + source + " in " + p.File.Path
				checked := git && commitID.MatchString(source)
				for _, f := range step.Flags {
					checked = checked || strings.HasPrefix(f, "--checksum=")
				}
				if checked {
					p.Holds(0, subject)
					continue
				}
				mend := "add --checksum=sha256:... with the file's digest"
				if git {
					mend = "name the commit: #<40 characters of its id>"
				}
				p.Fails(0, subject, finding.Finding{
					Position: step.Position,
					Message:  fmt.Sprintf("ADD takes %s as it comes: the file may be another tomorrow, or changed on the way; %s", source, mend),
				})
			}
		}
	}
}
