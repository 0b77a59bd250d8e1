package containerpackaged

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/tree"
)

// BuildContextLeak finds images into which a developer's own files get.
var BuildContextLeak = &rule.Rule{
	Rule: finding.Rule{
		Name: "buildcontextleak",
		Doc: `COPY . . brings what belongs to nobody else into the image

The build context is the folder as it lies on the machine that builds: with .git, whose
history holds every file that was ever committed, and with what git ignores, a developer's
.env above all. COPY . . takes all of it, unless a .dockerignore leaves it out, and what
lands in the stage that ships is in the hands of everybody who pulls the image.

Only COPY and ADD of the whole context into the shipped stage are judged; in a builder
stage they only make the cache worse. .git counts where the context is the repository's
root, .env where the program reads one or git ignores one there.

Source: Docker documentation, "Build context", .dockerignore files.

# Fails

	FROM alpine:3.22
	COPY . /app

# Holds

	FROM alpine:3.22
	COPY . /app            # and .git and .env in .dockerignore

# How to mend it

Copy what the program needs, by name; or write a .dockerignore with .git and .env.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   buildContextLeak,
}

func buildContextLeak(p *rule.Pass) {
	if p.Image == nil || p.Image.Context == nil || p.Image.Context.Tree == nil {
		return
	}
	c := p.Image.Context
	for _, s := range p.Image.Sources() {
		if s.Step.From != "" || s.Remote || path.Clean(s.Source) != "." && path.Clean(s.Source) != "/" {
			continue
		}
		subject := "build context of " + p.File.Path
		if len(c.NotAnalyzed) > 0 {
			p.CannotTell(0, subject, "the ignore file could not be read", s.Step.Position)
			return
		}
		var leaks, names []string
		if c.Dir == "." && repositoryRoot(c.Tree) && !leftOut(c, s, ".git") {
			leaks, names = append(leaks, ".git, with all that was ever committed"), append(names, ".git")
		}
		if why := dotenvThere(p, c); why != "" && !leftOut(c, s, ".env") {
			leaks, names = append(leaks, ".env, which "+why), append(names, ".env")
		}
		if len(leaks) == 0 {
			p.Holds(0, subject)
			return
		}
		p.Fails(0, subject, finding.Finding{
			Position: s.Step.Position, Fixes: ignoreFix(p, names...),
			Message: fmt.Sprintf("%s copies the whole build context into the image that ships: %s; whoever can pull the image has it. Copy what the program needs, or leave the rest out in .dockerignore",
				s.Step.Kind, strings.Join(leaks, ", and ")),
		})
		return
	}
}

func leftOut(c *image.Context, s image.Transfer, name string) bool {
	for _, f := range s.Step.Flags {
		if strings.HasPrefix(f, "--exclude=") && strings.Contains(f, name) {
			return true
		}
	}
	return c.Ignores(name)
}

// repositoryRoot tells whether the tree is the root of a repository: its .git, which
// a tree does not list, is there, or what only stands at a root.
func repositoryRoot(t *tree.Tree) bool {
	if _, err := os.Stat(filepath.Join(t.Root, ".git")); err == nil {
		return true
	}
	return t.Has(".github") || t.Has(".gitlab-ci.yml") || t.Has(".gitattributes") || t.Has(".gitignore")
}

// dotenvThere says why a .env may lie in the context, "" where nothing tells of one.
func dotenvThere(p *rule.Pass, c *image.Context) string {
	for _, e := range p.Contract.Of(effects.Read) {
		if text, known := e.Value("path").Default(); known && path.Base(text) == ".env" {
			return "the program reads"
		}
	}
	if data, err := c.Tree.Read(path.Join(c.Dir, ".gitignore"), maxSource); err == nil {
		for line := range strings.Lines(string(data)) {
			switch strings.TrimPrefix(strings.TrimSpace(line), "/") {
			case ".env", ".env*", "*.env", ".env.local", "**/.env":
				return "git ignores, so that somebody has one"
			}
		}
	}
	return ""
}
