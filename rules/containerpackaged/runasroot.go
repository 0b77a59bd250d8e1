package containerpackaged

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/yamlfix"
)

// RunAsRoot finds workloads that run as root by their own settings.
var RunAsRoot = &rule.Rule{
	Rule: finding.Rule{
		Name: "runasroot",
		Doc: `the workload runs as root, whatever the image says

A process that is root in its container is root for the node's kernel too, and a flaw
in either gives the node away. Here the manifest asks for it. What the image itself
says is judged by rootuser.

Sources: Kubernetes documentation, "Configure a Security Context"; Compose
specification, "user".

# Fails

	securityContext:
	  runAsUser: 0

# Holds

	securityContext:
	  runAsNonRoot: true
	  runAsUser: 10001

# How to mend it

Leave it out, or name another user; give files and folders to that user in the image.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   runAsRoot,
}

func runAsRoot(p *rule.Pass) {
	w := p.Workload
	if w.Machine() {
		return // no container, and no node that is another's
	}
	for _, c := range w.Containers {
		subject := rule.Subject(w.Object(), "container "+c.Name, "user")
		at, how := finding.Position{}, ""
		switch {
		case c.Security.User.Set:
			if user, _, _ := strings.Cut(c.Security.User.Value, ":"); c.Security.User.Known() && (user == "0" || user == "root") {
				at, how = c.Security.User.Position, "user: "+c.Security.User.Value
			}
		case c.RunAsUser.Set:
			if c.RunAsUser.Known() && c.RunAsUser.Value == 0 {
				at, how = c.RunAsUser.Position, "runAsUser: 0"
			}
		case w.RunAsUser.Known() && w.RunAsUser.Value == 0:
			at, how = w.RunAsUser.Position, "runAsUser: 0 of the pod"
		}
		if how == "" {
			if c.RunAsUser.Known() || c.RunAsNonRoot.Value || w.RunAsNonRoot.Value || w.RunAsUser.Known() {
				p.Holds(0, subject)
			}
			continue
		}
		p.Fails(0, subject, finding.Finding{
			Position: at,
			Message:  fmt.Sprintf("%s: container %q runs as root (%s): a flaw in the program or the kernel gives the node away; leave it out, or name another user", w.ID(), c.Name, how),
			Fixes:    otherUserFix(p, c),
		})
	}
}

// otherUserFix runs a container as the user that its image names by number.
func otherUserFix(p *rule.Pass, c *deploy.Container) []finding.Fix {
	if p.Service == nil || p.Container != c || p.Service.Image == nil || p.Service.Image.Stage == nil || !c.RunAsUser.Set {
		return nil
	}
	for _, m := range c.Mounts {
		// What belongs to the node mostly belongs to root.
		if v := p.Workload.Volume(m.Volume); v != nil && v.Kind == "hostPath" {
			return nil
		}
	}
	user, _, known := p.Service.Image.Stage.User()
	user, _, _ = strings.Cut(user, ":")
	if n, err := strconv.Atoi(user); !known || err != nil || n <= 0 {
		return nil
	}
	edits := p.YAML.Set(c.RunAsUser.Position, "0", user)
	if len(edits) > 0 && !c.RunAsNonRoot.Set {
		edits = append(edits, p.YAML.Add(c.RunAsUser.Position, 0, yamlfix.Field{Name: "runAsNonRoot", Scalar: "true"})...)
	}
	return rule.Mends("run it as user "+user+" of its image", edits)
}
