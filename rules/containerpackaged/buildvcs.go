package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/rule"
)

// BuildVCS finds builds that cannot stamp the revision which they are asked for.
var BuildVCS = &rule.Rule{
	Rule: finding.Rule{
		Name: "buildvcs",
		Doc: `the image's build cannot stamp the revision that the program tells

go build writes the revision of the repository into the program, and
debug.ReadBuildInfo reads it from there. It needs the folder .git and the program
git for that. Where one is missing it leaves the revision out, without a word; with
-buildvcs=true it fails. The Alpine images of golang have no git, and a good
.dockerignore leaves .git out.

The rule fails where a build has the flag -buildvcs=true and cannot do it, and
where code of the service reads vcs.revision and the image's build leaves it out.

# Fails

	FROM golang:1.26-alpine AS build
	COPY . .                        // .git too
	RUN go build -buildvcs=true -o /app .

# Holds

	FROM golang:1.26-alpine AS build
	RUN apk add --no-cache git
	COPY . .
	RUN go build -buildvcs=true -o /app .

# How to mend it

Pass the revision in, and leave .git out of the context:

	ARG REVISION
	RUN go build -buildvcs=false -ldflags "-X main.revision=${REVISION}" -o /app .

Or install git, and keep .git in the context.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Note,
	},
	Needs:   rule.Image,
	Applies: never,
	Run:     buildVCS,
}

func buildVCS(p *rule.Pass) {
	b := program(p)
	t := repository(p)
	if b == nil || b.Dir == "" || t == nil || b.Build.BuildVCS == "false" {
		return
	}
	wanted := b.Build.BuildVCS == "true"
	reader := finding.Position{}
	if !wanted {
		reader = readsRevision(p, b.Dir)
		if !reader.IsValid() {
			return
		}
	}
	const subject = "the stamp of the revision"
	severity := finding.Note
	outcome := "the program carries no revision, and nothing says so"
	if wanted {
		severity = finding.Error
		outcome = "the build fails with \"error obtaining VCS status\""
	}
	builder := image.Of(b.Stage, p.Image.Context)
	f := finding.Finding{Position: b.At}
	if reader.IsValid() {
		f.Related = []finding.Related{{Position: reader, Message: "reads the revision"}}
	}
	git := builder.Program("git")
	context := p.Image.Context
	switch {
	case git.Has == image.Unknown:
		p.CannotTell(severity, subject, "whether the stage that builds has git cannot be told: "+git.Why, git.At)
	case git.Has == image.No:
		f.Message = fmt.Sprintf("go build is to stamp the revision, but the stage that builds has no git (%s): %s; install git, or pass the revision in by -ldflags -X", git.Why, outcome)
		p.Fails(severity, subject, f)
	case context.Dir == "." && context.IgnoreFile != "" && context.Ignores(".git") && !mountsGit(b):
		f.Message = fmt.Sprintf("go build is to stamp the revision, but %s leaves .git out of the build context: %s; pass the revision in by -ldflags -X", context.IgnoreFile, outcome)
		f.Related = append(f.Related, finding.Related{Position: finding.Position{File: t.Name(context.IgnoreFile)}, Message: "leaves out .git"})
		p.Fails(severity, subject, f)
	default:
		p.Holds(severity, subject)
	}
}

// mountsGit tells whether a RUN of the stage mounts .git.
func mountsGit(b *image.Binary) bool {
	for i := range b.Stage.Steps {
		for _, flag := range b.Stage.Steps[i].Flags {
			if strings.Contains(flag, ".git") {
				return true
			}
		}
	}
	return false
}

// readsRevision is where code of the program's module reads the revision that go
// build stamps.
func readsRevision(p *rule.Pass, dir string) finding.Position {
	t := repository(p)
	module := moduleDir(t, dir)
	n := 0
	for _, f := range t.Files {
		if path.Ext(f.Path) != ".go" || strings.HasSuffix(f.Path, "_test.go") || !within(f.Path, module) && module != "." {
			continue
		}
		if n++; n > maxEmbedding {
			break
		}
		data, err := t.Read(f.Path, maxSource)
		if err != nil {
			continue
		}
		text := string(data)
		i := strings.Index(text, `"vcs.revision"`)
		if i < 0 || !strings.Contains(text, "ReadBuildInfo") {
			continue
		}
		pkg := path.Join(modulePathOf(t, module), strings.TrimPrefix(strings.TrimPrefix(path.Dir(f.Path), module), "/"))
		if module == "." {
			pkg = path.Join(modulePathOf(t, module), path.Dir(f.Path))
		}
		if linked, _ := p.Contract.Links(pkg); linked || path.Dir(f.Path) == dir {
			return finding.Position{File: t.Name(f.Path), Line: 1 + strings.Count(text[:i], "\n")}
		}
	}
	return finding.Position{}
}
