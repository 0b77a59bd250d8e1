package containerpackaged

import (
	"fmt"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// NonNumericUser finds containers that the kubelet refuses to start since it cannot
// tell that their image does not run as root.
var NonNumericUser = &rule.Rule{
	Rule: finding.Rule{
		Name: "nonnumericuser",
		Doc: `runAsNonRoot, and the image does not say by number who it runs as

With runAsNonRoot the kubelet looks at the image's user before it starts the container.
It does not read the image's /etc/passwd, so it can only judge a number: of a name it says
"container has runAsNonRoot and image has non-numeric user (app), cannot verify user is
non-root", and the container never starts. An image that runs as root is refused as well.

The rule compares each container with the USER of the stage that it runs, or the default
of the base image, and is silent where runAsUser gives a number.

Source: Kubernetes, pkg/kubelet/kuberuntime/security_context.go (verifyRunAsNonRoot).

# Fails

	USER app                        # Dockerfile

	securityContext:
	  runAsNonRoot: true

# Holds

	USER 10001:10001

# How to mend it

Write USER with a number, or set runAsUser beside runAsNonRoot.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs:    rule.Workload,
	Contract: true,
	Run:      nonNumericUser,
}

func nonNumericUser(p *rule.Pass) {
	if p.Service == nil || p.Container == nil || p.Workload.Platform != deploy.Kubernetes {
		return
	}
	w, c := p.Workload, p.Container
	nonRoot := c.RunAsNonRoot
	if !nonRoot.Set {
		nonRoot = w.RunAsNonRoot
	}
	if !nonRoot.Known() || !nonRoot.Value {
		return
	}
	subject := rule.Subject(w.Object(), "container "+c.Name, "user")
	if c.RunAsUser.Set || w.RunAsUser.Set {
		p.Holds(0, subject)
		return
	}
	if p.Service.Image == nil || p.Service.Image.Image == nil || len(c.Replaced) > 0 {
		p.CannotTell(0, subject, "the image's Dockerfile is not known", c.Image.Position)
		return
	}
	u := p.Service.Image.Image.User()
	switch {
	case u.Has != image.Yes || u.Name == "":
		p.CannotTell(0, subject, u.Why, u.At)
	case u.Numeric && u.ID != "0":
		p.Holds(0, subject)
	case u.Root() == image.Yes:
		if dropsRoot(p.Service.Image.Stage) != "" {
			p.CannotTell(0, subject, "the image's entrypoint may drop root by itself", u.At)
			return
		}
		p.Fails(0, subject, finding.Finding{
			Position: nonRoot.Position,
			Message:  fmt.Sprintf("%s asks for runAsNonRoot, but the image of container %q runs as root (%s): the kubelet refuses to start it; end the Dockerfile with a numeric USER, or set runAsUser", w.ID(), c.Name, u.At.Short()),
			Related:  []finding.Related{{Position: u.At, Message: "the image runs as root"}},
		})
	default:
		p.Fails(0, subject, finding.Finding{
			Position: nonRoot.Position,
			Message:  fmt.Sprintf("%s asks for runAsNonRoot, but the image of container %q names its user %s (%s), not a number: the kubelet cannot tell that this is not root, and refuses to start it; write %s, or set runAsUser", w.ID(), c.Name, u.Name, u.At.Short(), numericUser(u)),
			Related:  []finding.Related{{Position: u.At, Message: "names the user " + u.Name}},
		})
	}
}

// numericUser is the USER line that says a user by number.
func numericUser(u image.User) string {
	if u.ID == "" {
		return "USER with the number of " + u.Name
	}
	if u.GID == "" {
		return "USER " + u.ID
	}
	return "USER " + u.ID + ":" + u.GID
}
