package containerpackaged

import (
	"fmt"
	"path"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/lazyregexp"
	"github.com/cnready/cnready/internal/rule"
)

// ToolchainInImage finds shipped stages that hold what built the program.
var ToolchainInImage = &rule.Rule{
	Rule: finding.Rule{
		Name: "toolchaininimage",
		Doc: `the shipped stage holds compilers

A Go program needs nothing of the toolchain that built it. An image that ships it is some
800 MB larger, which every node pulls before it starts an instance, and has hundreds of
packages more in which holes are found; and whoever gets into it finds a compiler there.

The rule looks at the stage that ships: whether the go command or a C compiler is there,
from its base image or by a package manager, and was not removed again. It is silent of
stages that are named for development or tests, and of programs that start go or a
compiler themselves.

Source: Docker documentation, "Building best practices" (use multi-stage builds).

# Fails

	FROM golang:1.26
	COPY . .
	RUN go build -o /app .
	CMD ["/app"]

# Holds

	FROM golang:1.26 AS build
	COPY . .
	RUN go build -o /app .

	FROM gcr.io/distroless/static-debian13:nonroot
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

# How to mend it

Build in a stage of its own, and copy the program into a small one.`,
		Property: finding.ContainerPackaged,
		Severity: finding.Warning,
	},
	Needs: rule.Image,
	Run:   toolchainInImage,
}

// forDevelopers matches names of stages that are not deployed.
var forDevelopers = lazyregexp.New(`(?i)(^|[-_.])(dev|devel|development|debug|test|tests|testing|ci|lint|build|builder|watch|air)($|[-_.])`)

func toolchainInImage(p *rule.Pass) {
	if p.Image == nil || forDevelopers.MatchString(p.Stage.Name) {
		return
	}
	if p.Contract != nil {
		for _, e := range p.Contract.Of(effects.Exec) {
			program, known := e.Value("program").Default()
			switch path.Base(program) {
			case "go", "gcc", "cc", "clang", "make", "git":
				return
			}
			if !known && e.Reach <= effects.ByDefault {
				return // it may start them
			}
		}
	}
	subject := p.File.Path
	open := image.Fact{}
	for _, tool := range []string{"go", "gcc", "clang"} {
		f := p.Image.Program(tool)
		switch f.Has {
		case image.Yes:
			at := f.At
			if !at.IsValid() {
				at = p.Stage.Base.Position
			}
			p.Fails(0, subject, finding.Finding{
				Position: at,
				Message: fmt.Sprintf("the image that ships holds %s (%s): hundreds of MB that each node pulls, and a compiler for whoever gets in; build in a stage of its own and copy the program into a small one",
					tool, strings.TrimSuffix(f.Why, ".")),
			})
			return
		case image.Unknown:
			open = f.Fact
		}
	}
	if open.Why != "" {
		p.CannotTell(0, subject, "whether the image holds a compiler cannot be told: "+open.Why, open.At)
		return
	}
	p.Holds(0, subject)
}
