package containerpackaged

import (
	"fmt"
	"slices"

	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/rule"
	"github.com/cnready/cnready/internal/service"
)

// NoContainer finds services that nothing packages into a container image.
var NoContainer = &rule.Rule{
	Rule: finding.Rule{
		Name: "nocontainer",
		Doc: `a service that nothing packages into a container image

Every platform from a plain container host to serverless containers starts a
service from an image. A service without one is tied to the machines that it
was installed on: what it needs of them is written down nowhere, and no
orchestrator can schedule it.

The rule looks for a Dockerfile or Containerfile whose shipped stage is built
from this main, for ko, for buildpacks, and for image rules of Bazel. It does
not judge a service that a manifest already runs (its image is then built
elsewhere), nor one beside which there is a Dockerfile that could not be matched
to any main.

# Fails

	go.mod
	main.go      // http.ListenAndServe(":8080", nil)

# Holds

	go.mod
	main.go
	Dockerfile   // FROM golang:1.25 AS build ... ENTRYPOINT ["/app"]

# How to mend it

Add a Dockerfile with two stages: one that builds the program, and one that
holds the program and nothing else.

	FROM golang:1.25 AS build
	WORKDIR /src
	COPY go.mod go.sum ./
	RUN go mod download
	COPY . .
	RUN CGO_ENABLED=0 go build -o /app .

	FROM gcr.io/distroless/static-debian13:nonroot
	COPY --from=build /app /app
	ENTRYPOINT ["/app"]

Or build images without a Dockerfile, with ko or with buildpacks, and commit
their configuration (.ko.yaml, project.toml).`,
		Property: finding.ContainerPackaged,
		Severity: finding.Error,
	},
	Needs: rule.Service,
	Run:   noContainer,
}

func noContainer(p *rule.Pass) {
	s := p.Service
	dir := s.Dir
	if dir == "" {
		dir = "."
	}
	at := finding.Position{File: dir}
	imaged := slices.IndexFunc(s.Workloads, func(j *service.WorkloadJoin) bool { return !j.Workload.Imageless() })
	switch {
	case s.Image != nil || s.Packaging != nil:
		p.Holds(0, s.Name)
	case len(s.UnjoinedDockerfiles) > 0:
		first := s.UnjoinedDockerfiles[0]
		p.CannotTell(0, s.Name, first+" could not be matched to a main, and may build this one", finding.Position{File: first})
	case imaged >= 0:
		w := s.Workloads[imaged].Workload
		p.CannotTell(0, s.Name, fmt.Sprintf("%s %s runs it, so that an image exists, but what builds it is not in this tree", w.Kind, w.Name), w.Position)
	default:
		p.Fails(0, s.Name, finding.Finding{
			Position: at,
			Message:  "nothing packages this service into a container image: no Dockerfile, ko, buildpack or Bazel image rule builds it, so no orchestrator can run it. Add a Dockerfile, or the configuration of ko or of a buildpack",
		})
	}
}
