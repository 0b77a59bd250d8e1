// Package service joins the three artifacts: which main is built into which
// image, and which workloads run that image. Every join carries its reason.
package service

import (
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
)

// A Service is one main that serves or runs as a daemon, with the image that
// it is built into and the workloads that run it.
type Service struct {
	Name     string
	Dir      string // folder of the main package
	Contract *effects.Contract
	Image    *ImageJoin // nil where no image was found
	// Variants are the other images that start the service, such as one for
	// another platform from Dockerfile-arm. Those for developers and tests are
	// left out.
	Variants []*ImageJoin
	// Packaging names a container packaging that is not a Dockerfile (ko, a
	// buildpack, Bazel rules), with its place; nil where there is none.
	Packaging *Packaging
	Workloads []*WorkloadJoin
	// GoVersion is the go line of the service's module, "" where it is not known.
	GoVersion string
	// Named tells whether a name stands as a string in the program's sources, see
	// code.Main; nil where nobody can tell.
	Named func(name string) (found, known bool)
	// NamedInArtifacts tells whether a name, written like an environment variable's,
	// stands in any manifest, script or setting of the tree; nil where nobody can
	// tell.
	NamedInArtifacts func(name string) bool
	// index finds the config maps that workloads take settings from; nil where there
	// are no manifests.
	index *deploy.Index
	// machineData are the paths of the volumes of data that machines of the tree
	// mount.
	machineData []deploy.Field[string]
	// UnjoinedDockerfiles are the paths of the tree's Dockerfiles that were
	// joined to no service and might build this one, sorted. Where there are
	// any, nobody can say that the service has no image.
	UnjoinedDockerfiles []string
}

// An ImageJoin says that a stage of a Dockerfile is the service's image.
type ImageJoin struct {
	File  *image.Dockerfile
	Stage *image.Stage // the stage that ships; nil where the file does not parse
	// Image is the model of that stage, nil where Stage is. Its build context is
	// the one that the builds of the tree give, or that fits best.
	Image *image.Image
	// Starts is true where the image starts this main by itself. Where it is
	// false the image holds the main, and only a workload's command starts it.
	Starts bool
	Reason string
	At     finding.Position
}

// Packaging is a container packaging without a Dockerfile.
type Packaging struct {
	// Kind is ko, buildpacks, bazel, goreleaser, or a builder of skaffold's.
	Kind   string
	Reason string
	At     finding.Position
}

// A WorkloadJoin says that a container of a workload runs the service's image.
type WorkloadJoin struct {
	Workload  *deploy.Workload
	Container *deploy.Container
	Reason    string
}
