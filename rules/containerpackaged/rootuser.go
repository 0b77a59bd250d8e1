package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// RootUser finds images that run as root.
var RootUser = &rule.Rule{
	Rule: finding.Rule{
		Name: "rootuser",
		Doc: `the image runs as root

A container isolates less when its process is root: whoever breaks out of it is
root on the node, and any mounted file is open to it. Clusters that enforce the
restricted Pod Security Standard, and OpenShift by default, do not run such an
image as it is.

What counts is the user of the stage that ships: the last USER of the stage and
of those that it builds on, or else the default of the base image, which is root
for scratch and for almost every distribution, but 65532 for the nonroot images
of distroless and for Chainguard's. Builder stages may run as root. Nothing is
said of a base image whose default is not known, nor of an image whose
entrypoint drops root by itself with gosu, su-exec and the like. A workload that
sets runAsUser to another user clears the finding.

# Fails

	FROM alpine:3.22
	COPY app /app
	ENTRYPOINT ["/app"]

# Holds

	FROM alpine:3.22
	COPY app /app
	USER 65532:65532
	ENTRYPOINT ["/app"]

# How to mend it

End the shipped stage with USER and a number; a number needs no entry in
/etc/passwd, and Kubernetes can check it against runAsNonRoot. Or take a base
image that is not root, such as gcr.io/distroless/static-debian13:nonroot. Files
that the service writes must belong to that user (COPY --chown).`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   rootUser,
}

func rootUser(p *rule.Pass) {
	subject := p.File.Path
	user, at, known := p.Stage.User()
	byDefault := at == p.Stage.Base.Position
	base := p.Stage.Root().Base
	switch {
	case !known && byDefault && base.Known:
		p.CannotTell(0, subject, fmt.Sprintf("the default user of the base image %s is not known, and there is no USER", base.Resolved), at)
		return
	case !known && byDefault && base.Ref == "":
		p.CannotTell(0, subject, "its FROM could not be read", at)
		return
	case !known && byDefault:
		p.CannotTell(0, subject, fmt.Sprintf("the base image %q depends on what is given to the build, and there is no USER", base.Ref), at)
		return
	case !known:
		p.CannotTell(0, subject, fmt.Sprintf("USER %s depends on what is given to the build", user), at)
		return
	case !isRoot(user):
		p.Holds(0, subject)
		return
	}
	if dropper := dropsRoot(p.Stage); dropper != "" {
		p.CannotTell(0, subject, "the image starts as root, and its entrypoint may drop it with "+dropper, at)
		return
	}
	f := finding.Finding{Position: at}
	if byDefault {
		from := base.Resolved
		if p.Stage.Base.Stage != nil {
			from = fmt.Sprintf("%s (%s)", p.Stage.Base.Ref, base.Resolved)
			f.Related = append(f.Related, finding.Related{Position: base.Position, Message: "the default user of this image is root"})
		}
		f.Fixes = userFix(p)
		f.Message = fmt.Sprintf("the image runs as root: no USER after FROM %s, whose default user is root. Whoever breaks out is root on the node, and clusters that enforce runAsNonRoot refuse it; %s", from, mendRoot(base))
	} else {
		f.Message = fmt.Sprintf("the image runs as root: USER %s is the last one. Whoever breaks out is root on the node, and clusters that enforce runAsNonRoot refuse it; end the stage with a numeric user, such as USER 65532:65532", user)
	}
	if by := otherUser(p); by != nil {
		f.Status, f.ClearedBy = finding.Cleared, by
	}
	p.Fails(0, subject, f)
}

func mendRoot(base image.Base) string {
	if f, ok := image.LookupBase(base); ok && f.Name == "distroless" {
		return "take the image's nonroot tag, or add USER 65532:65532"
	}
	return "add a numeric user, such as USER 65532:65532"
}

// isRoot reads the user part of USER: root or zero, with or without a group.
func isRoot(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	name = strings.TrimSpace(name)
	return name == "root" || name != "" && strings.Trim(name, "0") == ""
}

// droppers are programs that start another one as another user.
var droppers = map[string]bool{
	"chpst": true, "gosu": true, "runuser": true, "s6-setuidgid": true, "setpriv": true,
	"setuidgid": true, "su": true, "su-exec": true,
}

// dropsRoot names the program by which the image's entrypoint may leave root:
// one that its command starts, or, where the command is a script, which is not
// read, one that the image installs.
func dropsRoot(s *image.Stage) string {
	entry, _ := s.Entrypoint()
	cmd, _ := s.Cmd()
	script := false
	for _, arg := range append(entry.Argv(), cmd.Argv()...) {
		for _, w := range strings.Fields(arg) {
			w = path.Base(strings.Trim(w, `"'`))
			if droppers[w] {
				return w
			}
			script = script || strings.HasSuffix(w, ".sh") || strings.Contains(w, "entrypoint")
		}
	}
	if !script {
		return ""
	}
	for _, step := range s.AllSteps() {
		text := step.Text + " " + strings.Join(step.Heredocs, " ")
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|=\"'", r) }) {
			// su alone is too common a word to mean the program.
			if w = path.Base(w); droppers[w] && w != "su" {
				return w
			}
		}
	}
	return ""
}

// otherUser is the place where the workloads set another user than root, if all
// that run the service do.
func otherUser(p *rule.Pass) *finding.Related {
	var first *finding.Related
	for _, j := range p.Service.Workloads {
		if j.Workload.Imageless() {
			continue
		}
		user := j.Workload.RunAsUser
		if j.Container != nil && j.Container.RunAsUser.Set {
			user = j.Container.RunAsUser
		}
		if !user.Set || user.Value == 0 {
			return nil
		}
		if first == nil {
			first = &finding.Related{
				Position: user.Position,
				Message:  fmt.Sprintf("%s %s runs it as user %d", j.Workload.Kind, j.Workload.Name, user.Value),
			}
		}
	}
	return first
}
