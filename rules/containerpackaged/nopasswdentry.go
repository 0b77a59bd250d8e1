package containerpackaged

import (
	"fmt"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// NoPasswdEntry finds images whose USER no file of theirs knows.
var NoPasswdEntry = &rule.Rule{
	Rule: finding.Rule{
		Name: "nopasswdentry",
		Doc: `USER names somebody whom the image's passwd file does not have

A name in USER is looked up in /etc/passwd of the image when a container starts, and one
behind a colon in /etc/group. Where it is not there the container does not start: "unable
to find user app: no matching entries in passwd file". It happens where the user was made
in the builder stage only, and above all on scratch, which has no passwd file.

The rule knows the users of well-known base images and those that useradd, adduser and
their like make, and copies of /etc/passwd. Where anything else may have made the user it
cannot tell. A number needs no entry.

Source: opencontainers/runc, libcontainer/user (GetExecUser).

# Fails

	FROM golang:1.26 AS build
	RUN useradd --uid 10001 app
	FROM scratch
	USER app

# Holds

	FROM scratch
	USER 10001:10001

# How to mend it

Write the number, or copy /etc/passwd from the stage that makes the user.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   noPasswdEntry,
}

func noPasswdEntry(p *rule.Pass) {
	if p.Image == nil {
		return
	}
	value, at, known := p.Stage.User()
	u := p.Image.User()
	if !known || u.Default {
		return
	}
	name, group, _ := strings.Cut(value, ":")
	for _, e := range []struct {
		name, file string
		entry      func(string) image.Fact
	}{{name, "passwd", p.Image.UserEntry}, {group, "group", p.Image.GroupEntry}} {
		if e.name == "" || e.name == "root" || strings.Trim(e.name, "0123456789") == "" {
			continue
		}
		subject := e.file + " of " + p.File.Path
		switch f := e.entry(e.name); f.Has {
		case image.Yes:
			p.Holds(0, subject)
		case image.Unknown:
			p.CannotTell(0, subject, f.Why, f.At)
		case image.No:
			out := finding.Finding{
				Position: at,
				Message:  fmt.Sprintf("USER %s: the image's /etc/%s has no %s (%s), and no container starts that cannot find it; write the number, or copy /etc/%s from the stage that makes it", value, e.file, e.name, f.Why, e.file),
			}
			if f.At.IsValid() && f.At != at {
				out.Related = append(out.Related, finding.Related{Position: f.At, Message: f.Why})
			}
			p.Fails(0, subject, out)
		}
	}
}
