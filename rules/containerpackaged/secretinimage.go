package containerpackaged

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/secret"
)

// SecretInImage finds credentials that whoever has the image has.
var SecretInImage = &rule.Rule{
	Rule: finding.Rule{
		Name: "secretinimage",
		Doc: `the image holds a secret

Everybody who can pull an image has all that is in it: the value of each ENV, the arguments
that it was built with (docker history shows them), and each file, those too that a later
layer removes.

The rule looks at ENV and ARG defaults of the stage that ships and of those that it builds
on, and at the files that it copies from the build context: keys, .env files, stored
credentials. Name and value are judged together; empty values, placeholders, references and
names of files are no secrets, and neither are examples and keys for tests. Arguments of
builder stages do not get into the image, nor do secret mounts. No value is ever shown.

Source: Docker documentation, "Build secrets"; BuildKit, build check SecretsUsedInArgOrEnv.

# Fails

	ENV API_TOKEN=ghp_...
	COPY .env /app/.env

# Holds

	RUN --mount=type=secret,id=token ./fetch --token-file=/run/secrets/token

# How to mend it

Give it to the container when it starts, by the platform's secrets; one that only the build
needs by RUN --mount=type=secret. Then change it: what was in an image once is known.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs: rule.Image,
	Run:   secretInImage,
}

func secretInImage(p *rule.Pass) {
	judged := false
	for _, step := range p.Stage.AllSteps() {
		if step.Kind != image.StepEnv && step.Kind != image.StepArg {
			continue
		}
		for _, v := range step.Vars {
			judged = true
			if !v.Known || step.Kind == image.StepArg && !v.Set {
				continue
			}
			found, ok := secret.Of(v.Name, v.Value)
			if !ok {
				continue
			}
			what := "the environment of every container has it"
			if step.Kind == image.StepArg {
				what = "docker history shows it"
			}
			p.Fails(0, fmt.Sprintf("%s %s of %s", step.Kind, v.Name, p.File.Path), finding.Finding{
				Position: v.Position,
				Message: fmt.Sprintf("%s %s is %s, and whoever can pull the image has it: %s; give it to the container when it starts, and change it",
					step.Kind, v.Name, found.What, what),
			})
		}
	}
	if p.Image != nil {
		judged = secretFiles(p) || judged
	}
	if judged {
		p.Holds(0, "other settings and files of "+p.File.Path)
	}
}

// maxSecretFiles bounds how many files of a folder that is copied are looked at.
const maxSecretFiles = 5000

// secretFiles looks at the files that the stage copies from its build context.
func secretFiles(p *rule.Pass) (judged bool) {
	t := repository(p)
	if t == nil {
		return false
	}
	told := map[string]bool{}
	for _, s := range p.Image.Sources() {
		if s.Context == "" || s.Ignored || s.Found.Has == image.No {
			continue
		}
		judged = true
		looked := 0
		for _, f := range t.Files {
			if f.Path != s.Context && s.Context != "." && !strings.HasPrefix(f.Path, s.Context+"/") {
				continue
			}
			if looked++; looked > maxSecretFiles {
				break
			}
			rel := strings.TrimPrefix(f.Path, p.Image.Context.Dir+"/")
			if told[f.Path] || !secretNames.MatchString(path.Base(f.Path)) || notKept.MatchString(f.Path) || p.Image.Context.Ignores(rel) {
				continue
			}
			data, err := t.Read(f.Path, maxSource)
			if err != nil {
				continue
			}
			what := secretText(path.Base(f.Path), string(data))
			if what == "" {
				continue
			}
			told[f.Path] = true
			p.Fails(0, "file "+f.Path+" in "+p.File.Path, finding.Finding{
				Position: s.Step.Position,
				Message: fmt.Sprintf("%s copies %s into the image, which holds %s: whoever can pull the image has it; leave it out in .dockerignore, mount it when the container starts, and change it",
					s.Step.Kind, f.Path, what),
				Related: []finding.Related{{Position: finding.Position{File: t.Name(f.Path)}, Message: "holds " + what}},
			})
		}
	}
	return judged
}

var (
	// secretNames match files that hold secrets, by the programs that write them.
	secretNames = lazyregexp.New(`(?i)^(\.env(\..+)?|.+\.env|id_(rsa|dsa|ecdsa|ed25519)|.+\.(pem|key|p12|pfx|jks|keystore|ppk)|\.npmrc|\.netrc|_netrc|\.pypirc|\.git-credentials|\.dockercfg|\.htpasswd|credentials(\.json)?|.*service[-_]?account.*\.json|.*credentials.*\.json|kubeconfig(\..+)?|.+\.kubeconfig|terraform\.tfvars|.+\.auto\.tfvars|secrets?\.(ya?ml|json|toml|env))$`)
	// notKept match files that are there to be read by everybody.
	notKept = lazyregexp.New(`(?i)(^|[/._-])(tests?|testdata|fixtures?|examples?|samples?|templates?|dist|mocks?|demo|docs?|dummy|snakeoil)([/._-]|$)`)
)

// secretText says what secret a file holds, "" for none.
func secretText(name, text string) string {
	if found, ok := secret.Of("", firstPEM(text)); ok {
		return found.What
	}
	switch ext := strings.ToLower(path.Ext(name)); {
	case slices.Contains([]string{".p12", ".pfx", ".jks", ".keystore", ".ppk"}, ext):
		return "a store of keys"
	case strings.Contains(text, `"private_key"`) && strings.Contains(text, "PRIVATE KEY"):
		return "a private key"
	case slices.Contains([]string{".pem", ".key", ".crt"}, ext):
		return ""
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") {
			continue
		}
		line = strings.TrimPrefix(line, "export ")
		i := strings.IndexAny(line, "=:")
		if i < 1 {
			continue
		}
		if found, ok := secret.Of(strings.Trim(line[:i], `"' `), strings.Trim(line[i+1:], `"', `)); ok {
			return found.What
		}
	}
	return ""
}

// firstPEM is the text from the first mark of a private key on, or "".
func firstPEM(text string) string {
	i := strings.Index(text, "-----BEGIN ")
	if i < 0 {
		return ""
	}
	return text[i:min(len(text), i+200)]
}
