package microservicesoriented

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/secret"
)

// InlineSecret finds credentials that stand in manifests.
var InlineSecret = &rule.Rule{
	Rule: finding.Rule{
		Name: "inlinesecret",
		Doc: `a credential stands in the manifest as it is

What stands in a manifest is read by everybody who can read the repository, stays in its
history for ever, and is the same in every environment: it cannot be given to one service
and kept from another, nor changed without a new deployment of all that hold it. A platform
has secrets for that, which a workload names.

The rule looks at variables and arguments, and judges name and value together: a token by
the form that its issuer gave it, a URL by the password in it, anything else by a name such
as DB_PASSWORD with a value that is one. References, placeholders (changeme, <token>), paths
of files and names of secrets are none. Compose files for development, by their names or
since they build on the spot, are left out. No value is ever shown.

# Fails

	env:
	- name: DB_PASSWORD
	  value: hunter2

# Holds

	env:
	- name: DB_PASSWORD
	  valueFrom:
	    secretKeyRef: {name: shop-db, key: password}

# How to mend it

Put it into a secret of the platform, name it here, and change it: what was committed once
is known.`,
		Property: finding.MicroservicesOriented,
		Severity: finding.Warning,
	},
	Needs: rule.Workload,
	Run:   inlineSecret,
}

func inlineSecret(p *rule.Pass) {
	w := p.Workload
	if w.ForDevelopment() {
		return
	}
	for _, c := range slices.Concat(w.Init, w.Containers) {
		for i := range c.Env {
			e := &c.Env[i]
			if e.Ref.Kind == "EnvFile" || e.From == "unknown" {
				continue
			}
			subject := rule.Subject(w.Object(), "container "+c.Name, "variable "+e.Name)
			if e.From != "" {
				if e.From == "secret" && secret.Named(e.Name) {
					p.Holds(0, subject)
				}
				continue
			}
			if found, ok := secret.Of(e.Name, e.Value); ok {
				at := e.ValuePosition
				if !at.IsValid() {
					at = e.Position
				}
				p.Fails(0, subject, finding.Finding{
					Position: at,
					Message: fmt.Sprintf("%s: %s of container %q is %s that everybody sees who can read the repository, and the same wherever it is deployed; put it into a secret, name that here, and change it",
						w.ID(), e.Name, c.Name, found.What),
				})
			}
		}
		judgeArguments(p, c)
	}
}

// judgeArguments looks at --name=value and --name value.
func judgeArguments(p *rule.Pass, c *deploy.Container) {
	w := p.Workload
	for _, f := range []deploy.Field[[]string]{c.Command, c.Args} {
		for i, arg := range f.Value {
			if !strings.HasPrefix(arg, "-") {
				continue
			}
			name, value, ok := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			if !ok && i+1 < len(f.Value) && !strings.HasPrefix(f.Value[i+1], "-") {
				value = f.Value[i+1]
			}
			if found, ok := secret.Of(name, value); ok {
				p.Fails(0, rule.Subject(w.Object(), "container "+c.Name, "argument "+name), finding.Finding{
					Position: f.Position,
					Message: fmt.Sprintf("%s: the argument --%s of container %q is %s that everybody sees who can read the repository or list the machine's processes; put it into a secret, pass it by a variable, and change it",
						w.ID(), name, c.Name, found.What),
				})
			}
		}
	}
}
