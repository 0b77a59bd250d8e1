// Package rule gives rules on artifacts the shape of a go/analysis analyzer: a
// value with a name, a doc, and a Run that takes a pass and reports.
package rule

import (
	"github.com/cnready/cnready/internal/continuum"
	"github.com/cnready/cnready/internal/deploy"
	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/finding"
	"github.com/cnready/cnready/internal/image"
	"github.com/cnready/cnready/internal/service"
	"github.com/cnready/cnready/internal/yamlfix"
)

// Needs says what a rule is run on, once for each of them.
type Needs uint8

const (
	// Service rules run once for each service.
	Service Needs = iota
	// Image rules run once for each service that ships a stage of a Dockerfile.
	Image
	// Workload rules run once for each workload, whether or not it runs a
	// service of this tree.
	Workload
	// Manifests rules run once, on everything that manifests declare: what they
	// judge may belong to no workload.
	Manifests
	// Placement rules run after all others, once for each service and each workload
	// that runs none, on its places between VM and serverless.
	Placement
)

// A Rule judges one thing.
type Rule struct {
	finding.Rule
	Needs Needs
	// Applies tells, for a rule on images, whether a program has anything that the
	// rule would judge: where its image is not known, what does not apply is not
	// said to be missing. nil means that the rule is about the image itself.
	Applies func(*effects.Contract) bool
	// Run judges the pass's subjects and reports each through the recorder.
	Run func(*Pass)
	// Contract is true of a rule on workloads that compares them with the contract of
	// the program that they run: it says nothing of workloads that run no service of
	// the tree.
	Contract bool
	// RunService judges, for a rule on workloads, the service as all of them run it,
	// or its image; it runs once for each service. Most rules have none.
	RunService func(*Pass)
	// RunWhole judges, for a rule on workloads, what belongs to none of them; it
	// runs once, as for a rule on manifests. Most rules have none.
	RunWhole func(*Pass)
}

// A Pass is one run of one rule.
type Pass struct {
	*finding.Recorder

	// Service is what is judged; nil for a workload that runs no service of
	// this tree.
	Service *service.Service
	// Contract is the service's; never nil where Service is not.
	Contract *effects.Contract
	// File, Stage and Image, the model of the stage, are set for rules that need
	// an image.
	File  *image.Dockerfile
	Stage *image.Stage
	Image *image.Image
	// Workload is set for rules that need one; Container is then the one that
	// runs the service, or nil.
	Workload  *deploy.Workload
	Container *deploy.Container
	// Services are all services of the tree, set for rules that need a workload or
	// the manifests.
	Services []*service.Service
	// Manifests is all that was read, and Index finds objects in it; both are
	// set for rules that need a workload or the manifests.
	Manifests *deploy.Manifests
	Index     *deploy.Index
	// YAML makes edits of manifests for fixes; nil makes none.
	YAML *yamlfix.Files
	// Places are set for rules on placements.
	Places []continuum.Place
}
